#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Answers: who asks gets a receipt and the newest frame from the appliance itself, and nobody else does."""

import contextlib
import json
import random
import re
import subprocess
from pathlib import Path

from harness import capture, cases, config, ethernet, ledger, subscribers, tickets, wire
from harness.answers import Asker, Replay
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import Appliance, Process
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import PYTHON, Wire
from harness.programs import UPROAR
from harness.wire import FRAME, RECEIPT

ALL = wire.ANSWER_MAX
e = ethernet


@contextlib.contextmanager
def on_wire(**options):
    cases.require_root("an XDP program")
    with Wire() as link:
        listen = config.listeners(Wire.near_v4, f"[{Wire.near_v6}]")
        try:
            running = Appliance("--device", f"net_af_xdp0,iface={link.near}", **{"listen": listen} | options)
        except AssertionError as failure:
            cases.require("AF_XDP is refused here" not in str(failure), "AF_XDP is refused here")
            raise
        with running:
            yield link, running
            running.stop()


TAPS = 3 + 1 + 9  # of that life


def the_life_of_a_session(asker, session=0x123456789ABC):
    """Each status in turn; the pace is the least, for there is no load."""
    receipt = asker.ask(wire.datagram(1, {FIRE: 3}, session=session, sequence=1, flags=RECEIPT))
    assert receipt == (wire.COUNTED, False, 1, 10, session, 1, None), receipt
    again = asker.ask(wire.datagram(1, {FIRE: 3}, session=session, sequence=1, flags=RECEIPT))
    assert again.status == wire.DUPLICATE and again.sequence == 1, again
    several = asker.ask(wire.datagram(1, {FIRE: 1}, {FIRE: 9}, session=session, sequence=3, flags=RECEIPT))
    assert several.status == wire.COUNTED and several.sequence == 3, several
    nothing = asker.ask(wire.datagram(1, session=session, flags=FRAME))
    assert nothing.status == wire.NOTHING and nothing.sequence == 3, f"the newest that is held: {nothing}"
    stranger = asker.ask(wire.datagram(1, flags=FRAME))
    assert stranger.status == wire.NOTHING and stranger.sequence == 0, stranger
    for channel, reaction in (1, 63), (9, FIRE):
        unknown = asker.ask(wire.datagram(channel, {reaction: 1}, session=session, sequence=4, flags=RECEIPT))
        assert unknown.status == wire.UNKNOWN and unknown.channel == channel and unknown.sequence == 4, unknown


def a_frame_by_return(asker, channel, taps):
    """The frame that subscribers over TCP get, and only if there is room for it."""
    with subscribers.Tcp([channel], asker.host) as listener:
        listener.wait(lambda frames: frames and frames[-1].total == taps, f"a total of {taps}")
        seen = until(lambda: next((f for f in [asker.ask(wire.datagram(channel, flags=FRAME), pad=ALL).frame]
                                   if f and f.total == taps), None), "a frame with the taps")
        listener.await_window(seen.window)
        assert seen in listener.frames, f"{seen} is not what TCP got: {listener.frames}"
    empty = 16 + 41
    until(lambda: asker.ask(wire.datagram(channel, flags=FRAME), pad=ALL).frame.taps == 0, "an empty window")
    fits = asker.ask(wire.datagram(channel, flags=FRAME), pad=empty)
    assert fits.frame is not None and not fits.too_short, fits
    tight = asker.ask(wire.datagram(channel, flags=FRAME), pad=empty - 1)
    assert tight.frame is None and tight.too_short, tight
    receipt = asker.ask(wire.datagram(channel, {FIRE: 1}, flags=RECEIPT))
    assert receipt.frame is None and not receipt.too_short, "a frame was not asked for"


@case
def over_a_wire_who_asks_is_answered_over_ipv4_and_ipv6():
    with on_wire() as (link, a):
        asked = 0
        for n, host in enumerate((link.near_v4, link.near_v6)):
            with link.far_side():
                asker = Asker(host)
                the_life_of_a_session(asker, 0x123456789ABC + n)
                a_frame_by_return(asker, 1, n * (TAPS + 1) + TAPS)
            asked += asker.asked
        book = a.stats()["answers"]
        assert book["sent"] == asked and 4 < book["with_frame"] < asked, f"{asked} asked: {book}"
        assert book["dropped"] == book["limited"] == book["unfit"] == 0, book


@case
def on_lo_who_asks_over_ipv6_is_answered():
    with on_lo() as a:
        asker = Asker("::1")
        the_life_of_a_session(asker)
        a_frame_by_return(asker, 1, TAPS)
        a.stop()


def of_a_session(n, **fields):
    return wire.datagram(1, {CLAP: 1}, session=n, sequence=1, flags=RECEIPT, **fields)


