# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""MQTT 5 (OASIS Standard, 7 March 2019): what it demands of a server that only publishes."""

import mqtt_bytes as m
from mqtt_bytes import CLEAN, PASSWORD, USER, WILL, WILL_QOS_1, WILL_QOS_2, WILL_QOS_3, WILL_RETAIN, has_property, \
    of, packet, pair, published, text, varint, without_property
from script import IN_ORDER, UNIQUE, Check, Pattern, Pause, Row, closed, exactly, never, second
from statements.mqtt3 import trickle

NAME, TITLE = "mqtt5", "MQTT 5"
PUBLISHES = {"mosquitto": "lets clients publish"}
GRANTS = {"mosquitto": "grants what is asked for"}
LAX = {"mosquitto": "does not look at this"}
SILENT = {"mosquitto": "closes without a reason code"}
OTHER_CODE = {"mosquitto": "gives another reason code"}
OFFERS = {"mosquitto": "offers it"}

MALFORMED, PROTOCOL_ERROR, VERSION, NOT_AUTHORIZED, BAD_METHOD, KEEP_ALIVE, TAKEN_OVER, BAD_FILTER, BAD_TOPIC = \
    0x81, 0x82, 0x84, 0x87, 0x8C, 0x8D, 0x8E, 0x8F, 0x90
QUOTA, ALIAS_INVALID, TOO_LARGE, NO_QOS, NO_SHARED, NO_IDENTIFIERS = 0x97, 0x94, 0x95, 0x9B, 0x9E, 0xA1
SESSION_EXPIRY, ASSIGNED_ID, MAXIMUM_QOS, RETAIN_AVAILABLE, MAXIMUM_PACKET, WILDCARDS, IDENTIFIERS, SHARED = \
    0x11, 0x12, 0x24, 0x25, 0x27, 0x28, 0x29, 0x2A
REASON_STRING, USER_PROPERTY, SERVER_KEEP_ALIVE, ALIAS_MAXIMUM, ALIAS = 0x1F, 0x26, 0x13, 0x22, 0x23


def codec():
    return m.Codec(5)


def connect(*arguments, **fields):
    return m.connect(5, *arguments, **fields)


def subscribe(*arguments, **fields):
    return m.subscribe(5, *arguments, **fields)


def unsubscribe(*arguments, **fields):
    return m.unsubscribe(5, *arguments, **fields)


ACCEPTED = of(m.CONNACK, code=0, present=0)
PING, PONG = b"\xc0\x00", exactly(b"\xd0\x00")
BYE = b"\xe0\x00"
HELLO = [connect(), ACCEPTED]
ALIVE = [PING, PONG]
ANY_PUBLISH = published()


def suback(packet_id, *codes):
    return of(m.SUBACK, packet_id=packet_id, codes=bytes(codes))


def unsuback(packet_id, *codes):
    return of(m.UNSUBACK, packet_id=packet_id, codes=bytes(codes))


def one_of(kind, codes):
    found = of(kind, code=codes[0])
    for code in codes[1:]:
        found = found | of(kind, code=code)
    return found


def ends(*codes):
    """DISCONNECT with one of these, then the end."""
    return [one_of(m.DISCONNECT, codes), closed()]


def turned_away(*codes):
    """CONNACK with one of these and without a session, then the end."""
    return [one_of(m.CONNACK, codes) & Pattern("no session", lambda e: e.present == 0), closed()]


def session_expiry(seconds):
    return bytes([SESSION_EXPIRY]) + seconds.to_bytes(4, "big")


def maximum_packet(size):
    return bytes([MAXIMUM_PACKET]) + size.to_bytes(4, "big")


def rows(w):
    return _texts(w) + _headers(w) + _connect(w) + _connect_properties(w) + _will(w) + _connack(w) + _take_over(w) + \
        _publish(w) + _refused_publish(w) + _subscribe(w) + _subscribe_properties(w) + _retained(w) + \
        _unsubscribe(w) + _disconnect(w) + _auth(w) + _topics(w)


def _texts(w):
    bad = [("a lone continuation byte", b"\x80"), ("a surrogate", b"\xed\xa0\x80"), ("an overlong form", b"\xc1\x81"),
           ("beyond U+10FFFF", b"\xf5\x80\x80\x80"), ("cut short", b"\xf0\x9f\x94")]
    found = [Row("MQTT-1.5.4-1", f"ill-formed UTF-8 is malformed: {what}, in a filter",
                 HELLO, subscribe(1, b"a/" + data), ends(MALFORMED)) for what, data in bad]
    return found + [
        Row("MQTT-1.5.4-1", "ill-formed UTF-8 is malformed: in a client id", connect(b"\xff"), turned_away(MALFORMED),
            differs=SILENT),
        Row("MQTT-1.5.4-1", "ill-formed UTF-8 is malformed: in a user name",
            connect(flags=CLEAN | USER, user=b"\xff"), turned_away(MALFORMED), differs=SILENT),
        Row("MQTT-1.5.4-2", "U+0000 is malformed: in a filter", HELLO, subscribe(1, b"a\0b"), ends(MALFORMED)),
        Row("MQTT-1.5.4-2", "U+0000 is malformed: in a user property", connect(properties=pair("a\0", "b")),
            turned_away(MALFORMED), differs=SILENT),
        Row("MQTT-1.5.4-3", "EF BB BF is U+FEFF, and not stripped: another topic",
            HELLO, subscribe(1, b"\xef\xbb\xbf" + w.frame.encode()), suback(1, 0), ALIVE, never(ANY_PUBLISH)),
        Row("MQTT-1.5.5-1", "lengths are in the fewest bytes: of CONNECT",
            connect(length=varint(22, pad=1)), closed(one_of(m.CONNACK, [MALFORMED])), differs=LAX),
        Row("MQTT-1.5.5-1", "lengths are in the fewest bytes: of PINGREQ", HELLO, packet(m.PINGREQ, length=b"\x80\0"),
            ends(MALFORMED), differs=LAX),
        Row("MQTT-1.5.5-1", "lengths are in the fewest bytes: of properties",
            HELLO, packet(m.SUBSCRIBE, b"\0\1\x80\0" + text("a") + b"\0", 2), ends(MALFORMED)),
        Row("1.5.5", "a length of five bytes is malformed", HELLO, packet(m.PINGREQ, length=b"\x80" * 4 + b"\1"),
            ends(MALFORMED), differs=SILENT),
        Row("MQTT-1.5.7-1", "both texts of a user property are UTF-8",
            connect(properties=pair("a", b"\xff")), turned_away(MALFORMED), differs=SILENT),
    ]


