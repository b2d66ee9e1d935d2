#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""A wire: senders and subscribers in one network namespace, the appliance with AF_XDP in another."""

import contextlib
import json
import random

from harness import cases, config, ethernet, ledger, leftovers, subscribers, wire
from harness.cases import case
from harness.config import CLAP, FIRE, JOY
from harness.daemon import Appliance
from harness.namespace import Wire
from harness.sender import RawSender, Sender

EVERY = {"window_ms": 200, "limits": {"taps_per_second": 0},
         "listen": config.listeners(Wire.near_v4, f"[{Wire.near_v6}]")}


@contextlib.contextmanager
def appliance_on(link, **options):
    cases.require_root("an XDP program")
    device = f"net_af_xdp0,iface={link.near}"
    try:
        running = Appliance("--device", device, **EVERY | options)
    except AssertionError as failure:
        cases.require("AF_XDP is refused here" not in str(failure), "AF_XDP is refused here")
        raise
    with running:
        yield running
        running.stop()
    assert not leftovers.xdp_of(link.near), "the program is still on the interface"


def sum_of(senders):
    sums = {}
    for sender in senders:
        for channel, counter in sender.counts.items():
            for reaction, taps in counter.items():
                row = sums.setdefault(channel, {})
                row[reaction] = row.get(reaction, 0) + taps
    return sums


def everybody(stack, link):
    """A subscriber of every kind, over both kinds of addresses."""
    wanted = list(config.CHANNELS)
    made = [subscribers.Nc(wanted, link.near_v4, json_form=False), subscribers.Nc(wanted, link.near_v6),
            subscribers.Tcp(wanted, link.near_v6), subscribers.Tcp(wanted, link.near_v4, json_form=True),
            subscribers.WebSocket(wanted, link.near_v4), subscribers.WebSocket(wanted, link.near_v6, json_form=True),
            subscribers.Events(wanted, link.near_v4)]
    for subscriber in made:
        stack.enter_context(subscriber)
    return made


def send_a_mixture(senders, rng):
    """Every form that a datagram may have; the counts are kept by the senders."""
    def pairs(n):
        return {reaction: rng.randint(1, 255) for reaction in rng.sample(list(config.REACTIONS), n)}
    for n in range(240):
        sender = senders[n % len(senders)]
        channel = n % 4
        batches = [pairs(rng.randint(1, 24)) for _ in range(1 + n % 8)]
        # Of a session that began elsewhere the newest batch counts.
        sender.tap(channel, *batches, session=n + 1, sequence=rng.randint(len(batches) + 1, 2**32 - 1))
        sender.tap(channel, pairs(1))  # unsequenced
        sender.text(channel, "🔥 and :clap: " * 3, {FIRE: 3, CLAP: 3})
        sender.plain("what a GOOOAAAL 😂", {6: 1, JOY: 1})


def same_frames(listeners):
    """All of them got the same frames of the same windows, each in order; those, by (channel, window)."""
    seen = {}
    for listener in listeners:
        newest = {}
        for frame in listener.frames:
            key = frame.channel, frame.window
            assert frame.window > newest.get(frame.channel, -1), f"{type(listener).__name__}: out of order {frame}"
            newest[frame.channel] = frame.window
            assert seen.setdefault(key, frame) == frame, f"{type(listener).__name__}: {frame} is not {seen[key]}"
    return seen


@case
def every_form_of_tap_is_counted_once_and_every_encoding_agrees():
    with Wire() as link, appliance_on(link) as a, contextlib.ExitStack() as stack:
        with link.far_side():
            listeners = everybody(stack, link)
            senders = [Sender(link.near_v4), Sender(link.near_v6), Sender(link.near_v4), Sender(link.near_v6)]
        for listener in listeners:
            listener.wait(lambda frames: {f.channel for f in frames} == {0, 1, 2, 3}, "a frame of each channel")
        send_a_mixture(senders, random.Random(4))
        expected, taps = sum_of(senders), sum(s.taps() for s in senders)
        stats = ledger.await_taps(a, taps)
        for listener in listeners:
            listener.await_taps(taps)
            assert subscribers.counts(listener.frames) == expected, type(listener).__name__
        same_frames(listeners)
        check_books(a, stats, expected, 4 * 240)
        with link.far_side():
            check_documents(link, listeners, expected)


def check_books(a, stats, expected, datagrams):
    book = stats["ledger"]
    assert book["rx"] == book["offered"] == book["accepted"] == datagrams, book
    assert book["refused"] == 0 and not ledger.refusals(stats), stats["refused"]
    older = sum(n % 8 for n in range(240))
    assert (book["batches"], book["batches_counted"], book["batches_stale"]) == \
        (datagrams + older, datagrams, older), book
    ledger.nothing_lost(stats)
    stats = ledger.await_merged(a)
    assert ledger.totals(stats) == {c: sum(row.values()) for c, row in expected.items()}


