# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""MQTT packets: written for clients, sound or not, and what a server may send, read strictly."""

import struct

from play import Malformed
from script import UNIQUE, Pattern

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, \
    PINGRESP, DISCONNECT, AUTH = range(1, 16)
NAMES = ["0", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK",
         "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"]

CLEAN, WILL, WILL_RETAIN, PASSWORD, USER = 0x02, 0x04, 0x20, 0x40, 0x80
WILL_QOS_1, WILL_QOS_2, WILL_QOS_3 = 0x08, 0x10, 0x18


# --- writing --------------------------------------------------------------------------------------

def varint(value, pad=0):
    """pad: so many bytes longer than it need be."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        more = value > 0 or pad > 0
        out.append(low | (0x80 if more else 0))
        if not more:
            return bytes(out)
        if value == 0:
            pad -= 1


def text(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(data)) + data


def packet(kind, body=b"", flags=0, length=None):
    """length: the bytes that say how long the body is, if not those that are right."""
    return bytes([kind << 4 | flags]) + (varint(len(body)) if length is None else length) + body


def connect(level, client_id="c" + UNIQUE, flags=CLEAN, keep_alive=0, properties=b"", will=None, user=None,
            password=None, name="MQTT", more=b"", header=0, length=None):
    """will: (topic, payload) or, in 5, (properties, topic, payload); user, password: written if not None."""
    v5 = level == 5
    body = text(name) + bytes([level, flags]) + struct.pack(">H", keep_alive)
    body += varint(len(properties)) + properties if v5 else b""
    body += text(client_id) if client_id is not None else b""
    if will is not None:
        *before, topic, payload = will
        given = before[0] if before else b""
        body += (varint(len(given)) + given if v5 else b"") + text(topic) + text(payload)
    for field in user, password:
        body += text(field) if field is not None else b""
    return packet(CONNECT, body + more, header, length)


def _filters(kind, level, packet_id, body, properties, flags):
    head = struct.pack(">H", packet_id) + (varint(len(properties)) + properties if level == 5 else b"")
    return packet(kind, head + body, flags)


def subscribe(level, packet_id, *filters, properties=b"", flags=2):
    """Filters with an options byte each, which is 0 where only the filter is given."""
    pairs = [f if isinstance(f, tuple) else (f, 0) for f in filters]
    return _filters(SUBSCRIBE, level, packet_id, b"".join(text(f) + bytes([o]) for f, o in pairs), properties, flags)


def unsubscribe(level, packet_id, *filters, properties=b"", flags=2):
    return _filters(UNSUBSCRIBE, level, packet_id, b"".join(map(text, filters)), properties, flags)


def publish(level, topic, payload=b"x", qos=0, retain=0, dup=0, packet_id=1, properties=b""):
    body = text(topic) + (struct.pack(">H", packet_id) if qos else b"")
    body += varint(len(properties)) + properties if level == 5 else b""
    return packet(PUBLISH, body + payload, dup << 3 | qos << 1 | retain)


def pair(name, value):
    return b"\x26" + text(name) + text(value)


# --- reading --------------------------------------------------------------------------------------

_BYTE, _SHORT, _LONG, _VARINT, _TEXT, _BINARY, _PAIR = range(7)
PROPERTIES = {0x01: _BYTE, 0x02: _LONG, 0x03: _TEXT, 0x08: _TEXT, 0x09: _BINARY, 0x0B: _VARINT, 0x11: _LONG,
              0x12: _TEXT, 0x13: _SHORT, 0x15: _TEXT, 0x16: _BINARY, 0x1A: _TEXT, 0x1C: _TEXT, 0x1F: _TEXT,
              0x21: _SHORT, 0x22: _SHORT, 0x23: _SHORT, 0x24: _BYTE, 0x25: _BYTE, 0x26: _PAIR, 0x27: _LONG,
              0x28: _BYTE, 0x29: _BYTE, 0x2A: _BYTE}
ALLOWED = {CONNACK: {0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29,
                     0x2A},
           PUBLISH: {0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26},
           PUBACK: {0x1F, 0x26}, PUBREC: {0x1F, 0x26}, PUBREL: {0x1F, 0x26}, PUBCOMP: {0x1F, 0x26},
           SUBACK: {0x1F, 0x26}, UNSUBACK: {0x1F, 0x26}, DISCONNECT: {0x1C, 0x1F, 0x26}, AUTH: {0x15, 0x16, 0x1F, 0x26}}


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def take(self, n):
        if n > self.left():
            raise Malformed(f"a packet that ends too early: {self.data.hex(' ')}")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def varint(self):
        value, shift = 0, 0
        while True:
            byte = self.number(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte == 0 and shift > 0:
                    raise Malformed("a number in more bytes than it needs")
                return value
            shift += 7
            if shift == 28:
                raise Malformed("a number of five bytes")

    def binary(self):
        return self.take(self.number(2))

    def text(self):
        try:
            found = self.binary().decode()
        except UnicodeDecodeError:
            raise Malformed("text that is not UTF-8") from None
        if "\0" in found:
            raise Malformed("text with a NUL")
        return found

    def properties(self, kind):
        part = Cursor(self.take(self.varint()))
        found = {}
        read = {_BYTE: lambda: part.number(1), _SHORT: lambda: part.number(2), _LONG: lambda: part.number(4),
                _VARINT: part.varint, _TEXT: part.text, _BINARY: part.binary, _PAIR: lambda: (part.text(), part.text())}
        while part.left():
            number = part.varint()
            if number not in ALLOWED[kind]:
                raise Malformed(f"property {number:#04x} in {NAMES[kind]}")
            if number in found and number != 0x26:
                raise Malformed(f"property {number:#04x} twice")
            found[number] = read[PROPERTIES[number]]()
        return found


class Packet:
    """topic, retain, codes, properties…: what its kind has."""

    def __init__(self, kind, flags, raw):
        self.kind, self.flags, self.raw = kind, flags, raw
        self.code, self.codes, self.packet_id, self.properties = None, (), None, {}
        self.topic, self.payload, self.present = None, b"", 0

    @property
    def background(self):
        return self.kind == PUBLISH

    def __str__(self):
        said = [NAMES[self.kind]]
        if self.topic is not None:
            said.append(f"{self.topic} retain={self.flags & 1} qos={self.flags >> 1 & 3}")
        if self.code is not None:
            said.append(f"code {self.code:#04x}")
        if self.codes:
            said.append(f"codes {bytes(self.codes).hex(' ')}")
        if self.properties:
            said.append(f"properties {self.properties}")
        return " ".join(said)


class Codec:
    """Of what a server sends in this version."""

    def __init__(self, level):
        self.level = level

    def next(self, buffer, _hint, _ended):
        if len(buffer) < 2:
            return None
        length = shift = 0
        for at in range(1, 5):
            if at == len(buffer):
                return None
            length |= (buffer[at] & 0x7F) << shift
            shift += 7
            if buffer[at] < 0x80:
                break
        else:
            raise Malformed("a remaining length of more than four bytes")
        if at > 1 and buffer[at] == 0:
            raise Malformed("a remaining length in more bytes than it needs")
        if len(buffer) < at + 1 + length:
            return None
        raw = bytes(buffer[:at + 1 + length])
        del buffer[:len(raw)]
        return self._packet(raw, raw[at + 1:])

    def _packet(self, raw, body):
        found = Packet(raw[0] >> 4, raw[0] & 15, raw)
        cursor = Cursor(body)
        readers = {CONNACK: self._connack, PUBLISH: self._publish, SUBACK: self._ack, UNSUBACK: self._ack,
                   PINGRESP: lambda *_: None, DISCONNECT: self._disconnect, PUBACK: self._puback, PUBREC: self._puback,
                   AUTH: self._disconnect}
        if found.kind not in readers or (found.kind == DISCONNECT and self.level < 5):
            raise Malformed(f"a server sends no {NAMES[found.kind]}: {raw.hex(' ')}")
        if found.kind != PUBLISH and found.flags != 0:
            raise Malformed(f"flags of {NAMES[found.kind]}: {found.flags}")
        readers[found.kind](found, cursor)
        if cursor.left():
            raise Malformed(f"{NAMES[found.kind]} is longer than it should be: {raw.hex(' ')}")
        return found

    def _properties(self, found, cursor):
        if self.level == 5:
            found.properties = cursor.properties(found.kind)

    def _connack(self, found, cursor):
        found.present, found.code = cursor.number(1), cursor.number(1)
        if cursor.left():  # a refusal may be in the form of 3.1.1
            self._properties(found, cursor)

    def _publish(self, found, cursor):
        found.topic = cursor.text()
        if found.flags >> 1 & 3:
            found.packet_id = cursor.number(2)
        self._properties(found, cursor)
        found.payload = cursor.take(cursor.left())

    def _ack(self, found, cursor):
        found.packet_id = cursor.number(2)
        self._properties(found, cursor)
        if found.kind == SUBACK or self.level == 5:
            found.codes = cursor.take(cursor.left())

    def _puback(self, found, cursor):
        found.packet_id = cursor.number(2)
        if cursor.left():
            found.code = cursor.number(1)
        if cursor.left():
            self._properties(found, cursor)

    def _disconnect(self, found, cursor):
        found.code = cursor.number(1) if cursor.left() else 0
        if cursor.left():
            self._properties(found, cursor)


# --- what is expected -----------------------------------------------------------------------------

def of(kind, **fields):
    """A packet of this kind with these fields; a field may be a condition."""
    def holds(event):
        return event.kind == kind and all(
            wanted(getattr(event, name)) if callable(wanted) else getattr(event, name) == wanted
            for name, wanted in fields.items())
    words = ", ".join(f"{name} {wanted.hex(' ') if isinstance(wanted, bytes) else wanted}"
                      for name, wanted in fields.items() if not callable(wanted))
    return Pattern(f"{NAMES[kind]}{f' ({words})' if words else ''}", holds)


def has_property(number, value=None):
    return Pattern(f"property {number:#04x}{'' if value is None else f' {value}'}",
                   lambda e: number in e.properties and (value is None or e.properties[number] == value))


def without_property(*numbers):
    return Pattern(f"no property {' '.join(f'{n:#04x}' for n in numbers)}",
                   lambda e: not any(n in e.properties for n in numbers))


def published(topic=None, retain=None):
    def holds(event):
        return event.kind == PUBLISH and (topic is None or event.topic == topic) and (
            retain is None or event.flags & 1 == retain)
    return Pattern(f"PUBLISH {topic or ''}{'' if retain is None else f' retain={retain}'}", holds)