def _headers(w):
    flags = [(m.SUBSCRIBE, 0, subscribe(1, w.frame, flags=0)), (m.UNSUBSCRIBE, 3, unsubscribe(1, w.frame, flags=3)),
             (m.PINGREQ, 1, packet(m.PINGREQ, flags=1)), (m.DISCONNECT, 8, packet(m.DISCONNECT, flags=8)),
             (m.PUBREL, 0, packet(m.PUBREL, b"\0\1")), (m.AUTH, 1, packet(m.AUTH, b"", 1))]
    found = [Row("MQTT-2.1.3-1", f"reserved header flags are malformed: {m.NAMES[kind]} with {value}",
                 HELLO, sent, ends(MALFORMED),
                 differs={m.PINGREQ: LAX, m.DISCONNECT: LAX, m.PUBREL: OTHER_CODE, m.AUTH: OTHER_CODE}.get(kind))
             for kind, value, sent in flags]
    return found + [
        Row("MQTT-2.1.3-1", "reserved header flags are malformed: of CONNECT", connect(header=2),
            closed(one_of(m.CONNACK, [MALFORMED, PROTOCOL_ERROR]))),
        Row("2.1.2", "packet type 0 is forbidden", HELLO, packet(0), ends(MALFORMED, PROTOCOL_ERROR), differs=LAX),
        Row("MQTT-2.2.1-3", "SUBSCRIBE has a packet id that is not zero", HELLO, subscribe(0, "a"),
            ends(MALFORMED, PROTOCOL_ERROR)),
        Row("MQTT-2.2.1-3", "UNSUBSCRIBE has a packet id that is not zero", HELLO, unsubscribe(0, "a"),
            ends(MALFORMED, PROTOCOL_ERROR)),
        Row("MQTT-2.2.1-6", "SUBACK and UNSUBACK have the packet id of what they answer",
            HELLO, subscribe(65535, "a"), suback(65535, 0), unsubscribe(258, "a"), unsuback(258, 0)),
        Row("MQTT-2.2.2-1", "no properties are a length of zero: in SUBACK, UNSUBACK, PUBLISH",
            HELLO, subscribe(1, w.frame), exactly(b"\x90\x04\x00\x01\x00\x00"), of(m.PUBLISH, properties={}),
            unsubscribe(2, w.frame), exactly(b"\xb0\x04\x00\x02\x00\x00"), replays=IN_ORDER),
        Row("2.2.2.2", "an unknown property is malformed", HELLO, subscribe(1, "a", properties=b"\x7f\0"),
            ends(MALFORMED, PROTOCOL_ERROR)),
        Row("2.2.2.2", "a property of another packet is malformed", HELLO,
            subscribe(1, "a", properties=session_expiry(1)), ends(MALFORMED, PROTOCOL_ERROR)),
        Row("2.2.2.1", "properties that are longer than the packet are malformed",
            HELLO, packet(m.SUBSCRIBE, b"\0\1\x20" + text("a") + b"\0", 2), ends(MALFORMED, PROTOCOL_ERROR)),
        Row("2.2.2.1", "a property that is longer than the properties is malformed",
            HELLO, packet(m.SUBSCRIBE, b"\0\1\x04\x26\0\1a" + text("a") + b"\0", 2), ends(MALFORMED, PROTOCOL_ERROR)),
    ]


