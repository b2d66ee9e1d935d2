# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Sessions that go on for ever, each on one of the wires, and repeat what may not have been counted."""

import contextlib
import threading
import time

from harness import ethernet as e
from harness import wire
from harness.config import FIRE

SESSIONS, BATCHES, TAPS = 30, 30, 2  # a wire; a session, fewer than are remembered of it; a batch


class Clients:
    def __init__(self, ends):
        self.ends = ends

    def _send(self, sequence):
        """The batch of that number of each session."""
        for n, end in enumerate(self.ends):
            for i in range(SESSIONS):
                payload = wire.datagram(n, {FIRE: TAPS}, session=0x900000 + 1000 * n + i, sequence=sequence)
                end.send(e.whole(payload, source_port=30000 + i))

    def begin(self):
        """The first of each: sessions that are known lose nothing, in whatever order the rest comes."""
        self._send(1)

    def begun(self):
        return len(self.ends) * SESSIONS * TAPS

    def taps(self):
        return self.begun() * BATCHES

    def repeat(self, pause=0.002):
        """All of them, in order."""
        for sequence in range(1, BATCHES + 1):
            self._send(sequence)
            time.sleep(pause)

    @contextlib.contextmanager
    def in_the_background(self):
        """They send all the while, slowly, so that many are still to come whenever it ends."""
        stop = threading.Event()

        def go_on():
            while not stop.is_set():
                self.repeat(0.1)
        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
