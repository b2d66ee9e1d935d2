# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Seeds of what WebSocket, HTTP and TCP subscribers send."""
import struct

MASK = bytes([1, 2, 3, 4])


def frame(opcode, payload=b"", fin=True, length=None):
    size = len(payload) if length is None else length
    head = bytes([fin << 7 | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += struct.pack(">BH", 0x80 | 126, size)
    else:
        head += struct.pack(">BQ", 0x80 | 127, size)
    return head + MASK + bytes(b ^ MASK[i % 4] for i, b in enumerate(payload))


def close(status, reason=b""):
    return frame(8, struct.pack(">H", status) + reason)


def request(*fields, target="/v1/channels/1,2", method="GET", version="1.1"):
    return "\r\n".join([f"{method} {target} HTTP/{version}", "Host: x", *fields, "", ""]).encode()


websocket = {
    "text": frame(1, "🔥 hello".encode()),
    "text_in_pieces": frame(1, "🔥".encode()[:2], fin=False) + frame(9, b"ping") + frame(0, "🔥".encode()[2:]),
    "binary_long": frame(2, bytes(300)),
    "too_big": frame(2, length=70000),
    "ping_pong_close": frame(9) + frame(10, b"x" * 125) + close(1000, b"bye"),
    "close_without_status": frame(8),
    "close_one_byte": frame(8, b"x"),
    "close_1005": close(1005),
    "close_bad_text": close(1000, b"\xff"),
    "unmasked": b"\x81\x02hi",
    "reserved_bit": bytes([0xC1]) + frame(1, b"hi")[1:],
    "reserved_opcode": frame(3),
    "continuation_of_nothing": frame(0, b"x"),
    "second_message_within_one": frame(1, b"a", fin=False) + frame(1, b"b"),
    "control_in_pieces": frame(9, fin=False),
    "bad_text": frame(1, b"\xc0\x80"),
    "length_not_minimal": bytes([0x82, 0x80 | 126, 0, 5]) + MASK + b"12345",
}

http = {
    "json": request(),
    "events": request("Accept: text/html, text/event-stream;q=0.9", "Last-Event-ID: 42", "Origin: https://a.example"),
    "websocket": request("Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Version: 13",
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: mqtt",
                         target="/v1/channels/1?format=json&x"),
    "absolute": request(target="http://x/healthz", method="HEAD"),
    "absolute_without_path": request(target="http://x"),
    "options": request(target="*", method="OPTIONS"),
    "old": request("Connection: close", version="1.0"),
    "body": request("Content-Length: 5", method="POST") + b"12345",
    "two_lengths": request("Content-Length: 5", "Content-Length: 6"),
    "chunked": request("Transfer-Encoding: chunked", "Content-Length: 5"),
    "folded": request("X: a", " b"),
    "space_before_colon": request("Host : y"),
    "line_feeds_only": b"GET / HTTP/1.1\nHost: x\n\n",
    "http_2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01",
    "empty_line_before": b"\r\n" + request(),
    "long_path": request(target="/" + "x" * 4200),
    "many_fields": request(*["A: b"] * 120),
}

sub = {
    "one": b"SUB 1\n",
    "list": b"SUB 1,2,5\r\n",
    "json": b"SUB 1 json\n",
    "range": b"SUB 0-4095,5000\n",
    "range_of_all": b"SUB 0-65534\n",
    "backwards": b"SUB 5-1\n",
    "too_large": b"SUB 65535\n",
    "twice": b"SUB 1,1,1\n",
    "word": b"SUB 1 xml\n",
    "no_verb": b"HELLO\n",
    "half": b"SUB 1,2",
    "too_long": b"SUB " + b"1," * 300,
    "nothing": b"\n",
}
