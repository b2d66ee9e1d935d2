#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""How many people reacted, as frames tell it, against how many did."""

import collections
import socket
import struct

from harness import cases, ledger, subscribers, wire
from harness.cases import case
from harness.config import CHANNELS, FIRE, LONG_MS
from harness.daemon import Process
from harness.deadline import SECONDS
from harness.default_device import on_lo
from harness.programs import UPROAR
from harness.sender import Sender

STANDARD_ERROR = 0.034  # docs/sentiment.md
AT_ONCE = 200  # datagrams that no queue is too short for
LISTENED_AT = 7799


def expect(told, true, what):
    allowed = 3 * STANDARD_ERROR * true + 1
    assert abs(told - true) <= allowed, f"{what}: {told} told for {true}, which is off by more than {allowed:.0f}"


def last_frames(appliance, listener, taps):
    """Stops it, which shows the window; {channel: the frame with its taps}."""
    ledger.await_taps(appliance, taps)
    appliance.stop()
    listener.await_taps(taps)
    return {f.channel: f for f in listener.frames if f.taps}


@case
def viewers_who_tap_again_and_again_are_counted_once():
    viewers = {0: 1, 1: 7, 2: 300, 3: 5000}
    with on_lo(window_ms=LONG_MS) as a, subscribers.Tcp(CHANNELS) as listener:
        sender = Sender()
        for again in range(3):
            for channel, n in viewers.items():
                for viewer in range(n):
                    sender.tap(channel, {FIRE: 1}, session=10000 * channel + viewer + 1, sequence=1 + again)
                    if sender.datagrams % AT_ONCE == 0:
                        ledger.await_rx(a, sender.datagrams)
        for channel, frame in last_frames(a, listener, sender.taps()).items():
            assert frame.taps == 3 * viewers[channel], frame
            expect(frame.reactors, viewers[channel], f"channel {channel}")


@case
def plain_text_comes_from_nobody_known():
    with on_lo(window_ms=LONG_MS) as a, subscribers.Tcp([0]) as listener:
        sender = Sender()
        sender.plain("🔥🔥", {FIRE: 2})
        frames = last_frames(a, listener, 2)
        assert frames[0].taps == 2 and frames[0].reactors == 0, frames


def overheard(n, *arguments):
    """What `uproar crowd` sends, n datagrams of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", LISTENED_AT))
        ear.settimeout(SECONDS)
        with Process(UPROAR, "crowd", "--to", f"127.0.0.1:{LISTENED_AT}", *arguments):
            return [ear.recv(2000) for _ in range(n)]


@case
def the_crowd_is_as_large_as_it_is():
    with on_lo() as a:
        datagrams = overheard(4000, "--name", "smoke", "--taps-per-second", "3000", "--seed", "7")
        a.stop()
    viewers = collections.defaultdict(set)
    for datagram in datagrams:
        channel, session = struct.unpack_from(">2xHx7s", datagram)
        viewers[channel].add(session)
    with on_lo(window_ms=LONG_MS) as a, subscribers.Tcp(CHANNELS) as listener:
        sender = Sender()
        for datagram in datagrams:
            sender.send(datagram)
            if sender.datagrams % AT_ONCE == 0:
                ledger.await_rx(a, sender.datagrams)
        stats = ledger.await_rx(a, len(datagrams))
        frames = last_frames(a, listener, stats["ledger"]["taps_counted"])
    assert set(frames) == set(viewers) and sum(map(len, viewers.values())) > 1000, (set(frames), set(viewers))
    for channel, frame in frames.items():
        expect(frame.reactors, len(viewers[channel]), f"channel {channel}")


@case
def a_kill_does_not_forget_who_tapped_in_the_window():
    with on_lo(window_ms=LONG_MS, keep=True) as a:
        sender = Sender()
        for viewer in range(AT_ONCE):
            sender.tap(1, {FIRE: 1}, session=1 + viewer, sequence=1)
        ledger.await_taps(a, AT_ONCE)
        a.kill()
    with on_lo(window_ms=LONG_MS, keep=True) as a, subscribers.Tcp([1]) as listener:
        sender = Sender()
        for viewer in range(AT_ONCE):
            sender.tap(1, {FIRE: 1}, session=101 + viewer, sequence=2)
        frames = last_frames(a, listener, 2 * AT_ONCE)
        expect(frames[1].reactors, AT_ONCE + 100, "before and after the kill")
    on_lo().stop()  # a temporary arena in place of the kept one, and its end removes it


if __name__ == "__main__":
    cases.main()