def _connect(w):
    early = [("SUBSCRIBE", subscribe(1, w.frame)), ("PINGREQ", PING), ("DISCONNECT", BYE), ("AUTH", packet(m.AUTH))]
    found = [Row("MQTT-3.1.0-1", f"the first packet is CONNECT, not {name}; before it no DISCONNECT is sent", sent,
                 closed()) for name, sent in early]
    return found + [
        Row("MQTT-3.1.0-2", "a second CONNECT is a protocol error", HELLO, connect(), ends(PROTOCOL_ERROR),
            differs=SILENT),
        Row("MQTT-3.1.2-1", "the protocol name is MQTT", connect(name="MQIsdp"),
            closed(one_of(m.CONNACK, [VERSION, 1]))),
        Row("MQTT-3.1.2-2", "an unknown version may be told so, then the connection ends: 6",
            m.connect(6), closed(one_of(m.CONNACK, [VERSION, 1]))),
        Row("MQTT-3.1.2-2", "an unknown version may be told so, then the connection ends: 255",
            m.connect(255), closed(one_of(m.CONNACK, [VERSION, 1]))),
        Row("MQTT-3.1.2-3", "the reserved flag is malformed", connect(flags=CLEAN | 1), turned_away(MALFORMED),
            differs=SILENT),
        Row("MQTT-3.1.2-4", "a clean start leaves nothing of an earlier session",
            connect(properties=session_expiry(100)), ACCEPTED, subscribe(1, w.frame), of(m.SUBACK), BYE, closed(),
            second(connect(), ACCEPTED, ALIVE, never(ANY_PUBLISH))),
        Row("MQTT-3.1.2-6", "without a clean start, and with none stored, a new session begins",
            connect(flags=0), ACCEPTED, subscribe(1, w.frame), suback(1, 0)),
        Row("MQTT-3.1.2-16", "without its flag there is no user name", connect(user="me"), turned_away(MALFORMED),
            differs=SILENT),
        Row("MQTT-3.1.2-17", "with its flag the user name is there: it is not", connect(flags=CLEAN | USER),
            turned_away(MALFORMED), differs=SILENT),
        Row("MQTT-3.1.2-17", "with its flag the user name is there", connect(flags=CLEAN | USER, user="me"), ACCEPTED),
        Row("MQTT-3.1.2-18", "without its flag there is no password",
            connect(flags=CLEAN | USER, user="me", password="x"), turned_away(MALFORMED), differs=SILENT),
        Row("MQTT-3.1.2-19", "with its flag the password is there: it is not",
            connect(flags=CLEAN | USER | PASSWORD, user="me"), turned_away(MALFORMED), differs=SILENT),
        Row("3.1.2.9", "a password may come without a user name",
            connect(flags=CLEAN | PASSWORD, password=b"\0\xff"), ACCEPTED),
        Row("MQTT-3.1.2-22", "1.5 keep-alive periods without a packet end the connection, with 0x8D",
            connect(keep_alive=1), ACCEPTED, of(m.DISCONNECT, code=KEEP_ALIVE), closed(not_before=1.4), slow=3,
            differs=SILENT),
        Row("MQTT-3.1.2-22", "frames to the client do not keep it alive",
            connect(keep_alive=1), ACCEPTED, subscribe(1, w.frame), suback(1, 0), of(m.DISCONNECT, code=KEEP_ALIVE),
            closed(not_before=1.4), slow=3, differs=SILENT),
        Row("MQTT-3.1.2-22", "packets of the client keep it alive", connect(keep_alive=2), ACCEPTED,
            [[Pause(1.2), ALIVE] for _ in range(4)], slow=5),
        Row("MQTT-3.1.2-22", "bytes of a packet that never ends do not keep it alive", connect(keep_alive=1), ACCEPTED,
            trickle(w, subscribe), of(m.DISCONNECT, code=KEEP_ALIVE), closed(), slow=5, differs=SILENT),
        Row("3.1.2.10", "a keep-alive of 0 switches it off", connect(keep_alive=0), ACCEPTED, Pause(3), ALIVE, slow=3),
        Row("MQTT-3.2.2-22", "without a keep-alive of the server the client's counts",
            connect(keep_alive=65000), of(m.CONNACK, code=0) & without_property(SERVER_KEEP_ALIVE)),
        Row("MQTT-3.1.3-3", "the client id is present: it is not", connect(None), turned_away(MALFORMED),
            differs=SILENT),
        Row("MQTT-3.1.3-4", "the client id is UTF-8", connect(b"\xc3"), turned_away(MALFORMED), differs=SILENT),
        Row("MQTT-3.1.3-5", "client ids of 1 to 23 letters and digits are allowed", connect(UNIQUE + "Z" * 15),
            of(m.CONNACK, code=0) & without_property(ASSIGNED_ID)),
        Row("MQTT-3.1.3-6", "an empty client id is given one", connect(""),
            of(m.CONNACK, code=0) & has_property(ASSIGNED_ID)),
        Row("MQTT-3.1.3-7", "also without a clean start", connect("", flags=0),
            of(m.CONNACK, code=0) & has_property(ASSIGNED_ID)),
        Row("MQTT-3.2.2-16", "the client id that is given is nobody else's",
            connect(""), ACCEPTED, second(connect(""), ACCEPTED, ALIVE), PING, PONG),
        Row("MQTT-3.1.4-1", "a CONNECT with something behind it is malformed", connect(more=b"\0"),
            turned_away(MALFORMED), differs=SILENT),
        Row("MQTT-3.1.4-1", "a CONNECT that ends too early is malformed",
            packet(m.CONNECT, text("MQTT") + b"\x05\x02\x00"), closed(one_of(m.CONNACK, [MALFORMED]))),
        Row("MQTT-3.1.4-5", "CONNECT is acknowledged with 0x00", connect(), ACCEPTED),
        Row("3.1.4", "packets may follow CONNECT before CONNACK has come",
            connect() + subscribe(1, w.frame) + PING, ACCEPTED, suback(1, 0), PONG),
        Row("MQTT-3.1.4-6", "behind a CONNECT that is refused nothing is processed",
            connect(flags=CLEAN | 1) + subscribe(1, w.frame) + PING, closed(of(m.CONNACK, code=MALFORMED))),
    ]


def _connect_properties(w):
    sound = session_expiry(0) + b"\x21\x00\x0a" + maximum_packet(100000) + b"\x22\x00\x00" + b"\x19\x01\x17\x00" + \
        pair("a", "b") + pair("a", "b")
    twice = [("Session Expiry Interval", session_expiry(1)), ("Receive Maximum", b"\x21\0\1"),
             ("Maximum Packet Size", maximum_packet(1000)), ("Topic Alias Maximum", b"\x22\0\1"),
             ("Request Response Information", b"\x19\0"), ("Request Problem Information", b"\x17\1"),
             ("Authentication Method", b"\x15" + text("x"))]
    found = [Row("3.1.2.11", f"{name} twice is a protocol error", connect(properties=data * 2),
                 turned_away(PROTOCOL_ERROR), differs=SILENT) for name, data in twice]
    wrong = [("Receive Maximum of 0", b"\x21\0\0"), ("Maximum Packet Size of 0", maximum_packet(0)),
             ("Request Response Information of 2", b"\x19\2"), ("Request Problem Information of 2", b"\x17\2"),
             ("Authentication Data without a method", b"\x16" + text("x"))]
    found += [Row("3.1.2.11", f"{name} is a protocol error", connect(properties=data), turned_away(PROTOCOL_ERROR),
                  differs=SILENT) for name, data in wrong]
    foreign = [("Payload Format Indicator", b"\1\1"), ("Subscription Identifier", b"\x0b\1"),
        ("Topic Alias", b"\x23\0\1"),
               ("Reason String", b"\x1f" + text("x")), ("Server Keep Alive", b"\x13\0\1"),
               ("Will Delay Interval", b"\x18\0\0\0\1")]
    found += [Row("2.2.2.2", f"{name} is no property of CONNECT", connect(properties=data),
                  turned_away(MALFORMED, PROTOCOL_ERROR), differs=SILENT) for name, data in foreign]
    return found + [
        Row("3.1.2.11", "all properties of CONNECT that a subscriber may use, user properties more than once",
            connect(properties=sound), ACCEPTED, ALIVE),
        Row("3.1.2.11.2", "a session that is not kept is said to expire at once",
            connect(properties=session_expiry(3600)), of(m.CONNACK, code=0) & has_property(SESSION_EXPIRY, 0),
            differs={"mosquitto": "keeps it"}),
        Row("3.2.2.3.2", "a session expiry that is used as asked for is not repeated",
            connect(properties=session_expiry(0)), of(m.CONNACK, code=0)),
        Row("MQTT-3.1.2-24", "no packet is larger than the client takes: frames",
            connect(properties=maximum_packet(40)), ACCEPTED, subscribe(1, w.json), suback(1, 0), Pause(0.5), ALIVE,
            never(Pattern("more than 40 bytes", lambda e: len(e.raw) > 40)), slow=1),
        Row("MQTT-3.1.2-24", "no packet is larger than the client takes: a CONNACK that does not fit",
            connect(properties=maximum_packet(4)), closed()),
        Row("MQTT-3.1.2-24", "no packet is larger than the client takes: a SUBACK that does not fit",
            connect(properties=maximum_packet(20)), ACCEPTED, subscribe(1, *["a"] * 30),
            closed(of(m.DISCONNECT)), never(Pattern("more than 20 bytes", lambda e: len(e.raw) > 20)),
            differs={"mosquitto": "stays open without an answer"}),
        Row("MQTT-3.1.2-25", "a message that is too large is passed over, and others go on",
            connect(properties=maximum_packet(90)), ACCEPTED, subscribe(1, "uproar/catalogue", w.frame),
            suback(1, 0, 0), published(w.frame), published(w.frame), never(published("uproar/catalogue")),
            differs={"mosquitto": "gets a catalogue that is not too large, from the feeder"}),
        Row("MQTT-3.1.2-27", "without Topic Alias Maximum no alias is sent",
            HELLO, subscribe(1, w.frame), of(m.SUBACK), of(m.PUBLISH) & without_property(ALIAS),
            of(m.PUBLISH, topic=w.frame)),
        Row("MQTT-3.1.2-28", "without its request there is no Response Information", connect(),
            of(m.CONNACK) & without_property(0x1A)),
        Row("MQTT-3.1.2-29", "without problem information SUBACK and UNSUBACK have no reason string",
            connect(properties=b"\x17\0"), ACCEPTED, subscribe(1, "$share/g/a"),
            (of(m.SUBACK) & without_property(REASON_STRING, USER_PROPERTY)) | of(m.DISCONNECT)),
        Row("MQTT-4.12.0-1", "an authentication method that is not known is refused with 0x8C or 0x87",
            connect(properties=b"\x15" + text("SCRAM-SHA-1") + b"\x16" + text("n,,n=u")),
            turned_away(BAD_METHOD, NOT_AUTHORIZED)),
        Row("MQTT-4.12.0-6", "without a method no AUTH and no method come from the server", connect(),
            of(m.CONNACK) & without_property(0x15, 0x16)),
    ]


