# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""A running uproard."""

import itertools
import json
import os
import re
import signal
import subprocess

from harness import config
from harness.deadline import until
from harness.namespace import WORK
from harness.programs import UPROAR, UPROARD

STOP_SECONDS = 15
_numbers = itertools.count()


def _to_defaults():
    """The programs get the signals as a shell would leave them."""
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, signal.SIG_DFL)


class Process:
    """A program in the background with what it says in a file, for a with statement."""

    def __init__(self, *command, **options):
        self.log_path = os.path.join(WORK, f"log-{next(_numbers)}")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=_to_defaults, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_alive():
            self.kill()

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def wait(self, seconds=STOP_SECONDS):
        """Its exit status."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s:\n{self.log()}") from None

    def stop(self, number=signal.SIGTERM):
        """Asks it to end, which it does with status 0."""
        self.process.send_signal(number)
        status = self.wait()
        assert status == 0, f"exit status {status} after signal {number}:\n{self.log()}"


class Appliance(Process):
    """
    uproard with a configuration; keywords are its options, or a file has them. Its arena is a
    temporary one unless it is to be kept. Arguments are further ones on the command line. as_user: a
    command that starts it as somebody else; asked_as: one that asks it as somebody else than that.
    """

    def __init__(self, *arguments, name="smoke", keep=False, as_user=(), asked_as=None,
                 programs=(UPROARD, UPROAR), config_path=None, **options):
        self.name, self.command = name, (*(as_user if asked_as is None else asked_as), programs[1])
        temporary = [] if keep else ["--temporary-arena"]
        path = config_path or config.write({"name": name, "window_ms": 200} | options)
        super().__init__(*as_user, programs[0], *temporary, path, *arguments)
        try:
            until(self._answers, lambda: f"uproard answers:\n{self.log()}")
        except BaseException:
            self.__exit__()
            raise

    def _answers(self):
        assert self.is_alive(), f"uproard ended with status {self.process.returncode}:\n{self.log()}"
        return self._ask().stdout

    def ask(self, *words):
        """The `uproar` command, about this appliance."""
        return subprocess.run([*self.command, *words, "--name", self.name], capture_output=True, text=True)

    def _ask(self, *options):
        return self.ask("stats", "--json", *options)

    def stats(self):
        """What `uproar stats --json` prints; the ledger balances, always."""
        asked = self._ask()
        assert asked.stdout, f"uproar stats: {asked.stderr}\n{self.log()}"
        stats = json.loads(asked.stdout)
        wrong = [i for i in stats["ledger"]["identities"] if not i["holds"]]
        assert stats["ledger"]["balanced"] and not wrong, f"the ledger does not balance: {stats['ledger']}"
        assert asked.returncode == 0, f"uproar stats: status {asked.returncode} with a balanced ledger"
        return stats

    def slowest(self):
        """What `uproar stats --slowest --json` lists."""
        asked = self._ask("--slowest")
        assert asked.returncode == 0, f"uproar stats --slowest: {asked.stderr}\n{self.log()}"
        answer = json.loads(asked.stdout)
        assert answer["complete"], answer
        return answer["slowest"]

    def logged(self, pattern):
        """A match in what it said, or None."""
        return re.search(pattern, self.log())


def refused(*arguments, within=lambda: None, as_user=(), **options):
    """Starts uproard where it must not start; (exit status, what it said). within: called before in its process."""
    def prepare():
        _to_defaults()
        within()

    path = config.write({"name": "smoke", "window_ms": 200} | options)
    done = subprocess.run([*as_user, UPROARD, path, *arguments], capture_output=True, text=True,
                          timeout=STOP_SECONDS, preexec_fn=prepare)
    return done.returncode, done.stdout + done.stderr
