# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What a TCP subscriber gets: frames behind their lengths, JSON lines, or a refusal."""

import json

from play import Malformed
from script import Pattern


class Got:
    def __init__(self, kind, data, raw):
        self.kind, self.data, self.raw = kind, data, raw

    @property
    def background(self):
        return self.kind != "refusal"

    def __str__(self):
        return f"{self.kind} {bytes(self.raw[:60])!r}"


class Codec:
    def next(self, buffer, _hint, _ended):
        if not buffer:
            return None
        if buffer[:1] in (b"E", b"{"):
            end = buffer.find(b"\n")
            return None if end < 0 else self._line(self._take(buffer, end + 1))
        length = int.from_bytes(buffer[:2], "big")
        if len(buffer) < 2 + length:
            return None
        raw = self._take(buffer, 2 + length)
        if length < 41 or raw[2] != 0xFC or raw[3] >> 4 != 1 or length != 41 + 7 * raw[42]:
            raise Malformed(f"no frame: {raw.hex(' ')}")
        return Got("frame", int.from_bytes(raw[4:6], "big"), raw)

    @staticmethod
    def _take(buffer, n):
        raw = bytes(buffer[:n])
        del buffer[:n]
        return raw

    @staticmethod
    def _line(raw):
        if raw.startswith(b"{"):
            return Got("json", json.loads(raw)["channel"], raw)
        if not raw.startswith(b"ERR ") or len(raw) < 10:
            raise Malformed(f"no refusal: {raw!r}")
        return Got("refusal", raw, raw)


def frame(channel):
    return Pattern(f"a frame of channel {channel}", lambda e: e.kind == "frame" and e.data == channel)


def line(channel):
    return Pattern(f"a line of channel {channel}", lambda e: e.kind == "json" and e.data == channel)


REFUSAL = Pattern("ERR and a reason", lambda e: e.kind == "refusal")
