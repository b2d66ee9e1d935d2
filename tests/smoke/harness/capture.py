# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Capture files, read and written plainly: pcap in both byte orders and resolutions, and pcapng
(draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).
"""

import os
import struct

from harness.namespace import WORK

ETHERNET, LINUX_SLL = 1, 113
SNAPLEN = 262144  # the most that libpcap takes
MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D
SECTION, INTERFACE, PACKET, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6


def pcap(frames, link=ETHERNET, order="<", magic=MICROSECONDS, lengths=None):
    """lengths: how long the frames were before they were cut."""
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, SNAPLEN, link)
    return head + b"".join(struct.pack(order + "IIII", 0, 0, len(f), lengths[i] if lengths else len(f)) + f
                           for i, f in enumerate(frames))


def _block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def pcapng(frames, link=ETHERNET, order="<", kind=ENHANCED):
    def packet(frame):
        if kind == SIMPLE:
            return _block(order, SIMPLE, struct.pack(order + "I", len(frame)) + frame)
        return _block(order, ENHANCED, struct.pack(order + "IIIII", 0, 0, 0, len(frame), len(frame)) + frame)
    return _block(order, SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)) + \
        _block(order, INTERFACE, struct.pack(order + "HHI", link, 0, SNAPLEN)) + b"".join(map(packet, frames))


def _frames_of_pcap(data, order):
    """As many as are whole."""
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack_from(order + "I", data, at + 8)[0]
        if at + 16 + length > len(data):
            return
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def _blocks(data):
    """(byte order, kind, body) of each."""
    at, order = 0, "<"
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or at + length > len(data):
            return
        yield order, kind, data[at + 8:at + length - 4]
        at += length


def _frames_of_pcapng(data):
    snaplen = 0
    for order, kind, body in _blocks(data):
        if kind == INTERFACE:
            snaplen = struct.unpack_from(order + "I", body, 4)[0] or SNAPLEN
        elif kind in (ENHANCED, PACKET):
            length = struct.unpack_from(order + "I", body, 12)[0]
            yield body[20:20 + length]
        elif kind == SIMPLE:
            length = min(struct.unpack_from(order + "I", body)[0], snaplen)
            yield body[4:4 + length]


def _link_of_pcapng(data):
    return next((struct.unpack_from(order + "H", body)[0] for order, kind, body in _blocks(data)
                 if kind == INTERFACE), None)


def read(path):
    """(link type, frames)."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        return _link_of_pcapng(data), list(_frames_of_pcapng(data))
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    return struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF, list(_frames_of_pcap(data, order))


def write(data, name="frames.pcap"):
    """A file; its path."""
    path = os.path.join(WORK, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def device(path):
    """The port that replays it."""
    return f"net_pcap0,rx_pcap={path}"
