#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Several ports and several queues: each has a worker, every tap is counted once, and shares are shown."""

import re

from harness import cases, ledger
from harness.cases import case
from harness.config import LONG_MS
from harness.daemon import Appliance, refused
from harness.deadline import until
from harness.tap_ports import on_taps, tap, through

CHUNK = 400  # what a TAP interface surely holds
SKEW_MS = 3000  # of a window, in which more than ten thousand datagrams come


def column(stats, name):
    return [worker[name] for worker in stats["workers"]]


@case
def each_port_has_a_worker_that_counts_what_comes_through_it():
    with on_taps(tap(0), tap(1)) as a:
        senders = through(0), through(1)
        for n in range(300):
            senders[0].tap(n % 4, {n % 24: 1})
            if n % 3 == 0:
                senders[1].tap(n % 4, {n % 24: 2, (n + 1) % 24: 1})
        stats = ledger.await_taps(a, 300 + 300)
        assert column(stats, "port") == [0, 1] and column(stats, "queue") == [0, 0], stats["workers"]
        assert column(stats, "rx") == [300, 100] and column(stats, "taps") == [300, 300], stats["workers"]
        assert [p["rx"] for p in stats["ports"]] == [300, 100], stats["ports"]
        ledger.nothing_lost(stats)
        totals = {c: sum(sum(s.counts[c].values()) for s in senders) for c in range(4)}
        ledger.await_totals(a, totals)
        a.stop()


@case
def many_senders_are_spread_over_the_queues_of_a_port():
    with on_taps(tap(0, queues=2), window_ms=LONG_MS) as a:
        crowd = [through(0) for _ in range(64)]
        for n in range(CHUNK):
            crowd[n % 64].tap(n % 4, {n % 24: 1})
        stats = ledger.await_taps(a, CHUNK)
        assert column(stats, "port") == [0, 0] and column(stats, "queue") == [0, 1], stats["workers"]
        assert sum(column(stats, "rx")) == CHUNK and min(column(stats, "rx")) > 0, stats["workers"]
        a.stop()


@case
def a_queue_that_takes_nearly_all_is_warned_about_once():
    """One sender is on one queue, whatever it does."""
    with on_taps(tap(0, queues=2), window_ms=SKEW_MS) as a:
        sender = through(0)

        def warned():
            for _ in range(CHUNK):
                sender.tap(0, {7: 1})
            ledger.await_taps(a, sender.taps())
            return a.logged(r"queue (\d) of net_tap0,iface=tap0 took 100 % of its (\d+) packets")
        said = until(warned, a.log)
        assert int(said[2]) >= 10_000, said[0]
        stats = a.stats()
        shares = column(stats, "share_percent")
        assert shares[int(said[1])] == 100 and sum(shares) == 100, stats["workers"]
        window = stats["window"]["number"]
        until(lambda: warned() and a.stats()["window"]["number"] > window, "another window")
        assert len(re.findall("took .* of its", a.log())) == 1, a.log()
        a.stop()


@case
def more_queues_than_a_device_has_are_refused_with_the_numbers():
    status, said = refused("--temporary-arena", ports=[tap(0, queues=17)])
    assert status == 5 and "has 16 queues to receive and 16 to send, 17 are configured: set queues to 16" in said, said


@case
def a_device_that_does_not_spread_as_asked_says_so():
    for device, says in ("net_null0,no-rx=1", "does not use the random RSS key that it was given"), \
            ("net_ring0", "has no RSS"):
        with Appliance(ports=[{"device": device, "queues": 2}]) as a:
            assert a.logged(f"{device} {says}"), a.log()
            a.stop()
    with Appliance(ports=[{"device": "net_null0,no-rx=1"}]) as a:
        assert not a.logged("RSS"), a.log()  # one queue needs none
        a.stop()


if __name__ == "__main__":
    cases.main()
