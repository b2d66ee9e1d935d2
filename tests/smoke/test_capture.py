#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Captures replayed through a port: whatever the frames are, each is accounted for under the right
name. The files are read a second time here, plainly, to know how many frames there are.
"""

import collections
import os
import random
from pathlib import Path

from harness import capture, cases, config, ethernet, ledger, wire
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance, refused

e = ethernet
CAPTURES = Path(__file__).resolve().parents[2] / ".dev/captures"
EXIT_DEVICES = 5
TAP = wire.datagram(1, {FIRE: 1})  # without a sequence, so that it counts as often as it comes
FRAME = e.whole(TAP)
DAMAGED_FRAMES = 50_000


def tcpdumps():
    """The captures of Debian's source package tcpdump: {path: (link type, frames)}."""
    paths = sorted(CAPTURES.glob("tests/*.pcap*"))
    why = f"no captures in {CAPTURES}: tests/smoke/fetch_captures.sh, which ./dev test calls, brings them"
    if os.environ.get("CI"):
        assert paths, why
    cases.require(paths, why)
    assert len(paths) > 600, f"only {len(paths)} captures in {CAPTURES}"
    return {path: capture.read(path) for path in paths}


def replay(path, frames, expected=None, accepted=None, **options):
    """A whole life of uproard with that file; all that is expected of its ledger."""
    with Appliance("--device", capture.device(path), **options) as a:
        stats = ledger.await_rx(a, frames)
        book, names = stats["ledger"], ledger.refusals(stats)
        assert book["accepted"] + sum(names.values()) == book["rx"] == stats["ports"][0]["rx"], book
        ledger.nothing_lost(stats)
        if expected is not None:
            assert names == expected, f"refused {names}, not {expected}"
        if accepted is not None:
            assert book["accepted"] == book["taps_counted"] == accepted, book
        a.stop()
        said = a.logged(r"runtime error:.*|ERROR: \w+Sanitizer.*")
        assert said is None, said[0]
    return names


@case
def every_frame_that_tcpdump_was_ever_broken_by_is_accounted_for():
    """All link types, given as Ethernet: the more hostile."""
    frames = [f for _, of_file in tcpdumps().values() for f in of_file]
    names = replay(capture.write(capture.pcap(frames)), len(frames))
    assert len(names) >= 8, f"only {names}: the captures are not what they were"


@case
def those_for_the_busiest_port_get_as_far_as_the_decoder():
    frames = [f for _, of_file in tcpdumps().values() for f in of_file]
    ports = collections.Counter(int.from_bytes(f[36:38], "big") for f in frames
                                if f[12:15] == b"\x08\0\x45" and f[23:24] == b"\x11" and len(f) > 42)
    port, times = ports.most_common(1)[0]
    before = replay(capture.write(capture.pcap(frames)), len(frames), listen={"reactions": port})
    assert sum(n for name, n in before.items() if name in ("magic", "udp_checksum", "text_utf8", "payload_length",
               "text_no_reaction", "text_length")) >= times / 2, f"{times} to port {port}, but {before}"


@case
def captures_of_ethernet_are_read_as_they_lie():
    """The largest of each format."""
    largest = {}
    for path, (link, frames) in tcpdumps().items():
        with open(path, "rb") as f:
            magic = f.read(4)
        if link == capture.ETHERNET and len(frames) > len(largest.get(magic, (None, []))[1]):
            largest[magic] = path, frames
    assert len(largest) == 3, f"formats {list(largest)}"
    for path, frames in largest.values():
        replay(path, len(frames))


@case
def every_format_of_a_capture_is_read():
    frames = [FRAME, e.whole(TAP, v6=True), e.ether(b"\0" * 46, e.ARP)]
    forms = {f"{magic:x} {order}": capture.pcap(frames, order=order, magic=magic)
             for order in "<>" for magic in (capture.MICROSECONDS, capture.NANOSECONDS)}
    forms |= {f"pcapng {kind} {order}": capture.pcapng(frames, order=order, kind=kind)
              for order in "<>" for kind in (capture.SIMPLE, capture.ENHANCED)}
    for data in forms.values():
        replay(capture.write(data), len(frames), {"not_ip": 1}, 2)


