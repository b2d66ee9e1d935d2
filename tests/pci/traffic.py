# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Frames for one appliance, and what must come of them: counted, refused by name, passed to the kernel, answered."""

import collections
import random

from harness import ethernet as e
from harness import specimens, wire
from harness.config import CHANNELS, FIRE, REACTIONS

SESSIONS = 120
STRANGER = b"\x02other"  # a MAC address that is nobody's
FOREIGN = {"other_port", "not_udp", "not_ip", "ip_fragment"}  # not refused but handed on to the kernel
TEXT, IN_TEXT = "🔥 and :clap: ", {FIRE: 1, 3: 1}


class Traffic:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.frames = []  # that the card takes
        self.ignored = []  # to another MAC address
        self.accepted = self.passed = self.batches = self.stale = 0
        self.counts = collections.defaultdict(collections.Counter)  # by channel
        self.refused = collections.Counter()
        self.asked = {}  # session: (channel, wants a frame, length of what it sent)

    def taps(self):
        return sum(sum(row.values()) for row in self.counts.values())

    def totals(self):
        return {channel: sum(row.values()) for channel, row in self.counts.items()}

    def _add(self, payload, n, channel, counts, batches=1, counted=1):
        """A datagram that is taken, in a frame of one form or another; its sender has a port of its own."""
        tags = [[], [], [e.VLAN], [e.QINQ, e.VLAN]][self.random.randrange(4)]
        self.frames.append(e.whole(payload, v6=n % 2 == 1, tags=tags, source_port=20000 + n))
        self.accepted += 1
        self.batches += batches
        self.stale += batches - counted
        self.counts[channel].update(counts)
        return self.frames[-1]

    def _pairs(self):
        ids = self.random.sample(list(REACTIONS), self.random.randint(1, 24))
        return {reaction: self.random.randint(1, 255) for reaction in ids}

    def reactions(self):
        """Sessions that begin here, sessions that began elsewhere, and text."""
        for n in range(SESSIONS):
            channel = CHANNELS[n % len(CHANNELS)]
            batches = [self._pairs() for _ in range(1 + n % 8)]
            all_of_them = sum(map(collections.Counter, batches), collections.Counter())
            self._add(wire.datagram(channel, *batches, sequence=len(batches)), n, channel, all_of_them, len(batches),
                      len(batches))
            later = wire.datagram(channel, *batches, sequence=1000 + n)
            self._add(later, n, channel, batches[0], len(batches))
            self._add(wire.text_datagram(channel, TEXT * 3, sequence=1), n, channel,
                      {r: 3 * times for r, times in IN_TEXT.items()})
        return self

    def asking(self, n, ask_frame):
        """Of a session that wants an answer, and perhaps the newest frame with it; its frame."""
        session, channel = 0x700000 + len(self.asked), CHANNELS[n % len(CHANNELS)]
        flags = wire.RECEIPT | (wire.FRAME if ask_frame else 0)
        payload = wire.datagram(channel, {FIRE: 1}, session=session, sequence=1, flags=flags)
        payload += b"\0" * (wire.ANSWER_MAX - len(payload) if ask_frame else 0)
        self.asked[session] = channel, ask_frame, len(payload)
        return self._add(payload, n, channel, {FIRE: 1})

    def hostile(self, shortest):
        """Of each kind that is no good all frames that a cable carries unchanged."""
        for name, frames in specimens.specimens().items():
            for frame in frames:
                if len(frame) >= shortest:
                    self.frames.append(frame)
                    if name in FOREIGN:
                        self.passed += 1
                    else:
                        self.refused[name] += 1
        return self

    def for_another(self):
        self.ignored = [STRANGER + frame[6:] for frame in self.frames[:8]]
        return self

    def shuffled(self):
        """Hostile between the others; no session has two frames."""
        self.random.shuffle(self.frames)
        return self
