# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""In place of systemd: a service manager that is told things (sd_notify(3))."""

import itertools
import os
import socket

from harness.namespace import WORK

SECONDS = 20
_numbers = itertools.count()


class Manager:
    """Listens on a socket of its own; heard is what came so far, a dictionary a message."""

    def __enter__(self):
        self.path = os.path.join(WORK, f"notify-{next(_numbers)}")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o666)
        self.socket.settimeout(SECONDS)
        self.heard = []
        return self

    def __exit__(self, *_):
        self.socket.close()
        os.unlink(self.path)

    def environment(self, watchdog_ms=None):
        """A command that starts another one with what a manager sets."""
        watchdog = [f"WATCHDOG_USEC={watchdog_ms * 1000}"] if watchdog_ms else []
        return ["env", f"NOTIFY_SOCKET={self.path}", *watchdog]

    def hear(self):
        text = self.socket.recv(4096).decode()
        self.heard.append(dict(line.split("=", 1) for line in text.split("\n")))
        return self.heard[-1]

    def await_message(self, condition, what):
        """The next message of which the condition holds."""
        for _ in range(1000):
            if condition(message := self.hear()):
                return message
        raise AssertionError(f"not told: {what}, but {self.heard[-5:]}")

    def await_key(self, key):
        return self.await_message(lambda m: key in m, key)
