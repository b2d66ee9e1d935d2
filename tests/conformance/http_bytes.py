# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""HTTP/1.1: requests, sound or not, responses read strictly (RFC 9112), and event streams."""

import json
import re

from play import Malformed
from script import Pattern

HEAD = "HEAD"  # a hint: the response has no body, whatever its length
STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*?)[ \t]*")


def request(path, *fields, method="GET", version="HTTP/1.1", host="uproar", body=b""):
    """host: None for none."""
    lines = [f"{method} {path} {version}", *([f"Host: {host}"] if host is not None else []), *fields, "", ""]
    return "\r\n".join(lines).encode() + body


class Response:
    background = False

    def __init__(self, status, fields, body, raw):
        self.status, self.fields, self.body, self.raw = status, fields, body, raw

    def __str__(self):
        return f"{self.status} {self.fields} {self.body[:60]!r}"


def read_head(buffer):
    """(status, {name in lower case: value}, bytes of the head), or None."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = bytes(buffer[:end]).split(b"\r\n")
    status = STATUS_LINE.fullmatch(first)
    if not status:
        raise Malformed(f"no status line: {first!r}")
    fields = {}
    for line in lines:
        field = FIELD.fullmatch(line)
        if not field:
            raise Malformed(f"no field: {line!r}")
        name = field[1].decode().lower()
        if name in fields:
            raise Malformed(f"{name} twice")
        fields[name] = field[2].decode()
    return int(status[1]), fields, end + 4


class Codec:
    def next(self, buffer, hint, ended):
        found = read_head(buffer)
        if found is None:
            return None
        status, fields, at = found
        length = 0
        if hint != HEAD and status not in (101, 204, 304):
            if "content-length" not in fields:
                raise Malformed("a response of unknown length on a connection that may go on") \
                    if fields.get("connection") != "close" else Malformed("a response without its length")
            length = int(fields["content-length"])
        if len(buffer) < at + length:
            return None
        raw = bytes(buffer[:at + length])
        del buffer[:len(raw)]
        return Response(status, fields, raw[at:], raw)


def response(status, **fields):
    """A response with this status, and fields (_ for -) with these values, or None for their absence."""
    names = {name.replace("_", "-"): value for name, value in fields.items()}

    def holds(event):
        return isinstance(event, Response) and event.status == status and all(
            (wanted(event.fields.get(name)) if callable(wanted) else event.fields.get(name) == wanted)
            for name, wanted in names.items())
    said = "".join(f", {name}: {value}" for name, value in names.items() if not callable(value))
    return Pattern(f"{status}{said}", holds)


def sentence(status, **fields):
    """A refusal that says why: a line of plain text."""
    return response(status, content_type=lambda t: t and t.startswith("text/plain"), **fields) & Pattern(
        "a sentence", lambda e: e.body.endswith(b"\n") and e.body.count(b"\n") == 1 and len(e.body) > 10)


def json_body(holds):
    return Pattern("JSON as expected", lambda e: holds(json.loads(e.body)))


# --- event streams --------------------------------------------------------------------------------

class Event:
    background = True

    def __init__(self, fields, raw):
        self.fields, self.raw = fields, raw

    def __str__(self):
        return f"event {self.fields}"


class EventCodec:
    """A response, and if it is a stream, the events behind it (HTML Living Standard, 9.2)."""

    def __init__(self):
        self.streaming = False

    def next(self, buffer, hint, ended):
        if self.streaming:
            return self._event(buffer, ended)
        found = read_head(buffer)
        if found is None or not (found[0] == 200 and found[1].get("content-type") == "text/event-stream"):
            return Codec().next(buffer, hint, ended)
        status, fields, at = found
        raw = bytes(buffer[:at])
        del buffer[:at]
        self.streaming = hint != HEAD
        return Response(status, fields, b"", raw)

    @staticmethod
    def _event(buffer, ended):
        end = buffer.find(b"\n\n")
        if end < 0:
            return None
        raw = bytes(buffer[:end + 2])
        del buffer[:end + 2]
        fields = {}
        try:
            lines = raw.decode().splitlines()
        except UnicodeDecodeError:
            raise Malformed(f"an event that is not UTF-8: {raw!r}") from None
        for line in lines:
            name, colon, value = line.partition(":")
            if line and name and name not in ("id", "data", "event", "retry"):
                raise Malformed(f"an unknown field of an event: {line}")
            if line:
                fields[name] = value[1:] if value.startswith(" ") else value
        return Event(fields, raw)


def event(**fields):
    """An event with these fields; a value may be a condition."""
    def holds(found):
        return isinstance(found, Event) and all(
            name in found.fields and (wanted(found.fields[name]) if callable(wanted) else found.fields[name] == wanted)
            for name, wanted in fields.items())
    return Pattern(f"an event with {', '.join(fields) or 'anything'}", holds)
