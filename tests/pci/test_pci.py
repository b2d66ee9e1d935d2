#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
A machine with an IOMMU and two PCI cards, Debian's own kernel in it, and uproard on the cards through
vfio-pci: what goes in as raw Ethernet is counted, refused and answered to the last frame.
"""

import contextlib
import os
import sys
from pathlib import Path

SMOKE = Path(__file__).resolve().parents[1] / "smoke"
sys.path.insert(0, str(SMOKE))
os.environ["UPROAR_PATIENCE"] = "4"  # here and in the guest: so many times as long as elsewhere

from harness import answers, cases, config, ledger, subscribers, wire  # noqa: E402
from harness import ethernet as e  # noqa: E402
from harness.cases import case  # noqa: E402
from harness.config import CHANNELS, FIRE  # noqa: E402
from harness.deadline import until  # noqa: E402
from harness.namespace import INSIDE, run  # noqa: E402
from harness.programs import UPROAR, UPROARD  # noqa: E402
from harness.sender import Sender  # noqa: E402

import neighbour  # noqa: E402
import wires  # noqa: E402
import world  # noqa: E402
from clients import Clients  # noqa: E402
from guest_appliance import GuestAppliance  # noqa: E402
from traffic import Traffic  # noqa: E402
from watcher import Watcher  # noqa: E402

PORT = wire.PORT.to_bytes(2, "big")
CHUNK = 100  # frames that every buffer on the way holds


def appliance(guest, *ends, **options):
    return GuestAppliance(guest, "--temporary-arena", ports=[end.port() for end in ends],
                          **{"limits": {"taps_per_second": 0}} | options)


def strict():
    """As the specimens want it."""
    channels = [{"id": n, "name": f"Channel {n}"} for n in range(4)]
    channels.append({"id": 9, "name": "Members", "admission": "tickets"})
    return {"unsequenced": False, "plain_text": {"enabled": False}, "tickets": {"keys": world.KEYS}, "channels": channels}


def send(a, end, frames, received=0):
    """All of them, no faster than they are taken; the statistics behind the last."""
    for at in range(0, len(frames), CHUNK):
        for frame in frames[at:at + CHUNK]:
            end.send(frame)
        stats = ledger.await_rx(a, received + min(at + CHUNK, len(frames)))
    return stats


def check_books(stats, traffic):
    book, frames = stats["ledger"], len(traffic.frames)
    assert ledger.refusals(stats) == dict(traffic.refused), (stats["refused"], traffic.refused)
    assert (book["rx"], book["accepted"], book["refused"], book["passed"]) == \
        (frames, traffic.accepted, traffic.refused.total(), traffic.passed), book
    assert (book["batches"], book["batches_stale"], book["batches_duplicate"]) == \
        (traffic.batches, traffic.stale, 0), (book, traffic.batches, traffic.stale)
    assert book["taps_counted"] == traffic.taps(), (book, traffic.taps())
    assert sum(port["rx"] for port in stats["ports"]) == frames, stats["ports"]
    ledger.nothing_lost(stats)


def is_answer(frame):
    """Is it UDP from the reaction port? The guest's kernel sends as well."""
    ip = e.untagged(frame)[2:]
    return ip[0] == 0x45 and ip[9] == e.UDP and ip[20:22] == PORT or ip[6] == e.UDP and ip[40:42] == PORT


def check_answers(end, traffic, seen):
    """What uproard sent is an answer for each that asked, and nothing else."""
    left = dict(traffic.asked)
    while left:
        packet = answers.packet_of(end.receive(is_answer))
        answer = wire.decode_answer(packet.payload)
        channel, wants_frame, length = left.pop(answer.session)
        assert (answer.status, answer.channel, answer.sequence) == (wire.COUNTED, channel, 1), answer
        assert len(packet.payload) <= length, f"{len(packet.payload)} bytes for {length}"
        assert (answer.frame is not None) == wants_frame, answer
        assert answer.frame is None or answer.frame in seen, f"nobody has seen {answer.frame}"
    assert not list(end.waiting(is_answer)), "answers for which nobody asked"


@case
def what_host_init_does_is_taken_back_by_undo():
    guest, _ = world.booted()
    assert host(guest, "check").returncode == 0, host(guest, "check").stdout
    ready = guest.check("sh", "-c", world.STATE)
    undone = host(guest, "undo")
    assert undone.returncode == 0 and "RUN: " in undone.stdout, undone
    assert guest.check("sh", "-c", world.STATE) == guest.state_at_boot != ready, undone.stdout
    assert host(guest, "check").returncode == 1
    done = host(guest, "init")
    assert done.returncode == 0 and guest.check("sh", "-c", world.STATE) == ready, done


def host(guest, what):
    return guest.run(UPROAR, "host", what, "--config", world.CONFIG)


