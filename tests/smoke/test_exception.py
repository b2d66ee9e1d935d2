#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
The exception port: a wire that belongs to the appliance alone, and the kernel's traffic on it. The
card is one end of a veth pair of which the kernel here takes nothing.
"""

import contextlib
import json
import os
import socket
import subprocess
import urllib.request

from harness import cases, config, ethernet, ledger, subscribers, wire
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance, refused
from harness.deadline import until
from harness.dumpcap import Dumpcap, require
from harness.namespace import CROWD, WORK, run, within
from harness.sender import RawSender, Sender

CARD, KERNEL, FAR = "card0", "wire0", "crowd0"
V4, V6 = "10.77.0.1", "fd77::1"
FAR_V4, FAR_V6 = "10.77.0.2", "fd77::2"
OTHER_PORT = 7799
EXIT_DEVICES = 5


def address(v4, v6, name, at=()):
    run("ip", *at, "address", "add", f"{v4}/24", "dev", name)
    run("ip", *at, "address", "add", f"{v6}/64", "dev", name, "nodad")


def leave_to_the_card(name):
    """The kernel has the interface, too, as it would not have a card of DPDK's: it answers nothing there."""
    for setting, value in ("ipv6/conf/{}/disable_ipv6", 1), ("ipv4/conf/{}/rp_filter", 1), ("ipv4/conf/{}/arp_ignore", 1):
        with open("/proc/sys/net/" + setting.format(name), "w") as f:
            f.write(str(value))


@contextlib.contextmanager
def cable():
    run("ip", "netns", "add", CROWD)
    run("ip", "link", "add", CARD, "type", "veth", "peer", "name", FAR, "netns", CROWD)
    leave_to_the_card(CARD)
    run("ip", "link", "set", CARD, "up")
    address(FAR_V4, FAR_V6, FAR, ["-n", CROWD])
    run("ip", "-n", CROWD, "link", "set", FAR, "up")
    with within(CROWD):
        run("ethtool", "-K", FAR, "tx", "off")  # whole checksums, as on a cable
    try:
        yield
    finally:
        run("ip", "link", "del", CARD)
        run("ip", "netns", "del", CROWD)


def port(**options):
    return {"device": f"net_af_packet0,iface={CARD}", "exception": "on", "exception_interface": KERNEL} | options


def start(port_options=None, **options):
    """The appliance, with addresses on the kernel's interface."""
    cases.require(os.access("/dev/net/tun", os.R_OK | os.W_OK), "TAP interfaces cannot be made here")
    cases.require_root("packet sockets")
    a = Appliance(ports=[port(**port_options or {})], listen=config.listeners("0.0.0.0", "[::]"), **options)
    address(V4, V6, KERNEL)
    return a


def exception_of(stats):
    [of_port] = stats["exceptions"]
    assert (of_port["interface"], of_port["driver"]) == (KERNEL, "net_tap"), of_port
    return of_port


def is_there(interface):
    return interface in (name for _, name in socket.if_nameindex())


def scrape():
    with urllib.request.urlopen("http://127.0.0.1:7790/metrics", timeout=5) as answer:
        return answer.read().decode()


def ping(host):
    with within(CROWD):
        return subprocess.run(["ping", "-c", "3", "-i", "0.2", "-W", "5", host], capture_output=True, text=True)


@case
def ping_neighbours_and_subscribers_share_the_wire_with_reactions():
    with cable(), start() as a:
        for host in V4, V6:
            done = ping(host)
            assert done.returncode == 0 and "3 received" in done.stdout and "DUP" not in done.stdout, \
                f"{done.stdout}\n{a.stats()['exceptions']} {a.stats()['ledger']}"
        with within(CROWD):
            listeners = [subscribers.Tcp([1], V4), subscribers.WebSocket([1], V6), subscribers.Events([1], V4)]
            senders = Sender(V4), Sender(V6)
        with contextlib.ExitStack() as stack:
            for listener in listeners:
                stack.enter_context(listener)
                listener.wait(len, "a frame")
            for n in range(200):
                senders[n % 2].tap(1, {FIRE: 2})
            stats = ledger.await_taps(a, 400)
            for listener in listeners:
                listener.await_taps(400)
        stats = a.stats()
        book, of_port = stats["ledger"], exception_of(stats)
        assert book["accepted"] == 200 and book["refused"] == 0, stats["refused"]
        assert book["passed"] == book["rx"] - 200 > 20, book
        assert f'uproar_exception_delivered_frames_total{{port="0"}} {of_port["delivered"]}' in scrape(), scrape()
        assert of_port["returned"] > 20 and of_port["return_full"] == of_port["kernel_full"] == 0, of_port
        a.stop()
        assert a.logged(r"in this arena: \d+ frames: 200 accepted, 0 refused, \d+ passed to the kernel; 400 taps; "
                        "the ledger is balanced"), a.log()
    assert not is_there(KERNEL), "the interface goes with the appliance"


