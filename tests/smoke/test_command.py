#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The command `uproar`: what it sends is counted, what it shows is what was counted."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

from harness import cases, config, ledger
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import Process
from harness.deadline import until
from harness.default_device import on_lo
from harness.programs import UPROAR


def uproar(*arguments):
    return subprocess.run([UPROAR, *arguments], capture_output=True, text=True, timeout=60)


def sends(*arguments):
    done = uproar("send", *arguments)
    assert done.returncode == 0, done


@case
def what_send_sends_is_counted():
    with on_lo() as a:
        sends("🔥🔥👏")
        sends("--channel", "1", "🔥🔥👏")
        sends("--channel", "2", f"{FIRE}:200", f"{CLAP}:1")
        sends("--to", "[::1]:7700", "--channel", "3", "--text", ":fire: 7:2")
        ledger.await_taps(a, 3 + 3 + 201 + 1)
        stats = ledger.await_totals(a, {0: 3, 1: 3, 2: 201, 3: 1})
        assert stats["ledger"]["rx"] == 4 and not ledger.refusals(stats), stats["ledger"]
        a.stop()


def read_until(terminal, wanted):
    """Reads what a program writes to its terminal, up to these words."""
    seen = b""

    def there():
        nonlocal seen
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536)
        return wanted.encode() in seen
    until(there, lambda: f"{wanted!r}, but {seen.decode(errors='replace')}")


@case
def stats_are_watched_on_a_terminal_until_q():
    with on_lo() as a:
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("4H", 40, 100, 0, 0))
        before = termios.tcgetattr(its)
        with subprocess.Popen([UPROAR, "stats", "--watch", "--name", a.name], stdin=its, stdout=its,
                              env=os.environ | {"TERM": "xterm"}) as watch:
            read_until(ours, "ledger balanced")
            sends("--channel", "1", f"{FIRE}:5")
            read_until(ours, "The match")
            os.write(ours, b"xq")
            assert watch.wait(10) == 0
        assert termios.tcgetattr(its) == before, "the terminal is as it was"
        os.close(its)
        os.close(ours)
        with subprocess.Popen([UPROAR, "stats", "--watch", "--json", "--name", a.name], stdout=subprocess.PIPE) as lines:
            answers = [json.loads(lines.stdout.readline()) for _ in range(2)]
            lines.send_signal(signal.SIGTERM)
            assert lines.wait(10) == 0
        assert [answer["ledger"]["taps_counted"] for answer in answers] == [5, 5]
        refused = uproar("stats", "--watch", "--name", a.name)
        assert refused.returncode == 2 and "--watch --json" in refused.stderr, refused
        a.stop()


@case
def watch_shows_the_windows():
    with on_lo(window_ms=1000) as a:
        with Process(UPROAR, "watch", "--json", "--windows", "4", "1", "2") as watch:
            until(lambda: a.stats()["fanout"]["tcp"] == 1, "the subscriber")
            sends("--channel", "1", f"{FIRE}:5")
            sends("--channel", "2", f"{CLAP}:7", f"{FIRE}:1")
            assert watch.wait() == 0, watch.log()
            frames = [json.loads(line) for line in watch.log().splitlines()]
        taps = {c: sum(f["taps"] for f in frames if f["channel"] == c) for c in (1, 2)}
        assert taps == {1: 5, 2: 8} and len(frames) == 8, frames
        shown = uproar("watch", "--windows", "1", "1")
        assert shown.returncode == 0 and shown.stdout.count("\n") == 1, shown
        unknown = uproar("watch", "--once", "9")
        assert unknown.returncode == 1 and "unknown channel 9" in unknown.stderr, unknown
        a.stop()


@case
def stats_for_people_say_that_the_ledger_balances():
    with on_lo() as a:
        sends("🔥")
        sends("nothing")
        ledger.await_rx(a, 2)
        shown = uproar("stats", "--name", "smoke", "--all")
        assert shown.returncode == 0 and "balance" in shown.stdout, shown
        for name in a.stats()["refused"]:
            assert name in shown.stdout, f"{name} is not in:\n{shown.stdout}"
        a.stop()
    gone = uproar("stats", "--name", "smoke")
    assert gone.returncode == 1 and "is uproard running?" in gone.stderr, gone


@case
def every_tap_of_a_crowd_is_counted():
    with on_lo(window_ms=500, channels=config.channels([0, 1, 2, 3])) as a:
        done = uproar("crowd", "--name", "smoke", "--taps-per-second", "20000", "--seconds", "3", "--seed", "7")
        last = done.stdout.splitlines()[-1]
        told = re.fullmatch(r"windows (\d+), taps sent (\d+), taps counted (\d+), ledger balanced", last)
        assert done.returncode == 0 and told, f"status {done.returncode}: {done.stdout[-500:]} {done.stderr}"
        windows, sent, counted = map(int, told.groups())
        book = ledger.await_merged(a)["ledger"]
        assert sent == counted == book["taps_counted"] > 20000 and windows >= 4, f"{last} {book}"
        a.stop()


@case
def a_crowd_that_only_shows_holds_nothing_against_what_others_tap():
    with on_lo() as a:
        with Process(UPROAR, "crowd", "--name", "smoke", "--taps-per-second", "0") as crowd:
            until(lambda: "window" in crowd.log(), "the first window")
            sends("--channel", "1", f"{FIRE}:3")
            until(lambda: "taps 3 " in crowd.log(), "the taps of another")
            crowd.stop()
            last = crowd.log().splitlines()[-1]
            assert re.fullmatch(r"windows \d+, taps sent 0, taps counted 3, ledger balanced", last), crowd.log()
            assert "more was counted" not in crowd.log(), crowd.log()
        a.stop()


@case
def a_crowd_that_is_interrupted_before_it_taps_ends_with_its_closing_line():
    with on_lo(window_ms=config.LONG_MS) as a:
        with Process(UPROAR, "crowd", "--name", "smoke") as crowd:
            until(lambda: a.stats()["fanout"]["tcp"] == 1, "the subscriber")
            crowd.stop()
            assert crowd.log() == "windows 0, taps sent 0, taps counted 0, ledger balanced\n", crowd.log()
        a.stop()


def takes_signals(process):
    """Does the process take SIGTERM as an event?"""
    with open(f"/proc/{process.pid}/status") as status:
        blocked = next(int(line.split()[1], 16) for line in status if line.startswith("SigBlk:"))
    return blocked & 1 << signal.SIGTERM - 1


@case
def a_crowd_that_is_interrupted_before_an_appliance_answers_says_so():
    with Process(UPROAR, "crowd") as crowd:
        until(lambda: takes_signals(crowd.process), "the crowd to take signals")
        crowd.process.send_signal(signal.SIGTERM)
        assert crowd.wait() == 1 and crowd.log() == "uproar: ended before the appliance answered\n", crowd.log()


if __name__ == "__main__":
    cases.main()
