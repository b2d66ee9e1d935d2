#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""A worker with nothing to do gives its CPU away, wakes for what comes, and loses nothing by it."""

import os
import time

from harness import cases, ledger, thread
from harness.cases import case
from harness.config import LONG_MS
from harness.daemon import Appliance
from harness.deadline import until
from harness.default_device import on_lo
from harness.sender import Sender

SILENT = ("--device", "net_null0,no-rx=1")
BURST = 1000  # less than the rings hold
NAPS = 50


def worker_of(a):
    """The folder of the first worker's thread in /proc."""
    return f"/proc/{a.process.pid}/task/{thread.threads(a.process.pid, 'rte-worker-')[0]}"


def cpu_seconds(task):
    with open(f"{task}/stat") as f:
        user, system = f.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def sleeps(task):
    with open(f"{task}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt_switches"))


def naps(a):
    return a.stats()["workers"][0]["naps"]


def over_windows(a, n=10):
    """CPU time of the worker over wall time, and its sleeps, while so many windows pass."""
    task, first = worker_of(a), a.stats()["window"]["number"]
    cpu, slept, begun = cpu_seconds(task), sleeps(task), time.monotonic()
    until(lambda: a.stats()["window"]["number"] >= first + n, "windows go on")
    return (cpu_seconds(task) - cpu) / (time.monotonic() - begun), sleeps(task) - slept


@case
def a_worker_without_work_leaves_most_of_its_cpu_to_others():
    with Appliance(*SILENT) as a:
        share, slept = over_windows(a)
        assert slept > 100 and naps(a) >= slept / 2, f"{slept} sleeps, {naps(a)} naps"
        assert share < 0.5, f"{share:.0%} of a CPU"
        worker = a.stats()["workers"][0]
        assert worker["ticks_busy"] == 0 and worker["busy_percent"] == 0, worker
        a.stop()


@case
def poll_always_never_sleeps():
    with Appliance(*SILENT, poll="always") as a:
        _, slept = over_windows(a)
        assert slept < 10 and naps(a) == 0, f"{slept} sleeps, {naps(a)} naps"
        assert a.stats()["workers"][0]["busy_percent"] == 0, "polling is no work"
        a.stop()


def bursts_out_of_silence(a, sender):
    """Each finds the worker asleep."""
    for _ in range(5):
        before = naps(a)
        until(lambda: naps(a) > before + NAPS, "the worker naps")
        for n in range(BURST):
            sender.tap(n % 4, {n % 24: 1 + n % 3})
        stats = ledger.await_taps(a, sender.taps())
    ledger.nothing_lost(stats)
    assert stats["ledger"]["rx"] == stats["ledger"]["offered"] == sender.datagrams, stats["ledger"]


@case
def bursts_out_of_silence_are_counted_exactly():
    with on_lo(window_ms=LONG_MS) as a:
        bursts_out_of_silence(a, Sender())
        a.stop()


@case
def the_longest_naps_lose_nothing():
    with on_lo(window_ms=LONG_MS, idle_latency_us=1000) as a:
        bursts_out_of_silence(a, Sender("::1"))
        a.stop()


@case
def work_shows_in_the_figures_of_the_worker():
    with on_lo(window_ms=1000) as a:
        sender = Sender()

        def shown():
            for _ in range(BURST):
                sender.tap(1, {7: 1})
            worker = ledger.await_taps(a, sender.taps())["workers"][0]
            return worker if worker["window_rx"] > 0 else None
        worker = until(shown, "a window with datagrams")
        assert 0 < worker["busy_percent"] <= 100 and worker["share_percent"] == 100, worker
        assert worker["ticks_per_datagram"] > 1 and worker["mean_burst"] >= 1, worker
        assert 0 < worker["ticks_busy"] < worker["ticks_all"], worker
        a.stop()


if __name__ == "__main__":
    cases.main()
