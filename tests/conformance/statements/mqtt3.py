# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""MQTT 3.1.1 (OASIS Standard, 29 October 2014): what it demands of a server that only publishes."""

import mqtt_bytes as m
from mqtt_bytes import CLEAN, PASSWORD, USER, WILL, WILL_QOS_1, WILL_QOS_2, WILL_QOS_3, WILL_RETAIN, of, packet, \
    published, text
from script import AS_WRITTEN, IN_ORDER, UNIQUE, HalfClose, Pause, Row, closed, exactly, never, second

NAME, TITLE = "mqtt3", "MQTT 3.1.1"
PUBLISHES = {"mosquitto": "lets clients publish"}
GRANTS = {"mosquitto": "grants what is asked for"}
LAX = {"mosquitto": "does not look at this"}


def codec():
    return m.Codec(4)


def connect(*arguments, **fields):
    return m.connect(4, *arguments, **fields)


def subscribe(*arguments, **fields):
    return m.subscribe(4, *arguments, **fields)


def unsubscribe(*arguments, **fields):
    return m.unsubscribe(4, *arguments, **fields)


ACCEPTED = exactly(b"\x20\x02\x00\x00")
BAD_VERSION = exactly(b"\x20\x02\x00\x01")
BAD_ID = exactly(b"\x20\x02\x00\x02")
PONG = exactly(b"\xd0\x00")
PING = b"\xc0\x00"
BYE = b"\xe0\x00"
HELLO = [connect(), ACCEPTED]
ALIVE = [PING, PONG]


def suback(packet_id, *codes):
    return exactly(packet(m.SUBACK, packet_id.to_bytes(2, "big") + bytes(codes)))


def unsuback(packet_id):
    return exactly(packet(m.UNSUBACK, packet_id.to_bytes(2, "big")))


def trickle(w, subscribe_to):
    """A packet of which a byte comes twice a second; were it whole before the connection ends, it would be answered."""
    whole = subscribe_to(1, w.frame)
    return [whole[:-8]] + [[Pause(0.5), whole[at:at + 1]] for at in range(len(whole) - 8, len(whole))]


def refused(*sent):
    """In a connection that was accepted: it just ends."""
    return [HELLO, list(sent), closed()]


def rows(w):
    return _texts(w) + _headers(w) + _connect(w) + _connack(w) + _publish(w) + _subscribe(w) + _unsubscribe(w) + \
        _others(w) + _topics(w)


def _texts(w):
    say = "ill-formed UTF-8 closes the connection"
    return [
        Row("MQTT-1.5.3-1", f"{say}: a lone continuation byte in a filter",
            refused(subscribe(1, b"uproar/\x80"))),
        Row("MQTT-1.5.3-1", f"{say}: a surrogate in a filter", refused(subscribe(1, b"uproar/\xed\xa0\x80"))),
        Row("MQTT-1.5.3-1", f"{say}: an overlong form", refused(subscribe(1, b"uproar/\xc0\xaf"))),
        Row("MQTT-1.5.3-1", f"{say}: beyond U+10FFFF", refused(subscribe(1, b"uproar/\xf4\x90\x80\x80"))),
        Row("MQTT-1.5.3-1", f"{say}: a sequence that is cut short", refused(subscribe(1, b"uproar/\xe2\x82"))),
        Row("MQTT-1.5.3-1", f"{say}: in a client id", connect(b"c\xff"), closed()),
        Row("MQTT-1.5.3-1", f"{say}: in a user name", connect(flags=CLEAN | USER, user=b"\xc3("), closed()),
        Row("MQTT-1.5.3-1", f"{say}: in a will topic", connect(flags=CLEAN | WILL, will=(b"\xfe", "x")), closed()),
        Row("MQTT-1.5.3-2", "U+0000 in a text closes the connection: in a filter",
            refused(subscribe(1, b"uproar/\0"))),
        Row("MQTT-1.5.3-2", "U+0000 in a text closes the connection: in a client id", connect(b"a\0b"), closed()),
        Row("MQTT-1.5.3-3", "EF BB BF is U+FEFF wherever it appears, and not stripped: another topic",
            HELLO, subscribe(1, b"\xef\xbb\xbf" + w.frame.encode()), suback(1, 0), ALIVE, never(published())),
        Row("1.5.3", "a text of characters of two, three and four bytes is a text",
            HELLO, subscribe(1, "Ελλάδα/語/🔥"), suback(1, 0), ALIVE),
        Row("1.5.3", "a binary field may have any bytes: a password", connect(flags=CLEAN | USER | PASSWORD, user="u",
                                                                            password=b"\xff\0"), ACCEPTED),
    ]


