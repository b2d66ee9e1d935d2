# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Viewers who tap at ingest nodes, each at one of them, and know what was counted: each tells a batch until
the node has said that it has it. So every tap counts exactly once, whoever dies meanwhile.
"""

import collections
import random
import selectors
import socket
import threading
import time

from harness import wire
from harness.config import REACTIONS

AGAIN_SECONDS = 0.5  # without an answer
REPEATED = 3         # batches before the newest, in the same datagram


class Viewer:
    def __init__(self, session, channel, rng, pause, repeats):
        self.session, self.channel, self.rng, self.pause = session, channel, rng, pause
        self.sequence, self.due, self.settled = 0, 0, True
        self.batches = collections.deque(maxlen=1 + (REPEATED if repeats else 0))

    def tap(self):
        """The next batch."""
        self.sequence += 1
        self.settled = False
        ids = self.rng.sample(list(REACTIONS), self.rng.randint(1, 4))
        self.batches.appendleft({reaction: self.rng.randint(1, 20) for reaction in ids})
        return self.batches[0]

    def datagram(self):
        return wire.datagram(self.channel, *self.batches, session=self.session, sequence=self.sequence,
                             flags=wire.RECEIPT)


class Crowd:
    """For a with statement: they tap from its beginning until finish(). repeats: of batches, as apps do."""

    def __init__(self, addresses, channels, viewers=60, pause=0.5, seed=1, repeats=True):
        self.counts = collections.defaultdict(collections.Counter)  # of what was told, by channel
        self.datagrams, self.again = 0, 0
        self._selector, self._sockets, self._viewers = selectors.DefaultSelector(), [], {}
        self._finish, self._failure = threading.Event(), None
        rng = random.Random(seed)
        for address in addresses:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.connect((address, wire.PORT))
            s.setblocking(False)
            self._selector.register(s, selectors.EVENT_READ)
            for n in range(viewers):
                viewer = Viewer(rng.getrandbits(56) | 1, channels[n % len(channels)], rng, pause, repeats)
                self._viewers[viewer.session] = viewer, s
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._finish.set()
        self._abandon = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()

    _abandon = False

    def _run(self):
        try:
            while not self._abandon and not (self._finish.is_set() and self.settled()):
                self._tell()
                for key, _ in self._selector.select(0.02):
                    self._hear(key.fileobj)
        except Exception as failure:  # told to who finishes
            self._failure = failure

    def settled(self):
        return all(viewer.settled for viewer, _ in self._viewers.values())

    def _tell(self):
        now = time.monotonic()
        for viewer, s in self._viewers.values():
            if now < viewer.due or (viewer.settled and self._finish.is_set()):
                continue
            if viewer.settled:
                self.counts[viewer.channel].update(viewer.tap())
            else:
                self.again += 1
            viewer.due = now + AGAIN_SECONDS
            self._send(s, viewer.datagram())

    def _send(self, s, payload):
        try:
            s.send(payload)
            self.datagrams += 1
        except OSError:
            pass  # nobody is there, or nothing fits: it is told again

    def _hear(self, s):
        while True:
            try:
                answer = wire.decode_answer(s.recv(2048))
            except OSError:
                return
            viewer, _ = self._viewers[answer.session]
            assert answer.status in (wire.COUNTED, wire.DUPLICATE), answer
            if answer.sequence == viewer.sequence and not viewer.settled:
                viewer.settled = True
                viewer.due = time.monotonic() + viewer.pause * viewer.rng.uniform(0.5, 1.5)

    def finish(self, seconds=60):
        """No more taps; once all are counted, {channel: taps}."""
        self._finish.set()
        self._thread.join(seconds)
        if self._failure:
            raise self._failure
        assert not self._thread.is_alive(), "not all taps were counted: " + ", ".join(
            f"{s.getpeername()[0]} channel {v.channel} batch {v.sequence}"
            for v, s in self._viewers.values() if not v.settled)
        return self.taps()

    def taps(self):
        """{channel: taps} of all that were told so far."""
        return {channel: sum(list(counter.values())) for channel, counter in list(self.counts.items())}
