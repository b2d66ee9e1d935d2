# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""WebSocket (RFC 6455): the opening handshake, frames of clients, and how it closes."""

import websocket_bytes as ws
from http_bytes import HEAD, response, sentence
from script import IN_ORDER, Get, HalfClose, Row, closed, exactly, never
from websocket_bytes import ACCEPT, BINARY, CONTINUATION, PING, PONG, TEXT, close, closing, frame, handshake, of

NAME, TITLE = "websocket", "WebSocket"

SWITCHED = response(101)
PROBE = [frame(PING, "still there?"), of(PONG, b"still there?")]


def codec():
    return ws.Codec()


def rows(w):
    hello = [handshake(w.path), SWITCHED]
    return _handshake(w) + _refused_handshake(w) + _frames(w, hello) + _bad_frames(w, hello) + _fragments(w, hello) + \
        _text(w, hello) + _control(w, hello) + _close(w, hello)


def failing(hello, sent, code):
    """The connection fails: a close frame with the code, then the end."""
    return [hello, sent, closing(code), closed()]


def _handshake(w):
    def opens(*fields, path=w.path, **given):
        return handshake(path, *fields, **given), SWITCHED, PROBE

    return [
        Row("4.2.2", "Sec-WebSocket-Accept is made of the key: the example of 1.3", handshake(w.path),
            response(101, sec_websocket_accept=ACCEPT)),
        Row("4.2.2", "the answer has Upgrade: websocket and Connection: Upgrade", handshake(w.path),
            response(101, upgrade=lambda v: v and v.lower() == "websocket",
                     connection=lambda v: v and v.lower() == "upgrade")),
        Row("4.2.1", "Upgrade is compared without case", opens(upgrade="WEBSOCKET")),
        Row("4.2.1", "Upgrade is a list", opens(upgrade="h2c, websocket")),
        Row("4.2.1", "Connection is compared without case", opens(connection="uPGRADE")),
        Row("4.2.1", "Connection is a list", opens(connection="keep-alive, Upgrade")),
        Row("4.2.1", "Connection may come in two fields", opens("Connection: keep-alive")),
        Row("RFC 9110, 5.1", "names of fields are compared without case",
            handshake(w.path).replace(b"Sec-WebSocket-", b"sEC-wEBsOCKET-").replace(b"Upgrade:", b"UPGRADE:"),
            SWITCHED, PROBE),
        Row("RFC 9112, 5.1", "blanks around values are no part of them",
            handshake(w.path).replace(b"Key: ", b"Key:\t ").replace(b"13\r\n", b"13 \t\r\n"), SWITCHED, PROBE),
        Row("4.1", "the target may be in absolute form", opens(path=f"http://uproar{w.path}")),
        Row("4.2.1", "other fields do not matter", opens("Cookie: a=b", "Authorization: Basic Og==", "X-1: é",
                                                           "Pragma: no-cache")),
        Row("4.2.2", "an Origin is fine where no list of them is configured", opens("Origin: https://example.org")),
        Row("9.1", "no extension is answered that was not offered", handshake(w.path),
            response(101, sec_websocket_extensions=None)),
        Row("9.1", "an extension that is not known is not answered",
            handshake(w.path, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit"),
            response(101, sec_websocket_extensions=None), PROBE),
        Row("4.2.2", "no subprotocol is answered that was not offered", handshake(w.path),
            response(101, sec_websocket_protocol=None)),
        Row("4.2.2", "a subprotocol that is not known is not answered",
            handshake(w.path, "Sec-WebSocket-Protocol: chat, superchat"), response(101, sec_websocket_protocol=None),
            PROBE),
        Row("4.1", "frames may follow the request in its segment", handshake(w.path) + frame(PING, "early"), SWITCHED,
            of(PONG, b"early")),
        Row("4.1", "half of a frame may follow the request in its segment",
            handshake(w.path) + frame(PING, "early")[:5], frame(PING, "early")[5:], SWITCHED, of(PONG, b"early")),
        Row("5.6", "frames come as binary messages", opens(), of(BINARY, lambda p: p[0] == 0xFC), never(of(TEXT))),
        Row("5.6", "or as binary messages by name", opens(path=w.path + "?format=binary"), of(BINARY), never(of(TEXT))),
        Row("5.6", "or as text messages of JSON", opens(path=w.path + "?format=json"),
            of(TEXT, lambda p: p.startswith(b'{"channel":%d,' % w.channel)), never(of(BINARY))),
        Row("5.4", "several channels come as messages of one connection",
            handshake(f"/v1/channels/{w.both}"), SWITCHED,
            of(BINARY, lambda p: p[2:4] == w.channel.to_bytes(2, "big")),
            of(BINARY, lambda p: p[2:4] == w.other.to_bytes(2, "big"))),
    ]


def _refused_handshake(w):
    def refuses(why, *statuses, reference="4.2.1", fields=(), **given):
        expected = sentence(statuses[0])
        for status in statuses[1:]:
            expected = expected | sentence(status)
        return Row(reference, why, handshake(given.pop("path", w.path), *fields, **given), expected)

    return [
        refuses("the method is GET: POST", 405, method="POST"),
        Row("4.2.1", "the method is GET: HEAD", handshake(w.path, method="HEAD"), Get(response(400), HEAD)),
        Row("4.2.1", "the version is HTTP/1.1 or higher: HTTP/1.0",
            handshake(w.path).replace(b"HTTP/1.1", b"HTTP/1.0"), sentence(400)),
        refuses("there is a Host", 400, host=None),
        refuses("Connection has the token upgrade: it is keep-alive", 400, connection="keep-alive"),
        refuses("Connection has the token upgrade: it is upgrades", 400, connection="upgrades"),
        refuses("Connection has the token upgrade: there is none", 400, connection=None),
        Row("4.2.1", "without Upgrade it is a request of HTTP", handshake(w.path, upgrade=None),
            response(200, content_type="application/json")),
        Row("4.2.1", "with another Upgrade it is a request of HTTP", handshake(w.path, upgrade="h2c"),
            response(200, content_type="application/json")),
        refuses("there is a key: none", 400, key=None),
        refuses("a key has 16 bytes: 15", 400, key="dGhlIHNhbXBsZSBub25j"),
        refuses("a key has 16 bytes: 17", 400, key="dGhlIHNhbXBsZSBub25jZTE="),
        refuses("a key is base64", 400, key="dGhlIHNhbXBsZSBub25jZ$=="),
        refuses("a key is base64 with its padding", 400, key="dGhlIHNhbXBsZSBub25jZQ"),
        refuses("a key is not empty", 400, key=""),
        refuses("there is one key", 400, fields=[f"Sec-WebSocket-Key: {ws.KEY}"]),
        refuses("there is one version", 400, reference="11.3.5", fields=["Sec-WebSocket-Version: 13"]),
        Row("4.4", "another version is answered with 426 and the one that is known: 12",
            handshake(w.path, version="12"),
            sentence(426, sec_websocket_version="13", upgrade=lambda v: v and v.lower() == "websocket")),
        Row("4.4", "another version is answered with 426 and the one that is known: 14",
            handshake(w.path, version="14"),
            sentence(426, sec_websocket_version="13")),
        refuses("a version is a number: 013", 400, 426, version="013"),
        refuses("there is a version: none", 400, 426, version=None),
        refuses("a channel that is not there has no stream", 404, reference="4.2.2", path=f"/v1/channels/{w.unknown}"),
        refuses("a form that is not known has no stream", 400, reference="4.2.2", path=w.path + "?format=xml"),
        Row("4.2.2", "behind a refusal the connection goes on as HTTP",
            handshake(w.path, key=None) + handshake(w.path), sentence(400), SWITCHED, PROBE, replays=IN_ORDER),
    ]


def _frames(w, hello):
    return [
        Row("5.1", "frames of the server are not masked, in shortest form, without reserved bits", hello,
            of(BINARY), of(BINARY), of(BINARY)),
        Row("5.1", "an unmasked frame fails: text", failing(hello, frame(TEXT, "x", mask=None), 1002)),
        Row("5.1", "an unmasked frame fails: ping", failing(hello, frame(PING, "x", mask=None), 1002)),
        Row("5.1", "an unmasked frame fails: close", failing(hello, frame(ws.CLOSE, b"\x03\xe8", mask=None), 1002)),
        Row("5.3", "a mask of zeros is a mask", hello, frame(PING, "zero", mask=bytes(4)), of(PONG, b"zero")),
        Row("5.3", "each frame has a mask of its own", hello, frame(PING, "one", mask=b"abcd"), of(PONG, b"one"),
            frame(PING, "two", mask=b"\xff\0\xff\0"), of(PONG, b"two"), replays=IN_ORDER),
        Row("5.2", "a length of 125", hello, frame(BINARY, bytes(125)), PROBE),
        Row("5.2", "a length of 126, in three bytes", hello, frame(BINARY, bytes(126)), PROBE),
        Row("5.2", "an empty message", hello, frame(TEXT), frame(BINARY), PROBE),
        Row("5.6", "what a client says is passed over: text and bytes", hello, frame(TEXT, "hello"),
            frame(BINARY, bytes(range(256))), PROBE),
    ]


def _bad_frames(w, hello):
    found = [Row("5.2", f"RSV{4 - rsv if rsv != 4 else 1} without an extension fails",
                 failing(hello, frame(TEXT, "x", rsv=rsv), 1002)) for rsv in (4, 2, 1)]
    found += [Row("5.2", f"opcode {opcode:#x} is reserved and fails", failing(hello, frame(opcode), 1002))
              for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)]
    return found + [
        Row("5.2", "a length of less than 126 in three bytes fails",
            failing(hello, frame(TEXT, "x" * 10, length=b"\x7e\x00\x0a"), 1002)),
        Row("5.2", "a length of less than 65536 in nine bytes fails",
            failing(hello, frame(TEXT, "x" * 200, length=b"\x7f" + (200).to_bytes(8, "big")), 1002)),
        Row("5.2", "the highest bit of a length fails",
            failing(hello, frame(BINARY, length=b"\x7f\x80" + bytes(7)), 1002)),
        Row("7.4.1", "a message that is too big fails with 1009", failing(hello, frame(BINARY, bytes(5000)), 1009)),
        Row("7.4.1", "before it has come: 2^62 bytes",
            failing(hello, frame(BINARY, length=b"\x7f\x40" + bytes(7)), 1009)),
        Row("7.4.1", "a message that is too big in fragments fails with 1009",
            failing(hello, frame(BINARY, bytes(3000), fin=False) + frame(CONTINUATION, bytes(3000)), 1009)),
        Row("10.4", "an endless message in fragments fails",
            failing(hello, frame(BINARY, bytes(125), fin=False) + frame(CONTINUATION, bytes(125), fin=False) * 40,
            1009)),
    ]