def _headers(w):
    flags = [(m.SUBSCRIBE, 0, subscribe(1, w.frame, flags=0)), (m.SUBSCRIBE, 3, subscribe(1, w.frame, flags=3)),
             (m.UNSUBSCRIBE, 0, unsubscribe(1, w.frame, flags=0)), (m.PINGREQ, 1, packet(m.PINGREQ, flags=1)),
             (m.DISCONNECT, 4, packet(m.DISCONNECT, flags=4)), (m.PUBREL, 0, packet(m.PUBREL, b"\0\1")),
             (m.PUBACK, 2, packet(m.PUBACK, b"\0\1", 2))]
    found = [Row("MQTT-2.2.2-2", f"invalid header flags close the connection: {m.NAMES[kind]} with {value}",
                 refused(sent), differs=LAX if kind in (m.PINGREQ, m.PUBACK) else None)
             for kind, value, sent in flags]
    for kind in (0, 15):
        found.append(Row("2.2.1", f"packet type {kind} is forbidden", refused(packet(kind)),
                         differs=LAX if kind == 0 else None))
    found += [
        Row("2.2.3", "a remaining length has at most four bytes",
            refused(packet(m.PINGREQ, length=b"\x80" * 4 + b"\0"))),
        Row("2.2.3", "a remaining length of 268,435,455 is not waited for by a server of smaller packets",
            refused(packet(m.SUBSCRIBE, flags=2, length=b"\xff\xff\xff\x7f")),
            differs={"mosquitto": "has no limit unless one is configured, and waits"}),
        Row("2.2.3", "a remaining length of two bytes", HELLO, subscribe(7, "x/" * 100 + "y"), suback(7, 0), ALIVE),
        Row("MQTT-2.3.1-1", "SUBSCRIBE has a packet id that is not zero", refused(subscribe(0, w.frame))),
        Row("MQTT-2.3.1-1", "UNSUBSCRIBE has a packet id that is not zero", refused(unsubscribe(0, w.frame))),
        Row("MQTT-2.3.1-7", "SUBACK and UNSUBACK have the packet id of what they answer, the highest too",
            HELLO, subscribe(65535, "a"), suback(65535, 0), unsubscribe(257, "a"), unsuback(257)),
    ]
    return found


