# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Seeds of fuzz_mqtt: the version in the first byte, then what a client sends."""
import struct

V3, V5 = 4, 5


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">H", len(value)) + value


def packet(first, body=b""):
    assert len(body) < 16384
    length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 127 | 128, len(body) >> 7])
    return bytes([first]) + length + body


def connect(level, flags=2, properties=b"", client="c", rest=b""):
    head = text("MQTT") + bytes([level, flags]) + struct.pack(">H", 60)
    return packet(0x10, head + (bytes([len(properties)]) + properties if level == V5 else b"") + text(client) + rest)


def subscribe(level, *filters, options=0, properties=b"", first=0x82):
    wanted = b"".join(text(f) + (bytes([options]) if first == 0x82 else b"") for f in filters)
    return packet(first, b"\0\1" + (bytes([len(properties)]) + properties if level == V5 else b"") + wanted)


def stream(level, *packets):
    return bytes([level & 1]) + b"".join(packets)


topics = ("uproar/1/frame", "uproar/+/json", "uproar/catalogue", "#", "$SYS/#", "+/+/+", "a/b/c/d")
will5 = bytes.fromhex("1d 18 00000001 0101 02 00000001 03 000163 08 000172 09 000164 26 00000000")
all5 = bytes.fromhex("11 0000000a 21 0001 27 00000100 22 0000 1901 1700 26 00000000")
seeds = {
    "session_3": stream(V3, connect(V3), subscribe(V3, *topics), packet(0xC0), subscribe(V3, "#", first=0xA2),
                        packet(0xE0)),
    "session_5": stream(V5, connect(V5), subscribe(V5, *topics, options=0x2E), packet(0xC0),
                        subscribe(V5, "#", first=0xA2), packet(0xE0, b"\4\4\x1f\0\1r")),
    "connect_3_will": stream(V3, connect(V3, 0xF6, rest=text("will") + text("bye") + text("user") + text("pass"))),
    "connect_5_will": stream(V5, connect(V5, 0xE6, all5, rest=will5 + text("will") + text("bye") + text("u") + text("p"))),
    "connect_5_authentication": stream(V5, connect(V5, properties=b"\x15" + text("SCRAM") + b"\x16" + text("data"))),
    "connect_5_twice": stream(V5, connect(V5, properties=b"\x11\0\0\0\1\x11\0\0\0\1")),
    "connect_3_empty_id": stream(V3, connect(V3, 0, client="")),
    "connect_level_3": stream(V3, packet(0x10, text("MQIsdp") + b"\3\2\0\0" + text("c"))),
    "subscribe_5_identifier": stream(V5, subscribe(V5, "a", properties=b"\x0b\x80\1")),
    "subscribe_share": stream(V5, subscribe(V5, "$share/g/uproar/1/frame", "a/#/b", "++")),
    "subscribe_utf8": stream(V3, subscribe(V3, "🔥/+", "ü/#"), subscribe(V3, b"\xed\xa0\x80")),
    "subscribe_many": stream(V3, subscribe(V3, *(f"uproar/{n}/frame" for n in range(100)))),
    "publish": stream(V5, packet(0x30, text("a") + b"\0hello")),
    "publish_qos_3": stream(V5, packet(0x36, text("a") + b"\0\1hello")),
    "auth": stream(V5, packet(0xF0, b"\0\0")),
    "too_large": stream(V3, b"\x10\xff\xff\x7f"),
    "length_of_five_bytes": stream(V3, b"\x10\x80\x80\x80\x80\1"),
    "length_not_minimal": stream(V3, b"\xc0\x80\0"),
}
