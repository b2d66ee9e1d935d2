#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Writes the seed corpora of the fuzz targets: make_corpus.py [FOLDER]

One small file for each refusal (named after it) and for each form that is accepted. The files are
committed; run this when the formats or the list of refusals change.
"""
import pathlib
import struct
import subprocess
import sys

import cluster_seeds
import mqtt_seeds
import web_seeds

TICKET, RECEIPT, TEXT, FRAME = 1, 2, 4, 8


def header(flags=0, batches=1, sequence=1, channel=1, session=1, version=1):
    return struct.pack(">BBHB", 0xFA, version << 4 | flags, channel, batches) + session.to_bytes(7, "big") \
        + struct.pack(">I", sequence)


def signed(expires=1800000000, key_id=1, channel=0xFFFF, session=1, key="000102030405060708090a0b0c0d0e0f"):
    """A ticket under a key of tests/unit/counting_rig.c, whose clock says 1800000000."""
    head = struct.pack(">IBBH", expires, key_id, 0, channel)
    mac = subprocess.run(["openssl", "mac", "-cipher", "AES-128-CBC", "-macopt", f"hexkey:{key}", "-binary", "CMAC"],
                         input=session.to_bytes(8, "big") + head, check=True, capture_output=True).stdout
    return head + mac[:8]


ticket = bytes([9, 9, 9, 9, 1, 0, 255, 255, 1, 2, 3, 4, 5, 6, 7, 8])
one = bytes([1, 7, 3])

datagrams = {
    "accepted_one": header() + one,
    "accepted_pairs": header() + bytes([4, 0, 1, 7, 255, 12, 9, 23, 2]),
    "accepted_batches": header(batches=8, sequence=9) + 8 * one,
    "accepted_unsequenced": header(sequence=0) + one,
    "accepted_ticket": header(TICKET) + ticket + one,
    "accepted_padding": header(FRAME | RECEIPT) + one + bytes(40),
    "accepted_nothing_reported": header(FRAME, batches=0, sequence=0) + bytes(20),
    "accepted_text": header(TEXT) + "🔥 👏🏽 :joy: goooal ❤️".encode(),
    "accepted_text_padding": header(TEXT | FRAME) + "🔥".encode() + bytes(9),
    "accepted_plain": "🔥🔥👏".encode(),
    "accepted_plain_hard": "🇩🇪🇫🔥👨‍👩‍👧1️⃣❤❤️‍🔥🏽:goal:GOAL".encode(),
    "payload_length": b"",
    "payload_length_short_header": header()[:15],
    "payload_length_1201": b"x" * 1201,
    "magic": b"\xff",
    "version": header(version=2) + one,
    "session": header(session=0) + one,
    "batches": header(batches=9, sequence=9) + 9 * one,
    "batches_none": header(batches=0),
    "batches_over_sequence": header(batches=2) + 2 * one,
    "flags": header(TEXT, batches=2, sequence=2) + b"hi",
    "flags_reserved": header(TICKET) + ticket[:5] + b"\1" + ticket[6:] + one,
    "body": header() + one + b"\0",
    "body_id_twice": header() + bytes([2, 7, 1, 7, 1]),
    "body_count_0": header() + bytes([1, 7, 0]),
    "body_33_pairs": header() + bytes([33]) + bytes(b for i in range(33) for b in (i, 1)),
    "text_length": b"x" * 513,
    "text_length_empty": header(TEXT),
    "text_utf8": "🔥".encode() + b"\xed\xa0\x80",
    "channel": header(channel=2) + one,
    "channel_none": header(channel=0xFFFF) + one,
    "reaction": header() + bytes([1, 24, 1]),
    "text_no_reaction": b"hello",
}
switched = {
    "text_off": b"\1" + "🔥".encode(),
    "unsequenced_off": b"\2" + header(sequence=0) + one,
    "unsequenced_rate": b"\10" + header(sequence=0) + one,
    "ticket_good": b"\4" + header(TICKET) + signed() + one,
    "ticket_good_text": b"\4" + header(TICKET | TEXT) + signed(channel=1) + "🔥".encode(),
    "ticket_good_second_key": b"\4" + header(TICKET) + signed(key_id=7, key="2b7e151628aed2a6abf7158809cf4f3c") + one,
    "ticket_good_nothing_reported": b"\4" + header(TICKET | FRAME, batches=0, sequence=0) + signed() + bytes(9),
    "ticket_unsequenced_off": b"\4" + header(TICKET, sequence=0) + signed() + one,
    "ticket_missing": b"\4" + header() + one,
    "ticket_key": b"\4" + header(TICKET) + signed(key_id=2) + one,
    "ticket_mac": b"\4" + header(TICKET, session=2) + signed() + one,
    "ticket_expired": b"\4" + header(TICKET) + signed(expires=1799999999) + one,
    "ticket_channel": b"\4" + header(TICKET) + signed(channel=0) + one,
}


def checksum(data, total=0):
    data += bytes(len(data) % 2)
    total += sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def udp(pseudo, payload, port=7700, length=None, field=None):
    length = 8 + len(payload) if length is None else length
    packet = struct.pack(">HHHH", 40000, port, length, 0) + payload
    if field is None:
        field = 0xFFFF & ~checksum(packet, checksum(pseudo + struct.pack(">HH", length, 17))) or 0xFFFF
    return packet[:6] + struct.pack(">H", field) + packet[8:]


ether = bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2])
v4_addresses = bytes([10, 0, 0, 1, 10, 0, 0, 2])
v6_addresses = bytes([0xFD] + [0] * 14 + [1, 0xFD] + [0] * 14 + [2])


def tags(n, outer=0x88A8):
    return b"".join(struct.pack(">HH", 0x8100 if i + 1 == n else outer, i + 1) for i in range(n))


def v4(data, n_tags=0, options=b"", first=0x40, fragment=0x4000, protocol=17, total=None, good=True):
    first |= (20 + len(options)) // 4 if first == 0x40 else 0
    total = 20 + len(options) + len(data) if total is None else total
    head = struct.pack(">BBHHHBBH", first, 0, total, 0, fragment, 64, protocol, 0) + v4_addresses + options
    field = 0xFFFF & ~checksum(head) if good else 0x1234
    head = head[:10] + struct.pack(">H", field) + head[12:]
    return ether + tags(n_tags) + b"\x08\0" + head + data


def v6(data, n_tags=0, extensions=0, first=17, length=None):
    chain = b"".join(bytes([60 if i + 1 < extensions else first, 0, 1, 4, 0, 0, 0, 0]) for i in range(extensions))
    length = len(chain) + len(data) if length is None else length
    head = struct.pack(">IHBB", 0x60000000, length, 60 if extensions else first, 64) + v6_addresses
    return ether + tags(n_tags) + b"\x86\xdd" + head + chain + data


tap = header() + one
good4, good6 = udp(v4_addresses, tap), udp(v6_addresses, tap)
partial4 = checksum(v4_addresses + struct.pack(">HH", 8 + len(tap), 17))

frames = {
    "accepted_v4": b"\0" + v4(good4),
    "accepted_v4_padding": b"\0" + v4(good4) + bytes(9),
    "accepted_v4_options_tags": b"\0" + v4(good4, n_tags=2, options=bytes([1] * 8)),
    "accepted_v4_no_checksum": b"\0" + v4(udp(v4_addresses, tap, field=0)),
    "accepted_v4_partial": b"\1" + v4(udp(v4_addresses, tap, field=partial4)),
    "accepted_v4_vouched": b"\6" + v4(udp(v4_addresses, tap, field=0x1234), good=False),
    "accepted_v6": b"\0" + v6(good6),
    "accepted_v6_extensions_tag": b"\0" + v6(good6, n_tags=1, extensions=4),
    "accepted_v6_atomic_fragment": b"\0" + v6(bytes([17, 0, 0, 0, 0, 0, 0, 1]) + good6, first=44),
    "accepted_v6_old_tag": b"\0" + v6(good6).replace(b"\x86\xdd", tags(2, 0x9100) + b"\x86\xdd", 1),
    "accepted_v6_vouched_text": b"\6" + v6(udp(v6_addresses, "🔥:joy:".encode(), field=1)),
    "ether_short": b"\0" + ether,
    "ether_short_tag": b"\0" + ether + tags(1)[:3],
    "vlan_depth": b"\0" + v4(good4, n_tags=3),
    "not_ip": b"\0" + ether + b"\x08\x06" + bytes(28),
    "ip_header": b"\0" + v4(good4, first=0x44),
    "ip_header_v6_short": b"\0" + v6(good6)[:50],
    "ip_length": b"\0" + v4(good4, total=500),
    "ip_length_jumbogram": b"\0" + v6(good6, length=0),
    "ip_checksum": b"\0" + v4(good4, good=False),
    "ip_checksum_of_the_device": b"\x08" + v4(good4),
    "ip_extension": b"\0" + v6(good6, extensions=5),
    "ip_fragment": b"\0" + v4(good4, fragment=0x2000),
    "ip_fragment_v6": b"\0" + v6(bytes([17, 0, 0, 1, 0, 0, 0, 1]) + good6, first=44),
    "not_udp": b"\0" + v4(good4, protocol=6),
    "not_udp_v6": b"\0" + v6(good6, extensions=1, first=58),
    "udp_length": b"\0" + v4(udp(v4_addresses, tap, length=7)),
    "udp_length_v6": b"\0" + v6(good6, length=7),
    "other_port": b"\0" + v4(udp(v4_addresses, tap, port=53)),
    "udp_checksum": b"\0" + v4(udp(v4_addresses, tap, field=0x1234)),
    "udp_checksum_none_v6": b"\0" + v6(udp(v6_addresses, tap, field=0)),
    "udp_checksum_of_the_device": b"\x10" + v4(good4),
    "payload_length": b"\0" + v4(udp(v4_addresses, b"")),
    "text_no_reaction": b"\0" + v4(udp(v4_addresses, b"hello")),
}

texts = {
    "emoji": "🔥🔥👏 ❤️❤😂",
    "skin_tones": "👏🏽👍🏿🤦🏻🏽👋🏾",
    "families": "👨‍👩‍👧👩‍👩‍👦‍👦👩🏽‍🤝‍👨🏿❤️‍🔥🤦🏽‍♀️🏳️‍🌈",
    "flags": "🇩🇪🇫🇷🇩🇪🇫🔥🇽🇾🇬🇧🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "keycaps": "1️⃣2⃣3 #️⃣*⃣",
    "shortcodes": ":joy::fire: :joy :+1::-1::100:",
    "pattern": "GOAL goooaaal :goal:",
    "nothing": "hello 👨‍🚀 \u200d\ufe0f\u20e3",
    "longest": "🔥" * 128,
}
bad_text = {"text_utf8": "🔥".encode()[:3], "text_utf8_surrogate": b"\xed\xa0\x80"}


def proxy(command=0x21, family=0x11, addresses=bytes([192, 0, 2, 1, 127, 0, 0, 1, 48, 57, 30, 100]), tlvs=b"",
          length=None):
    length = len(addresses + tlvs) if length is None else length
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack(">BBH", command, family, length) + addresses + tlvs


proxies = {
    "ipv4": proxy() + b"SUB 1\n",
    "ipv4_tlvs": proxy(tlvs=b"\x04\0\x03\0\0\0") + b"GET / HTTP/1.1\r\n",
    "ipv6": proxy(family=0x21, addresses=bytes(range(36))) + b"SUB 1\n",
    "unix": proxy(family=0x31, addresses=bytes(216)) + b"SUB 1\n",
    "unknown": proxy(family=0, addresses=b""),
    "local": proxy(command=0x20, family=0, addresses=b"") + b"GET /healthz HTTP/1.1\r\n",
    "longest": proxy(tlvs=bytes(4084)) + b"x",
    "too_long": proxy(length=4097),
    "cut_short": proxy(length=11),
    "udp": proxy(family=0x12),
    "version_1": b"PROXY TCP4 192.0.2.1 127.0.0.1 12345 7780\r\n",
    "none": b"GET / HTTP/1.1\r\n\r\n",
}


def write(folder, seeds):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds.items():
        (folder / name).write_bytes(data)


def main():
    here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus")
    write(here / "datagram", {name: b"\0" + data for name, data in datagrams.items()} | switched)
    write(here / "packet", frames)
    write(here / "proxy", {name: b"\6" + data for name, data in proxies.items()})
    write(here / "text", {name: text.encode() for name, text in texts.items()} | bad_text)
    write(here / "cluster_record", cluster_seeds.seeds)
    write(here / "mqtt", mqtt_seeds.seeds)
    for name in "websocket", "http", "sub":
        write(here / name, getattr(web_seeds, name))


main()