def _will(w):
    def with_will(properties=b"", topic="a/b", payload="x", flags=0):
        return connect(flags=CLEAN | WILL | flags, will=(properties, topic, payload))

    every = b"\x18\0\0\0\x0a" + b"\1\1" + b"\2\0\0\0\x0a" + b"\3" + text("text/plain") + b"\x08" + text("r/t") + \
        b"\x09" + text(b"\xff") + pair("a", "b") * 2
    return [
        Row("MQTT-3.1.2-9", "with the will flag, properties, topic and payload are there: they are not",
            connect(flags=CLEAN | WILL), turned_away(MALFORMED), differs=SILENT),
        Row("MQTT-3.1.2-9", "a will is passed over", with_will(), ACCEPTED, ALIVE),
        Row("3.1.3.2", "all properties of a will", with_will(every), ACCEPTED, ALIVE),
        Row("MQTT-3.1.2-11", "without the will flag its QoS is 0", connect(flags=CLEAN | WILL_QOS_2),
            turned_away(MALFORMED, PROTOCOL_ERROR), differs=SILENT),
        Row("MQTT-3.1.2-12", "the will's QoS is not 3", with_will(flags=WILL_QOS_3),
            turned_away(MALFORMED, PROTOCOL_ERROR), differs=SILENT),
        Row("MQTT-3.1.2-13", "without the will flag the will is not retained", connect(flags=CLEAN | WILL_RETAIN),
            turned_away(MALFORMED, PROTOCOL_ERROR), differs=SILENT),
        Row("MQTT-3.1.2-15", "a will may be retained: Retain Available is not 0", with_will(flags=WILL_RETAIN),
            of(m.CONNACK, code=0), BYE, closed()),
        Row("MQTT-3.2.2-12", "a will with a QoS beyond Maximum QoS is refused with 0x9B", with_will(flags=WILL_QOS_1),
            turned_away(NO_QOS), differs={"mosquitto": "takes it"}),
        Row("MQTT-3.1.3-11", "the will topic is UTF-8", with_will(topic=b"\xff"), turned_away(MALFORMED),
            differs=SILENT),
        Row("MQTT-4.7.0-1", "the will topic has no wildcard", with_will(topic="a/#"),
            turned_away(MALFORMED, PROTOCOL_ERROR, BAD_TOPIC), differs=SILENT),
        Row("3.1.3.2.2", "Will Delay Interval twice is a protocol error", with_will(b"\x18\0\0\0\1" * 2),
            turned_away(PROTOCOL_ERROR), differs=SILENT),
        Row("3.1.3.2.3", "a Payload Format Indicator of 2 is a protocol error", with_will(b"\1\2"),
            turned_away(MALFORMED, PROTOCOL_ERROR), differs=SILENT),
        Row("MQTT-3.3.2-14", "a response topic has no wildcard", with_will(b"\x08" + text("a/+")),
            turned_away(MALFORMED, PROTOCOL_ERROR, BAD_TOPIC), differs=LAX),
        Row("2.2.2.2", "a property of another packet is malformed in a will", with_will(session_expiry(1)),
            turned_away(MALFORMED, PROTOCOL_ERROR), differs=SILENT),
    ]