def _connect(w):
    early = [("SUBSCRIBE", subscribe(1, w.frame)), ("PINGREQ", PING), ("DISCONNECT", BYE),
             ("PUBLISH", m.publish(4, "a")), ("CONNACK", b"\x20\x02\x00\x00"), ("GET /", b"GET / HTTP/1.1\r\n\r\n")]
    found = [Row("MQTT-3.1.0-1", f"the first packet is CONNECT, not {name}", sent, closed()) for name, sent in early]
    long_id = UNIQUE + "A" * 15
    return found + [
        Row("MQTT-3.1.0-2", "a second CONNECT is a protocol violation and ends the connection", refused(connect())),
        Row("MQTT-3.1.2-1", "the protocol name is MQTT: not mqtt", connect(name="mqtt"), closed(BAD_VERSION)),
        Row("MQTT-3.1.2-1", "the protocol name is MQTT: not MQTT!", connect(name="MQTT!"), closed(BAD_VERSION)),
        Row("MQTT-3.1.2-1", "the protocol name is MQTT: not empty", connect(name=""), closed(BAD_VERSION)),
        Row("MQTT-3.1.2-2", "an unknown protocol level is answered with 0x01, then the end: 0",
            m.connect(0), closed(BAD_VERSION)),
        Row("MQTT-3.1.2-2", "an unknown protocol level is answered with 0x01, then the end: 3 with the name MQTT",
            m.connect(3), BAD_VERSION, closed()),
        Row("MQTT-3.1.2-3", "the reserved flag is 0", connect(flags=CLEAN | 1), closed()),
        Row("MQTT-3.1.2-4", "without a clean session, and with none stored, a new one begins",
            connect(flags=0), ACCEPTED, subscribe(1, w.frame), suback(1, 0)),
        Row("MQTT-3.1.2-6", "with a clean session nothing is left of an earlier one",
            connect(), ACCEPTED, subscribe(1, w.frame), suback(1, 0), BYE, closed(),
            second(connect(), ACCEPTED, ALIVE, never(published()))),
        Row("MQTT-3.1.2-9", "with the will flag, topic and message are there: they are not",
            connect(flags=CLEAN | WILL), closed()),
        Row("MQTT-3.1.2-9", "with the will flag, topic and message are there, and are passed over",
            connect(flags=CLEAN | WILL, will=("a/b", "gone")), ACCEPTED, ALIVE),
        Row("3.1.3.3", "a will message may be empty", connect(flags=CLEAN | WILL, will=("a/b", "")), ACCEPTED, ALIVE),
        Row("MQTT-3.1.2-11", "without the will flag there is no will: one follows",
            connect(will=("a/b", "gone")), closed()),
        Row("MQTT-3.1.2-13", "without the will flag the will's QoS is 0", connect(flags=CLEAN | WILL_QOS_1), closed()),
        Row("MQTT-3.1.2-14", "the will's QoS is not 3", connect(flags=CLEAN | WILL | WILL_QOS_3, will=("a", "b")),
            closed()),
        Row("MQTT-3.1.2-14", "the will's QoS may be 1", connect(flags=CLEAN | WILL | WILL_QOS_1, will=("a", "b")),
            ACCEPTED, BYE, closed()),
        Row("MQTT-3.1.2-14", "the will's QoS may be 2", connect(flags=CLEAN | WILL | WILL_QOS_2, will=("a", "b")),
            ACCEPTED, BYE, closed()),
        Row("MQTT-3.1.2-15", "without the will flag the will is not retained", connect(flags=CLEAN | WILL_RETAIN),
            closed()),
        Row("MQTT-3.1.2-17", "a will may be retained", connect(flags=CLEAN | WILL | WILL_RETAIN, will=("a/b", "")),
            ACCEPTED, BYE, closed()),
        Row("MQTT-3.1.2-18", "without its flag there is no user name: one follows", connect(user="me"), closed()),
        Row("MQTT-3.1.2-19", "with its flag the user name is there: it is not", connect(flags=CLEAN | USER), closed()),
        Row("MQTT-3.1.2-19", "with its flag the user name is there", connect(flags=CLEAN | USER, user="me"), ACCEPTED),
        Row("MQTT-3.1.2-20", "without its flag there is no password: one follows",
            connect(flags=CLEAN | USER, user="me", password="x"), closed()),
        Row("MQTT-3.1.2-21", "with its flag the password is there: it is not",
            connect(flags=CLEAN | USER | PASSWORD, user="me"), closed()),
        Row("MQTT-3.1.2-21", "with its flag the password is there, perhaps empty",
            connect(flags=CLEAN | USER | PASSWORD, user="me", password=""), ACCEPTED),
        Row("MQTT-3.1.2-22", "without a user name there is no password",
            connect(flags=CLEAN | PASSWORD, password="x"), closed()),
        Row("MQTT-3.1.2-24", "1.5 keep-alive periods without a packet end the connection",
            connect(keep_alive=1), ACCEPTED, closed(not_before=1.4), slow=3),
        Row("MQTT-3.1.2-24", "frames to the client do not keep it alive",
            connect(keep_alive=1), ACCEPTED, subscribe(1, w.frame), suback(1, 0), closed(not_before=1.4), slow=3),
        Row("MQTT-3.1.2-24", "packets of the client keep it alive", connect(keep_alive=2), ACCEPTED,
            [[Pause(1.2), ALIVE] for _ in range(4)], slow=5),
        Row("MQTT-3.1.2-24", "bytes of a packet that never ends do not keep it alive", connect(keep_alive=1), ACCEPTED,
            trickle(w, subscribe), closed(), slow=5),
        Row("3.1.2.10", "a keep-alive of 0 switches it off", connect(keep_alive=0), ACCEPTED, Pause(3), ALIVE, slow=3),
        Row("3.1.2.10", "a keep-alive of 65535", connect(keep_alive=65535), ACCEPTED, ALIVE),
        Row("MQTT-3.1.3-1", "all fields in their order", connect(flags=0xC6, will=("a/b", "c"), user="d", password="e"),
            ACCEPTED, ALIVE),
        Row("MQTT-3.1.3-3", "the client id is present, even if empty: it is not", connect(None), closed()),
        Row("MQTT-3.1.3-5", "client ids of 1 to 23 letters and digits are allowed: 23", connect(long_id), ACCEPTED),
        Row("MQTT-3.1.3-5", "client ids of 1 to 23 letters and digits are allowed: one", connect("z"), ACCEPTED,
            replays=(AS_WRITTEN,)),
        Row("3.1.3.1", "a longer client id may be allowed: 200 bytes", connect(UNIQUE + "é" * 96), ACCEPTED, ALIVE),
        Row("MQTT-3.1.3-6", "an empty client id is allowed with a clean session", connect(""), ACCEPTED, ALIVE),
        Row("MQTT-3.1.3-6", "two without a client id are two", connect(""), ACCEPTED,
            second(connect(""), ACCEPTED, ALIVE), PING, PONG),
        Row("MQTT-3.1.3-8", "an empty client id without a clean session is refused with 0x02, then the end",
            connect("", flags=0), BAD_ID, closed()),
        Row("MQTT-3.1.4-1", "a CONNECT with something behind it is refused without CONNACK",
            connect(more=b"\0"), closed()),
        Row("MQTT-3.1.4-1", "a CONNECT that ends too early is refused without CONNACK",
            packet(m.CONNECT, text("MQTT") + b"\x04\x02\x00"), closed()),
        Row("MQTT-3.1.4-2", "a second connection with the client id ends the first",
            connect(), ACCEPTED, ALIVE, second(connect(), ACCEPTED, ALIVE), closed(), second(ALIVE)),
        Row("MQTT-3.1.4-2", "a client id is taken over byte by byte: another one ends nobody",
            connect("a" + UNIQUE), ACCEPTED, second(connect("A" + UNIQUE), ACCEPTED, ALIVE), ALIVE),
        Row("MQTT-3.1.4-2", "a refused CONNECT with the client id ends nobody",
            connect(), ACCEPTED, second(connect(flags=CLEAN | 1), closed()), ALIVE),
        Row("MQTT-3.1.4-4", "CONNECT is acknowledged with code 0", connect(), ACCEPTED),
        Row("3.1.4", "packets may follow CONNECT before CONNACK has come",
            connect() + subscribe(1, w.frame) + PING, ACCEPTED, suback(1, 0), PONG),
        Row("MQTT-3.1.4-5", "behind a CONNECT that is refused nothing is processed",
            connect("", flags=0) + subscribe(1, w.frame), BAD_ID, closed(),
            differs={"mosquitto": "closes with bytes unread, by which its answer may be lost"}),
        Row("4.2", "a client that closes its direction is gone", HELLO, HalfClose(), closed(), replays=IN_ORDER),
    ]


