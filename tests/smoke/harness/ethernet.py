# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Ethernet frames in any state of disrepair: each part is right unless told otherwise."""

import socket
import struct

from harness import wire

NEAR_MAC, FAR_MAC = b"\x02uprn\x01", b"\x02uprf\x02"
V4, V6 = ("10.77.0.2", "10.77.0.1"), ("fd77::2", "fd77::1")
IPV4, IPV6, VLAN, QINQ, QINQ_OLD, ARP = 0x0800, 0x86DD, 0x8100, 0x88A8, 0x9100, 0x0806
UDP, TCP, HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 17, 6, 0, 43, 44, 60


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def pseudo_header(between, length):
    return b"".join(map(packed, between)) + struct.pack(">HH", UDP, length)


def udp(payload, between=V4, to=wire.PORT, length=None, check=None, source_port=40000):
    """check: a checksum to write in place of the right one; "partial": as a kernel leaves it for hardware."""
    real = 8 + len(payload)
    length = real if length is None else length
    pseudo = pseudo_header(between, length)
    if check == "partial":
        check = checksum(pseudo) ^ 0xFFFF
    elif check is None:
        check = checksum(pseudo + struct.pack(">HHHH", source_port, to, length, 0) + payload) or 0xFFFF
    return struct.pack(">HHHH", source_port, to, length, check) + payload


def ipv4(payload, between=V4, protocol=UDP, first=0x45, length=None, fragment=0x4000, check=None, options=b""):
    length = 20 + len(options) + len(payload) if length is None else length
    def head(value):
        return struct.pack(">BBHHHBBH", first + len(options) // 4, 0, length, 0, fragment, 64, protocol, value) + \
            b"".join(map(packed, between)) + options
    return head(checksum(head(0)) if check is None else check) + payload


def ipv6(payload, between=V6, following=UDP, first=0x60, length=None):
    length = len(payload) if length is None else length
    return struct.pack(">BBHHBB", first, 0, 0, length, following, 64) + b"".join(map(packed, between)) + payload


def extension(following, payload, length=0):
    """An IPv6 extension header of 8 · (length + 1) bytes, as it says of itself."""
    return struct.pack(">BB6x", following, length) + payload


def fragment(following, payload, offset=0, more=False):
    """An IPv6 fragment header; without an offset and more to follow: of a whole packet."""
    return struct.pack(">BBHI", following, 0, offset | more, 1) + payload


def ether(payload, kind=IPV4, tags=()):
    tagged = b"".join(struct.pack(">HH", tag, 7) for tag in tags)
    return NEAR_MAC + FAR_MAC + tagged + struct.pack(">H", kind) + payload


def untagged(frame):
    """From the EtherType behind all tags on."""
    at = 12
    while int.from_bytes(frame[at:at + 2], "big") in (VLAN, QINQ, QINQ_OLD):
        at += 4
    return frame[at:]


def whole(payload, v6=False, tags=(), **udp_fields):
    """A frame around a reaction datagram."""
    if v6:
        return ether(ipv6(udp(payload, V6, **udp_fields)), IPV6, tags)
    return ether(ipv4(udp(payload, **udp_fields)), IPV4, tags)