def whole_story(end_number, seed):
    guest, ends = world.booted()
    end = ends[end_number]
    traffic = Traffic(seed).reactions().hostile(end.shortest)
    for n in range(40):
        traffic.asking(n, ask_frame=n % 2 == 0)
    traffic.shuffled().for_another()
    with appliance(guest, end, **strict()) as a, Watcher(guest) as watcher:
        end.drain()
        for frame in traffic.ignored:
            end.send(frame)
        stats = send(a, end, traffic.frames)
        check_books(stats, traffic)
        assert ledger.totals(ledger.await_merged(a)) == traffic.totals()
        seen = watcher.await_taps(traffic.taps())
        assert subscribers.counts(seen) == {c: dict(row) for c, row in traffic.counts.items()}
        check_answers(end, traffic, seen)
        a.stop()
    return stats


@case
def an_e1000e_counts_refuses_and_answers_exactly():
    whole_story(0, seed=4)


@case
def virtio_with_two_queues_does_so_on_both():
    stats = whole_story(1, seed=5)
    rx = [worker["rx"] for worker in stats["workers"]]
    assert len(rx) == 2 and min(rx) > sum(rx) / 5, f"frames on each queue: {rx}"


@case
def a_link_that_is_lost_is_seen_and_counts_again_when_it_is_back():
    guest, ends = world.booted()
    with appliance(guest, *ends) as a:
        for n, end in enumerate(ends):
            frame = e.whole(wire.datagram(n, {FIRE: 1}))
            set_link(a, end, n, False)
            end.send(frame)  # into a cable that is not there
            set_link(a, end, n, True)
            end.send(frame)
            ledger.await_taps(a, n + 1)
        stats = ledger.await_merged(a)
        assert stats["ledger"]["rx"] == 2 and ledger.totals(stats) == {0: 1, 1: 1}, stats["ledger"]
        a.stop()


def set_link(a, end, port, up):
    a.machine.qmp.ask("set_link", name=end.name, up=up)
    now = "up" if up else "down"
    until(lambda: a.stats()["ports"][port]["link_up"] == up, f"the link of {end.name} is {now}")
    until(lambda: a.logged(f"the link of {end.address} is {now}"), a.log)


@case
def cards_that_do_not_steer_are_told_apart_by_the_workers():
    guest, ends = world.booted()
    whys = "rte_flow says: Function not implemented", "it has no queue beside those of the workers"
    for chosen in (ends[0].port(), ends[1].port()), (ends[1].port() | {"queues": 1},):
        with GuestAppliance(guest, "--temporary-arena", ports=list(chosen)) as a:
            for port, why in zip(chosen, whys):
                assert a.logged(f"{port['device']} does not steer the reaction port.*: {why}"), a.log()
            assert {p["steering"] for p in a.stats()["ports"]} == {"software"}
            ends[1].send(e.whole(wire.datagram(1, {FIRE: 3})))
            ledger.await_taps(a, 3)
            a.stop()


@case
def a_card_that_stays_the_kernels_counts_on_each_of_its_channels():
    guest, (_, end) = world.booted()
    assert host(guest, "undo").returncode == 0
    try:
        name = guest.check("sh", "-c", f"ls /sys/bus/pci/devices/{end.address}/virtio*/net").strip()
        guest.check("ip", "link", "set", name, "up")
        port = {"device": f"net_af_xdp0,iface={name}", "queues": end.queues}
        few = guest.run(UPROARD, "--temporary-arena", "--device", port["device"])
        assert f"{name} receives on 2 queues" in few.stderr, few
        for stop in GuestAppliance.kill, GuestAppliance.stop:
            with GuestAppliance(guest, "--temporary-arena", ports=[port], limits={"taps_per_second": 0}) as a:
                # Without tags: the kernel has the card leave out VLANs that it does not know.
                for n in range(CHUNK):
                    end.send(e.whole(wire.datagram(n % 4, {FIRE: 1}), v6=n % 2 == 1, source_port=20000 + n))
                stats = ledger.await_taps(a, CHUNK)
                assert stats["ports"][0]["steering"] == "XDP native, copy", stats["ports"]
                assert min(worker["rx"] for worker in stats["workers"]) > 0, stats["workers"]
                ledger.nothing_lost(stats)
                stop(a)
    finally:
        assert host(guest, "init").returncode == 0


@case
def a_kill_under_load_loses_nothing_and_nothing_counts_twice():
    """The clients repeat what may have been lost, until the next process has counted each batch once."""
    guest, ends = world.booted()
    clients = Clients(ends)
    with lasting(guest, *ends) as a:
        clients.begin()
        ledger.await_taps(a, clients.begun())
        with clients.in_the_background():
            until(lambda: a.stats()["ledger"]["taps_counted"] > 2 * clients.begun(), "it counts")
            a.kill()
    with lasting(guest, *ends) as a:
        def all_counted():
            clients.repeat()
            return a.stats()["ledger"]["taps_counted"] >= clients.taps()
        before = a.stats()["ledger"]
        until(all_counted, lambda: f"{clients.taps()} taps, but {a.stats()['ledger']}")
        book = ledger.await_merged(a)["ledger"]
        assert book["taps_counted"] == book["taps_in_windows"] == clients.taps(), (clients.taps(), book)
        assert before["taps_counted"] > 2 * clients.begun() and before["taps_in_doubt"] == 0, before
        assert book["batches_duplicate"] > 0, book
        a.stop()


