# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The programs under test; meson tells where it built them."""

import os
from pathlib import Path

BUILD = Path(__file__).resolve().parents[3] / "build"


def _path(variable, built):
    return os.environ.get(variable, str(BUILD / built))


UPROARD = _path("UPROARD", "control/uproard")
UPROAR = _path("UPROAR", "client/uproar")
RELAY = _path("UPROAR_RELAY", "client/uproar-relay")
GEN = _path("UPROAR_GEN", "client/uproar-gen")
XDP_PROGRAM = _path("UPROAR_XDP_PROGRAM", "dataplane/redirect.bpf.o")
BENCH = _path("UPROAR_BENCH", "perf/dataplane")
BENCH_FANOUT = _path("UPROAR_BENCH_FANOUT", "perf/fanout")
BENCH_MERGING = _path("UPROAR_BENCH_MERGING", "perf/cluster-merging")
BENCH_MOVING = _path("UPROAR_BENCH_MOVING", "perf/moving")
BENCH_RECORDS = _path("UPROAR_BENCH_RECORDS", "perf/cluster-records")
FRAME_TIMES = _path("UPROAR_FRAME_TIMES", "perf/frame-times")
BLAST = _path("UPROAR_BLAST", "tests/smoke/memif-blast")
SESSION_BLAST = _path("UPROAR_SESSION_BLAST", "tests/smoke/session-blast")
PAHO_SYNC = _path("UPROAR_PAHO_SYNC", "tests/smoke/paho-sync")
PAHO_ASYNC = _path("UPROAR_PAHO_ASYNC", "tests/smoke/paho-async")
CLOCK_SHIM = _path("UPROAR_CLOCK_SHIM", "tests/smoke/stepped-clock.so")
