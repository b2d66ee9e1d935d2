#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Network interfaces that stay the kernel's: what is asked of them, who is on them already, what is said."""

import contextlib
import fcntl
import os
import signal
import struct
import subprocess

from harness import cases, ethernet, ledger, leftovers, wire, xdp
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance, refused
from harness.deadline import until
from harness.namespace import Wire, run
from harness.sender import Sender

NOWHERE = {"tcp": [], "http": [], "mqtt": []}
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI, IFF_MULTI_QUEUE = 0x0002, 0x1000, 0x0100


def af_xdp(interface, n=0, **options):
    return {"device": f"net_af_xdp{n},iface={interface}{options.pop('more', '')}"} | options


def on(*ports, **options):
    return Appliance(ports=list(ports), listen=NOWHERE, **options)


def refusal(*ports):
    """What an appliance says that must not start on these ports."""
    status, said = refused("--temporary-arena", ports=list(ports), listen=NOWHERE)
    assert status == 5, f"{status}: {said}"
    return said


@contextlib.contextmanager
def veth(name, queues=1, up=True):
    """A wire of which only one end matters."""
    many = ["numrxqueues", str(queues), "numtxqueues", str(queues)]
    run("ip", "link", "add", name, *many, "type", "veth", "peer", "name", f"{name}far", *many)
    run("ip", "link", "set", f"{name}far", "up")
    if up:
        run("ip", "link", "set", name, "up")
    try:
        yield name
    finally:
        run("ip", "link", "del", name)


