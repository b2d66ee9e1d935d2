#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Bad datagrams of every kind: each is refused under its name, and nothing else is counted."""

import os

from harness import cases, config, ethernet, ledger, specimens, tickets, wire
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance
from harness.deadline import until
from harness.namespace import WORK, run
from harness.sender import RawSender

TAP = "smoke0"


def strict():
    """What the specimens are made for."""
    members = {"id": 9, "name": "Members", "admission": "tickets"}
    return {"unsequenced": False, "plain_text": {"enabled": False}, "tickets": {"keys": tickets.write_keys(1)},
            "channels": [*config.channels(range(4)), members]}


def captured(frames):
    path = os.path.join(WORK, "frames.pcap")
    with open(path, "wb") as f:
        f.write(ethernet.pcap(frames))
    return f"net_pcap0,rx_pcap={path}"


@case
def every_refusal_that_is_declared_has_a_specimen():
    declared, have = specimens.declared(), list(specimens.specimens())
    assert len(declared) > 20 and sorted(have) == sorted(declared), set(declared) ^ set(have)


@case
def a_capture_of_all_of_them_is_refused_name_by_name():
    kinds = specimens.specimens()
    frames = [specimens.FRAME] + [f for list_ in kinds.values() for f in list_] + [specimens.FRAME]
    with Appliance("--device", captured(frames), **strict()) as a:
        stats = ledger.await_rx(a, len(frames))
        assert ledger.refusals(stats) == {name: len(list_) for name, list_ in kinds.items()}, stats["refused"]
        assert stats["ledger"]["accepted"] == stats["ledger"]["taps_counted"] == 2, stats["ledger"]
        assert ledger.totals(ledger.await_merged(a)) == {1: 2}
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
