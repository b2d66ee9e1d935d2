# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""memif-blast: datagrams through shared memory, as fast as they are taken."""

import signal
import subprocess

from harness import programs
from harness.namespace import WORK

SOCKET = f"{WORK}/blast.memif"
DEVICE = f"net_memif0,role=server,id=0,socket={SOCKET},socket-abstract=no"


class Blast:
    """The sender, from its start to the end of its rings."""

    def __init__(self, datagrams):
        self.process = subprocess.Popen([programs.BLAST, SOCKET, str(datagrams)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        status = self.process.returncode
        assert status >= 0 or status == -signal.SIGKILL, f"memif-blast died of {signal.Signals(-status).name}"

    def sent(self):
        """Waits for it to have sent all that it could."""
        return int(self.process.stdout.readline().split()[1])

    def end(self):
        self.process.communicate()
        assert self.process.returncode == 0, f"memif-blast ended with status {self.process.returncode}"
