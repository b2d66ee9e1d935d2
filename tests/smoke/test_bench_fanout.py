#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""`fanout --quick`: every row is there, measured or with the reason why not. No figure is judged."""

import glob
import json
import os
import shutil
import subprocess

from harness import cases, leftovers
from harness.cases import case
from harness.daemon import Process
from harness.deadline import until
from harness.namespace import WORK
from harness.programs import BENCH_FANOUT

OURS = ["send() loop", "uproar TCP", "uproar WebSocket", "uproar MQTT", "uproar WebSocket, TLS"]
RIVALS = ["nchan WebSocket", "nats-server", "mosquitto MQTT"]
MEASURED = ["deliveries_per_second", "wall_us", "wall_over_floor", "busy_over_floor", "skew_ms", "joins_per_second",
            "join_busy_us", "user_bytes", "stalled_wall_over_healthy", "stalled_frames_in_kernel", "restart_ms"]

ENVIRONMENT = os.environ | {"TMPDIR": WORK}


def bench(*options):
    return subprocess.run([BENCH_FANOUT, *options], capture_output=True, text=True, timeout=240, env=ENVIRONMENT)


def is_measured(row):
    for name in MEASURED:
        spread = row[name]
        assert spread["samples"] and spread["least"] <= spread["low"] <= spread["median"] <= spread["high"], (name, row)
    assert row["deliveries_per_second"]["least"] > 0, row


def folders():
    return glob.glob(f"{WORK}/fanout-bench-*")


@case
def a_quick_run_yields_every_row():
    plot = f"{WORK}/fanout.svg"
    done = bench("--quick", "--json", "--svg", plot)
    assert done.returncode == 0 and not done.stderr, f"{done.returncode}: {done.stderr}"
    report = json.loads(done.stdout)
    rows = {row["name"]: row for row in report["rows"]}
    assert report["quick"] and list(rows) == [*OURS, *RIVALS, "uproard TCP"], list(rows)
    for name, row in rows.items():
        assert row["subscribers"] == 1000, row
        if name in OURS or (name in RIVALS and "skipped" not in row):
            is_measured(row)
    real = rows["uproard TCP"]
    assert real["window_ms"] == 100 and real["first_ms"]["samples"] > 0 and real["restart_ms"]["samples"] == 1, real
    assert not folders(), folders()
    with open(plot) as file:
        drawn = file.read()
    assert drawn.startswith("<?xml") and all(name in drawn for name in OURS), drawn[:200]


@case
def two_alone_for_people():
    done = bench("--quick", "--only", "uproar TCP", "--subscribers", "20,40")
    assert done.returncode == 0, done
    for words in "20 subscribers, saturated", "40 subscribers, saturated", "uproar TCP", "one in twenty not reading":
        assert words in done.stdout, done.stdout
    assert "mosquitto" not in done.stdout, done.stdout


@case
def ending_it_ends_what_it_has_started():
    for end, expected in (Process.kill, -9), (lambda run: run.process.terminate(), 128 + 15):
        with Process(BENCH_FANOUT, "--only", "uproar TCP", env=ENVIRONMENT) as run:
            until(lambda: any("fanout-engine" in name for _, name in leftovers.processes()), run.log)
            end(run)
            assert run.wait() == expected, run.log()
            leftovers.check()
    left = folders()
    for folder in left:
        shutil.rmtree(folder)
    assert len(left) == 1, f"only SIGKILL leaves the folder: {left}"


@case
def wrong_usage_is_told():
    for options in ["--nonsense"], ["--only", "nothing"], ["--svg"], ["--subscribers", "1"], ["--repetitions", "0"]:
        done = bench(*options)
        assert done.returncode == 2 and "usage:" in done.stderr, done


if __name__ == "__main__":
    cases.main()