def not_to_be_answered():
    """Frames whose datagrams count, but whose answers would go where none may go."""
    p = of_a_session
    v4 = {"port zero": e.udp(p(1), source_port=0), "the reaction port": e.udp(p(2), source_port=wire.PORT)}
    frames = {name: e.ether(e.ipv4(udp)) for name, udp in v4.items()}
    for n, source in enumerate(("0.0.0.0", "127.0.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255"), 10):
        between = source, e.V4[1]
        frames[source] = e.ether(e.ipv4(e.udp(p(n), between), between))
    for n, source in enumerate(("::", "::1", "ff02::1", "ff0e::5", "::ffff:10.77.0.2"), 20):
        between = source, e.V6[1]
        frames[source] = e.ether(e.ipv6(e.udp(p(n), between), between), e.IPV6)
    frames["to a group"] = b"\xff" * 6 + e.whole(p(30))[6:]
    frames["with options"] = e.ether(e.ipv4(e.udp(p(31)), options=b"\x01" * 8))
    frames["with extensions"] = e.ether(e.ipv6(e.extension(e.UDP, e.udp(p(32), e.V6)), following=e.DESTINATION), e.IPV6)
    return frames


@case
def answers_go_to_no_group_no_reserved_address_and_not_to_the_appliance_itself():
    frames = not_to_be_answered()
    with Replay([*frames.values(), e.whole(of_a_session(99))]) as replay:
        stats = ledger.await_taps(replay.appliance, len(frames) + 1)
        assert stats["answers"]["unfit"] == len(frames) and stats["answers"]["sent"] == 1, stats["answers"]
    (only,) = replay.sent()
    assert wire.decode_answer(only.payload).session == 99


@case
def what_is_malformed_or_does_not_ask_is_never_answered():
    good = of_a_session(7)
    rng = random.Random(5)
    frames = [e.whole(p) for p in (good[:10], good[:-1], good + b"\1", b"\xfa", b"\xfb" + good[1:], "🔥".encode(),
                                   wire.datagram(1, {FIRE: 1}, sequence=1), good[:1] + b"\x2a" + good[2:],
                                   wire.header(1, 1, flags=wire.TEXT | RECEIPT) + b"\xc3\x28")]
    frames += [e.whole(good, check=0xBAD), e.ether(e.ipv4(e.udp(good), fragment=0x2000)), e.whole(good, to=7799)]
    for _ in range(2000):
        mutated = bytearray(good)
        for at in rng.sample(range(len(good)), 3):
            mutated[at] = rng.randrange(256)
        frames.append(e.whole(bytes(mutated)))
    with Replay(frames) as replay:
        stats = ledger.await_rx(replay.appliance, len(frames))
        asked = stats["answers"]
    sent = replay.sent()
    assert len(sent) == asked["sent"] > 0 and asked["dropped"] == 0, asked
    for answer in sent:
        wire.decode_answer(answer.payload)
        assert len(answer.payload) == 16 and answer.between == e.V4[::-1] and answer.ports == (wire.PORT, 40000), answer
    refused = {k: v for k, v in stats["refused"].items() if k in ("channel", "reaction")}
    assert len(sent) <= stats["ledger"]["accepted"] + sum(refused.values()), f"{len(sent)} {stats['ledger']} {refused}"


@case
def tags_stay_and_each_answer_is_a_whole_frame():
    specimens = [(tags, v6) for tags in ([], [e.VLAN], [e.QINQ, e.VLAN]) for v6 in (False, True)]
    frames = [e.whole(of_a_session(n + 1), tags=tags, v6=v6)
              for n, (tags, v6) in enumerate(specimens)]
    with Replay(frames) as replay:
        ledger.await_taps(replay.appliance, len(frames))
    sent = replay.sent()
    assert len(sent) == len(frames)
    for n, (answer, (tags, v6)) in enumerate(zip(sent, specimens)):
        assert answer.tags == [(tag, 7) for tag in tags], answer
        assert wire.decode_answer(answer.payload).session == n + 1
        assert answer.macs == (e.FAR_MAC, e.NEAR_MAC) and answer.between == (e.V6 if v6 else e.V4)[::-1], answer


@case
def answers_are_bound_per_second():
    frames = [e.whole(of_a_session(n + 1)) for n in range(5000)]
    with Replay(frames, answers={"per_second": 1}) as replay:
        stats = ledger.await_taps(replay.appliance, len(frames))["answers"]
    assert 1 <= stats["sent"] <= 10 and stats["sent"] + stats["limited"] == len(frames), stats
    assert len(replay.sent()) == stats["sent"], stats
    with Replay(frames[:9], answers={"per_second": 0}) as replay:
        stats = ledger.await_taps(replay.appliance, 9)["answers"]
    assert not any(stats.values()) and not replay.sent(), f"nobody is answered: {stats}"