def _connack(w):
    return [
        Row("MQTT-3.2.0-1", "CONNACK comes first", connect() + subscribe(1, w.frame), ACCEPTED, of(m.SUBACK)),
        Row("MQTT-3.2.0-2", "one CONNACK a connection", HELLO, connect(), ends(PROTOCOL_ERROR), differs=SILENT),
        Row("MQTT-3.2.2-1", "its reserved flags are 0", connect(), of(m.CONNACK, present=lambda p: p in (0, 1))),
        Row("MQTT-3.2.2-2", "with a clean start no session is present", connect(), of(m.CONNACK, present=0)),
        Row("MQTT-3.2.2-3", "without one stored, no session is present", connect(flags=0), of(m.CONNACK, present=0)),
        Row("MQTT-3.2.2-6", "with a code that is not 0 no session is present", connect(flags=CLEAN | 1),
            of(m.CONNACK, present=0, code=MALFORMED), differs=SILENT),
        Row("MQTT-3.2.2-7", "behind a code of 0x80 or more the connection ends", connect(flags=CLEAN | 1),
            closed(of(m.CONNACK))),
        Row("MQTT-3.2.2-9", "who takes no QoS 1 and 2 says so", connect(), of(m.CONNACK) & has_property(MAXIMUM_QOS, 0),
            differs=OFFERS),
        Row("MQTT-3.2.2-10", "and accepts subscriptions with QoS 0, 1, 2 all the same",
            HELLO, subscribe(1, ("a", 0), ("b", 1), ("c", 2)), suback(1, 0, 0, 0), differs=GRANTS),
        Row("3.2.2.3.5", "Retain Available is not 0, for there are retained messages", connect(),
            of(m.CONNACK, properties=lambda p: p.get(RETAIN_AVAILABLE, 1) == 1)),
        Row("3.2.2.3.6", "Maximum Packet Size is not 0", connect(),
            of(m.CONNACK, properties=lambda p: p.get(MAXIMUM_PACKET, 1) > 0)),
        Row("MQTT-3.2.2-15", "a packet that is larger than announced ends the connection with 0x95",
            HELLO, subscribe(1, "a" * 20000), ends(TOO_LARGE), differs={"mosquitto": "announces no maximum"}),
        Row("MQTT-3.2.2-15", "before it has come whole", HELLO,
            packet(m.SUBSCRIBE, flags=2, length=b"\xff\xff\xff\x7f"),
            ends(TOO_LARGE), differs={"mosquitto": "announces no maximum"}),
        Row("3.2.2.3.11", "wildcards are available", connect(),
            of(m.CONNACK, properties=lambda p: p.get(WILDCARDS, 1) == 1)),
        Row("3.2.2.3.12", "subscription identifiers are not, and it says so", connect(),
            of(m.CONNACK) & has_property(IDENTIFIERS, 0), differs=OFFERS),
        Row("3.2.2.3.13", "shared subscriptions are not, and it says so", connect(),
            of(m.CONNACK) & has_property(SHARED, 0), differs=OFFERS),
        Row("MQTT-3.2.2-17", "no topic aliases are taken", connect(),
            of(m.CONNACK, properties=lambda p: p.get(ALIAS_MAXIMUM, 0) == 0), differs=OFFERS),
        Row("MQTT-3.2.2-19", "a reason string does not make CONNACK larger than the client takes",
            connect(properties=maximum_packet(10) + b"\x15" + text("x")), closed(one_of(m.CONNACK, [BAD_METHOD])),
            never(Pattern("more than 10 bytes", lambda e: len(e.raw) > 10))),
    ]


def _take_over(w):
    return [
        Row("MQTT-3.1.4-3", "a second connection with the client id ends the first with 0x8E",
            connect(), ACCEPTED, second(connect(), ACCEPTED, ALIVE), ends(TAKEN_OVER), second(ALIVE), differs=SILENT),
        Row("MQTT-3.1.4-3", "a subscriber, too", connect(), ACCEPTED, subscribe(1, w.frame), of(m.SUBACK),
            second(connect(), ACCEPTED, ALIVE), ends(TAKEN_OVER), second(ALIVE, never(ANY_PUBLISH)),
            differs=SILENT),
        Row("MQTT-3.1.4-3", "and the one after it ends the second", connect(), ACCEPTED,
            second(connect(), ACCEPTED), ends(TAKEN_OVER), second(ALIVE), differs=SILENT),
        Row("MQTT-3.1.4-2", "a refused CONNECT with the client id ends nobody",
            connect(), ACCEPTED, second(connect(flags=CLEAN | 1), closed(of(m.CONNACK))), ALIVE),
    ]


def _publish(w):
    def first(topic):
        return [HELLO, subscribe(1, topic), suback(1, 0)]

    return [
        Row("MQTT-3.3.1-2", "the DUP flag is 0 at QoS 0", first(w.frame), of(m.PUBLISH, flags=lambda f: f & 8 == 0)),
        Row("MQTT-2.2.1-2", "a PUBLISH with QoS 0 has no packet id", first(w.frame), of(m.PUBLISH, packet_id=None)),
        Row("MQTT-3.3.2-1", "the topic is there, in every PUBLISH", first(w.frame), published(w.frame),
            published(w.frame), published(w.frame)),
        Row("MQTT-3.3.2-2", "a topic has no wildcard", first("uproar/#"), published(), published(),
            never(of(m.PUBLISH, topic=lambda t: "#" in t or "+" in t))),
        Row("MQTT-3.3.2-3", "a topic matches the filter", first("uproar/+/json"), published(w.json),
            published(w.other_json), never(of(m.PUBLISH, topic=lambda t: not t.endswith("/json")))),
        Row("3.3.3", "the payload is the frame, bytes or text", HELLO, subscribe(1, w.frame, w.json), suback(1, 0, 0),
            of(m.PUBLISH, topic=w.frame, payload=lambda p: p[0] == 0xFC and p[2:4] == w.channel.to_bytes(2, "big")),
            of(m.PUBLISH, topic=w.json, payload=lambda p: p.startswith(b'{"channel":%d,' % w.channel))),
        Row("MQTT-3.3.4-2", "overlapping filters: at the granted QoS", HELLO, subscribe(1, "uproar/#", w.frame),
            suback(1, 0, 0), published(w.frame), never(of(m.PUBLISH, flags=lambda f: f & 6))),
        Row("MQTT-4.6.0-6", "messages of a topic come in their order: windows grow",
            first(w.frame), *[published(w.frame) for _ in range(3)], _in_order(w.frame)),
        Row("MQTT-4.3.1-1", "QoS 0 is sent without waiting for an acknowledgement", first(w.frame), published(),
            published()),
    ]


def _in_order(topic):
    def grow(history):
        windows = [int.from_bytes(e.payload[4:8], "big") for e in history if e.topic == topic]
        return windows == sorted(windows)
    return Check("windows grow", grow)


