# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Clients on two memif ports that outlive the appliance and repeat what it may have lost (session_blast.c)."""

import collections
import re
import subprocess

from harness import programs
from harness.namespace import WORK

SOCKETS = [f"{WORK}/story-{n}.memif" for n in range(2)]
PORTS = [{"device": f"net_memif{n},role=server,id=0,socket={socket},socket-abstract=no"}
         for n, socket in enumerate(SOCKETS)]
BATCHES_MAX = 8  # in a datagram
TAPS_MAX = BATCHES_MAX * 24 * 4  # all of them together


class Story:
    """Told from its start on, to whichever appliance is there."""

    def __init__(self):
        self.process = subprocess.Popen([programs.SESSION_BLAST, *SOCKETS], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.counts, self.sent, self.rounds = collections.defaultdict(dict), 0, 0

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        if failed:
            self.process.kill()
        self.process.communicate()
        assert failed or self.process.returncode == 0, f"session-blast ended with status {self.process.returncode}"

    def finish(self):
        """Comes to an end, told whole to the appliance that is there; then counts and sent are known."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if last := re.fullmatch(r"sent (\d+) in (\d+) rounds\n", line):
                self.sent, self.rounds = map(int, last.groups())
                return
            channel, reaction, taps = map(int, line.split())
            self.counts[channel][reaction] = taps
        raise AssertionError("session-blast ended before it had told all")

    def taps(self):
        return sum(sum(counts.values()) for counts in self.counts.values())