def _fragments(w, hello):
    first, rest = frame(TEXT, "Hel", fin=False), frame(CONTINUATION, "lo")
    return [
        Row("5.4", "a message of two fragments", hello, first, rest, PROBE),
        Row("5.4", "a message of many fragments, some empty", hello, frame(BINARY, fin=False),
            frame(CONTINUATION, fin=False) * 20, frame(CONTINUATION, "x", fin=False), frame(CONTINUATION), PROBE),
        Row("5.4", "a ping between fragments is answered", hello, first, frame(PING, "between"), of(PONG, b"between"),
            rest, PROBE, replays=IN_ORDER),
        Row("5.4", "a pong between fragments is fine", hello, first, frame(PONG, "x"), rest, PROBE),
        Row("5.4", "a close between fragments closes", hello, first, close(1000), closing(1000), closed()),
        Row("5.4", "a continuation of nothing fails", failing(hello, rest, 1002)),
        Row("5.4", "a continuation behind a whole message fails", failing(hello, frame(TEXT, "x") + rest, 1002)),
        Row("5.4", "a continuation behind the last fragment fails", failing(hello, first + rest + rest, 1002)),
        Row("5.4", "a message within a message fails: text", failing(hello, first + frame(TEXT, "x"), 1002)),
        Row("5.4", "a message within a message fails: binary", failing(hello, first + frame(BINARY, "x"), 1002)),
        Row("5.4", "a message within a message fails: a fragment", failing(hello, first + first, 1002)),
    ]