def _refused_publish(w):
    def sent(*codes, **fields):
        return HELLO, m.publish(5, w.frame, **fields), ends(*codes)

    return [
        Row("4.13.2", "a PUBLISH is refused with 0x87", sent(NOT_AUTHORIZED), differs=PUBLISHES),
        Row("4.13.2", "a retained one, too", sent(NOT_AUTHORIZED, retain=1), differs=PUBLISHES),
        Row("MQTT-3.2.2-11", "beyond Maximum QoS: QoS 1", sent(NOT_AUTHORIZED, NO_QOS, qos=1), differs=PUBLISHES),
        Row("MQTT-3.2.2-11", "beyond Maximum QoS: QoS 2", sent(NOT_AUTHORIZED, NO_QOS, qos=2), differs=PUBLISHES),
        Row("MQTT-3.3.1-4", "a PUBLISH with QoS 3 is malformed", sent(MALFORMED, qos=3)),
        Row("MQTT-3.3.1-2", "DUP at QoS 0 is a protocol error", sent(MALFORMED, PROTOCOL_ERROR, NOT_AUTHORIZED, dup=1),
            differs=LAX),
        Row("MQTT-3.2.2-18", "a topic alias that was not offered",
            sent(ALIAS_INVALID, NOT_AUTHORIZED, properties=b"\x23\0\1"), differs=OFFERS),
        Row("MQTT-3.3.4-6", "a client's PUBLISH has no subscription identifier",
            sent(MALFORMED, PROTOCOL_ERROR, NOT_AUTHORIZED, properties=b"\x0b\1"), differs=LAX),
        Row("MQTT-3.3.5-2", "nobody sees what a client has published",
            HELLO, subscribe(1, "#"), suback(1, 0), second(connect("p" + UNIQUE), ACCEPTED,
                                                           m.publish(5, w.json, b"forged"), ends(NOT_AUTHORIZED)),
            ALIVE, never(of(m.PUBLISH, payload=b"forged")), differs=PUBLISHES),
    ]


def _subscribe(w):
    return [
        Row("MQTT-3.8.1-1", "header flags of SUBSCRIBE are 2", HELLO, subscribe(1, "a", flags=6), ends(MALFORMED)),
        Row("MQTT-3.8.3-1", "filters are UTF-8", HELLO, subscribe(1, b"\xfe"), ends(MALFORMED)),
        Row("MQTT-3.8.3-2", "SUBSCRIBE has at least one filter", HELLO, subscribe(1), ends(PROTOCOL_ERROR, MALFORMED)),
        Row("MQTT-3.8.3-4", "No Local on a shared subscription is a protocol error",
            HELLO, subscribe(1, ("$share/g/a", 4)), ends(PROTOCOL_ERROR), differs=LAX),
        Row("MQTT-3.8.3-5", "reserved bits of the options are malformed: bit 6", HELLO, subscribe(1, ("a", 0x40)),
            ends(MALFORMED)),
        Row("MQTT-3.8.3-5", "reserved bits of the options are malformed: bit 7", HELLO, subscribe(1, ("a", 0x80)),
            ends(MALFORMED)),
        Row("3.8.3.1", "QoS 3 is a protocol error", HELLO, subscribe(1, ("a", 3)), ends(PROTOCOL_ERROR, MALFORMED)),
        Row("3.8.3.1", "Retain Handling 3 is a protocol error", HELLO, subscribe(1, ("a", 0x30)),
            ends(PROTOCOL_ERROR, MALFORMED)),
        Row("3.8.3.1", "also in the second filter, and then nothing was subscribed",
            HELLO, subscribe(1, w.frame, ("a", 0x30)), ends(PROTOCOL_ERROR, MALFORMED), never(ANY_PUBLISH)),
        Row("3.8.3", "a filter without options is malformed", HELLO, packet(m.SUBSCRIBE, b"\0\1\0" + text("a"), 2),
            ends(MALFORMED)),
        Row("MQTT-3.8.3-3", "No Local is allowed", HELLO, subscribe(1, (w.frame, 4)), suback(1, 0), published(w.frame)),
        Row("MQTT-3.8.4-1", "SUBSCRIBE is answered with SUBACK", HELLO, subscribe(1, w.frame), of(m.SUBACK)),
        Row("MQTT-3.8.4-2", "with the same packet id", HELLO, subscribe(12345, w.frame), suback(12345, 0)),
        Row("MQTT-3.8.4-3", "the same filter again replaces the subscription: its options count now",
            HELLO, subscribe(1, (w.frame, 8)), suback(1, 0), subscribe(2, (w.frame, 0x20)), suback(2, 0),
            published(w.frame, 0), published(w.frame, 0), replays=IN_ORDER,
            differs={"mosquitto": "keeps the first options"}),
        Row("MQTT-3.8.4-4", "with Retain Handling 0 the newest comes again",
            HELLO, subscribe(1, w.frame), suback(1, 0), published(w.frame, 1),
            subscribe(2, w.frame), suback(2, 0), published(w.frame, 1), replays=IN_ORDER),
        Row("MQTT-3.8.4-5", "several filters are as several SUBSCRIBE with one answer",
            HELLO, subscribe(1, w.frame, w.json, "x"), suback(1, 0, 0, 0), published(w.frame), published(w.json)),
        Row("MQTT-3.8.4-6", "one code a filter: 60", HELLO, subscribe(1, *[f"x/{n}" for n in range(60)]),
            suback(1, *[0] * 60)),
        Row("MQTT-3.8.4-5", "many SUBSCRIBE and UNSUBSCRIBE that come together are answered in their order",
            HELLO, b"".join(subscribe(n, f"uproar/+/{n}") + unsubscribe(n + 1, "x") for n in range(1, 100, 2)),
            [[suback(n, 0), unsuback(n + 1, 0x11)] for n in range(1, 100, 2)]),
        Row("3.9.3", "more filters than are allowed are refused one by one, with 0x97, and the others stay",
            HELLO, subscribe(1, w.frame), suback(1, 0),
            [subscribe(n, *[f"{n}/{f}" for f in range(500)]) for n in range(2, 12)],
            [of(m.SUBACK, packet_id=n) for n in range(2, 11)], of(m.SUBACK, packet_id=11, codes=bytes([QUOTA]) * 500),
            published(w.frame, 0), differs={"mosquitto": "has no limit"}),
        Row("MQTT-3.8.4-7", "a lower QoS than asked for is granted", HELLO, subscribe(1, (w.frame, 2)), suback(1, 0),
            differs=GRANTS),
        Row("MQTT-3.8.4-8", "and is used", HELLO, subscribe(1, (w.frame, 1)), of(m.SUBACK), of(m.PUBLISH, flags=1),
            of(m.PUBLISH, flags=0)),
        Row("MQTT-3.9.3-1", "codes are in the order of the filters: a shared one in the middle is refused",
            HELLO, subscribe(1, "a", "$share/g/b", "c"), suback(1, 0, NO_SHARED, 0), differs=OFFERS),
        Row("3.2.2.3.13", "a shared subscription that is not available is refused with 0x9E",
            HELLO, subscribe(1, "$share/g/a"), suback(1, NO_SHARED) | one_of(m.DISCONNECT, [NO_SHARED]),
            differs=OFFERS),
        Row("3.8.4", "a channel without messages can be subscribed to", HELLO, subscribe(1, "uproar/65534/json"),
            suback(1, 0), ALIVE, never(ANY_PUBLISH)),
    ]


