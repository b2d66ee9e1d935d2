#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The embedded default: AF_XDP on lo takes the reaction port and nothing else; nc is enough to tap and to listen."""

import socket
import subprocess

from harness import cases, ledger, leftovers, subscribers, wire
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.default_device import on_lo
from harness.namespace import run
from harness.sender import Sender, nc_send

WINDOW = {"window_ms": 2000}  # as it comes


def nc_shows_the_next_frame(host, half_close):
    with on_lo(**WINDOW) as a, subscribers.Nc([0], host, half_close=half_close) as listener:
        listener.wait(len, "a first frame")
        nc_send("🔥🔥👏", host)
        frames = listener.await_taps(3)
        assert frames[-1].counts() == {FIRE: 2, CLAP: 1}, f"in one frame: {frames}"
        assert frames[-1].total == 3 and frames[-1].entries[0] == (FIRE, 6667, 2), frames[-1]
        ledger.nothing_lost(ledger.await_taps(a, 3))
        a.stop()
    assert not leftovers.xdp_of("lo"), "the program is still on lo"


@case
def nc_over_ipv4_shows_2_fire_and_1_clap_in_the_next_frame():
    nc_shows_the_next_frame("127.0.0.1", half_close=False)


@case
def nc_N_over_ipv6_shows_2_fire_and_1_clap_in_the_next_frame():
    nc_shows_the_next_frame("::1", half_close=True)


@case
def the_command_line_of_the_manual_works():
    with on_lo() as a:
        nc_send("🔥🔥👏")
        ledger.await_taps(a, 3)
        ledger.await_merged(a)
        shown = subprocess.run("printf 'SUB 0 json\\n' | nc 127.0.0.1 7701 | head -n 1", shell=True, text=True,
                               capture_output=True, timeout=20).stdout
        assert '"total":3' in shown, shown
        a.stop()


@case
def what_is_no_reaction_on_lo_stays_with_the_kernel():
    with on_lo() as a:
        for family, host in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
            with socket.socket(family, socket.SOCK_DGRAM) as other:
                other.bind((host, 7799))
                other.settimeout(10)
                sender = Sender(host, 7799)
                for n in range(100):
                    sender.send(b"%d" % n)
                    assert other.recv(100) == b"%d" % n
            if subprocess.run(["which", "ping"], capture_output=True).returncode == 0:
                run("ping", "-c", "3", "-i", "0.02", "-W", "2", host)
            assert subscribers.get("/healthz", host)[0] == 200
        assert ledger.await_rx(a, 0)["refused"]["other_port"] == 0
        a.stop()


@case
def binary_and_text_over_lo_are_counted_exactly():
    with on_lo() as a, subscribers.Tcp([0, 1, 2, 3]) as listener:
        senders = [Sender("127.0.0.1"), Sender("::1")]
        for n in range(200):
            s = senders[n % 2]
            s.tap(n % 4, {n % 24: 1 + n % 255, (n + 1) % 24: 1})
            s.text(1, "GOOOAL :joy: 👍🏽", {6: 1, 0: 1, 4: 1})
            s.plain("👏👏", {CLAP: 2})
        taps = sum(s.taps() for s in senders)
        stats = ledger.await_taps(a, taps)
        assert stats["ledger"]["rx"] == stats["ledger"]["offered"] == 600, stats["ledger"]
        ledger.nothing_lost(stats)
        frames = listener.await_taps(taps)
        expected = {c: dict(sum((s.counts[c] for s in senders), start=type(senders[0].counts[c])())) for c in range(4)}
        assert subscribers.counts(frames) == expected
        a.stop()


@case
def a_socket_of_its_own_on_the_reaction_port_sees_nothing():
    """A listener in the kernel changes nothing: reactions are taken before it."""
    with on_lo() as a, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", wire.PORT))
        other.setblocking(False)
        nc_send("🔥")
        ledger.await_taps(a, 1)
        try:
            assert not other.recv(100), "the kernel got it, too"
        except BlockingIOError:
            pass
        a.stop()


if __name__ == "__main__":
    cases.main()