def _text(w, hello):
    bad = [("a lone continuation byte", b"\x80"), ("a byte that begins nothing", b"\xff"),
        ("an overlong form", b"\xc0\xaf"),
           ("an overlong form of three bytes", b"\xe0\x80\xaf"), ("a surrogate", b"\xed\xa0\x80"),
           ("beyond U+10FFFF", b"\xf4\x90\x80\x80"), ("cut short", b"x\xe2\x82")]
    found = [Row("8.1", f"text that is not UTF-8 fails with 1007: {what}", failing(hello, frame(TEXT, data), 1007))
             for what, data in bad]
    fire = "🔥".encode()
    return found + [
        Row("8.1", "text of every length of UTF-8", hello, frame(TEXT, "aé語🔥\U0010ffff\0\ufffe"), PROBE),
        Row("5.6", "a character may be split between fragments", hello, frame(TEXT, fire[:1], fin=False),
            frame(CONTINUATION, fire[1:2], fin=False), frame(CONTINUATION, fire[2:]), PROBE),
        Row("5.6", "with a ping in the middle of it", hello, frame(TEXT, fire[:2], fin=False), PROBE,
            frame(CONTINUATION, fire[2:]), PROBE, replays=IN_ORDER),
        Row("8.1", "text that is not UTF-8 fails in a later fragment",
            failing(hello, frame(TEXT, "fine", fin=False) + frame(CONTINUATION, b"\xc3("), 1007)),
        Row("8.1", "a character that is split and goes on wrongly fails",
            failing(hello, frame(TEXT, fire[:3], fin=False) + frame(CONTINUATION, "x"), 1007)),
        Row("8.1", "text that ends within a character fails",
            failing(hello, frame(TEXT, "x", fin=False) + frame(CONTINUATION, fire[:3]), 1007)),
        Row("5.6", "binary messages may have any bytes", hello, frame(BINARY, b"\xff\xfe\x80\0"), PROBE),
    ]


