# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What lies in the topics, read from docs/cluster.md and not from the code that is tested."""

import collections
import struct

from harness import wire

TALLY, REPORT = 1, 2
NO_CHANNEL = 0xFFFF

Key = collections.namedtuple("Key", "kind channel generation began node")
Tally = collections.namedtuple("Tally", "window ends counts")
Report = collections.namedtuple("Report", "leaves generation window ends window_ms")
State = collections.namedtuple("State", "channel open made merger merged retired sources frame")


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return values[0] if len(values) == 1 else values

    def bytes(self, length):
        self.at += length
        assert self.at <= len(self.data), self.data.hex()
        return self.data[self.at - length:self.at]


def decode_key(key):
    """Of the tallies."""
    version, kind, channel, generation, began = struct.unpack_from(">BBHQI", key)
    assert version == 1 and kind in (TALLY, REPORT), key.hex()
    return Key(kind, channel, generation, began, key[16:].decode())


def decode_tally(value):
    r = Reader(value)
    version, _, window, ends, n = r.take("BBQQH")
    assert version == 1, value.hex()
    return Tally(window, ends, dict(r.take("BQ") for _ in range(n)))


def decode_report(value):
    version, flags, generation, window, ends, window_ms = struct.unpack(">BBQQQI", value)
    assert version == 1 and flags < 2, value.hex()
    return Report(flags == 1, generation, window, ends, window_ms)


def decode_state(key, value):
    """Of the frames; None: the catalogue."""
    channel = int.from_bytes(key, "big")
    if channel == NO_CHANNEL:
        return None
    r = Reader(value)
    version, flags, made, _, _, _ = r.take("BBQddI")
    assert version == 1 and flags < 4, value.hex()
    merger = r.bytes(r.take("B")).decode()
    sums = [r.take("BQQ") for _ in range(r.take("H"))]
    sources = [(*r.take("QI"), r.bytes(r.take("B")).decode()) for _ in range(r.take("B"))]
    binary = r.bytes(r.take("H"))
    r.bytes(r.take("I"))
    assert r.at == len(value), f"{len(value) - r.at} bytes too many"
    return State(channel, bool(flags & 1), made, merger, {i: merged for i, merged, _ in sums},
                 {i: retired for i, _, retired in sums if retired}, sources,
                 wire.decode_frame(binary) if binary else None)
