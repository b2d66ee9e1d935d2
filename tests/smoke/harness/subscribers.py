# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Subscribers as they are out there, each a thread that reads and keeps what it got: nc, TCP,
WebSocket (Debian's python3-websockets), server-sent events, and HTTP by hand.
"""

import asyncio
import collections
import contextlib
import json
import socket
import subprocess
import threading
import time

from harness import wire
from harness.deadline import SECONDS

TCP_PORT, HTTP_PORT = 7701, 7780


class Subscriber:
    """Frames in the order in which they came, and when (Unix seconds)."""

    def __init__(self, channels, host="127.0.0.1", json_form=False):
        self.channels, self.host, self.json_form = channels, host, json_form
        self.frames, self.failure, self.ended = [], None, False
        self._changed = threading.Condition()
        self.open()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        self._thread.join(SECONDS)

    def list(self):
        return ",".join(map(str, self.channels))

    def _follow(self):
        try:
            self.read()
        except Exception as failure:  # told to whoever waits
            self.failure = failure
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def take(self, data):
        frame = wire.frame_of_json(json.loads(data)) if self.json_form else wire.decode_frame(data)
        with self._changed:
            self.frames.append(frame)
            self._changed.notify_all()

    def wait(self, condition, what, seconds=SECONDS):
        """Until the condition holds of the frames so far; those."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not condition(self.frames):
                left = deadline - time.monotonic()
                assert not self.ended, f"{self.list()} ended before {what}: {self.failure}"
                assert left > 0, f"{type(self).__name__} did not get {what} but {self.frames[-2:]}"
                self._changed.wait(left)
            return list(self.frames)

    def await_window(self, number):
        """Every channel's frame of that window or a later one."""
        return self.wait(lambda frames: all(
            any(f.channel == c and f.window >= number for f in reversed(frames)) for c in self.channels),
            f"window {number}")

    def await_taps(self, taps):
        """Frames with exactly so many taps in them."""
        return self.wait(lambda frames: sum(f.taps for f in frames) >= taps, f"{taps} taps")


def counts(frames):
    """{channel: {reaction: taps}} of all these frames."""
    sums = collections.defaultdict(collections.Counter)
    for frame in frames:
        sums[frame.channel].update(frame.counts())
    return {channel: dict(counter) for channel, counter in sums.items() if counter}


def read_binary(file, take):
    while head := file.read(2):
        length = int.from_bytes(head, "big")
        data = file.read(length)
        assert len(data) == length, f"a frame was cut: {len(data)} of {length} bytes"
        take(data)


def read_lines(file, take):
    for line in file:
        assert line.endswith(b"\n"), f"a line was cut: {line}"
        take(line)


class Tcp(Subscriber):
    def open(self):
        self.socket = socket.create_connection((self.host, TCP_PORT), SECONDS)
        self.socket.settimeout(None)
        self.socket.sendall(f"SUB {self.list()}{' json' if self.json_form else ''}\n".encode())

    def read(self):
        with self.socket.makefile("rb") as file:
            (read_lines if self.json_form else read_binary)(file, self.take)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it ended before us
        self.socket.close()


class Nc(Subscriber):
    """netcat; with half_close it says that nothing more comes from it (-N)."""

    def __init__(self, channels, host="127.0.0.1", json_form=True, half_close=False):
        self.half_close = half_close
        super().__init__(channels, host, json_form)

    def open(self):
        options = ["-N"] if self.half_close else []
        self.process = subprocess.Popen(["nc", *options, self.host, str(TCP_PORT)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.process.stdin.write(f"SUB {self.list()}{' json' if self.json_form else ''}\n".encode())
        self.process.stdin.flush()
        if self.half_close:
            self.process.stdin.close()

    def read(self):
        (read_lines if self.json_form else read_binary)(self.process.stdout, self.take)

    def close(self):
        self.process.kill()
        self.process.wait()


class WebSocket(Subscriber):
    server, options = f"ws://{{}}:{HTTP_PORT}", {}

    def open(self):
        self._loop = None
        self._open = threading.Event()

    def read(self):
        asyncio.run(self._session())

    async def _session(self):
        import websockets  # Debian's Python has it, the one that starts the tests may not
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._messages(websockets)

    async def _messages(self, websockets):
        host = f"[{self.host}]" if ":" in self.host else self.host
        address = f"{self.server.format(host)}/v1/channels/{self.list()}{'?format=json' if self.json_form else ''}"
        async with websockets.connect(address, compression=None, **self.options) as connection:
            self._connection, self._loop = connection, asyncio.get_running_loop()
            self._open.set()
            async for message in connection:
                assert isinstance(message, str if self.json_form else bytes), f"a message of {type(message)}"
                self.take(message)

    def close(self):
        if self._open.wait(SECONDS) and not self.ended:
            asyncio.run_coroutine_threadsafe(self._connection.close(), self._loop).result(SECONDS)


class Events(Subscriber):
    """Server-sent events."""

    def __init__(self, channels, host="127.0.0.1"):
        super().__init__(channels, host, json_form=True)

    def open(self):
        self.socket, self.head, self.file = request(self.host, f"/v1/channels/{self.list()}",
                                                    "Accept: text/event-stream")
        assert self.head[0].split()[1] == "200" and "content-type: text/event-stream" in self.head, self.head

    def read(self):
        number = None
        for line in self.file:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                number = int(value)
            elif name == "data":
                self.take(value)
                assert number == self.frames[-1].window, f"id {number} for window {self.frames[-1].window}"
            else:  # a comment, or how long to wait before one comes back
                assert not name or (name == "retry" and int(value) > 0), f"unexpected: {line}"

    close = Tcp.close


def request(host, path, *fields):
    """A GET; the socket, the lines of the answer's head in lower case, and a file for the rest."""
    s = socket.create_connection((host, HTTP_PORT), SECONDS)
    s.settimeout(None)
    s.sendall("\r\n".join([f"GET {path} HTTP/1.1", "Host: uproar", *fields, "", ""]).encode())
    file = s.makefile("rb")
    head = []
    while (line := file.readline().decode().strip()):
        head.append(line.lower())
    return s, head, file


def get(path, host="127.0.0.1"):
    """(status, body) of a document."""
    s, head, file = request(host, path, "Connection: close")
    with s, file:
        return int(head[0].split()[1]), file.read()


def ended_with(host, line):
    """What comes back for a line to the TCP port, until the end."""
    with socket.create_connection((host, TCP_PORT), SECONDS) as s:
        s.sendall(line.encode())
        with s.makefile("rb") as file:
            return file.read().decode()