def _connack(w):
    return [
        Row("MQTT-3.2.0-1", "the first packet of the server is CONNACK",
            connect() + subscribe(1, w.frame), ACCEPTED, suback(1, 0)),
        Row("MQTT-3.2.2-1", "with a clean session none is present", connect(flags=CLEAN), ACCEPTED),
        Row("MQTT-3.2.2-3", "without one stored, no session is present", connect(flags=0), ACCEPTED),
        Row("MQTT-3.2.2-4", "with a code that is not 0 no session is present", connect("", flags=0), BAD_ID),
        Row("MQTT-3.2.2-5", "behind a code that is not 0 the connection ends", connect("", flags=0), BAD_ID, closed()),
        Row("MQTT-3.2.2-6", "where no code fits, it ends without CONNACK", connect(flags=CLEAN | 1), closed()),
    ]


def _publish(w):
    refusal = closed(of(m.PUBACK) | of(m.PUBREC))
    return [
        Row("MQTT-3.3.1-2", "the DUP flag is 0 at QoS 0", HELLO, subscribe(1, w.frame), suback(1, 0),
            of(m.PUBLISH, flags=lambda f: f & 8 == 0)),
        Row("MQTT-3.3.1-4", "a PUBLISH with QoS 3 ends the connection", refused(m.publish(4, "a", qos=3))),
        Row("MQTT-3.3.1-6", "the newest message comes with a new subscription",
            HELLO, subscribe(1, w.json), suback(1, 0), published(w.json)),
        Row("MQTT-3.3.1-8", "it is marked as retained", HELLO, subscribe(1, w.frame), suback(1, 0),
            published(w.frame, 1)),
        Row("MQTT-3.3.1-9", "what comes later is not", HELLO, subscribe(1, w.frame), suback(1, 0),
            published(w.frame, 1), of(m.PUBLISH, flags=0), of(m.PUBLISH, flags=0)),
        Row("MQTT-3.3.2-1", "the topic is the first field", HELLO, subscribe(1, w.frame), suback(1, 0),
            of(m.PUBLISH, raw=lambda raw: w.frame.encode() in raw[2:8 + len(w.frame)])),
        Row("MQTT-3.3.2-2", "a topic has no wildcard", HELLO, subscribe(1, "uproar/#"), suback(1, 0), published(),
            published(), never(of(m.PUBLISH, topic=lambda t: "#" in t or "+" in t))),
        Row("MQTT-3.3.2-3", "a topic matches the filter", HELLO, subscribe(1, "uproar/+/frame"), suback(1, 0),
            published(w.frame), published(w.other_frame),
            never(of(m.PUBLISH, topic=lambda t: not t.endswith("/frame")))),
        Row("3.3.3", "the payload is the frame, bytes or text", HELLO, subscribe(1, w.frame, w.json), suback(1, 0, 0),
            of(m.PUBLISH, topic=w.frame, payload=lambda p: p[0] == 0xFC and p[2:4] == w.channel.to_bytes(2, "big")),
            of(m.PUBLISH, topic=w.json, payload=lambda p: p.startswith(b'{"channel":%d,' % w.channel))),
        Row("MQTT-3.3.5-1", "overlapping filters: each message comes once or once a filter, at the granted QoS",
            HELLO, subscribe(1, w.frame, "uproar/#"), suback(1, 0, 0), published(w.frame),
            never(of(m.PUBLISH, flags=lambda f: f & 6))),
        Row("MQTT-3.3.5-2", "a PUBLISH that is not authorised ends the connection, or is acknowledged and dropped",
            HELLO, m.publish(4, w.frame), closed(), differs=PUBLISHES),
        Row("MQTT-3.3.5-2", "the same with QoS 1", HELLO, m.publish(4, w.frame, qos=1), refusal, differs=PUBLISHES),
        Row("MQTT-3.3.5-2", "the same with QoS 2", HELLO, m.publish(4, w.frame, qos=2), refusal, differs=PUBLISHES),
        Row("MQTT-3.3.5-2", "nobody sees what a client has published",
            HELLO, subscribe(1, "#"), suback(1, 0), second(connect("p" + UNIQUE), ACCEPTED,
                                                           m.publish(4, w.json, b"forged"), closed()),
            ALIVE, never(of(m.PUBLISH, payload=b"forged")), differs=PUBLISHES),
        Row("MQTT-2.3.1-5", "a PUBLISH with QoS 0 has no packet id", HELLO, subscribe(1, w.frame), suback(1, 0),
            of(m.PUBLISH, packet_id=None)),
        Row("MQTT-4.3.1-1", "QoS 0 is sent without an acknowledgement", HELLO, subscribe(1, w.frame), suback(1, 0),
            published(), published()),
    ]


