# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Taps out of real sockets, with a count of what was sent."""

import collections
import socket
import subprocess
import tempfile

from harness import wire
from harness.namespace import WORK


class Sender:
    """A UDP socket; made within a namespace it stays there."""

    def __init__(self, host="127.0.0.1", port=wire.PORT):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.to = host, port
        self.datagrams = 0
        self.counts = collections.defaultdict(collections.Counter)  # of what must be counted, by channel

    def send(self, payload):
        assert self.socket.sendto(payload, self.to) == len(payload)
        self.datagrams += 1

    def tap(self, channel, *batches, **fields):
        """A binary datagram of a new session: all its batches count if it began here, else the newest."""
        self.send(wire.datagram(channel, *batches, **fields))
        began_here = fields.get("sequence", len(batches)) == len(batches)
        for batch in batches if began_here else batches[:1]:
            self.counts[channel].update(dict(batch))

    def text(self, channel, text, counts, **fields):
        self.send(wire.text_datagram(channel, text, **fields))
        self.counts[channel].update(counts)

    def plain(self, text, counts, channel=0):
        self.send(text.encode())
        self.counts[channel].update(counts)

    def taps(self):
        return sum(sum(counter.values()) for counter in self.counts.values())


def nc_send(payload, host="127.0.0.1", port=wire.PORT):
    """As a person does it. With -w0 nc does not wait for its input either, so that must be there before it."""
    with tempfile.TemporaryFile(dir=WORK) as file:
        file.write(payload.encode() if isinstance(payload, str) else payload)
        file.seek(0)
        subprocess.run(["nc", "-u", "-w0", host, str(port)], stdin=file, check=True, timeout=10)


class RawSender:
    """Frames as they are, out of an interface of the namespace in which it was made."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((interface, 0))
        self.frames = 0

    def send(self, frame):
        assert self.socket.send(frame) == len(frame)
        self.frames += 1
