# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""DPDK's own programs, attached to a running appliance."""

import itertools
import os
import shutil
import subprocess

from harness import capture, cases
from harness.daemon import Process
from harness.deadline import until
from harness.namespace import WORK

_numbers = itertools.count()


def require(appliance):
    """They are there, and can attach."""
    for program in "dpdk-dumpcap", "dpdk-proc-info", "dpdk-telemetry.py":
        cases.require(shutil.which(program), f"{program} is not there: apt-get install dpdk")
    why = appliance.logged(r"dpdk-dumpcap and dpdk-proc-info cannot attach: (.*)")
    if why:
        appliance.stop()
    cases.require(not why, why and why[1])


def proc_info(appliance, *options):
    """What dpdk-proc-info says."""
    done = subprocess.run(["dpdk-proc-info", f"--file-prefix=uproar-{appliance.name}", "--", *options],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"dpdk-proc-info {options}: {done.stdout} {done.stderr}"
    return done.stdout


def _payload(frame):
    """Of a datagram in IPv4 without options."""
    assert frame[12:15] == b"\x08\x00\x45", frame.hex()
    return frame[42:34 + int.from_bytes(frame[38:40], "big")]


class Dumpcap(Process):
    """dpdk-dumpcap that captures, from when it is made on. frames: after how many it ends; command: before it;
    interface: DPDK's name of another port than the first."""

    def __init__(self, appliance, frames=None, command=(), folder=WORK, interface=None):
        self.path = os.path.join(folder, f"{next(_numbers)}.pcapng")
        count = ["-c", str(frames)] if frames else []
        if interface:
            count += ["-i", interface]
        super().__init__(*command, "dpdk-dumpcap", "--file-prefix", f"uproar-{appliance.name}", "-p", *count,
                         "-w", self.path)
        until(self._captures, self.log)

    def _captures(self):
        begun = "Packets captured:" in self.log()
        assert begun or self.is_alive(), f"dpdk-dumpcap ended with status {self.process.returncode}:\n{self.log()}"
        return begun

    def datagrams(self):
        """The payloads of what it captured, as Wireshark and tcpdump would find them, when it has ended."""
        status = self.wait()
        assert status == 0, f"dpdk-dumpcap: status {status}:\n{self.log()}"
        link, frames = capture.read(self.path)
        assert link == capture.ETHERNET
        counted = subprocess.run(["tcpdump", "-r", self.path, "--count"], capture_output=True, text=True)
        assert counted.stdout.split()[0] == str(len(frames)), counted
        return [_payload(frame) for frame in frames]