def _subscribe(w):
    return [
        Row("MQTT-3.8.1-1", "header flags of SUBSCRIBE are 2", refused(subscribe(1, w.frame, flags=10))),
        Row("MQTT-3.8.3-2", "filters with wildcards: they are supported",
            HELLO, subscribe(1, "uproar/#", "+/+/json"), suback(1, 0, 0), published()),
        Row("MQTT-3.8.3-3", "SUBSCRIBE has at least one filter", refused(subscribe(1))),
        Row("MQTT-3.8.3-4", "reserved bits of the QoS byte end the connection: bit 2", refused(subscribe(1, ("a", 4)))),
        Row("MQTT-3.8.3-4", "reserved bits of the QoS byte end the connection: bit 7",
            refused(subscribe(1, ("a", 128)))),
        Row("MQTT-3.8.3-4", "QoS 3 ends the connection", refused(subscribe(1, ("a", 3)))),
        Row("MQTT-3.8.3-4", "also in the second filter, and then nothing was subscribed",
            HELLO, subscribe(1, w.frame, ("a", 3)), closed(), never(published())),
        Row("3.8.3", "a filter without its QoS ends the connection",
            refused(packet(m.SUBSCRIBE, b"\0\1" + text("a"), 2))),
        Row("3.8.3", "a filter that is longer than the packet ends the connection",
            refused(packet(m.SUBSCRIBE, b"\0\1\0\x09a", 2))),
        Row("MQTT-3.8.4-1", "SUBSCRIBE is answered with SUBACK", HELLO, subscribe(1, w.frame), suback(1, 0)),
        Row("MQTT-3.8.4-2", "with the same packet id", HELLO, subscribe(4711, w.frame), suback(4711, 0)),
        Row("MQTT-3.8.4-3", "the same filter again replaces the subscription, and the newest comes again as retained",
            HELLO, subscribe(1, w.frame), suback(1, 0), published(w.frame, 1),
            subscribe(2, w.frame), suback(2, 0), published(w.frame, 1), replays=IN_ORDER),
        Row("MQTT-3.8.4-3", "subscribed twice is unsubscribed once", HELLO, subscribe(1, w.frame), suback(1, 0),
            subscribe(2, w.frame), suback(2, 0), unsubscribe(3, w.frame), unsuback(3), ALIVE),
        Row("MQTT-3.8.4-4", "several filters are as several SUBSCRIBE with one answer",
            HELLO, subscribe(1, w.frame, w.json, "x"), suback(1, 0, 0, 0), published(w.frame), published(w.json)),
        Row("MQTT-3.8.4-5", "one code a filter, 50 of them",
            HELLO, subscribe(1, *[f"x/{n}" for n in range(50)]), suback(1, *[0] * 50)),
        Row("MQTT-3.8.4-5", "one code a filter, 600 of them in a packet of several thousand bytes",
            HELLO, subscribe(1, *[f"x/{n}" for n in range(600)]), of(m.SUBACK, codes=lambda c: len(c) == 600), ALIVE),
        Row("MQTT-3.8.4-4", "many SUBSCRIBE and UNSUBSCRIBE that come together are answered in their order",
            HELLO, b"".join(subscribe(n, f"uproar/+/{n}") + unsubscribe(n + 1, "x") for n in range(1, 100, 2)),
            [[suback(n, 0), unsuback(n + 1)] for n in range(1, 100, 2)]),
        Row("4.7.1", "a filter of a thousand levels", HELLO, subscribe(1, "+/" * 1000 + "#"), suback(1, 0), ALIVE,
            never(published())),
        Row("MQTT-3.8.4-6", "a lower QoS than asked for may be granted, and is used: QoS 1",
            HELLO, subscribe(1, (w.frame, 1)), suback(1, 0), of(m.PUBLISH, flags=1),
            differs=GRANTS),
        Row("MQTT-3.8.4-6", "a lower QoS than asked for may be granted, and is used: QoS 2",
            HELLO, subscribe(1, (w.frame, 2)), suback(1, 0), of(m.PUBLISH, flags=1),
            differs=GRANTS),
        Row("MQTT-3.9.3-1", "codes are in the order of the filters",
            HELLO, subscribe(1, ("a", 2), ("b", 0), ("c", 1)), of(m.SUBACK, codes=lambda c: len(c) == 3)),
        Row("MQTT-3.9.3-2", "codes are 0, 1, 2 or 0x80", HELLO, subscribe(1, "a", "$share/g/a"),
            of(m.SUBACK, codes=lambda c: len(c) == 2 and all(x in (0, 1, 2, 0x80) for x in c))),
        Row("3.8.4", "a topic without messages can be subscribed to", HELLO, subscribe(1, "no/such/topic"),
            suback(1, 0), ALIVE, never(published())),
        Row("3.8.4", "a channel without messages can be subscribed to", HELLO, subscribe(1, "uproar/65534/frame"),
            suback(1, 0), ALIVE, never(published())),
        Row("3.8.4", "more can be subscribed to later", HELLO, subscribe(1, w.frame), suback(1, 0), published(w.frame),
            subscribe(2, w.other_json), suback(2, 0), published(w.other_json, 1), published(w.frame, 0),
            replays=IN_ORDER),
    ]


