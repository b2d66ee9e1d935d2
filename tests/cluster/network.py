# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Machines, as far as the network goes: each has a namespace of its own and two cables. Inside are brokers
and nodes, outside is the crowd; the test itself is on both sides, with the last address of each.
"""

import itertools

from harness import leftovers
from harness.namespace import run, within

INSIDE, OUTSIDE = "inside", "outside"
SUBNETS = {INSIDE: "10.88.0", OUTSIDE: "10.99.0"}
HERE = 254


class Network:
    """Two switches, for a with statement; what they are made of stays between cases."""

    def __init__(self):
        self.hosts = {}
        self._numbers = itertools.count(1)

    def __enter__(self):
        for side, subnet in SUBNETS.items():
            run("ip", "link", "add", "name", side, "type", "bridge")
            run("ip", "address", "add", f"{subnet}.{HERE}/24", "dev", side)
            run("ip", "link", "set", side, "up")
        return self

    def __exit__(self, *_):
        for host in self.hosts.values():
            run("ip", "netns", "del", host.name)
        for side in SUBNETS:
            run("ip", "link", "del", side)

    def host(self, name):
        """The one of that name, which is made if it is not there yet."""
        if name not in self.hosts:
            self.hosts[name] = Host(name, next(self._numbers))
        return self.hosts[name]

    def interfaces(self):
        return [*SUBNETS, *(host.port(side) for host in self.hosts.values() for side in SUBNETS)]

    def stay(self):
        """Cases to come have them, too."""
        leftovers.stay([], self.interfaces(), self.hosts)


class Host:
    def __init__(self, name, number):
        self.name, self.number = name, number
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        for side, subnet in SUBNETS.items():
            run("ip", "link", "add", self.port(side), "type", "veth", "peer", "name", side, "netns", name)
            run("ip", "-n", name, "address", "add", f"{subnet}.{number}/24", "dev", side)
            run("ip", "-n", name, "link", "set", side, "up")
            run("ip", "link", "set", self.port(side), "master", side, "up")

    def port(self, side):
        """The switch's end of that cable."""
        return f"{side[:3]}-{self.name}"[:15]

    def address(self, side=INSIDE):
        return f"{SUBNETS[side]}.{self.number}"

    def within(self):
        return within(self.name)

    def cut(self):
        """Nothing gets through on the inside any more, and nobody is told."""
        run("bridge", "link", "set", "dev", self.port(INSIDE), "state", "disabled")

    def mend(self):
        run("bridge", "link", "set", "dev", self.port(INSIDE), "state", "forwarding")