@case
def a_port_that_only_receives_answers_nobody_and_says_so():
    path = capture.write(capture.pcap([e.whole(of_a_session(1))]))
    with Appliance("--device", capture.device(path)) as a:
        stats = ledger.await_taps(a, 1)
        assert not any(stats["answers"].values()), stats["answers"]
        assert a.logged("only receives: nobody who sends through it is answered"), a.log()
        a.stop()


@case
def under_ticket_admission_answers_go_to_valid_tickets_only():
    path = tickets.write_keys(1)
    good, late, forged = (tickets.ticket(5), tickets.ticket(5, expires=1700000000), tickets.ticket(6))

    def frame(ticket=None, channel=1, reaction=FIRE, batches=True, flags=RECEIPT | FRAME):
        head = wire.header(channel, 1 if batches else 0, session=5, sequence=1 if batches else 0,
                           flags=flags | (wire.TICKET if ticket else 0))
        return e.whole(head + (ticket or b"") + (wire.batch({reaction: 1}) if batches else b""))
    frames = [frame(), frame(late), frame(forged), frame(channel=9), frame(good, channel=9),
              e.whole(wire.datagram(1, {FIRE: 1}, flags=RECEIPT)), frame(batches=False), frame(late, batches=False),
              frame(good), frame(good, reaction=63), frame(good, batches=False)]
    with Replay(frames, admission="tickets", tickets={"keys": path}) as replay:
        stats = ledger.await_rx(replay.appliance, len(frames))
        assert stats["answers"]["sent"] == 3, stats
    told = [wire.decode_answer(f.payload) for f in replay.sent()]
    assert {t.status: t.sequence for t in told} == {wire.COUNTED: 1, wire.NOTHING: 1, wire.UNKNOWN: 1}, told


def uproar(*arguments):
    return subprocess.run([UPROAR, *arguments], capture_output=True, text=True, timeout=60)


@case
def watch_shows_by_udp_what_it_shows_by_tcp():
    with on_lo(window_ms=1500) as a:
        with Process(UPROAR, "watch", "--json", "--windows", "4", "1") as tcp, \
                Process(UPROAR, "watch", "--udp", "--json", "--windows", "3", "1") as udp:
            until(lambda: udp.log() and tcp.log(), "frames of both")
            assert uproar("send", "--channel", "1", f"{FIRE}:2").returncode == 0
            assert tcp.wait() == udp.wait() == 0, f"{tcp.log()} {udp.log()}"
            both = [[json.loads(line) for line in of.log().splitlines()] for of in (tcp, udp)]
            windows = {f["window"]: f for f in both[0]}
            assert len(both[1]) == 3 and sum(f["window"] in windows for f in both[1]) >= 2, both
            assert all(f == windows.get(f["window"], f) for f in both[1]), both
        line = uproar("watch", "--udp", "--windows", "1", "1")
        assert line.returncode == 0 and "channel 1" in line.stdout, line
        unknown = uproar("watch", "--udp", "9")
        assert unknown.returncode == 1 and "unknown channel 9" in unknown.stderr, unknown
        a.stop()
    nobody = uproar("watch", "--udp", "--once", "1")
    assert nobody.returncode == 1 and "no answer from UDP [::1]:7700" in nobody.stderr, nobody


@case
def send_prints_its_receipt():
    with on_lo() as a:
        session = "--session", "0123456789abcd"
        for status, words, arguments in (
                (0, "channel 1, sequence 1: counted; the next datagram in 1.0 s", (*session, "--channel", "1", "🔥")),
                (1, "not counted: it was before", (*session, "--channel", "1", "🔥")),
                (1, "not counted: unknown", ("--channel", "9", "🔥")), (0, "channel 0, sequence 1: counted", ("👏",))):
            done = uproar("send", "--receipt", *arguments)
            assert done.returncode == status and words in done.stdout, done
        ledger.await_taps(a, 2)
        a.stop()
    nobody = uproar("send", "--receipt", "🔥")
    assert nobody.returncode == 1 and "nobody listens" in nobody.stderr, nobody


@case
def the_program_of_the_manual_shows_the_mood():
    manual = (Path(__file__).resolve().parents[2] / "docs/clients.md").read_text()
    program = re.search(r"```python\n(# ask\.py\n.*?)```", manual, re.DOTALL)[1]
    with on_lo() as a, Process(PYTHON, "-u", "-c", program) as shown:
        assert uproar("send", "--channel", "1", f"{FIRE}:2").returncode == 0
        until(lambda: re.search(r"window \d+: \d taps, 2 in all", shown.log()), lambda: shown.log())
        shown.kill()
        a.stop()


if __name__ == "__main__":
    cases.main()
