#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Windows are on time and lose nothing: short ones, a process that was stopped, channels with parents."""

import os
import signal
import time

from harness import cases, config, ledger, subscribers
from harness.cases import case
from harness.config import CLAP, FIRE, LONG_MS
from harness.deadline import until
from harness.default_device import on_lo
from harness.sender import Sender

SHORT_MS = 250
STOPPED_WINDOWS = 4
DATAGRAMS = 40


def check_series(frames):
    """Aligned, and each as long as the time since the one before; a frame may have been left out for a newer one."""
    for before, frame in zip(frames, frames[1:]):
        assert frame.window > before.window, f"{before} and then {frame}"
        assert frame.ends % SHORT_MS == 0, f"not aligned: {frame}"
        if frame.window == before.window + 1:
            assert abs(frame.ends - before.ends - frame.length) <= 1, f"{before} and then {frame}"


def is_stopped(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"


def await_ends(n):
    """Until the wall clock has passed so many ends of windows from now on."""
    now = time.time()
    until(lambda: time.time() > now + (n + 1) * SHORT_MS / 1000, f"{n} ends of windows")


@case
def a_process_that_is_stopped_yields_one_longer_window_and_loses_no_tap():
    with on_lo(window_ms=SHORT_MS) as a, subscribers.Tcp([0]) as listener:
        listener.wait(lambda frames: len(frames) > 3, "frames")
        sender = Sender()
        sender.tap(0, {FIRE: 1})
        os.kill(a.process.pid, signal.SIGSTOP)
        until(lambda: is_stopped(a.process.pid), "it is stopped")
        for _ in range(DATAGRAMS):
            sender.tap(0, {CLAP: 2})
        await_ends(STOPPED_WINDOWS)
        os.kill(a.process.pid, signal.SIGCONT)
        frames = listener.wait(lambda frames: frames[-1].total >= 2 * DATAGRAMS + 1, "all taps")
        check_series(frames[1:])
        longest = max(frames[1:], key=lambda frame: frame.length)
        assert longest.length >= STOPPED_WINDOWS * SHORT_MS, f"the longest is {longest}"
        assert frames[-1].total == 2 * DATAGRAMS + 1, frames[-1]
        ledger.nothing_lost(a.stats())
        late = a.stats()["window"]["late_us"]
        assert late["windows"] >= len(frames) - 1, late
        a.stop()


@case
def a_parent_shows_what_is_below_it_and_each_tap_counts_once():
    tree = config.channels(range(5))
    for child, parent in (2, 1), (3, 1), (4, 3):
        tree[child]["parent"] = parent
    with on_lo(window_ms=LONG_MS, channels=tree) as a, subscribers.Tcp(range(5)) as listener:
        sender = Sender()
        for channel in 1, 2, 3, 4:
            sender.tap(channel, {FIRE: channel, CLAP: 10})
        stats = ledger.await_taps(a, sender.taps())
        assert [c["parent"] for c in stats["channels"]] == [None, None, 1, 1, 3], stats["channels"]
        a.stop()  # which shows the window
        listener.await_taps(50 + 12 + 27 + 14)
    assert {f.channel: f.total for f in listener.frames if f.total} == {1: 50, 2: 12, 3: 27, 4: 14}
    assert subscribers.counts(listener.frames) == {
        1: {FIRE: 10, CLAP: 40}, 2: {FIRE: 2, CLAP: 10}, 3: {FIRE: 7, CLAP: 20}, 4: {FIRE: 4, CLAP: 10}}


if __name__ == "__main__":
    cases.main()