@case
def the_interface_looks_like_the_card():
    def facts(name):
        [link] = json.loads(run("ip", "-j", "link", "show", name))
        return link["address"], link["mtu"]
    with cable(), start() as a:
        assert facts(KERNEL) == facts(CARD)
        a.stop()


@case
def a_flood_for_the_kernel_is_cut_by_name_and_takes_nothing_from_counting():
    e = ethernet
    flood = [e.whole(wire.datagram(1, {FIRE: 1}), to=OTHER_PORT), e.ether(b"\0" * 46, e.ARP),
             e.ether(e.ipv4(e.udp(b""), protocol=e.TCP)), e.ether(e.ipv4(e.udp(b"x" * 16), fragment=0x2000))]
    with cable(), start({"exception_per_second": 100}) as a:
        with within(CROWD):
            raw = RawSender(FAR)
        for portion in range(1, 31):  # not more than a packet socket holds
            for n in range(100):
                raw.send(flood[n % 4])
                if n % 10 == 0:
                    raw.send(e.whole(wire.datagram(1, {FIRE: 1})))
            ledger.await_taps(a, 10 * portion)
        stats = a.stats()
        assert set(ledger.refusals(stats)) == {"exception_rate"}, stats["refused"]
        book = stats["ledger"]
        assert book["accepted"] == 300 and book["passed"] + book["refused"] == book["rx"] - 300, book
        assert book["refused"] > 2000, "a tenth of a second's worth may be saved up, and a second's comes in a second"
        a.stop()


@case
def without_it_the_same_frames_are_refused_by_their_names():
    with cable():
        cases.require_root("packet sockets")
        with Appliance(ports=[port(exception="off")]) as a, within(CROWD):
            assert a.stats()["exceptions"] == []
            RawSender(FAR).send(ethernet.ether(b"\0" * 46, ethernet.ARP))
            until(lambda: ledger.refusals(a.stats()).get("not_ip"), lambda: f"{a.stats()['refused']}")
            assert a.stats()["ledger"]["passed"] == 0
            a.stop()


@case
def an_interface_that_is_taken_away_is_said():
    with cable(), start() as a:
        run("ip", "link", "set", KERNEL, "down")
        until(lambda: a.logged(f"{KERNEL} is down or was deleted"), a.log)
        a.stop()


@case
def after_a_kill_the_interface_is_made_anew_and_counts_go_on():
    kept = {"keep": True, "arena": {"folder": f"{WORK}/arena"}}
    os.mkdir(f"{WORK}/arena")
    with cable():
        with start(**kept) as a:
            assert ping(V4).returncode == 0
            passed = a.stats()["ledger"]["passed"]
            assert passed > 0
            a.kill()
        until(lambda: not is_there(KERNEL), lambda: "the interface is gone")
        with start(**kept) as a:
            assert ping(V6).returncode == 0
            assert a.stats()["ledger"]["passed"] > passed
            a.stop()


@case
def an_interface_of_that_name_refuses_the_start():
    with cable():
        cases.require_root("packet sockets")
        run("ip", "link", "add", KERNEL, "type", "veth")
        status, said = refused("--temporary-arena", ports=[port()])
        run("ip", "link", "del", KERNEL)
        assert status == EXIT_DEVICES and f"there is an interface {KERNEL} already" in said and \
            "exception_interface" in said, said


@case
def a_link_that_is_lost_is_said_and_seen():
    cases.require(os.access("/dev/net/tun", os.R_OK | os.W_OK), "TAP interfaces cannot be made here")

    def up():
        return a.stats()["ports"][0]["link_up"]
    with Appliance("--device", "net_tap0,iface=card1") as a:
        until(up, lambda: "the link is up")
        run("ip", "link", "set", "card1", "down")
        until(lambda: a.logged("the link of net_tap0,iface=card1 is down"), a.log)
        assert not up()
        run("ip", "link", "set", "card1", "up")
        until(lambda: a.logged("the link of net_tap0,iface=card1 is up"), a.log)
        assert up()
        a.stop()


@case
def a_capture_on_the_interface_that_is_killed_is_ended():
    with cable(), start() as a:
        require(a)
        with Dumpcap(a, interface="net_tap_exception0") as dumpcap:
            dumpcap.kill()
        until(lambda: a.logged("ended a capture on net_tap_exception0"), a.log)
        done = ping(V4)
        assert done.returncode == 0, done.stdout
        a.stop()


if __name__ == "__main__":
    cases.main()
