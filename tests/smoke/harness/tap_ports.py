# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Ports that are TAP interfaces, each with a worker for each queue, and senders through them."""

import os

from harness import cases
from harness.daemon import Appliance
from harness.namespace import run
from harness.sender import Sender


def tap(n, queues=1):
    return {"device": f"net_tap{n},iface=tap{n}", "queues": queues}


def on_taps(*ports, **options):
    """An appliance on TAP interfaces on which the kernel says nothing of its own."""
    cases.require(os.path.exists("/dev/net/tun"), "there is no /dev/net/tun")
    with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") as f:
        f.write("1")
    a = Appliance(ports=list(ports), **options)
    for n in range(len(ports)):
        run("ip", "address", "add", f"10.78.{n}.1/24", "dev", f"tap{n}")
        run("ip", "link", "set", f"tap{n}", "up")
        run("ip", "neighbour", "add", f"10.78.{n}.2", "lladdr", "02:00:00:00:00:02", "dev", f"tap{n}")
    return a


def through(n):
    """A sender whose datagrams leave through a TAP interface; each has a UDP port of its own."""
    return Sender(f"10.78.{n}.2")