def check_documents(link, listeners, expected):
    """What plain HTTP says agrees with the streams."""
    status, body = subscribers.get("/v1/catalogue", link.near_v4)
    names = {r["reaction"]: (r["name"], r["emoji"][0]) for r in json.loads(body)["reactions"]}
    assert status == 200 and names[FIRE] == ("fire", "🔥"), body
    for channel, row in expected.items():
        status, body = subscribers.get(f"/v1/channels/{channel}", link.near_v6)
        frame = wire.frame_of_json(json.loads(body))
        assert status == 200 and frame.total == sum(row.values()), f"{channel}: {body}"
        for listener in listeners:
            listener.await_window(frame.window)
            assert frame in listener.frames, f"GET differs from {type(listener).__name__}: {frame}"
    assert subscribers.get("/v1/channels/9", link.near_v4)[0] == 404
    assert subscribers.get("/healthz", link.near_v4)[0] == 200
    assert b"<html" in subscribers.get("/", link.near_v6)[1]


@case
def the_largest_datagrams_are_counted():
    """Eight batches, and 32 pairs a batch, of a catalogue that has them."""
    with Wire() as link, appliance_on(link, catalogue=config.reactions(40)) as a:
        with link.far_side(), subscribers.Tcp([1], link.near_v4) as listener, \
                subscribers.Tcp([1], link.near_v4, json_form=True) as other:
            sender = Sender(link.near_v6)
            full = {reaction: 255 - reaction for reaction in range(8, 40)}
            sender.tap(1, full, *[{0: 1}] * 7)
            sender.tap(1, *[{r: 255 for r in range(32)}] * 8)
            sender.tap(1, {r: 255 for r in range(40, 8, -1) if r < 40} | {0: 255}, sequence=1)
            ledger.await_taps(a, sender.taps())
            for l in listener, other:
                frames = l.await_taps(sender.taps())
                busy = [f for f in frames if f.taps]
                assert all(len(f.entries) == 32 for f in busy), busy
            same_frames([listener, other])


@case
def frames_with_tags_and_extension_headers_are_counted_and_hostile_ones_refused():
    e = ethernet
    fire = wire.datagram(2, {FIRE: 3})
    good = [e.whole(fire, tags=tags, v6=v6) for tags in ([], [e.VLAN], [e.QINQ, e.VLAN], [e.QINQ_OLD, e.VLAN])
            for v6 in (False, True)]
    good.append(e.ether(e.ipv4(e.udp(fire), options=b"\x01" * 8)))
    good.append(e.ether(e.ipv6(e.extension(e.UDP, e.udp(fire, e.V6)), following=e.DESTINATION), e.IPV6))
    good.append(e.ether(e.ipv6(e.fragment(e.UDP, e.udp(fire, e.V6)), following=e.FRAGMENT), e.IPV6))
    good.append(e.whole(fire, check=0))
    good.append(e.whole(fire, check="partial"))
    good.append(e.whole(fire) + b"padding of the link")
    bad = {"udp_checksum": e.whole(fire, check=0xBAD), "magic": e.whole(b"\x80fire"),
           "payload_length": e.whole(b""), "ip_checksum": e.ether(e.ipv4(e.udp(fire), check=1)),
           "udp_length": e.ether(e.ipv4(e.udp(fire, length=200)))}
    to_kernel = [e.ether(b"\0" * 46, e.ARP), e.whole(fire, to=7799), e.whole(fire, tags=[e.VLAN] * 3),
                 e.ether(e.ipv4(e.udp(fire), fragment=0x2000)), e.ether(e.ipv4(e.udp(fire), protocol=e.TCP)),
                 e.ether(e.ipv6(e.fragment(e.UDP, e.udp(fire, e.V6), more=True), following=e.FRAGMENT), e.IPV6)]
    with Wire() as link, appliance_on(link) as a:
        with link.far_side():
            raw = RawSender(link.far)
        for frame in [*good, *bad.values(), *to_kernel]:
            raw.send(frame)
        raw.send(e.whole(fire))  # behind all others
        stats = ledger.await_taps(a, 3 * (len(good) + 1))
        assert ledger.refusals(stats) == dict.fromkeys(bad, 1), stats["refused"]
        assert stats["ledger"]["rx"] == stats["ledger"]["offered"] == len(good) + 1 + len(bad), stats["ledger"]


@case
def unknown_channels_and_wrong_lines_are_refused_to_subscribers():
    with Wire() as link, appliance_on(link), link.far_side():
        for line, answer in ("SUB 9\n", "ERR unknown channel 9\n"), ("SUB 0,9 json\n", "ERR unknown channel 9\n"):
            assert subscribers.ended_with(link.near_v4, line) == answer
        for line in "HELLO\n", "SUB \n", "SUB 1 xml\n", "SUB 70000\n", "SUB " + "1," * 300 + "1\n":
            assert subscribers.ended_with(link.near_v6, line).startswith("ERR "), line
        with subscribers.Tcp([0], link.near_v4) as good:
            good.wait(len, "frames as before")


if __name__ == "__main__":
    cases.main()
