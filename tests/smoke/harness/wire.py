# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The wire formats, written from docs/protocol.md and not from the code that is tested."""

import collections
import datetime
import itertools
import struct

TICKET, RECEIPT, TEXT, FRAME = 1, 2, 4, 8
PORT = 7700

_sessions = itertools.count(0x55505200000001)


def header(channel, batches, flags=0, version=1, session=None, sequence=0, magic=0xFA):
    session = next(_sessions) if session is None else session
    return struct.pack(">BBHB7sI", magic, version << 4 | flags, channel, batches, session.to_bytes(7, "big"), sequence)


def batch(pairs):
    pairs = pairs.items() if isinstance(pairs, dict) else pairs
    return bytes([len(pairs)]) + b"".join(bytes(pair) for pair in pairs)


def datagram(channel, *batches, sequence=None, **fields):
    """A reaction datagram; each batch is {reaction: count}, newest first. Unsequenced if it has one."""
    sequence = sequence if sequence is not None else 0 if len(batches) == 1 else len(batches)
    return header(channel, len(batches), sequence=sequence, **fields) + b"".join(map(batch, batches))


def text_datagram(channel, text, **fields):
    return header(channel, 1, flags=TEXT, **fields) + text.encode()


class Frame(collections.namedtuple("Frame", "channel window ends length taps total reactors score intensity surge "
                                            "closed entries")):
    """A sentiment frame with the integers of the binary form; entries are (reaction, share, count)."""

    def counts(self):
        return {reaction: count for reaction, _, count in self.entries}

    def check(self):
        """What holds in every frame."""
        assert self.taps == sum(self.counts().values()) or len(self.entries) == 32, f"taps are not the sum: {self}"
        shares = sum(share for _, share, _ in self.entries)
        if len(self.entries) < 32:
            assert shares == (10000 if self.taps else 0), f"shares add up to {shares}: {self}"
        assert shares <= 10000, f"shares add up to {shares}: {self}"
        for _, share, count in self.entries:
            assert count > 0 and abs(share - 10000 * count / self.taps) < 1, f"a wrong share: {self}"
        order = [count for _, _, count in self.entries]
        assert order == sorted(order, reverse=True), f"not the most counted first: {self}"
        assert self.total >= self.taps, f"total below taps: {self}"
        return self


HEAD = struct.Struct(">BBHIQIIQIhHB")


def decode_frame(data):
    magic, flags, channel, window, ends, length, taps, total, reactors, score, intensity, n = HEAD.unpack_from(data)
    assert magic == 0xFC and flags >> 4 == 1 and flags & 0x0C == 0, f"no frame: {data.hex()}"
    assert HEAD.size == 41 and len(data) == 41 + 7 * n and n <= 32, f"{len(data)} bytes for {n} entries"
    entries = tuple(struct.unpack_from(">BHI", data, 41 + 7 * i) for i in range(n))
    return Frame(channel, window, ends, length, taps, total, reactors, score, intensity, bool(flags & 1),
                 bool(flags & 2), entries).check()


def _milliseconds(text):
    assert text.endswith("Z"), f"not UTC: {text}"
    moment = datetime.datetime.fromisoformat(text[:-1] + "+00:00")
    return round(moment.timestamp() * 1000)


def _scaled(number, one):
    whole = round(number * one)
    assert abs(number * one - whole) < 1e-6, f"{number} has more places than the binary form"
    return whole


def frame_of_json(o):
    """The same from the JSON form."""
    entries = tuple((e["reaction"], _scaled(e["share"], 10000), e["count"]) for e in o["entries"])
    return Frame(o["channel"], o["window"], _milliseconds(o["ends"]), o["length"], o["taps"], o["total"],
                 o["reactors"], _scaled(o["score"], 10000), _scaled(o["intensity"], 1000), o["surge"], o["closed"],
                 entries).check()


COUNTED, DUPLICATE, LIMITED, NOTHING, UNKNOWN = range(5)
ANSWER_MAX = 16 + 265

Answer = collections.namedtuple("Answer", "status too_short channel pace session sequence frame")


def decode_answer(data):
    magic, status, channel, pace, session, sequence = struct.unpack_from(">BBHB7sI", data)
    assert magic == 0xFB and status >> 4 == 1 and status & 7 <= UNKNOWN, f"no answer: {data.hex()}"
    frame = decode_frame(data[16:]) if len(data) > 16 else None
    assert frame is None or (frame.channel == channel and not status & 8), f"not its frame: {data.hex()}"
    return Answer(status & 7, bool(status & 8), channel, pace, int.from_bytes(session, "big"), sequence, frame)
