# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""uproard in the guest, asked as if it ran here."""

import itertools
import json
import signal
import sys

from harness.daemon import STOP_SECONDS, Appliance
from harness.deadline import SECONDS, until
from harness.programs import UPROAR, UPROARD

START_SECONDS = 2 * SECONDS
_numbers = itertools.count()


class GuestAppliance(Appliance):
    """With a configuration; keywords are its options. Its arena stays unless it is told to be temporary."""

    def __init__(self, machine, *arguments, name="pci", **options):
        self.machine, self.name, self.command = machine, name, [UPROAR]
        number = next(_numbers)
        self.log_path = f"/tmp/uproard-{number}.log"
        self.config_path = f"/tmp/uproard-{number}.yaml"
        options = {"name": name, "window_ms": 200, "fanout": {"drain_seconds": 0}} | options
        machine.ask("write", path=self.config_path, text=json.dumps(options))
        self.pid = machine.ask("start", command=[UPROARD, *arguments, self.config_path], log=self.log_path)["pid"]
        try:
            until(self._answers, lambda: f"uproard answers:\n{self.log()}", START_SECONDS)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, failure=None, *_):
        if failure is not None:
            print(f"uproard:\n{self.log()}", file=sys.stderr)
        super().__exit__()

    def _answers(self):
        assert self.is_alive(), f"uproard ended:\n{self.log()}"
        return self._ask().stdout

    def ask(self, *words):
        return self.machine.run(*self.command, *words, "--name", self.name)

    def log(self):
        return self.machine.ask("read", path=self.log_path)["text"]

    def is_alive(self):
        return self.machine.ask("poll", pid=self.pid)["status"] is None

    def kill(self):
        self.machine.ask("send_signal", pid=self.pid, number=signal.SIGKILL)
        self.wait()

    def wait(self, seconds=STOP_SECONDS):
        status = self.machine.ask("wait", pid=self.pid, seconds=seconds)["status"]
        assert status is not None, f"still running after {seconds} s:\n{self.log()}"
        return status

    def stop(self, number=signal.SIGTERM):
        self.machine.ask("send_signal", pid=self.pid, number=number)
        status = self.wait()
        assert status == 0, f"exit status {status} after signal {number}:\n{self.log()}"
