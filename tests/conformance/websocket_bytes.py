# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""WebSocket (RFC 6455): handshakes and frames, sound or not, and what a server may send, read strictly."""

import http_bytes
import mqtt_bytes
from play import Malformed
from script import Pattern

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # of RFC 6455, 1.3
MASK = b"\x37\xfa\x21\x3d"  # of RFC 6455, 5.7


def handshake(path, *fields, upgrade="websocket", connection="Upgrade", key=KEY, version="13", **more):
    """A field is left out where its value is None."""
    given = {"Upgrade": upgrade, "Connection": connection, "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": version}
    return http_bytes.request(path, *[f"{name}: {value}" for name, value in given.items() if value is not None],
        *fields,
                              **more)


def frame(opcode, payload=b"", fin=True, rsv=0, mask=MASK, length=None):
    """length: the bytes behind the first, without the mask bit, if not the right ones; mask: None for none."""
    if isinstance(payload, str):
        payload = payload.encode()
    if length is None:
        n = len(payload)
        length = bytes([n]) if n < 126 else b"\x7e" + n.to_bytes(2, "big") if n < 65536 else \
            b"\x7f" + n.to_bytes(8, "big")
    first = bytes([fin << 7 | rsv << 4 | opcode])
    if mask is None:
        return first + length + payload
    return first + bytes([length[0] | 0x80]) + length[1:] + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


def close(code=None, reason=b""):
    return frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason)


class Frame:
    def __init__(self, opcode, payload, raw):
        self.opcode, self.payload, self.raw = opcode, payload, raw

    @property
    def background(self):
        return self.opcode in (TEXT, BINARY)

    def __str__(self):
        return f"frame of opcode {self.opcode}: {self.payload[:40].hex(' ')}"


def read_frame(buffer):
    """The next frame of a server (5.2), which never sends fragments here, or None."""
    if len(buffer) < 2:
        return None
    first, second = buffer[:2]
    if first & 0xF0 != 0x80 or first & 15 not in (TEXT, BINARY, CLOSE, PING, PONG):
        raise Malformed(f"the first byte of a frame: {first:#04x}")
    if second & 0x80:
        raise Malformed("a masked frame of a server")
    wide = {126: 2, 127: 8}.get(second, 0)
    at = 2 + wide
    if len(buffer) < at:
        return None
    length = int.from_bytes(buffer[2:at], "big") if wide else second
    if (wide == 2 and length < 126) or (wide == 8 and (length < 65536 or length >> 63)):
        raise Malformed(f"a length in more bytes than it needs: {length}")
    opcode = first & 15
    if opcode >= CLOSE and length > 125:
        raise Malformed("a control frame of more than 125 bytes")
    if len(buffer) < at + length:
        return None
    raw = bytes(buffer[:at + length])
    del buffer[:len(raw)]
    _check_payload(opcode, raw[at:])
    return Frame(opcode, raw[at:], raw)


def _check_payload(opcode, payload):
    try:
        if opcode == TEXT:
            payload.decode()
        if opcode == CLOSE:
            payload[2:].decode()
    except UnicodeDecodeError:
        raise Malformed("text that is not UTF-8") from None
    if opcode == CLOSE and len(payload) > 0:
        code = int.from_bytes(payload[:2], "big")
        if len(payload) == 1 or code < 1000 or code in (1004, 1005, 1006, 1015):
            raise Malformed(f"a close frame with {payload.hex(' ')}")


class Codec:
    """A response; behind 101, frames."""

    def __init__(self):
        self.open = False

    def next(self, buffer, hint, ended):
        if self.open:
            return read_frame(buffer)
        found = http_bytes.Codec().next(buffer, hint, ended)
        self.open = found is not None and found.status == 101
        return found


class MqttCodec(Codec):
    """The same with the packets of binary messages in the place of those."""

    def __init__(self, level):
        super().__init__()
        self.packets, self.mqtt = bytearray(), mqtt_bytes.Codec(level)

    def next(self, buffer, hint, ended):
        while True:
            packet = self.mqtt.next(self.packets, hint, ended)
            if packet is not None:
                return packet
            found = super().next(buffer, hint, ended)
            if not isinstance(found, Frame) or found.opcode != BINARY:
                return found
            self.packets += found.payload


def of(opcode, payload=None):
    def holds(event):
        return isinstance(event, Frame) and event.opcode == opcode and (
            payload is None or (payload(event.payload) if callable(payload) else event.payload == payload))
    return Pattern(f"a frame of opcode {opcode}{'' if payload is None else ' with its payload'}", holds)


def closing(*codes):
    """A close frame with one of these codes; None: without a body."""
    wanted = {b"" if code is None else code.to_bytes(2, "big") for code in codes}
    return Pattern(f"a close frame with {' or '.join(map(str, codes))}",
                   lambda e: isinstance(e, Frame) and e.opcode == CLOSE and e.payload[:2] in wanted)