def _unsubscribe(w):
    return [
        Row("MQTT-3.10.1-1", "header flags of UNSUBSCRIBE are 2", refused(unsubscribe(1, "a", flags=6))),
        Row("MQTT-3.10.3-1", "its filters are UTF-8", refused(unsubscribe(1, b"\xff"))),
        Row("MQTT-3.10.3-2", "UNSUBSCRIBE has at least one filter", refused(unsubscribe(1))),
        Row("MQTT-3.10.4-1", "filters are compared byte by byte: another one that matches the same stays",
            HELLO, subscribe(1, w.frame), suback(1, 0), published(w.frame), unsubscribe(2, "uproar/+/frame"),
            unsuback(2), published(w.frame, 0), published(w.frame, 0), replays=IN_ORDER),
        Row("MQTT-3.10.4-2", "what was unsubscribed comes no more", HELLO, subscribe(1, w.frame, w.json),
            suback(1, 0, 0), published(w.frame), unsubscribe(2, w.frame), unsuback(2), published(w.json),
            published(w.json), replays=IN_ORDER),
        Row("MQTT-3.10.4-4", "UNSUBSCRIBE is answered with UNSUBACK of the same packet id",
            HELLO, subscribe(1, w.frame), suback(1, 0), unsubscribe(54321, w.frame), unsuback(54321)),
        Row("MQTT-3.10.4-5", "also where nothing was subscribed", HELLO, unsubscribe(9, w.frame), unsuback(9)),
        Row("MQTT-3.10.4-6", "several filters are as several UNSUBSCRIBE with one answer",
            HELLO, subscribe(1, "a", "b", "c"), suback(1, 0, 0, 0), unsubscribe(2, "a", "x", "c"), unsuback(2), ALIVE),
    ]