def lasting(guest, *ends):
    """With an arena that the next one finds."""
    return GuestAppliance(guest, ports=[end.port() for end in ends], limits={"taps_per_second": 0})


def reachable(end_number):
    """Neighbours, ping, and taps and subscribers of every kind, on one wire."""
    guest, ends = world.booted()
    end = ends[end_number]
    with appliance(guest, end, listen=config.listeners("0.0.0.0", "[::]")) as a, neighbour.on(end):
        for address, bits in (e.V4[1], 24), (e.V6[1], 64):
            guest.check("ip", "address", "add", f"{address}/{bits}", "dev", "uproar0", *["nodad"][:bits == 64])
            run("ping", "-q", "-c", "3", "-i", "0.2", "-W", "10", address)
            assert f"lladdr {wires.MAC}" in run("ip", "neighbour", "show", address), run("ip", "neighbour")
        taps_and_moods(a, end)
        stats = a.stats()
        carried, book = stats["exceptions"][0], stats["ledger"]
        assert book["passed"] >= carried["delivered"] > 0 and carried["returned"] > 0, (book, carried)
        assert not ledger.refusals(stats), stats["refused"]
        assert carried["kernel_full"] == carried["return_full"] == 0, carried
        ledger.nothing_lost(stats)
        a.stop()


def taps_and_moods(a, end):
    kinds = [subscribers.Tcp(CHANNELS, e.V4[1]), subscribers.Tcp(CHANNELS, e.V6[1], json_form=True),
             subscribers.WebSocket(CHANNELS, e.V6[1]), subscribers.Events(CHANNELS, e.V4[1])]
    with contextlib.ExitStack() as stack:
        for subscriber in kinds:
            stack.enter_context(subscriber).wait(len, "a frame")
        senders = [Sender(e.V4[1]), Sender(e.V6[1])]
        for n in range(60):
            senders[n % 2].tap(n % 4, {n % 24: 1 + n})
        taps = sum(sender.taps() for sender in senders)
        ledger.await_taps(a, taps)
        expected = {c: dict(senders[0].counts[c] + senders[1].counts[c]) for c in CHANNELS}
        for subscriber in kinds:
            assert subscribers.counts(subscriber.await_taps(taps)) == expected, type(subscriber).__name__
        answer = answers.Asker(e.V4[1]).ask(wire.datagram(1, flags=wire.FRAME), pad=wire.ANSWER_MAX)
        assert answer.frame is not None and answer.frame.total == sum(expected[1].values()), answer


@case
def over_an_e1000e_the_kernel_and_subscribers_are_reached():
    reachable(0)


@case
def over_virtio_the_kernel_and_subscribers_are_reached():
    reachable(1)


@case
def checksums_that_virtio_says_are_half_made_are_good():
    """As in a virtual machine whose neighbour on the same host sends."""
    guest, (_, end) = world.booted()
    run("ip", "address", "replace", f"{e.V4[0]}/24", "dev", end.interface)
    run("ip", "neighbour", "replace", e.V4[1], "lladdr", wires.MAC, "dev", end.interface)
    sender = Sender(e.V4[1])
    with appliance(guest, end) as a:
        end.drain()
        for n in range(20):
            sender.tap(1, {n: 1})
            udp = end.sent()[34:]
            assert e.checksum(e.pseudo_header(e.V4, len(udp)) + udp) != 0, "this kernel makes checksums whole"
        assert not ledger.refusals(ledger.await_rx(a, 20)), a.stats()["refused"]
        ledger.await_taps(a, sender.taps())
        a.stop()
    run("ip", "address", "flush", "dev", end.interface)


# Of the smoke tests those that show the fan-out on another kernel than this machine's, which for
# io_uring matters: every protocol, TLS, a stop that is told, subscribers that do not read.
FAN_OUT = {
    "drain": "everybody is told",
    "tls": "curl and websockets",
    "mqtt": "paho follows over tcp in version 5",
    "stall": "stalled subscribers",
}


def smoke(group):
    guest, _ = world.booted()
    environment = {name: value for name, value in os.environ.items() if name.startswith("UPROAR_")}
    environment.pop(INSIDE)
    done = guest.run("python3", f"{SMOKE}/test_{group}.py", "--tap", FAN_OUT[group],
                     environment=environment)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == 2 and lines[1].startswith("ok 1") and "# SKIP" not in lines[1], \
        f"{group}, status {done.returncode}\n{done.stdout}{done.stderr}"


@case
def a_stop_is_told_to_everybody_on_this_kernel():
    smoke("drain")


@case
def subscribers_over_tls_are_served_on_this_kernel():
    smoke("tls")


@case
def mqtt_is_served_on_this_kernel():
    smoke("mqtt")


@case
def subscribers_that_do_not_read_hold_nobody_up_on_this_kernel():
    smoke("stall")


if __name__ == "__main__":
    cases.main()
