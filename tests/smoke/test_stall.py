#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Subscribers that do not read hold nobody up, and get the newest frame when they read again."""

import base64
import contextlib
import json
import os
import socket
import threading

from harness import cases, config, ledger, subscribers, wire
from harness.cases import case
from harness.deadline import PATIENCE, until
from harness.default_device import on_lo
from harness.namespace import run
from harness.programs import UPROAR
from harness.sender import Sender
from harness.subscribers import HTTP_PORT, SECONDS, TCP_PORT

WINDOW_MS = int(200 * PATIENCE)
CHANNELS = list(range(int(64 / PATIENCE)))
REACTIONS = 40
STALLED_WINDOWS = int(40 / PATIENCE)  # 8 s
FULL = {reaction: 1 + reaction for reaction in range(32)}


def busy(**options):
    return on_lo(window_ms=WINDOW_MS, channels=config.channels(CHANNELS), catalogue=config.reactions(REACTIONS),
                 **options)


class EveryWindow:
    """Taps all reactions of a frame in every channel, again and again, so that every frame is full."""

    def __enter__(self):
        self.sender, self._stop = Sender(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(WINDOW_MS / 1000 / 4):
            for channel in CHANNELS:
                self.sender.tap(channel, FULL)


class Stalled:
    """A socket with a small receive buffer that asks, and is not read until resume() is called."""

    def __init__(self, port, asks, host="127.0.0.1"):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.socket.settimeout(SECONDS)
        self.socket.connect((host, port))
        self.socket.sendall(asks)
        self.frames = []

    def resume(self):
        """Reads on in a thread."""
        self.file = self.socket.makefile("rb")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        with contextlib.suppress(ConnectionError):
            self.read()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(SECONDS)
        self.socket.close()

    def take_json(self, line):
        assert line.endswith(b"}") or line.endswith(b"}\n"), f"a frame was cut: {line}"
        self.frames.append(wire.frame_of_json(json.loads(line)))


class StalledTcp(Stalled):
    def __init__(self, channels):
        super().__init__(TCP_PORT, f"SUB {','.join(map(str, channels))} json\n".encode())

    def read(self):
        subscribers.read_lines(self.file, self.take_json)


class StalledEvents(Stalled):
    def __init__(self, channels):
        super().__init__(HTTP_PORT, f"GET /v1/channels/{','.join(map(str, channels))} HTTP/1.1\r\nHost: uproar\r\n"
                                    "Accept: text/event-stream\r\n\r\n".encode())

    def read(self):
        for line in self.file:
            if line.startswith(b"data: "):
                self.take_json(line[len(b"data: "):])


class StalledWebSocket(Stalled):
    def __init__(self, channels):
        key = base64.b64encode(os.urandom(16)).decode()
        super().__init__(HTTP_PORT, f"GET /v1/channels/{','.join(map(str, channels))}?format=json HTTP/1.1\r\n"
                                    "Host: uproar\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())

    def read(self):
        assert b" 101 " in self.file.readline()
        while self.file.readline().strip():
            pass
        while head := self.file.read(2):
            assert head[0] == 0x81 and head[1] < 127, f"no whole text message: {head}"
            length = int.from_bytes(self.file.read(2), "big") if head[1] == 126 else head[1]
            self.take_json(self.file.read(length))


def check_healthy(listener, first, until_window):
    """Every window of every channel, once, in order."""
    for channel in listener.channels:
        windows = [f.window for f in listener.frames if f.channel == channel and first <= f.window <= until_window]
        assert windows == list(range(first, until_window + 1)), f"channel {channel}: {windows}"


def check_resumed(stalled, newest):
    """Whole frames in order, some skipped, ending with the newest."""
    by_channel = {}
    for frame in stalled.frames:
        by_channel.setdefault(frame.channel, []).append(frame.window)
    assert set(by_channel) == set(CHANNELS), f"channels {set(CHANNELS) - set(by_channel)} are missing"
    skipped = 0
    for channel, windows in by_channel.items():
        assert windows == sorted(set(windows)), f"channel {channel} out of order: {windows}"
        assert windows[-1] >= newest, f"channel {channel} ends with {windows[-1]}, the newest is {newest}"
        skipped += windows[-1] - windows[0] + 1 - len(windows)
    return skipped


@case
def stalled_subscribers_of_each_kind_hold_nobody_up():
    with busy() as a, EveryWindow() as crowd, \
            subscribers.Tcp(CHANNELS) as binary, subscribers.Tcp([7], json_form=True) as lines, \
            subscribers.WebSocket([0, CHANNELS[-1]]) as messages:
        healthy = [binary, lines, messages]
        first = max(l.wait(len, "a frame")[0].window for l in healthy) + 2
        stalled = [StalledTcp(CHANNELS), StalledWebSocket(CHANNELS), StalledEvents(CHANNELS)]
        end = first + STALLED_WINDOWS
        for listener in healthy:
            listener.await_window(end)
        for listener in healthy:
            check_healthy(listener, first, end)
        stats = a.stats()
        assert (stats["fanout"]["tcp"], stats["fanout"]["websocket"], stats["fanout"]["sse"]) == (3, 2, 1), stats
        check_slowest(a, stalled)
        skipped, stats = resume_and_catch_up(a, stalled, binary)
        assert stats["fanout"]["frames_skipped"] == skipped, f"{skipped} were skipped, but {stats['fanout']}"
        assert stats["fanout"]["ring_overflows"] == 0, stats["fanout"]
        ledger.nothing_lost(stats)
        a.stop()
    assert crowd.sender.datagrams > 0


def check_slowest(a, stalled):
    """Those that do not read, and nobody else, with what each has missed; and a line of the log says so."""
    slowest = a.slowest()
    addresses = {"%s:%d" % s.socket.getsockname(): s for s in stalled}
    assert {s["address"] for s in slowest} == set(addresses), f"{slowest} instead of {set(addresses)}"
    assert {s["protocol"] for s in slowest} == {"tcp", "websocket", "sse"}, slowest
    for s in slowest:
        assert s["blocked_s"] >= 5 and s["frames_skipped"] > 0 and s["kernel_bytes"] > 0, s
    until(lambda: a.logged(r"3 subscribers have taken nothing for 5 s or more"), "the line of the log")
    assert not any(address in a.log() for address in addresses), "an address is in the log"
    shown = run(UPROAR, "stats", "--slowest", "--name", a.name)
    assert all(address in shown for address in addresses) and "kernel bytes" in shown, shown


def resume_and_catch_up(a, stalled, healthy):
    newest = healthy.frames[-1].window + 2
    for subscriber in stalled:
        subscriber.resume()
    healthy.await_window(newest + 3)
    until(lambda: all(min_newest(s) >= newest for s in stalled), "the newest frame of each channel")
    stats = until(lambda: without_more_skipped(a, healthy), "a window of which nothing is skipped")
    skipped = 0
    for subscriber in stalled:
        subscriber.close()
        some = check_resumed(subscriber, newest)
        assert some > 0, f"{type(subscriber).__name__} skipped nothing"
        skipped += some
    return skipped, stats


def without_more_skipped(a, healthy):
    """The statistics behind a window that all got; before they close: one that ends then is skipped as well."""
    before = a.stats()["fanout"]["frames_skipped"]
    healthy.await_window(healthy.frames[-1].window + 2)
    stats = a.stats()
    return stats if stats["fanout"]["frames_skipped"] == before else None


def min_newest(stalled):
    newest = dict.fromkeys(CHANNELS, 0)
    for frame in list(stalled.frames):
        newest[frame.channel] = frame.window
    return min(newest.values())


if __name__ == "__main__":
    cases.main()
