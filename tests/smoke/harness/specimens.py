# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Frames that must be refused, under the name of the refusal: for an appliance with plain text and
unsequenced datagrams switched off, the default catalogue, channels 0 to 3 for everybody, and
channel 9 for those who have a ticket under key 1.
"""

import re
from pathlib import Path

from harness import ethernet as e
from harness import wire
from harness.config import FIRE
from harness.tickets import ticket

DECLARED = Path(__file__).resolve().parents[3] / "wire" / "refusal.def"


def declared():
    """The names in wire/refusal.def."""
    return re.findall(r"^REFUSAL\((\w+),", DECLARED.read_text(), re.MULTILINE)


GOOD = wire.datagram(1, {FIRE: 1}, sequence=1)  # counts one tap
FRAME = e.whole(GOOD)


def _link():
    udp, udp6 = e.udp(GOOD), e.udp(GOOD, e.V6)
    short_option = e.extension(e.UDP, b"", length=9)
    return {
        "ether_short": [FRAME[:13], FRAME[:12] + b"\x81\x00", FRAME[:12] + b"\x81\x00\x00\x07\x81\x00\x00"],
        "vlan_depth": [e.whole(GOOD, tags=[e.VLAN] * 3), e.whole(GOOD, tags=[e.QINQ, e.VLAN, e.VLAN])],
        "not_ip": [e.ether(b"\0" * 46, e.ARP), e.ether(b"\0" * 46, 0x88CC)],
        "ip_header": [e.ether(e.ipv4(udp)[:19]), e.ether(e.ipv4(udp, first=0x65)), e.ether(e.ipv4(udp, first=0x44)),
                      e.ether(e.ipv4(udp, first=0x4F)[:50]), e.ether(e.ipv6(udp6)[:39], e.IPV6),
                      e.ether(e.ipv6(udp6, first=0x40), e.IPV6)],
        "ip_length": [e.ether(e.ipv4(udp, length=1000)), e.ether(e.ipv4(udp, length=19)),
                      e.ether(e.ipv6(udp6, length=1000), e.IPV6), e.ether(e.ipv6(udp6, length=0), e.IPV6)],
        "ip_checksum": [e.ether(e.ipv4(udp, check=0xBAD))],
        "ip_extension": [e.ether(e.ipv6(short_option, following=e.HOP_BY_HOP), e.IPV6),
                         e.ether(e.ipv6(b"\x11\0\0\0", following=e.DESTINATION), e.IPV6),
                         e.ether(e.ipv6(_chain(5), following=e.DESTINATION), e.IPV6)],
        "ip_fragment": [e.ether(e.ipv4(udp, fragment=0x2000)), e.ether(e.ipv4(udp, fragment=0x00B9)),
                        e.ether(e.ipv6(e.fragment(e.UDP, udp6, more=True), following=e.FRAGMENT), e.IPV6),
                        e.ether(e.ipv6(e.fragment(e.UDP, udp6, offset=64), following=e.FRAGMENT), e.IPV6)],
        "not_udp": [e.ether(e.ipv4(udp, protocol=e.TCP)), e.ether(e.ipv6(udp6, following=e.TCP), e.IPV6)],
        "udp_length": [e.ether(e.ipv4(udp[:7])), e.ether(e.ipv4(e.udp(GOOD, length=7))),
                       e.ether(e.ipv4(e.udp(GOOD, length=900)))],
        "other_port": [e.whole(GOOD, to=7799), e.whole(GOOD, v6=True, to=53)],
        "udp_checksum": [e.whole(GOOD, check=0xBAD), e.whole(GOOD, v6=True, check=0xBAD),
                         e.whole(GOOD, v6=True, check=0)],
    }


def _chain(n):
    """So many destination options before the UDP datagram."""
    payload = e.udp(GOOD, e.V6)
    for i in range(n):
        payload = e.extension(e.UDP if i == 0 else e.DESTINATION, payload)
    return payload


def _payload():
    head, batch = wire.header, wire.batch
    one = batch({FIRE: 1})
    ticket = bytes(5) + b"\x01" + bytes(10)  # its reserved byte is not zero
    return {
        "payload_length": [b"", b"\xFA", GOOD[:15], head(1, 8, sequence=8) + batch({FIRE: 1}) * 400],
        "magic": [b"\x80", b"\xFB" + GOOD[1:], b"\xFFfire"],
        "version": [head(1, 1, version=0, sequence=1) + one, head(1, 1, version=2, sequence=1) + one],
        "session": [head(1, 1, session=0, sequence=1) + one],
        "batches": [head(1, 0, sequence=1), head(1, 9, sequence=9) + one * 9, head(1, 2, sequence=1) + one * 2,
                    head(1, 2, sequence=0) + one * 2],
        "flags": [head(1, 2, flags=wire.TEXT, sequence=2) + "🔥".encode(),
                  head(1, 1, flags=wire.TICKET, sequence=1) + ticket + one],
        "body": [GOOD[:-1], GOOD + b"\0", head(1, 2, sequence=2) + one, head(1, 1, sequence=1),
                 head(1, 1, sequence=1) + b"\0", head(1, 1, sequence=1) + batch([(FIRE, 0)]),
                 head(1, 1, sequence=1) + batch([(FIRE, 1), (FIRE, 2)]),
                 head(1, 1, sequence=1) + batch([(FIRE, 1)] * 33), head(1, 1, flags=wire.TICKET, sequence=1) + one,
                 head(1, 1, flags=wire.FRAME, sequence=1) + one + b"\0\0\x01"],
        "text_length": [b"a" * 513, head(1, 1, flags=wire.TEXT, sequence=1),
                        wire.text_datagram(1, "a" * 513, sequence=1)],
        "text_utf8": [head(1, 1, flags=wire.TEXT, sequence=1) + tail
                      for tail in (b"\xF0\x9F\x94", b"\xC0\xAF", b"\xED\xA0\x80", "🔥".encode() + b"\xFF")],
    }


def _ticketed(ticket_of, session=0x123456, channel=9, sequence=1):
    return wire.header(channel, 1, flags=wire.TICKET, session=session, sequence=sequence) + ticket_of(session) \
        + wire.batch({FIRE: 1})


def _tickets():
    good = _ticketed(ticket)
    return {
        "ticket_missing": [wire.datagram(9, {FIRE: 1}, sequence=1), wire.text_datagram(9, "🔥", sequence=1),
                           wire.header(9, 0, flags=wire.FRAME) + bytes(20)],
        "ticket_key": [_ticketed(lambda s: ticket(s, key=2)), _ticketed(lambda s: bytes(8) + ticket(s)[8:])],
        "ticket_mac": [good[:-4] + bytes([good[-4] ^ 1]) + good[-3:], _ticketed(lambda s: ticket(s + 1)),
                       _ticketed(lambda s: ticket(s, signed_with=2))],
        "ticket_expired": [_ticketed(lambda s: ticket(s, expires=1700000000)), _ticketed(lambda s: ticket(s, expires=0))],
        "ticket_channel": [_ticketed(lambda s: ticket(s, channel=1)), _ticketed(lambda s: ticket(s, channel=0))],
    }


def _policy():
    return {
        "text_off": ["🔥".encode(), b"goal"],
        "unsequenced_off": [wire.datagram(1, {FIRE: 1}, sequence=0), _ticketed(ticket, sequence=0)],
        "channel": [wire.datagram(4, {FIRE: 1}, sequence=1), wire.datagram(0xFFFF, {FIRE: 1}, sequence=1)],
        "reaction": [wire.datagram(1, {FIRE: 1, 24: 1}, sequence=1), wire.datagram(1, {255: 1}, sequence=1),
                     wire.datagram(1, {FIRE: 1}, {200: 1}, sequence=2)],
        "text_no_reaction": [wire.text_datagram(1, "hello, 7 #", sequence=1), wire.text_datagram(1, "🇮", sequence=1)],
    }


def specimens():
    """{name of the refusal: frames}."""
    payloads = {name: [e.whole(p, v6=i % 2 == 1) for i, p in enumerate(list_)]
                for name, list_ in (_payload() | _policy() | _tickets()).items()}
    return _link() | payloads