def _control(w, hello):
    return [
        Row("5.5.2", "a ping is answered", hello, frame(PING, "x"), of(PONG, b"x")),
        Row("5.5.2", "an empty ping", hello, frame(PING), of(PONG, b"")),
        Row("5.5.3", "a pong has what the ping had: 125 bytes, any", hello, frame(PING, bytes(range(131, 256))),
            of(PONG, bytes(range(131, 256)))),
        Row("5.5.3", "of pings that come together the last is answered", hello,
            frame(PING, "1") + frame(PING, "2") + frame(PING, "3"), Get(of(PONG, b"3"), passes=of(PONG))),
        Row("5.5.3", "a pong that nobody asked for is passed over", hello, frame(PONG, "x"), frame(PONG), PROBE),
        Row("5.5", "a control frame of more than 125 bytes fails: ping", failing(hello, frame(PING, bytes(126)), 1002)),
        Row("5.5", "a control frame of more than 125 bytes fails: close",
            failing(hello, frame(ws.CLOSE, b"\x03\xe8" + b"x" * 124), 1002)),
        Row("5.5", "a control frame in fragments fails: ping", failing(hello, frame(PING, "x", fin=False), 1002)),
        Row("5.5", "a control frame in fragments fails: close", failing(hello, frame(ws.CLOSE, fin=False), 1002)),
        Row("5.5.2", "a flood of pings is answered with pongs among whole frames, and costs no more",
            hello, frame(PING, "flood") * 2000, frame(PING, "last"), Get(of(PONG, b"last"), passes=of(PONG))),
    ]


def _close(w, hello):
    found = [Row("7.4.1", f"a close with {code} is answered with it", hello, close(code), closing(code), closed())
             for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)]
    found += [Row("7.4", f"a close with {code} fails: no client sends it", hello, close(code), closing(1002), closed())
              for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)]
    return found + [
        Row("5.5.1", "a close without a body is answered, and the connection ends", hello, close(), closing(None, 1000),
            closed()),
        Row("5.5.1", "a close frame of one byte fails", failing(hello, frame(ws.CLOSE, b"\x03"), 1002)),
        Row("5.5.1", "a reason of 123 bytes", hello, close(1000, "é".encode() * 61 + b"x"), closing(1000), closed()),
        Row("5.5.1", "a reason that is not UTF-8 fails", hello, close(1000, b"\xff"), closing(1007, 1002), closed()),
        Row("5.5.1", "nothing is processed behind a close", hello, close(1000) + frame(PING, "late"), closing(1000),
            closed(), never(of(PONG))),
        Row("5.5.1", "nothing is sent behind a close", hello, close(1000), exactly(b"\x88\x02\x03\xe8"), closed()),
        Row("7.4.1", "1005, 1006 and 1015 are never on the wire", failing(hello, frame(TEXT, b"\xff"), 1007)),
        Row("7.1.1", "the server closes the TCP connection first", hello, close(1001), closing(1001), closed()),
        Row("7.1.7", "behind a failure nothing is processed", hello, frame(TEXT, mask=None) + frame(PING, "late"),
            closing(1002), closed(), never(of(PONG))),
        Row("7.2.1", "a client that closes its direction without a close is gone", hello, HalfClose(),
            closed(closing(1000, 1001, 1002)), replays=IN_ORDER),
        Row("7.2.1", "also in the middle of a frame", hello, frame(TEXT, "hello")[:4], HalfClose(),
            closed(closing(1000, 1001, 1002)), replays=IN_ORDER),
    ]
