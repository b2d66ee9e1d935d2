#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
SIGTERM tells the subscribers that this is the end, one after the other, while counting goes on. A second one is at
once.
"""

import signal
import socket
import time

from harness import cases, ledger, subscribers
from harness.cases import case
from harness.config import FIRE
from harness.deadline import PATIENCE, until
from harness.default_device import on_lo
from harness.sender import Sender

MANY = 12
OVER_SECONDS = int(2 * PATIENCE)


def all_protocols(n):
    kinds = subscribers.Tcp, subscribers.WebSocket, subscribers.Events
    return [kinds[i % 3]([1]) for i in range(n)]


def open_connections(a):
    fanout = a.stats()["fanout"]
    return sum(fanout[name] for name in ("tcp", "websocket", "sse", "http"))


def accepts():
    try:
        socket.create_connection(("127.0.0.1", subscribers.TCP_PORT), 5).close()
        return True
    except ConnectionRefusedError:
        return False


@case
def everybody_is_told_in_turn_while_counting_goes_on():
    with on_lo(fanout={"drain_seconds": OVER_SECONDS}) as a:
        clients = all_protocols(MANY)
        for client in clients:
            client.wait(len, "a frame")
        a.process.send_signal(signal.SIGTERM)
        told = f"stopping: {MANY} connections are told over {OVER_SECONDS} s"
        until(lambda: a.logged(told), a.log)  # before we knock
        until(lambda: not accepts(), "nobody else gets in")
        sender = Sender()
        sender.tap(1, {FIRE: 5})
        ledger.await_taps(a, 5)
        gone = {}

        def all_are_gone():
            for i, client in enumerate(clients):
                if client.ended and i not in gone:
                    gone[i] = time.monotonic()
                    client.close()
            return len(gone) == MANY
        until(all_are_gone, "everybody is gone")
        assert a.wait() == 0, a.log()
        assert len({round(at, 1) for at in gone.values()}) >= MANY // 4, f"they went all at once: {gone}"
        tapped = [c for c in clients if sum(f.taps for f in c.frames) == 5]
        assert tapped, "nobody was there for the taps that came later"


@case
def a_second_signal_is_at_once():
    with on_lo(fanout={"drain_seconds": 600}) as a, subscribers.Tcp([1]) as one:
        one.wait(len, "a frame")
        a.process.send_signal(signal.SIGINT)
        until(lambda: a.logged("stopping: 1 connection is"), a.log)
        assert a.is_alive()
        a.stop()
        one.wait(lambda _: one.ended, "its end")


@case
def with_nobody_there_it_takes_no_time():
    with on_lo(fanout={"drain_seconds": 600}) as a:
        a.stop()


if __name__ == "__main__":
    cases.main()
