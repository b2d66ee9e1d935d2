# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""MQTT over WebSocket: chapter 6 of both versions, which is the same."""

import mqtt_bytes as m
import websocket_bytes as ws
from http_bytes import response
from script import IN_ORDER, HalfClose, Row, closed, never
from websocket_bytes import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close, closing, frame

NAME, TITLE = "mqtt-websocket", "MQTT over WebSocket"

PLAIN = bytes(4)  # a mask by which the client id, if it is whole, can still be found and made unique
ACCEPTED, PINGREQ, PINGRESP = m.of(m.CONNACK, code=0, present=0), b"\xc0\x00", m.of(m.PINGRESP)


def codec():
    return ws.MqttCodec(5)


def handshake(*fields, protocol="mqtt", path="/mqtt"):
    return ws.handshake(path, *([f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []), *fields)


def message(data, opcode=BINARY, **fields):
    return frame(opcode, data, mask=PLAIN, **fields)


CONNECT = m.connect(5)
SWITCHED = response(101, sec_websocket_protocol="mqtt")
HELLO = [handshake(), SWITCHED, message(CONNECT), ACCEPTED]
ALIVE = [message(PINGREQ), PINGRESP]


def rows(w):
    subscribe = m.subscribe(5, 1, w.frame)
    suback = m.of(m.SUBACK, codes=b"\0")
    return [
        Row("MQTT-6.0.0-4", "the subprotocol mqtt is selected", handshake(), SWITCHED),
        Row("MQTT-6.0.0-4", "also from a list", handshake(protocol="chat, mqtt"), SWITCHED),
        Row("MQTT-6.0.0-4", "also from two fields", handshake("Sec-WebSocket-Protocol: mqtt", protocol="mqttv3.1"),
            SWITCHED),
        Row("MQTT-6.0.0-3", "without the subprotocol there is no MQTT: none", handshake(protocol=None), response(400)),
        Row("MQTT-6.0.0-3", "without the subprotocol there is no MQTT: another", handshake(protocol="mqttv3.1"),
            response(400)),
        Row("6", "a request without Upgrade is told so", handshake().replace(b"Upgrade: websocket\r\n", b""),
            response(400) | response(426) | response(404)),
        Row("MQTT-6.0.0-1", "packets come in binary messages", HELLO, message(subscribe), suback,
            m.published(w.frame, 1),
            m.published(w.frame, 0)),
        Row("MQTT-6.0.0-1", "a text message closes the connection", HELLO, message(PINGREQ, TEXT),
            ws.of(CLOSE), closed()),
        Row("MQTT-6.0.0-1", "a text message closes the connection: as the first", handshake(), SWITCHED,
            message("hello", TEXT), ws.of(CLOSE), closed()),
        Row("MQTT-6.0.0-2", "several packets in one message", handshake(), SWITCHED,
            message(CONNECT + subscribe + PINGREQ), ACCEPTED, suback, PINGRESP),
        Row("MQTT-6.0.0-2", "a packet in two messages", handshake(), SWITCHED, message(CONNECT[:9]),
            message(CONNECT[9:]), ACCEPTED, ALIVE),
        Row("MQTT-6.0.0-2", "messages that end within packets", handshake(), SWITCHED, message(CONNECT + subscribe[:3]),
            message(subscribe[3:] + PINGREQ[:1]), ACCEPTED, suback, message(PINGREQ[1:]), PINGRESP),
        Row("MQTT-6.0.0-2", "a message of one byte each", handshake(), SWITCHED,
            message(CONNECT), ACCEPTED, [message(bytes([b])) for b in subscribe], suback),
        Row("6", "a packet in fragments of a message", handshake(), SWITCHED, message(CONNECT[:2], fin=False),
            message(CONNECT[2:], CONTINUATION), ACCEPTED, message(PINGREQ[:1], fin=False),
            message(PINGREQ[1:], CONTINUATION), PINGRESP),
        Row("6", "an empty message is none", HELLO, message(b""), ALIVE),
        Row("6", "CONNECT in the segment of the request", handshake() + message(CONNECT), SWITCHED, ACCEPTED),
        Row("RFC 6455, 5.5.2", "a ping of the WebSocket is answered with a pong of it", HELLO,
            frame(PING, "x"), ws.of(PONG, b"x"), ALIVE, replays=IN_ORDER),
        Row("RFC 6455, 5.4", "also within a packet in fragments", HELLO, message(PINGREQ[:1], fin=False),
            frame(PING, "y"), ws.of(PONG, b"y"), message(PINGREQ[1:], CONTINUATION), PINGRESP, replays=IN_ORDER),
        Row("RFC 6455, 5.5.1", "a close of the WebSocket ends it", HELLO, close(1000), closing(1000), closed()),
        Row("RFC 6455, 5.1", "an unmasked frame fails", HELLO, frame(BINARY, PINGREQ, mask=None), closing(1002),
            closed()),
        Row("RFC 6455, 5.2", "a reserved opcode fails", HELLO, frame(3), closing(1002), closed()),
        Row("MQTT-3.1.0-1", "the first packet is CONNECT", handshake(), SWITCHED, message(PINGREQ), ws.of(CLOSE),
            closed()),
        Row("MQTT-3.1.0-2", "a second CONNECT is a protocol error", HELLO, message(CONNECT),
            m.of(m.DISCONNECT, code=0x82), closed(ws.of(CLOSE))),
        Row("MQTT-3.14.4-1", "DISCONNECT ends both", HELLO, message(b"\xe0\0"), closed(ws.of(CLOSE))),
        Row("4.13.2", "a PUBLISH is refused with 0x87, then the WebSocket closes", HELLO,
            message(m.publish(5, w.frame)), m.of(m.DISCONNECT, code=0x87), ws.of(CLOSE), closed()),
        Row("MQTT-3.10.4-2", "what was unsubscribed comes no more", HELLO, message(subscribe), suback,
            m.published(w.frame), message(m.unsubscribe(5, 2, w.frame)), m.of(m.UNSUBACK), ALIVE, replays=IN_ORDER),
        Row("4.2", "a client that closes its direction is gone", HELLO, HalfClose(), closed(ws.of(CLOSE)),
            replays=IN_ORDER),
        Row("RFC 6455, 5.6", "no frame of a server is text", HELLO, message(m.subscribe(5, 1, w.json)), suback,
            m.published(w.json), m.published(w.json), never(ws.of(TEXT))),
    ]
