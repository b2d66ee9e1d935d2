# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Chance: for each kind of process a thread that does something to one of them at a time, again and again:
kill -9 and a new start, SIGSTOP for a while, or its cable on the inside is cut. What is done to whom and for how
long follows from a seed.
"""

import random
import signal
import sys
import threading
import time

ACTS = ["kill", "freeze", "cut"]


class Disturber:
    """Of one kind: its members, and for how many seconds they may be gone."""

    def __init__(self, kind, members, seed, gone, between, acts=None):
        self.kind, self.members, self.gone, self.between = kind, members, gone, between
        self.acts = acts or ACTS
        self.rng = random.Random(f"{seed} {kind}")
        self.done = []

    def run(self, end, say):
        while not end.wait(self.rng.uniform(*self.between)):
            act, member, seconds = self.rng.choice(self.acts), self.rng.choice(self.members), self.rng.uniform(*self.gone)
            say(f"{act} {member.host.name} for {seconds:.1f} s")
            self.done.append(act)
            getattr(self, f"_{act}")(member, seconds, end)
            say(f"{member.host.name} is back")

    @staticmethod
    def _kill(member, seconds, end):
        member.kill()
        end.wait(seconds)
        member.start()
        member.await_started()

    @staticmethod
    def _freeze(member, seconds, end):
        member.signal(signal.SIGSTOP)
        end.wait(seconds)
        member.signal(signal.SIGCONT)

    @staticmethod
    def _cut(member, seconds, end):
        member.host.cut()
        end.wait(seconds)
        member.host.mend()


class Chaos:
    """All of them at work, for a with statement; behind it everybody is back."""

    def __init__(self, disturbers):
        self.disturbers, self.begun = disturbers, time.monotonic()
        self.end, self.failures = threading.Event(), []
        self.threads = [threading.Thread(target=self._run, args=[d]) for d in disturbers]

    def seconds(self):
        """Since it began."""
        return time.monotonic() - self.begun

    def say(self, what):
        print(f"# {self.seconds():6.1f} s: {what}", file=sys.stderr, flush=True)

    def _run(self, disturber):
        try:
            disturber.run(self.end, self.say)
        except Exception as failure:  # told at the end
            self.failures.append(failure)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, failed, *_):
        self.end.set()
        for thread in self.threads:
            thread.join()
        if not failed and self.failures:
            raise self.failures[0]

    def acts(self):
        return {d.kind: {act: d.done.count(act) for act in d.acts} for d in self.disturbers}