def _others(w):
    found = [
        Row("MQTT-3.12.4-1", "PINGREQ is answered with PINGRESP", HELLO, PING, PONG),
        Row("MQTT-3.12.4-1", "each PINGREQ", HELLO, PING * 20, [PONG] * 20),
        Row("MQTT-3.12.4-1", "thousands of them that come together", HELLO, PING * 5000, [PONG] * 5000),
        Row("3.12.1", "PINGREQ has no body", refused(packet(m.PINGREQ, b"x")), differs=LAX),
        Row("MQTT-3.14.1-1", "reserved bits of DISCONNECT are 0", refused(packet(m.DISCONNECT, flags=1))),
        Row("MQTT-3.14.4-1", "behind DISCONNECT the connection ends", HELLO, BYE, closed()),
        Row("MQTT-3.14.4-2", "what follows DISCONNECT is not processed", HELLO, BYE + subscribe(1, w.frame) + PING,
            closed()),
        Row("MQTT-3.14.4-2", "also behind a subscription", HELLO, subscribe(1, w.frame), suback(1, 0), BYE, closed()),
        Row("MQTT-6.0.0-2", "packets are not aligned to segments: all of them in one, or one byte each",
            HELLO, subscribe(1, w.frame), suback(1, 0), ALIVE, unsubscribe(2, w.frame), unsuback(2), BYE, closed()),
    ]
    for kind, body in ((m.CONNACK, b"\0\0"), (m.SUBACK, b"\0\1\0"), (m.UNSUBACK, b"\0\1"), (m.PINGRESP, b"")):
        found.append(Row("MQTT-4.8.0-1", f"a protocol violation ends the connection: {m.NAMES[kind]} of a client",
                         refused(packet(kind, body)), differs=None if kind == m.CONNACK else LAX))
    return found


