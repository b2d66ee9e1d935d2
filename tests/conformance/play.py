# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Plays scripts against a server: connections, deadlines, and what went wrong."""

import asyncio
import secrets
import socket
import string
import time

from script import AT_ONCE, BYTEWISE, UNIQUE, Check, Closed, Get, HalfClose, Never, Pause, Send

SECONDS = 20  # until an event that is due is missed
READ_MAX = 65536
BYTEWISE_MAX, PIECE = 512, 61
SHOWN = 48  # bytes of what is shown of either side


class Failure(Exception):
    pass


class Malformed(Exception):
    """What the server sent is not of its protocol."""


def _show(data):
    text = bytes(data[:SHOWN]).hex(" ")
    return f"{text} … ({len(data)} bytes)" if len(data) > SHOWN else text or "nothing"


def _pieces(data):
    """One byte each; what is long goes on in pieces that end anywhere."""
    yield from (data[at:at + 1] for at in range(min(BYTEWISE_MAX, len(data))))
    yield from (data[at:at + PIECE] for at in range(BYTEWISE_MAX, len(data), PIECE))


class Peer:
    """One connection."""

    def __init__(self, codec):
        self.codec, self.buffer, self.history = codec, bytearray(), []
        self.ended, self.last_sent = False, time.monotonic()

    async def open(self, host, port):
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.socket = socket.socket(family, kind, proto)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(self.socket, address), SECONDS)

    async def send(self, pieces):
        """A server may end the connection in the middle of what is sent; what it has said is read all the same."""
        try:
            for piece in pieces:
                await self._send(piece)
                await asyncio.sleep(0)
        except ConnectionError:
            pass
        self.last_sent = time.monotonic()

    async def _send(self, piece):
        try:
            sent = self.socket.send(piece)
        except BlockingIOError:
            sent = 0
        if sent < len(piece):
            await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(self.socket, piece[sent:]), SECONDS)

    async def event(self, hint, deadline):
        """The next event, or None at the end of the connection."""
        while True:
            event = self.codec.next(self.buffer, hint, self.ended)
            if event is not None:
                self.history.append(event)
                return event
            if self.ended:
                if self.buffer:
                    raise Failure(f"the connection ended in the middle of {_show(self.buffer)}")
                return None
            await self._fill(deadline)

    async def _fill(self, deadline):
        left = deadline - time.monotonic()
        try:
            reading = asyncio.get_running_loop().sock_recv(self.socket, READ_MAX)
            data = await asyncio.wait_for(reading, max(left, 0.001))
        except ConnectionError:
            data = b""
        self.buffer += data
        self.ended = not data

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()


class Play:
    """One row, played in one way."""

    def __init__(self, host, table, row, replay):
        self.host, self.table, self.row, self.replay = host, table, row, replay
        self.peers, self.sent = {}, []
        letters = string.ascii_letters + string.digits
        self.unique = "".join(secrets.choice(letters) for _ in UNIQUE).encode()

    async def run(self):
        """None, or what went wrong."""
        number = 0
        try:
            if self.replay == AT_ONCE:
                whole = b"".join(step.data for step in self.row.steps if isinstance(step, Send))
                await self._send(await self._peer(self.row.steps[0].peer), whole)
            for number, step in enumerate(self.row.steps, 1):
                await self._step(step)
            return None
        except asyncio.TimeoutError:
            why = f"nothing within {SECONDS} s"
        except (Failure, Malformed) as failure:
            why = str(failure)
        except OSError as failure:
            why = f"{type(failure).__name__}: {failure}"
        finally:
            for peer in self.peers.values():
                peer.close()
        return f"step {number}, {self._describe(self.row.steps[number - 1])}: {why}; sent {_show(b''.join(self.sent))}"

    @staticmethod
    def _describe(step):
        if isinstance(step, (Get, Never)):
            return f"{'expected' if isinstance(step, Get) else 'never'} {step.pattern.name}"
        if isinstance(step, Check):
            return f"expected that {step.name}"
        return {Send: "sending", Closed: "expected the end"}.get(type(step), type(step).__name__)

    async def _peer(self, name):
        if name not in self.peers:
            peer = Peer(self.table.codec())
            await peer.open(self.host, self.table.port)
            self.peers[name] = peer
        return self.peers[name]

    async def _send(self, peer, data):
        data = data.replace(UNIQUE.encode(), self.unique)
        self.sent.append(data)
        await peer.send(_pieces(data) if self.replay == BYTEWISE else [data])

    async def _step(self, step):
        peer = await self._peer(step.peer)
        if isinstance(step, Send):
            if self.replay != AT_ONCE:
                await self._send(peer, step.data)
        elif isinstance(step, Get):
            await self._get(peer, step)
        elif isinstance(step, Closed):
            await self._closed(peer, step)
        elif isinstance(step, HalfClose):
            peer.half_close()
        elif isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
        elif isinstance(step, Never):
            for event in peer.history:
                if step.pattern.holds(event):
                    raise Failure(f"but there was {event}")
        elif isinstance(step, Check) and not step.holds(peer.history):
            raise Failure(f"but there were {', '.join(map(str, peer.history))}")

    async def _get(self, peer, step):
        deadline = time.monotonic() + SECONDS
        while True:
            event = await peer.event(step.hint, deadline)
            if event is None:
                raise Failure("the connection ended")
            if step.pattern.holds(event):
                return
            if not event.background and not (step.passes and step.passes.holds(event)):
                raise Failure(f"came {event}")

    async def _closed(self, peer, step):
        deadline = time.monotonic() + SECONDS
        perhaps = step.perhaps
        while (event := await peer.event(None, deadline)) is not None:
            if perhaps is not None and perhaps.holds(event):
                perhaps = None
            elif not event.background:
                raise Failure(f"came {event}")
        if time.monotonic() - peer.last_sent < step.not_before:
            raise Failure(f"{time.monotonic() - peer.last_sent:.2f} s after the last packet, "
                          f"not {step.not_before} s at least")
