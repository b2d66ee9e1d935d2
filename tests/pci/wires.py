# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The other ends of the guest's cables, where frames go in and come out as they are."""

import select
import socket
import time

from harness.deadline import SECONDS
from harness.ethernet import NEAR_MAC
from harness.namespace import run

FRAME_MAX = 65536
SENT_BY_US = 4  # PACKET_OUTGOING of <linux/if_packet.h>
MAC = ":".join(f"{byte:02x}" for byte in NEAR_MAC)  # of each card: to this all frames of the harness go


class Wire:
    """A socket on which each message is a frame. address: of the card, on the PCI bus of the guest."""

    def port(self):
        """As a configuration names it."""
        return {"device": self.address, "queues": self.queues}

    def send(self, frame):
        assert self.socket.send(frame) == len(frame)

    def _next(self, seconds):
        """(frame, whether this side put it in) or None."""
        if not select.select([self.socket], [], [], max(0, seconds))[0]:
            return None
        frame, source = self.socket.recvfrom(FRAME_MAX)
        return frame, self.is_own(source)

    def _receive(self, ours, wanted, seconds):
        deadline = time.monotonic() + seconds
        while (seen := self._next(deadline - time.monotonic())) is not None:
            frame, own = seen
            if own == ours and wanted(frame):
                return frame
        raise AssertionError(f"no such frame on the wire of {self.name} within {seconds} s")

    def receive(self, wanted, seconds=SECONDS):
        """The next such frame that comes out of the guest; others are forgotten."""
        return self._receive(False, wanted, seconds)

    def sent(self, seconds=SECONDS):
        """The next that this side put in."""
        return self._receive(True, lambda frame: True, seconds)

    def waiting(self, wanted=lambda frame: True):
        """What has come out of the guest so far."""
        while (seen := self._next(0)) is not None:
            frame, own = seen
            if not own and wanted(frame):
                yield frame

    def drain(self):
        """Forgets it."""
        while self._next(0) is not None:
            pass


class DatagramWire(Wire):
    """Each UDP datagram on loopback is a frame: QEMU's netdev "dgram". One queue."""

    name, queues, near, far = "e1000e", 1, 40001, 40002
    interface = None
    shortest = 60  # of frames; QEMU fills up what is shorter

    def __init__(self, address):
        self.address = f"0000:00:{address}.0"
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind(("127.0.0.1", self.far))
        self.socket.connect(("127.0.0.1", self.near))
        self.card = ["-netdev", f"dgram,id={self.name},local.type=inet,local.host=127.0.0.1,local.port={self.near},"
                     f"remote.type=inet,remote.host=127.0.0.1,remote.port={self.far}",
                     "-device", f"e1000e,netdev={self.name},mac={MAC},addr={address}"]

    def is_own(self, source):
        return False


class TapWire(Wire):
    """A TAP interface of this namespace, the only one of QEMU's netdevs that has several queues."""

    name, queues, interface = "virtio", 2, "pci0"
    shortest = 14  # of frames; a TAP interface takes no shorter ones

    def __init__(self, address):
        self.address = f"0000:00:{address}.0"
        run("ip", "tuntap", "add", self.interface, "mode", "tap", "multi_queue", "vnet_hdr")
        with open(f"/proc/sys/net/ipv6/conf/{self.interface}/disable_ipv6", "w") as file:
            file.write("1")  # or it speaks for itself
        run("ip", "link", "set", self.interface, "up")
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))  # ETH_P_ALL
        self.socket.bind((self.interface, 3))
        self.card = ["-netdev", f"tap,id={self.name},ifname={self.interface},queues={self.queues},"
                     "script=no,downscript=no,vhost=off",
                     "-device", f"virtio-net-pci,netdev={self.name},mac={MAC},addr={address},disable-legacy=on,"
                     "iommu_platform=on,mq=on,vectors=6,rss=on,hash=on"]

    def is_own(self, source):
        return source[2] == SENT_BY_US