@case
def another_link_type_and_no_capture_are_refused_at_the_start():
    for name, data, reason in (("any.pcap", capture.pcap([FRAME], link=capture.LINUX_SLL), "LINUX_SLL"),
                               ("any.pcapng", capture.pcapng([FRAME], link=capture.LINUX_SLL), "LINUX_SLL"),
                               ("text", b"no capture at all, but text", "unknown file format"),
                               ("empty", b"", "cannot be read")):
        status, said = refused("--temporary-arena", "--device", capture.device(capture.write(data, name)))
        assert status == EXIT_DEVICES and reason in said and name in said, f"{status}: {said}"
    status, said = refused("--temporary-arena", "--device", capture.device("/nowhere.pcap"))
    assert status == EXIT_DEVICES and "/nowhere.pcap cannot be opened: No such file" in said, f"{status}: {said}"


@case
def a_file_that_ends_in_a_frame_gives_the_frames_before():
    data = capture.pcap([FRAME] * 10)
    for missing in 1, len(FRAME), len(FRAME) + 15:
        replay(capture.write(data[:-missing]), 9, {}, 9)
    replay(capture.write(capture.pcap([])), 0, {}, 0)


def _chain(n, payload, following=e.UDP):
    for i in range(n):
        payload = e.extension(following if i == 0 else e.DESTINATION, payload)
    return e.ether(e.ipv6(payload, following=e.DESTINATION if n else following), e.IPV6)


def _good():
    udp, udp6 = e.udp(TAP), e.udp(TAP, e.V6)
    frames = [e.whole(TAP, tags=tags, v6=v6) for v6 in (False, True)
              for tags in ([], [e.VLAN], [e.QINQ, e.VLAN], [e.QINQ_OLD, e.VLAN], [e.VLAN, e.VLAN])]
    frames += [e.ether(e.ipv4(udp, options=b"\x01" * n)) for n in range(4, 44, 4)]
    frames += [_chain(n, udp6) for n in range(5)]
    frames += [e.ether(e.ipv6(bytes([e.UDP, n]) + bytes(8 * n + 6) + udp6, following=kind), e.IPV6)
               for kind in (e.HOP_BY_HOP, e.ROUTING, e.DESTINATION) for n in (0, 1, 255)]
    frames.append(e.ether(e.ipv6(e.fragment(e.UDP, udp6), following=e.FRAGMENT), e.IPV6))
    frames += [FRAME + bytes([n]) * n for n in (1, 14, 18)]
    frames += [FRAME + bytes(n) for n in (1900, 1986, 1987, 9000, 60000, 67414, 70000, 200_000)]  # in one to 32 segments
    frames += [e.ether(e.ipv4(udp + b"not of UDP")), e.ether(e.ipv4(udp + bytes(5000)))]
    frames.append(e.whole(TAP, check=0))
    return frames


def _bad():
    """[(name, frame)], or of many frames."""
    udp, udp6 = e.udp(TAP), e.udp(TAP, e.V6)
    half = e.ether(e.ipv6(e.udp(TAP, e.V6, check="partial")), e.IPV6)
    long = e.udp(b"x" * 60000)
    last = bytes([e.UDP, 255]) + bytes(100)
    bad = [("vlan_depth", e.whole(TAP, tags=[outer, e.QINQ, e.VLAN])) for outer in (e.VLAN, e.QINQ, e.QINQ_OLD)]
    bad += [("not_ip", e.ether(udp, kind)) for kind in (e.ARP, 0x8847, 0x8863, 60, 0, 0xFFFF)]
    bad += [("ip_header", e.ether(e.ipv4(udp, first=0x40 | n))) for n in range(5)]
    bad += [("ip_header", e.ether(e.ipv4(udp, first=n << 4 | 5))) for n in range(16) if n != 4]
    bad += [("ip_header", e.ether(e.ipv6(udp6, first=n << 4), e.IPV6)) for n in range(16) if n != 6]
    bad += [("ip_length", e.ether(e.ipv4(udp, length=n))) for n in (0, 19, 20 + len(udp) + 1, 65535)]
    bad += [("udp_length", e.ether(e.ipv4(udp, length=n))) for n in (20, 27, 28, 20 + len(udp) - 1)]
    bad += [("ip_length", e.ether(e.ipv6(udp6, length=n), e.IPV6)) for n in (0, len(udp6) + 1, 65535)]
    bad += [("udp_length", e.ether(e.ipv6(udp6, length=n), e.IPV6)) for n in (1, 7, 8, len(udp6) - 1)]
    bad += [("udp_length", e.ether(e.ipv4(e.udp(TAP, length=n)))) for n in (0, 7, len(udp) + 1, 65535)]
    bad += [("udp_checksum", e.ether(e.ipv4(e.udp(TAP, length=n)[:6] + udp[6:]))) for n in (8, len(udp) - 1)]
    bad += [("ip_checksum", e.ether(e.ipv4(udp, check=n))) for n in (0, 1, 0xFFFF)]
    bad += [("ip_fragment", e.ether(e.ipv4(udp, fragment=n))) for n in (0x2000, 1, 0x1FFF, 0x3FFF, 0x6000)]
    bad += [("ip_fragment", e.ether(e.ipv6(e.fragment(e.UDP, udp6, **how), following=e.FRAGMENT), e.IPV6))
            for how in ({"more": True}, {"offset": 8}, {"offset": 65528, "more": True})]
    bad += [("not_udp", e.ether(e.ipv4(udp, protocol=n))) for n in range(256) if n != e.UDP]
    known = e.HOP_BY_HOP, e.UDP, e.ROUTING, e.FRAGMENT, e.DESTINATION
    bad += [("not_udp", e.ether(e.ipv6(udp6, following=n), e.IPV6)) for n in range(256) if n not in known]
    bad += [("ip_extension", _chain(n, udp6)) for n in (5, 6, 40)]
    bad += [("ip_extension", e.ether(e.ipv6(last, following=kind), e.IPV6)) for kind in (e.HOP_BY_HOP, e.ROUTING)]
    bad += [("other_port", e.whole(TAP, to=n)) for n in (0, 53, 7701, 0x141E, 65535)]
    bad += [("udp_checksum", e.whole(TAP, v6=v6, check="partial")) for v6 in (False, True)]
    bad += [("udp_checksum", e.whole(TAP, v6=True, check=0)), ("udp_checksum", half + bytes(3000))]
    bad += [("udp_checksum", FRAME[:-1] + bytes([FRAME[-1] ^ 1])), ("payload_length", e.ether(e.ipv4(long)))]
    return bad