def _subscribe_properties(w):
    return [
        Row("3.8.2.1.2", "a subscription identifier of 0 is a protocol error",
            HELLO, subscribe(1, "a", properties=b"\x0b\0"), ends(PROTOCOL_ERROR, MALFORMED)),
        Row("3.8.2.1.2", "a subscription identifier twice is a protocol error",
            HELLO, subscribe(1, "a", properties=b"\x0b\1\x0b\2"), ends(PROTOCOL_ERROR), differs=OFFERS),
        Row("3.2.2.3.12", "a subscription identifier that is not available is refused with 0xA1",
            HELLO, subscribe(1, "a", properties=b"\x0b\1"), ends(NO_IDENTIFIERS), differs=OFFERS),
        Row("3.8.2.1.3", "user properties of SUBSCRIBE, one name twice", HELLO,
            subscribe(1, w.frame, properties=pair("a", "b") * 2), suback(1, 0)),
        Row("3.8.2.1", "a property of SUBSCRIBE in bad UTF-8 is malformed", HELLO,
            subscribe(1, "a", properties=pair(b"\xff", "")), ends(MALFORMED), differs=SILENT),
        Row("3.10.2.1", "user properties of UNSUBSCRIBE", HELLO, unsubscribe(1, "a", properties=pair("", "")),
            unsuback(1, 0x11)),
        Row("3.10.2.1", "a subscription identifier is no property of UNSUBSCRIBE",
            HELLO, unsubscribe(1, "a", properties=b"\x0b\1"), ends(MALFORMED, PROTOCOL_ERROR)),
    ]


def _retained(w):
    return [
        Row("MQTT-3.3.1-9", "Retain Handling 0: the newest comes with the subscription, as retained",
            HELLO, subscribe(1, (w.frame, 0)), suback(1, 0), published(w.frame, 1)),
        Row("MQTT-3.3.1-10", "Retain Handling 1: it does with a new subscription",
            HELLO, subscribe(1, (w.frame, 0x10)), suback(1, 0), published(w.frame, 1)),
        Row("MQTT-3.3.1-10", "Retain Handling 1: it does not with one that exists",
            HELLO, subscribe(1, (w.frame, 0x10)), suback(1, 0), published(w.frame, 1), subscribe(2, (w.frame, 0x10)),
            suback(2, 0), published(w.frame, 0), replays=IN_ORDER),
        Row("MQTT-3.3.1-11", "Retain Handling 2: it does not", HELLO, subscribe(1, (w.frame, 0x20)), suback(1, 0),
            published(w.frame, 0), never(published(retain=1))),
        Row("MQTT-3.3.1-11", "Retain Handling 2: also for the catalogue, which does not change",
            HELLO, subscribe(1, ("uproar/catalogue", 0x20), w.frame), suback(1, 0, 0), published(w.frame), ALIVE,
            never(published("uproar/catalogue", 1)), replays=IN_ORDER),
        Row("MQTT-3.3.1-12", "without Retain As Published what comes later is not marked",
            HELLO, subscribe(1, w.frame), suback(1, 0), published(w.frame, 1), of(m.PUBLISH, flags=0)),
        Row("MQTT-3.3.1-13", "with Retain As Published it is, for all frames are published so",
            HELLO, subscribe(1, (w.frame, 8)), suback(1, 0), *[of(m.PUBLISH, flags=1)] * 3),
        Row("MQTT-3.3.1-13", "each filter of its own", HELLO, subscribe(1, (w.frame, 0x28), (w.json, 0x20)),
            suback(1, 0, 0), published(w.frame, 1), published(w.json, 0), never(published(w.json, 1)),
            never(published(w.frame, 0))),
    ]


def _unsubscribe(w):
    return [
        Row("MQTT-3.10.1-1", "header flags of UNSUBSCRIBE are 2", HELLO, unsubscribe(1, "a", flags=10),
            ends(MALFORMED)),
        Row("MQTT-3.10.2-1", "its filters are UTF-8", HELLO, unsubscribe(1, b"\xff"), ends(MALFORMED)),
        Row("MQTT-3.10.2-2", "UNSUBSCRIBE has at least one filter", HELLO, unsubscribe(1),
            ends(PROTOCOL_ERROR, MALFORMED)),
        Row("MQTT-3.10.4-1", "filters are compared byte by byte: another one that matches the same stays",
            HELLO, subscribe(1, w.frame), suback(1, 0), published(w.frame), unsubscribe(2, "uproar/+/frame"),
            unsuback(2, 0x11), published(w.frame, 0), published(w.frame, 0), replays=IN_ORDER),
        Row("MQTT-3.10.4-2", "what was unsubscribed comes no more", HELLO, subscribe(1, w.frame, w.json),
            suback(1, 0, 0), published(w.frame), unsubscribe(2, w.frame), unsuback(2, 0), published(w.json),
            published(w.json), replays=IN_ORDER),
        Row("MQTT-3.10.4-4", "UNSUBSCRIBE is answered with UNSUBACK", HELLO, unsubscribe(3, "a"), of(m.UNSUBACK)),
        Row("MQTT-3.10.4-5", "with the same packet id, also where nothing was subscribed",
            HELLO, unsubscribe(54321, "a"), unsuback(54321, 0x11)),
        Row("MQTT-3.10.4-6", "several filters are as several UNSUBSCRIBE with one answer",
            HELLO, subscribe(1, "a", "b"), of(m.SUBACK), unsubscribe(2, "a", "b"), unsuback(2, 0, 0)),
        Row("MQTT-3.11.3-1", "codes are in the order of the filters", HELLO, subscribe(1, "a", "b"), of(m.SUBACK),
            unsubscribe(2, "b", "x", "a", "a"), unsuback(2, 0, 0x11, 0, 0x11)),
    ]


