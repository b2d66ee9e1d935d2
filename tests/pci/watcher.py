# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""A subscriber in the guest: nc over TCP, which goes on behind the end of its input, with what it gets in a file."""

import json
import signal

from harness import subscribers, wire
from harness.config import CHANNELS
from harness.deadline import until

LINES = "/tmp/watched"


class Watcher:
    """For a with statement."""

    def __init__(self, machine):
        self.machine = machine
        line = f"SUB {','.join(map(str, CHANNELS))} json"
        self.pid = machine.ask("start", command=["sh", "-c", f"echo {line} | exec nc 127.0.0.1 {subscribers.TCP_PORT}"],
                               log=LINES)["pid"]

    def __enter__(self):
        until(self.frames, "a frame for the watcher")
        return self

    def __exit__(self, *_):
        self.machine.ask("send_signal", pid=self.pid, number=signal.SIGTERM)

    def frames(self):
        lines = self.machine.ask("read", path=LINES)["text"].split("\n")[:-1]  # the last may not be whole
        return [wire.frame_of_json(json.loads(line)) for line in lines]

    def await_taps(self, taps):
        """The frames, with exactly so many taps in them."""
        def sum_of():
            return sum(frame.taps for frame in self.frames())
        until(lambda: sum_of() >= taps, lambda: f"{taps} taps for the watcher, not {sum_of()}")
        return self.frames()
