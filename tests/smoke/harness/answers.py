# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Who asks for answers, over a socket or by frames out of a capture."""

import collections
import os
import socket
import struct

from harness import capture, ethernet, wire
from harness.daemon import Appliance
from harness.namespace import WORK

SECONDS = 20
Packet = collections.namedtuple("Packet", "macs tags between ports payload")


class Asker:
    """A client with a socket of its own; made within a namespace it stays there."""

    def __init__(self, host):
        self.host, self.asked = host, 0
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((host, wire.PORT))
        self.socket.settimeout(SECONDS)

    def ask(self, payload, pad=0):
        """Its answer, which is never longer than what was asked."""
        payload += b"\0" * (pad - len(payload))
        self.socket.send(payload)
        self.asked += 1
        data = self.socket.recv(2048)
        assert len(data) <= len(payload), f"{len(data)} bytes for {len(payload)}"
        return wire.decode_answer(data)


def packet_of(frame):
    """What is in it, read plainly; lengths and checksums are right to the last byte."""
    at, tags = 12, []
    while (kind := int.from_bytes(frame[at:at + 2], "big")) in (ethernet.VLAN, ethernet.QINQ, ethernet.QINQ_OLD):
        tags.append((kind, int.from_bytes(frame[at + 2:at + 4], "big")))
        at += 4
    ip = frame[at + 2:]
    if kind == ethernet.IPV4:
        length, source, destination = int.from_bytes(ip[2:4], "big"), ip[12:16], ip[16:20]
        assert ip[0] == 0x45 and ip[6:9] == b"\x40\0\x40" and ip[9] == ethernet.UDP, ip.hex()
        assert ethernet.checksum(ip[:20]) == 0, f"IPv4 checksum: {ip.hex()}"
        udp, family = ip[20:length], socket.AF_INET
    else:
        length, source, destination = int.from_bytes(ip[4:6], "big"), ip[8:24], ip[24:40]
        assert kind == ethernet.IPV6 and ip[:4] == b"\x60\0\0\0" and ip[6:8] == bytes([ethernet.UDP, 64]), ip.hex()
        udp, family = ip[40:40 + length], socket.AF_INET6
    between = socket.inet_ntop(family, source), socket.inet_ntop(family, destination)
    source_port, port, udp_length, check = struct.unpack_from(">HHHH", udp)
    assert udp_length == len(udp) and check != 0, udp.hex()
    assert ethernet.checksum(ethernet.pseudo_header(between, len(udp)) + udp) == 0, f"UDP checksum: {udp.hex()}"
    padding = frame[at + 2 + (len(udp) + (20 if kind == ethernet.IPV4 else 40)):]
    assert not any(padding), f"padding: {padding.hex()}"
    return Packet((frame[:6], frame[6:12]), tags, between, (source_port, port), udp[8:])


class Replay:
    """An appliance that is fed from a capture and whose answers go into another."""

    def __init__(self, frames, **options):
        self.to = os.path.join(WORK, "answers.pcap")
        path = capture.write(capture.pcap(frames))
        self.appliance = Appliance("--device", f"{capture.device(path)},tx_pcap={self.to}", **options)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure is None:
            self.appliance.stop()
        self.appliance.__exit__()

    def sent(self):
        """Behind the end of it."""
        return [packet_of(frame) for frame in capture.read(self.to)[1]]