def _topics(w):
    found = [
        Row("MQTT-4.7.1-2", "# alone matches every topic", HELLO, subscribe(1, "#"), suback(1, 0),
            published(w.frame), published(w.json)),
        Row("MQTT-4.7.1-2", "a/# matches a too", HELLO, subscribe(1, w.frame + "/#"), suback(1, 0),
            published(w.frame)),
        Row("MQTT-4.7.1-2", "the catalogue, by uproar/catalogue/#", HELLO, subscribe(1, "uproar/catalogue/#"),
            suback(1, 0), published("uproar/catalogue", 1)),
        Row("MQTT-4.7.1-3", "+ in the middle matches one level", HELLO, subscribe(1, "uproar/+/json"), suback(1, 0),
            published(w.json), never(of(m.PUBLISH, topic=w.frame))),
        Row("MQTT-4.7.1-3", "+ in front", HELLO, subscribe(1, f"+/{w.channel}/frame"), suback(1, 0),
            published(w.frame)),
        Row("MQTT-4.7.1-3", "+ at the end", HELLO, subscribe(1, f"uproar/{w.channel}/+"), suback(1, 0),
            published(w.frame), published(w.json)),
        Row("MQTT-4.7.1-3", "+/+/+ matches three levels, and not two", HELLO, subscribe(1, "+/+/+"), suback(1, 0),
            published(w.frame), ALIVE, never(published("uproar/catalogue")), replays=IN_ORDER),
        Row("MQTT-4.7.1-3", "+/# matches all", HELLO, subscribe(1, "+/#"), suback(1, 0), published(w.frame)),
        Row("4.7.1.3", "/+ does not match: its first level is empty", HELLO, subscribe(1, "/+/+"), suback(1, 0), ALIVE,
            never(published())),
        Row("4.7.1.3", "+ alone does not match more levels", HELLO, subscribe(1, "+"), suback(1, 0), ALIVE,
            never(published())),
        Row("MQTT-4.7.2-1", "# does not match topics that begin with $", HELLO, subscribe(1, "#"), suback(1, 0),
            published(w.frame), published(), published(), never(of(m.PUBLISH, topic=lambda t: t.startswith("$")))),
        Row("MQTT-4.7.2-1", "+/… does not match topics that begin with $", HELLO,
            subscribe(1, "+/broker/version", "+/monitor/Clients"), suback(1, 0, 0), ALIVE, never(published())),
        Row("MQTT-4.7.3-1", "a filter has at least one character", refused(subscribe(1, ""))),
        Row("MQTT-4.7.3-1", "a filter has at least one character, also in UNSUBSCRIBE", refused(unsubscribe(1, ""))),
        Row("4.7.3", "topics are case sensitive", HELLO, subscribe(1, w.frame.upper()), suback(1, 0), ALIVE,
            never(published())),
        Row("4.7.3", "a slash in front or behind makes another topic", HELLO,
            subscribe(1, "/" + w.frame, w.frame + "/"), suback(1, 0, 0), ALIVE, never(published())),
        Row("4.7.3", "topics may have blanks", HELLO, subscribe(1, "uproar/1 /frame"), suback(1, 0), ALIVE,
            never(published())),
        Row("MQTT-4.7.3-4", "numbers are not normalised: 01 is not 1", HELLO,
            subscribe(1, f"uproar/0{w.channel}/frame", f"uproar/{w.channel}x/frame"),
            suback(1, 0, 0), ALIVE, never(published())),
    ]
    for bad in "#/frame", "uproar/#/frame", "uproar#", "uproar/a#", "a+/b", "+a", "a/b+/c", "##", "++", "a/+#":
        number = "MQTT-4.7.1-2" if "#" in bad else "MQTT-4.7.1-3"
        found.append(Row(number, f"a wildcard out of place: {bad}", HELLO, subscribe(1, bad),
                         closed(suback(1, 0x80))))
    return found