def _disconnect(w):
    def said(body):
        return HELLO, packet(m.DISCONNECT, body), closed(), never(of(m.DISCONNECT))

    return [
        Row("MQTT-3.12.4-1", "PINGREQ is answered with PINGRESP", HELLO, PING * 5, [PONG] * 5),
        Row("3.12", "PINGREQ has no body", HELLO, packet(m.PINGREQ, b"\0"), ends(MALFORMED), differs=LAX),
        Row("MQTT-3.14.0-1", "no DISCONNECT comes before CONNACK", packet(m.PUBREL, b"\0\1", 2), closed()),
        Row("MQTT-3.14.1-1", "reserved bits of DISCONNECT are malformed", HELLO, packet(m.DISCONNECT, flags=1),
            ends(MALFORMED), differs=LAX),
        Row("MQTT-3.14.4-1", "DISCONNECT ends the connection, without an answer: its short form", said(b"")),
        Row("3.14.2.1", "DISCONNECT with a code alone", said(b"\0")),
        Row("3.14.2.1", "DISCONNECT with 0x04, with the will", said(b"\x04\0")),
        Row("3.14.2.1", "DISCONNECT with an error of the client", said(b"\x80\0")),
        Row("3.14.2.2", "DISCONNECT with properties",
            said(b"\0" + varint(20) + b"\x1f" + text("bye") + pair("ab", "cdefghi"))),
        Row("MQTT-3.14.2-1", "DISCONNECT with an unknown code ends the connection, too",
            HELLO, packet(m.DISCONNECT, b"\x01\0"), closed(one_of(m.DISCONNECT, [MALFORMED, PROTOCOL_ERROR]))),
        Row("3.14.2.2.2", "a session expiry on DISCONNECT after none on CONNECT is a protocol error",
            HELLO, packet(m.DISCONNECT, b"\0\x05" + session_expiry(5)), ends(PROTOCOL_ERROR)),
        Row("3.14.2.2.2", "a session expiry of 0 on DISCONNECT is allowed", said(b"\0\x05" + session_expiry(0))),
        Row("3.14.2.2.5", "Server Reference is no property of a client's DISCONNECT",
            HELLO, packet(m.DISCONNECT, b"\0\4\x1c" + text("x")),
            closed(one_of(m.DISCONNECT, [MALFORMED, PROTOCOL_ERROR]))),
        Row("MQTT-3.14.4-2", "what follows DISCONNECT is not processed", HELLO, BYE + PING + subscribe(1, w.frame),
            closed(), never(ANY_PUBLISH)),
        Row("MQTT-3.14.2-2", "a server's DISCONNECT has no session expiry", HELLO, subscribe(1),
            of(m.DISCONNECT) & without_property(SESSION_EXPIRY), closed()),
        Row("MQTT-3.14.2-3", "a reason string does not make DISCONNECT larger than the client takes",
            connect(properties=maximum_packet(20)), ACCEPTED, m.publish(5, "a"),
            of(m.DISCONNECT, raw=lambda r: len(r) <= 20),
            closed(), differs=PUBLISHES),
    ]


def _auth(w):
    kinds = [(m.CONNACK, b"\0\0\0"), (m.SUBACK, b"\0\1\0\0"), (m.UNSUBACK, b"\0\1\0\0"), (m.PINGRESP, b"")]
    found = [Row("MQTT-4.13.1-1", f"a protocol error ends the connection: {m.NAMES[kind]} of a client",
                 HELLO, packet(kind, body), ends(PROTOCOL_ERROR, MALFORMED),
                 differs=SILENT if kind == m.CONNACK else LAX) for kind, body in kinds]
    return found + [
        Row("MQTT-4.12.0-7", "AUTH without a method at CONNECT is an error", HELLO, packet(m.AUTH, b"\x19\0"),
            ends(PROTOCOL_ERROR, BAD_METHOD), differs=SILENT),
        Row("MQTT-4.12.0-7", "also in its short form", HELLO, packet(m.AUTH),
            ends(PROTOCOL_ERROR, BAD_METHOD, MALFORMED),
            differs=SILENT),
        Row("MQTT-3.15.1-1", "reserved bits of AUTH are malformed", HELLO, packet(m.AUTH, b"\x18\0", 4),
            ends(MALFORMED),
            differs=OTHER_CODE),
        Row("4.13.1", "an acknowledgement of what was never sent is an error: PUBACK",
            HELLO, packet(m.PUBACK, b"\0\1"), closed(of(m.DISCONNECT)), differs=LAX),
    ]


def _topics(w):
    found = [
        Row("MQTT-4.7.1-1", "# alone matches every topic", HELLO, subscribe(1, "#"), suback(1, 0), published(w.frame),
            published(w.json)),
        Row("MQTT-4.7.1-1", "a/# matches a too", HELLO, subscribe(1, "uproar/catalogue/#"), suback(1, 0),
            published("uproar/catalogue", 1)),
        Row("MQTT-4.7.1-2", "+ matches one level, at any place", HELLO, subscribe(1, f"+/{w.channel}/+"), suback(1, 0),
            published(w.frame), published(w.json), never(published("uproar/catalogue"))),
        Row("MQTT-4.7.1-2", "+ matches not less than one level", HELLO, subscribe(1, w.frame + "/+"), suback(1, 0),
            ALIVE, never(ANY_PUBLISH)),
        Row("MQTT-4.7.2-1", "wildcards in front do not match topics that begin with $",
            HELLO, subscribe(1, "+/broker/#"), suback(1, 0), ALIVE, never(ANY_PUBLISH)),
        Row("MQTT-4.7.3-1", "a filter has at least one character", HELLO, subscribe(1, ""),
            ends(MALFORMED, PROTOCOL_ERROR, BAD_FILTER)),
        Row("MQTT-4.7.3-4", "nothing is normalised: uproar//frame, case, blanks",
            HELLO, subscribe(1, "uproar//frame", w.frame.title(), w.frame + " "), suback(1, 0, 0, 0), ALIVE,
            never(ANY_PUBLISH)),
        Row("MQTT-4.8.2-1", "a shared subscription has a name: $share//a", HELLO, subscribe(1, "$share//a"),
            of(m.SUBACK, codes=lambda c: c[0] >= 0x80) | of(m.DISCONNECT), differs=LAX),
        Row("MQTT-4.8.2-2", "the name of a shared subscription has no wildcard", HELLO, subscribe(1, "$share/+/a"),
            of(m.SUBACK, codes=lambda c: c[0] >= 0x80) | of(m.DISCONNECT), differs=LAX),
    ]
    for bad in "#/frame", "uproar/#/frame", "uproar#", "a+/b", "+a", "##", "a/+#":
        found.append(Row("MQTT-4.7.1-1" if "#" in bad else "MQTT-4.7.1-2", f"a wildcard out of place: {bad}",
                         HELLO, subscribe(1, bad), suback(1, BAD_FILTER) |
                         one_of(m.DISCONNECT, [BAD_FILTER, MALFORMED, PROTOCOL_ERROR])))
    return found
