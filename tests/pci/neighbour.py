# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""This machine's kernel at the other end of a wire, so that ping, sockets and clients reach the guest."""

import contextlib
import fcntl
import os
import select
import struct
import threading

from harness.ethernet import V4, V6
from harness.namespace import run

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 2, 0x1000  # <linux/if_tun.h>
PATCH = "pci1"
FRAME_MAX = 65536


@contextlib.contextmanager
def on(end):
    """With addresses of both kinds on an interface that leads to the guest."""
    leads_there = contextlib.nullcontext(end.interface) if end.interface else _patched(end.socket)
    with leads_there as interface:
        try:
            _address(interface)
            yield
        finally:
            run("ip", "address", "flush", "dev", interface)
            _ipv6(interface, False)


def _address(interface):
    _ipv6(interface, True)
    run("ip", "link", "set", interface, "up")
    run("ip", "address", "add", f"{V4[0]}/24", "dev", interface)
    run("ip", "address", "add", f"{V6[0]}/64", "dev", interface, "nodad")


def _ipv6(interface, on):
    with open(f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6", "w") as file:
        file.write("0" if on else "1")


@contextlib.contextmanager
def _patched(wire):
    """A TAP interface whose frames go over the wire's socket and back."""
    tap = os.open("/dev/net/tun", os.O_RDWR)
    stop, stopped = os.pipe()
    try:
        fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", PATCH.encode(), IFF_TAP | IFF_NO_PI))
        thread = threading.Thread(target=_carry, args=(tap, wire, stop))
        thread.start()
        try:
            yield PATCH
        finally:
            os.close(stopped)
            thread.join()
    finally:
        os.close(tap)
        os.close(stop)


def _carry(tap, wire, stop):
    while True:
        ready = select.select([tap, wire, stop], [], [])[0]
        if stop in ready:
            return
        if tap in ready:
            wire.send(os.read(tap, FRAME_MAX))
        if wire in ready:
            with contextlib.suppress(OSError):  # down: what comes late is nobody's
                os.write(tap, wire.recv(FRAME_MAX))
