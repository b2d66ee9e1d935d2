#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""`dataplane --quick`: every row is there, measured or with the reason why not. No figure is judged."""

import json
import os
import subprocess

from harness import cases, leftovers
from harness.cases import case
from harness.daemon import Process
from harness.deadline import until
from harness.namespace import WORK
from harness.programs import BENCH

RIVAL_CASES = ["1 reaction", "4 reactions", "16 reactions", "sequenced, 2^20 sessions", "sequenced, 2^24 sessions"]


def bench(*options):
    return subprocess.run([BENCH, *options], capture_output=True, text=True, timeout=150)


def grouped(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row["group"], []).append(row)
    return groups


def is_measured(row):
    for of in "ticks_base", "ticks_all", "ticks_over":
        spread = row[of]
        assert spread["least"] <= spread["low"] <= spread["median"] <= spread["high"], row
    assert row["ticks_base"]["least"] > 0 and row["ticks_all"]["least"] > 0, row
    assert row["samples"] >= 15 and row["base"] and row["involuntary_switches"] >= 0, row


@case
def a_quick_run_yields_every_row():
    plot = f"{WORK}/dataplane.svg"
    done = bench("--quick", "--json", "--svg", plot)
    assert done.returncode == 0 and not done.stderr, f"{done.returncode}: {done.stderr}"
    report = json.loads(done.stdout)
    assert report["quick"] and report["machine"]["processor"] and report["machine"]["tsc_hz"] > 1e8, report["machine"]
    groups = grouped(report["rows"])
    assert list(groups) == ["recycled", "workers", "memif", "xdp", "recvmmsg"], list(groups)
    assert {row["buffers"] for row in groups["recycled"]} == {1024, 8192, 65536}
    for rival in "xdp", "recvmmsg":
        assert [row["name"] for row in groups[rival]] == RIVAL_CASES, groups[rival]
        assert set(RIVAL_CASES) <= {row["name"] for row in groups["recycled"]}
    for row in report["rows"]:
        if "skipped" in row:
            assert row["group"] != "recvmmsg" and row["skipped"], row
        else:
            is_measured(row)
    if os.cpu_count() > 1 and len(os.sched_getaffinity(0)) > 1:
        assert max(row["workers"] for row in groups["workers"]) > 1, groups["workers"]
        assert all(row["mpps_all"] > 0 and row["mpps_base"] > 0 for row in groups["memif"]), groups["memif"]
    with open(plot) as file:
        drawn = file.read()
    assert drawn.startswith("<?xml") and all(name in drawn for name in RIVAL_CASES), drawn[:200]


@case
def one_group_alone_for_people():
    done = bench("--quick", "--only", "recycled")
    assert done.returncode == 0 and "over recycled packet buffers" in done.stdout, done
    assert "16 reactions" in done.stdout and "memif" not in done.stdout, done.stdout


@case
def a_device_of_the_user_is_measured_with_the_frames_that_are_written():
    """A capture file, replayed again and again, stands for the network card and the sender."""
    capture = f"{WORK}/frames.pcap"
    assert bench("--pcap", capture).returncode == 0
    done = bench("--quick", "--json", "--device", f"net_pcap0,rx_pcap={capture},infinite_rx=1")
    assert done.returncode == 0, done
    rows = json.loads(done.stdout)["rows"]
    assert [row["name"] for row in rows] == ["1 reaction", "touch, 1 reaction"], rows
    for row in rows:
        is_measured(row)


@case
def a_device_that_receives_nothing_is_no_measurement():
    done = bench("--quick", "--device", "net_ring0")
    assert done.returncode == 1 and "start the sender first" in done.stderr, done


@case
def killing_it_ends_what_it_has_started():
    for group, started in ("memif", "memif-generator"), ("recvmmsg", "udp-sender"):
        with Process(BENCH, "--only", group) as run:
            until(lambda: any(name == started for _, name in leftovers.processes()), f"{started}: {run.log()}")
            run.kill()
        leftovers.check()


@case
def wrong_usage_is_told():
    for options in ["--nonsense"], ["--only", "nothing"], ["--svg"], ["--only", "xdp", "--device", "x"]:
        done = bench(*options)
        assert done.returncode == 2 and "usage:" in done.stderr, done


if __name__ == "__main__":
    cases.main()
