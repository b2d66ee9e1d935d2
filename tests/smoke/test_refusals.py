#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Bad datagrams of every kind: each is refused under its name, and nothing else is counted."""

import os

from harness import capture, cases, config, ethernet, ledger, specimens, tickets, wire
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance
from harness.deadline import until
from harness.namespace import run
from harness.sender import RawSender

# No frame is bad by itself; the first has a case of its own, the others test_exception.py and a unit test.
BY_RATE = ["unsequenced_rate", "exception_rate", "exception_full"]
TAP = "smoke0"


def strict():
    """What the specimens are made for."""
    members = {"id": 9, "name": "Members", "admission": "tickets"}
    return {"unsequenced": False, "plain_text": {"enabled": False}, "tickets": {"keys": tickets.write_keys(1)},
            "channels": [*config.channels(range(4)), members]}


def captured(frames):
    return capture.device(capture.write(capture.pcap(frames)))


@case
def every_refusal_that_is_declared_has_a_specimen():
    declared, have = specimens.declared(), [*specimens.specimens(), *BY_RATE]
    assert len(declared) > 20 and sorted(have) == sorted(declared), set(declared) ^ set(have)


@case
def a_capture_of_all_of_them_is_refused_name_by_name():
    kinds = specimens.specimens()
    last = ethernet.whole(wire.datagram(1, {FIRE: 1}, sequence=1))
    frames = [specimens.FRAME] + [f for list_ in kinds.values() for f in list_] + [last]
    with Appliance("--device", captured(frames), **strict()) as a:
        stats = ledger.await_rx(a, len(frames))
        assert ledger.refusals(stats) == {name: len(list_) for name, list_ in kinds.items()}, stats["refused"]
        assert stats["ledger"]["accepted"] == stats["ledger"]["taps_counted"] == 2, stats["ledger"]
        assert ledger.totals(ledger.await_merged(a)) == {1: 2}
        a.stop()


@case
def more_than_is_allowed_a_second_is_refused_by_name():
    """The whole capture comes within a second, of which a tenth is saved up, and one."""
    rate, n = 50, 3000
    frames = [ethernet.whole(wire.datagram(1, {FIRE: 1})) for _ in range(n)]
    with Appliance("--device", captured(frames), limits={"unsequenced_per_second": rate}) as a:
        stats = ledger.await_rx(a, n)
        taken, refused = stats["ledger"]["accepted"], ledger.refusals(stats)
        assert refused == {"unsequenced_rate": n - taken} and 1 <= taken < n, (taken, refused)
        assert stats["ledger"]["taps_counted"] == taken, stats["ledger"]
        a.stop()


@case
def a_session_that_brings_too_much_is_limited():
    n, at_once = 40, 30
    frames = [ethernet.whole(wire.datagram(1, {FIRE: 2}, session=9, sequence=i + 1)) for i in range(n)]
    frames += [ethernet.whole(wire.datagram(1, {FIRE: 2}, session=10, sequence=1))]
    with Appliance("--device", captured(frames), limits={"taps_per_second": 1, "burst": at_once}) as a:
        book = ledger.await_rx(a, n + 1)["ledger"]
        # While it is read from the file a tap or two may come free.
        assert at_once + 2 <= book["taps_counted"] <= at_once + 8 and not book["taps_counted"] % 2, book
        assert book["taps_counted"] + book["taps_limited"] == 2 * n + 2, book
        assert book["batches_counted"] + book["batches_limited"] == book["accepted"] == n + 1, book
        a.stop()


def quiet_tap():
    """A TAP on which the kernel says nothing of its own."""
    with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") as f:
        f.write("1")
    return Appliance("--device", f"net_tap0,iface={TAP}", **strict())


@case
def one_at_a_time_each_raises_its_own_counter_by_one():
    cases.require(os.path.exists("/dev/net/tun"), "there is no /dev/net/tun")
    with quiet_tap() as a:
        run("ip", "link", "set", TAP, "up")
        raw, before = RawSender(TAP), a.stats()
        for name, frames in specimens.specimens().items():
            for frame in frames:
                if len(frame) < 14:
                    continue  # no link takes it; the capture above has it
                raw.send(frame)
                after = ledger.await_rx(a, raw.frames)
                grown = {n: after["refused"][n] - before["refused"][n] for n in after["refused"]}
                assert {n: v for n, v in grown.items() if v} == {name: 1}, f"{name}: {frame.hex()} raised {grown}"
                before = after
        assert before["ledger"]["taps_counted"] == before["ledger"]["accepted"] == 0, before["ledger"]
        raw.send(specimens.FRAME)
        ledger.await_taps(a, 1)
        a.stop()


@case
def half_made_checksums_are_good_only_where_the_senders_kernel_is_ours():
    frame = ethernet.whole(specimens.GOOD, check="partial")
    for local, refused in (True, {}), (False, {"udp_checksum": 1}):
        port = {"device": captured([frame]), "queues": 1, "local": local}
        with Appliance(ports=[port]) as a:
            assert ledger.refusals(ledger.await_rx(a, 1)) == refused
            a.stop()


@case
def the_defaults_take_plain_text_and_unsequenced_datagrams():
    text, binary = ethernet.whole("🔥🔥".encode()), ethernet.whole(wire.datagram(2, {FIRE: 3}), v6=True)
    with Appliance("--device", captured([text, binary, binary])) as a:
        assert not ledger.refusals(ledger.await_taps(a, 8))
        assert ledger.totals(ledger.await_merged(a)) == {0: 2, 2: 6}
        a.stop()


@case
def plain_text_counts_for_the_configured_channel():
    with Appliance("--device", captured([ethernet.whole(b"goal")]), plain_text={"channel": 60000},
                   channels=config.channels([1, 60000])) as a:
        ledger.await_taps(a, 1)
        until(lambda: ledger.totals(a.stats()) == {60000: 1}, "the tap in its channel")
        a.stop()


if __name__ == "__main__":
    cases.main()