@case
def frames_of_every_shape_are_taken_or_refused_by_the_right_name():
    good, bad = _good(), _bad()
    mixed = good + [frame for _, frame in bad]
    random.Random(7700).shuffle(mixed)
    replay(capture.write(capture.pcap(mixed)), len(mixed), collections.Counter(name for name, _ in bad), len(good))


@case
def half_made_checksums_are_taken_on_local_ports_only():
    frames = [e.whole(TAP, v6=v6, check=check) for v6 in (False, True) for check in ("partial", None, 0xBAD)]
    for local, accepted in (True, 4), (False, 2):
        port = {"device": capture.device(capture.write(capture.pcap(frames))), "local": local}
        with Appliance(ports=[port]) as a:
            stats = ledger.await_rx(a, len(frames))
            assert ledger.refusals(stats) == {"udp_checksum": len(frames) - accepted}, stats["refused"]
            a.stop()


@case
def frames_that_the_capture_cut_are_refused_by_what_is_missing():
    """Every length of three frames: what precedes IP, IP's header, the rest."""
    v6 = _chain(2, e.udp(TAP, e.V6))
    tagged = e.whole(TAP, tags=[e.QINQ, e.VLAN])
    expected, frames, lengths = collections.Counter(), [], []
    for frame, ip, header in (FRAME, 14, 20), (v6, 14, 40), (tagged, 22, 20):
        for cut in range(len(frame)):
            expected["ether_short" if cut < ip else "ip_header" if cut < ip + header else "ip_length"] += 1
            frames.append(frame[:cut])
            lengths.append(len(frame))
    replay(capture.write(capture.pcap(frames, lengths=lengths)), len(frames), expected, 0)


def _damaged(frame, r):
    frame = bytearray(frame)
    for _ in range(r.randint(1, 3)):
        at = min(r.randrange(len(frame)), r.randrange(len(frame)))  # rather in front
        frame[at] = r.choice((0, 1, 0x7F, 0x80, 0xFF, r.randrange(256)))
    return bytes(frame[:r.randint(1, len(frame))] if r.random() < 0.2 else frame)


@case
def damaged_frames_are_all_accounted_for():
    r = random.Random(int(os.environ.get("UPROAR_TEST_SEED", "7700")))
    models = [f for f in _good() + [f for _, f in _bad()] if len(f) < 2500]
    frames = [_damaged(r.choice(models), r) for _ in range(DAMAGED_FRAMES)]
    options = {"channels": config.channels([0, 1]), "plain_text": {"enabled": True}}
    names = replay(capture.write(capture.pcap(frames)), len(frames), **options)
    assert len(names) > 12, names


if __name__ == "__main__":
    cases.main()