class Card:
    """
    An interface with several channels: a TAP of which the test has the other end. What is written to
    its end of a queue is received on that queue.
    """

    def __init__(self, name, queues):
        cases.require(os.path.exists("/dev/net/tun"), "there is no /dev/net/tun")
        self.name, self.ends = name, []
        for _ in range(queues):
            end = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE))
            self.ends.append(end)
        run("ip", "link", "set", name, "up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in self.ends:
            os.close(end)

    def receive(self, queue, payload, **how):
        os.write(self.ends[queue], ethernet.whole(payload, **how))


@case
def the_mode_of_the_program_is_said():
    cases.require_root("an XDP program")
    with Wire() as link, on(af_xdp(link.near), af_xdp("lo", 1)) as a:
        ports = a.stats()["ports"]
        assert [p["steering"] for p in ports] == ["XDP native, copy", "XDP generic, copy"], ports
        for interface, mode in (link.near, "native"), ("lo", "generic"):
            assert a.logged(f"our XDP program is on net_af_xdp.,iface={interface}: XDP {mode}, copy"), a.log()
        assert "XDP native, copy" in a.ask("stats").stdout
        a.stop()


@case
def each_queue_of_a_card_has_a_worker():
    cases.require_root("an XDP program")
    with Card("card0", queues=2) as card, on(af_xdp("card0", queues=2)) as a:
        for n in range(30):
            card.receive(n % 3 // 2, wire.datagram(1, {FIRE: 1}), v6=n % 2 == 1)
        stats = ledger.await_taps(a, 30)
        assert [w["rx"] for w in stats["workers"]] == [20, 10], stats["workers"]
        assert stats["ledger"]["offered"] == 30, stats["ledger"]
        ledger.nothing_lost(stats)
        a.stop()


@case
def queues_and_channels_that_differ_are_refused_with_the_numbers():
    cases.require_root("an XDP program")
    with Card("card0", queues=3):
        said = refusal(af_xdp("card0", queues=2))
        assert "card0 receives on 3 queues (ethtool -l card0), 2 configured" in said, said
        assert "ethtool -L card0 combined 2, or set queues to 3" in said, said
        said = refusal(af_xdp("card0", queues=4))
        assert "card0 has 3 queues for AF_XDP (ethtool -l card0), 4 wanted" in said, said
        said = refusal(af_xdp("card0", queues=2, more=",queue_count=3"))
        assert "says queue_count=3, and queues is 2" in said, said
    with veth("multi", queues=4):
        said = refusal(af_xdp("multi"))
        assert "multi receives on 4 queues" in said and "ethtool -L multi rx 1" in said, said
        assert "multi has 1 queue for AF_XDP" in refusal(af_xdp("multi", queues=2))
        run("ethtool", "-L", "multifar", "tx", "1")
        run("ethtool", "-L", "multi", "rx", "1")
        with on(af_xdp("multi")) as a:
            a.stop()


@case
def who_steers_may_count_on_some_of_the_queues():
    """As after ethtool -N ... action 1."""
    cases.require_root("an XDP program")
    with Card("card0", queues=3) as card, on(af_xdp("card0", queues=2, more=",start_queue=1")) as a:
        assert a.logged("card0 has 3 queues: what comes on others than 1 to 2 goes to the kernel"), a.log()
        for queue in range(3):
            card.receive(queue, wire.datagram(1, {FIRE: 1 << queue}))
        stats = ledger.await_taps(a, 2 + 4)
        assert [w["rx"] for w in stats["workers"]] == [1, 1], stats["workers"]
        a.stop()


@case
def an_interface_that_is_no_device_or_is_down_is_refused_with_what_to_do():
    cases.require_root("an XDP program")
    with veth("below", up=False):
        assert "below is down: ip link set dev below up" in refusal(af_xdp("below"))
        for kind, more in ("bridge", []), ("macvlan", ["link", "below"]):
            made = subprocess.run(["ip", "link", "add", *more, "name", "above", "type", kind], capture_output=True)
            if made.returncode == 0:
                said = refusal(af_xdp("above"))
                assert f"above is a {kind}, and AF_XDP takes frames from a device itself: name the " in said, said
                run("ip", "link", "del", "above")
    assert "there is no network interface below" in refusal(af_xdp("below"))


@case
def why_the_kernel_does_not_take_the_program_is_passed_on():
    cases.require_root("an XDP program")
    with veth("jumbo"):
        run("ip", "link", "set", "jumbofar", "mtu", "9000")
        said = refusal(af_xdp("jumbo"))
        assert "cannot be set up with 1 queue: Invalid argument: veth: Peer MTU is too large to set XDP" in said, said
        assert not leftovers.xdp_of("jumbo")


@case
def our_own_program_that_nobody_has_any_more_is_taken_off_in_any_mode():
    cases.require_root("an XDP program")
    with Wire() as link:
        for interface, mode in (link.near, xdp.NATIVE), (link.near, xdp.GENERIC), ("lo", xdp.GENERIC):
            stale = xdp.put_on(interface, xdp.ours(), mode)
            assert stale[1] == "uproar_redirect", stale
            with on(af_xdp(interface)) as a:
                assert leftovers.xdp_of(interface)[0] != stale[0], "it is another program"
                a.stop()
            assert not leftovers.xdp_of(interface)


@case
def a_killed_appliance_is_cleared_up_after_on_each_of_its_interfaces():
    cases.require_root("an XDP program")
    with Wire() as link, veth("other"):
        ports = af_xdp(link.near), af_xdp("other", 1), af_xdp("lo", 2)
        interfaces = link.near, "other", "lo"
        with on(*ports) as a:
            os.kill(a.process.pid, signal.SIGKILL)
            a.process.wait()
        left = [leftovers.xdp_of(i) for i in interfaces]
        assert all(left), left
        with on(*ports) as a:
            with link.far_side():
                sender = Sender(link.near_v4)
                sender.tap(1, {FIRE: 5})
            ledger.await_taps(a, 5)
            assert not set(left) & {leftovers.xdp_of(i) for i in interfaces}, "they are others"
            a.stop()


@case
def an_appliance_of_another_container_keeps_its_program():
    """Whose process is not to be seen: whether it lives or not, it is named and left."""
    cases.require_root("an XDP program")
    with veth("taken") as name, on(af_xdp(name)) as a:
        loaded = leftovers.xdp_of(name)
        status, said = refused("--temporary-arena", as_user=("unshare", "--pid", "--fork", "--kill-child"),
                               name="elsewhere", ports=[af_xdp(name)], listen=NOWHERE)
        assert status == 5 and "the XDP program of an uproard of another container" in said, f"{status}: {said}"
        assert "ip link set dev taken xdp" in said, said
        assert leftovers.xdp_of(name) == loaded, "it was touched"
        a.stop()


@case
def a_foreign_program_is_named_and_left_in_any_mode():
    cases.require_root("an XDP program")
    foreign, dispatcher = xdp.passing("somebody_elses"), xdp.passing("xdp_dispatcher")
    with veth("taken"):
        for mode, word in (xdp.NATIVE, "native"), (xdp.GENERIC, "generic"):
            loaded = xdp.put_on("taken", foreign, mode)
            said = refusal(af_xdp("taken"))
            assert f"another XDP program, somebody_elses (id {loaded[0]}), is on taken in {word} mode" in said, said
            assert f"ip link set dev taken {mode} off" in said, said
            assert leftovers.xdp_of("taken") == loaded, "it was touched"
            leftovers.take_off_xdp("taken")
        loaded = xdp.put_on("taken", dispatcher, xdp.NATIVE)
        said = refusal(af_xdp("taken"))
        assert f"libxdp's dispatcher (xdp_dispatcher, id {loaded[0]}) is on taken with the programs of others" in said
        assert "xdp-loader unload taken --all" in said, said
        assert leftovers.xdp_of("taken") == loaded, "it was touched"


@case
def when_one_of_many_ports_fails_the_others_are_undone():
    cases.require_root("an XDP program")
    with veth("first"), veth("last", up=False):
        for bad, says in (af_xdp("last", 1), "last is down"), ({"device": "net_nothing0"}, "cannot be opened"), \
                ({"device": "net_tap1,iface=many", "queues": 17}, "17 are configured"), \
                (af_xdp("first", 1), "in use by another uproard"):
            said = refusal(af_xdp("first"), {"device": "net_tap0,iface=made"}, bad)
            assert says in said, said
            assert not leftovers.xdp_of("first"), "the program is still on the first"
            assert {link["ifname"] for link in leftovers.links()} == {"lo", "first", "firstfar", "last", "lastfar"}
            assert not leftovers.files() and not leftovers.processes()


@case
def an_interface_that_goes_down_is_noticed_and_counts_again_afterwards():
    cases.require_root("an XDP program")
    with Wire() as link, on(af_xdp(link.near)) as a:
        def tap_until(taps):
            with link.far_side():
                Sender(link.near_v4).tap(1, {FIRE: 5})
            ledger.await_taps(a, taps)
        tap_until(5)
        for state, says in ("down", "is down: nothing comes in"), ("up", "is up"):
            run("ip", "link", "set", link.near, state)
            until(lambda: a.logged(f"the link of net_af_xdp0,iface={link.near} {says}"), a.log)
            assert a.stats()["ports"][0]["link_up"] == (state == "up")
        tap_until(10)
        a.stop()


@case
def a_program_that_somebody_takes_off_is_missed():
    cases.require_root("an XDP program")
    with veth("taken") as name, on(af_xdp(name)) as a:
        leftovers.take_off_xdp(name)
        until(lambda: a.logged("our XDP program is not on net_af_xdp0,iface=taken any more"), a.log)
        a.stop()


@case
def busy_polling_that_interrupts_would_spoil_is_hinted_at():
    cases.require_root("an XDP program")
    with veth("polled"):
        run("mount", "-t", "sysfs", "smoke", "/sys")  # that of this network namespace
        try:
            with on(af_xdp("polled", more=",busy_budget=64")) as a:
                assert a.logged("busy_budget does little on polled.*echo 2 > /sys/class/net/polled/napi_defer"), a.log()
                a.stop()
            run("sh", "-c", "echo 2 > /sys/class/net/polled/napi_defer_hard_irqs; "
                            "echo 200000 > /sys/class/net/polled/gro_flush_timeout")
            with on(af_xdp("polled", more=",busy_budget=64")) as a:
                assert not a.logged("busy_budget does little"), a.log()
                a.stop()
        finally:
            run("umount", "/sys")


if __name__ == "__main__":
    cases.main()
