# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Seeds of what nodes of a cluster write to its topics: the length of the key, the key, the value."""
import struct


def record(key, value):
    return bytes([len(key)]) + key + value


def tally_key(channel=1, generation=7, began=5, node=b"ingest-1", kind=1, version=1):
    return struct.pack(">BBHQI", version, kind, channel, generation, began) + node


def tally(counts=((0, 5), (7, 2)), form=0, people=b"", version=1):
    return struct.pack(">BBQQH", version, form, 1782465600, 1782465600000, len(counts)) \
        + b"".join(struct.pack(">BQ", *each) for each in counts) + people


def sparse(*registers):
    return struct.pack(">H", len(registers)) + b"".join(struct.pack(">H", place << 6 | rank) for place, rank in registers)


def report(flags=0, generation=7, window_ms=2000):
    return struct.pack(">BBQQQI", 1, flags, generation, 1782465600, 1782465600000, window_ms)


def named(name):
    return bytes([len(name)]) + name


def binary(channel=1):
    return struct.pack(">BBHIQIIQIhHB", 0xFC, 0x10, channel, 9, 1782465600000, 2000, 3, 30, 2, 100, 1000, 1) \
        + struct.pack(">BHI", 7, 10000, 3)


def frame(flags=1, rate=1.5, counts=((7, 30, 10),), sources=((6, 1, b"ingest-2"),), form=binary(), json=b'{"channel":1}'):
    return struct.pack(">BBQddI", 1, flags, 1782465600000000000, rate, rate, 12) + named(b"merge-1") \
        + struct.pack(">H", len(counts)) + b"".join(struct.pack(">BQQ", *each) for each in counts) \
        + bytes([len(sources)]) + b"".join(struct.pack(">QI", *each[:2]) + named(each[2]) for each in sources) \
        + struct.pack(">H", len(form)) + form + struct.pack(">I", len(json)) + json


report_key = tally_key(channel=0xFFFF, generation=0, began=0, kind=2)

seeds = {
    "tally": record(tally_key(), tally()),
    "tally_of_nothing": record(tally_key(), tally(counts=())),
    "tally_sparse": record(tally_key(), tally(form=1, people=sparse((0, 1), (3, 33), (959, 2)))),
    "tally_nobody": record(tally_key(), tally(form=1, people=sparse())),
    "tally_dense": record(tally_key(), tally(form=2, people=bytes([1 + i % 33 for i in range(960)]))),
    "tally_dense_of_few": record(tally_key(), tally(form=2, people=bytes(959) + b"\1")),
    "tally_rank": record(tally_key(), tally(form=1, people=sparse((0, 34)))),
    "tally_place": record(tally_key(), tally(form=1, people=sparse((960, 1)))),
    "tally_twice": record(tally_key(), tally(counts=((7, 1), (7, 1)))),
    "tally_count_of_0": record(tally_key(), tally(counts=((7, 0),))),
    "tally_version": record(tally_key(version=2), tally(version=2)),
    "tally_node": record(tally_key(node=b"a b"), tally()),
    "tally_without_node": record(tally_key(node=b""), tally()),
    "tombstone": record(tally_key(), b""),
    "report": record(report_key, report()),
    "report_leaves": record(report_key, report(flags=1)),
    "report_flags": record(report_key, report(flags=2)),
    "report_without_window": record(report_key, report(window_ms=0)),
    "report_of_a_channel": record(tally_key(kind=2), report()),
    "frame": record(b"\0\1", frame()),
    "frame_surge": record(b"\0\1", frame(flags=3)),
    "frame_closed": record(b"\0\1", frame(flags=0, form=b"", json=b"")),
    "frame_of_another_channel": record(b"\0\2", frame()),
    "frame_rate": record(b"\0\1", frame(rate=float("nan"))),
    "frame_retired": record(b"\0\1", frame(counts=((7, 1, 2),))),
    "frame_two_lines": record(b"\0\1", frame(json=b"{\n}")),
    "frame_most_sources": record(b"\0\1", frame(sources=64 * ((6, 1, b"n"),))),
    "frame_sources": record(b"\0\1", frame(sources=65 * ((6, 1, b"n"),))),
    "catalogue": record(b"\xff\xff", b'{"reactions":[]}'),
}
