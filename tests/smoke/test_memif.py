#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Millions of datagrams through memif: every one counted, whatever happens."""

import collections

from harness import cases, ledger, subscribers
from harness.blast import DEVICE, Blast
from harness.cases import case
from harness.daemon import Appliance
from harness.deadline import until

MILLIONS = 10_000_000
KINDS = 4096  # as memif_blast.c has them
KILLS = 5
BURST = 64  # WORKER_BURST


def expected(datagrams):
    """{channel: {reaction: taps}} of so many."""
    counts = collections.defaultdict(collections.Counter)
    for k in range(KINDS):
        times = datagrams // KINDS + (k < datagrams % KINDS)
        counts[k % 4][k // 4 % 24] += times * (k % 5 + 1)
    return counts


def sum_of(counts):
    return {channel: sum(counter.values()) for channel, counter in counts.items()}


@case
def ten_million_datagrams_are_all_counted():

    with Appliance("--device", DEVICE) as a, subscribers.Tcp([0, 1, 2, 3]) as listener, Blast(MILLIONS) as blast:
        assert blast.sent() == MILLIONS
        counts = expected(MILLIONS)
        taps = sum(sum_of(counts).values())
        stats = ledger.await_taps(a, taps)
        book, port = stats["ledger"], stats["ports"][0]
        assert book["rx"] == book["accepted"] == book["batches"] == port["rx"] == MILLIONS, f"{book} {port}"
        assert not ledger.refusals(stats), stats["refused"]
        ledger.nothing_lost(stats)
        ledger.await_totals(a, sum_of(counts))
        listener.await_taps(taps)
        assert subscribers.counts(listener.frames) == {c: dict(row) for c, row in counts.items()}
        blast.end()
        a.stop()


@case
def a_sender_that_is_killed_takes_nothing_with_it():
    with Appliance("--device", DEVICE) as a:
        for n in range(3):
            with Blast(MILLIONS * 100) as blast:
                until(lambda: a.stats()["ledger"]["rx"] > 100_000 * (n + 1), "frames under way")
                blast.process.kill()
        until(lambda: not a.stats()["ports"][0]["link_up"], "the end of the link")
        before = a.stats()["ledger"]["taps_counted"]
        with Blast(KINDS * 10) as blast:
            ledger.await_taps(a, before + 10 * sum(k % 5 + 1 for k in range(KINDS)))
            assert blast.sent() == KINDS * 10
            blast.end()
        a.stop()


@case
def kills_under_full_load_leave_a_balanced_ledger():
    """Bursts are cut short: what the tallies have counts, and the books are made to say so."""
    counted, recovered = 0, 0
    for n in range(KILLS):
        with Appliance("--device", DEVICE, keep=True, window_ms=100) as a, Blast(MILLIONS * 100) as blast:
            start = a.stats()["ledger"]
            assert start["taps_counted"] >= counted, f"{counted} were counted, but {start}"
            said = a.logged(r"(\d+) taps recovered")
            assert start["taps_recovered"] - recovered == (int(said[1]) if said else 0), f"{start}: {said}"
            assert start["rx"] == start["accepted"] and start["batches"] == start["batches_counted"], start
            # No book holds datagrams against batches: of the burst at a kill one may be there without the other.
            assert abs(start["accepted"] - start["batches"]) <= n * BURST, start
            recovered = start["taps_recovered"]
            until(lambda: a.stats()["ledger"]["rx"] > start["rx"] + 200_000 * (n + 1), "frames under way")
            counted = a.stats()["ledger"]["taps_counted"]
            a.kill()
            assert blast.sent() > 0, "the sender outlives the appliance"
    with Appliance("--device", DEVICE, keep=True, window_ms=100) as a:
        stats = a.stats()
        assert stats["ledger"]["taps_counted"] >= counted, f"{counted} were counted, but {stats['ledger']}"
        until(lambda: sum(ledger.totals(a.stats()).values()) == stats["ledger"]["taps_counted"], "all of it in windows")
        a.stop()
    with Appliance("--device", DEVICE) as a:
        a.stop()


if __name__ == "__main__":
    cases.main()
