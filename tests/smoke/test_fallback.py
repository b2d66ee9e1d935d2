#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Where AF_XDP cannot be had: TAP and memif with the relay, so that nc works everywhere."""

import os
import pwd
import re
import shutil
import subprocess

from harness import cases, ledger, programs, subscribers
from harness.answers import Asker
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import Appliance, Process
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.sender import Sender, nc_send
from harness.wire import ANSWER_MAX, COUNTED, FRAME, PORT, datagram

TAP = "uproar0"
HOME = f"{WORK}/nobody"
SOCKET = f"{HOME}/uproar/smoke.memif"
NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env", f"XDG_RUNTIME_DIR={HOME}")


def owns_the_port():
    """Somebody has the kernel's UDP port, on both kinds of addresses."""
    def listed(table):
        with open(f"/proc/net/{table}") as f:
            return any(line.split()[1].endswith(f":{PORT:04X}") for line in f.readlines()[1:])
    return listed("udp") and listed("udp6")


class Relay(Process):
    def __init__(self, device, as_user=(), program=programs.RELAY):
        super().__init__(*as_user, program, "--device", device, "--verbose")
        try:
            until(self._ready, lambda: f"the relay has the port:\n{self.log()}")
        except BaseException:
            self.__exit__()
            raise

    def _ready(self):
        assert self.is_alive(), f"the relay ended:\n{self.log()}"
        return owns_the_port()


def tap_and_listen(a):
    """A person's taps, then many; all of it shown."""
    before = a.stats()["ledger"]["taps_counted"]
    with subscribers.Nc([0]) as listener:
        listener.wait(len, "a first frame")
        nc_send("🔥🔥👏")
        nc_send("🔥", "::1")
        listener.await_taps(4)
        assert subscribers.counts(listener.frames) == {0: {FIRE: 3, CLAP: 1}}, listener.frames
    senders = [Sender("127.0.0.1"), Sender("::1")]
    for n in range(500):
        senders[n % 2].tap(1 + n % 3, {n % 24: 1 + n % 255, (n + 1) % 24: 2})
        senders[n % 2].text(2, "👏", {CLAP: 1})
    stats = ledger.await_taps(a, before + 4 + sum(s.taps() for s in senders))
    ledger.nothing_lost(stats)
    return stats


def ask_and_be_answered(a):
    """Over both kinds of addresses: the relay's sockets are the kernel's own."""
    until(lambda: a.stats()["window"]["number"] and Asker("::1").ask(datagram(1, flags=FRAME), pad=ANSWER_MAX).frame,
          "a frame on the board")
    for host in "127.0.0.1", "::1":
        asker = Asker(host)
        for n in range(1, 21):
            answer = asker.ask(datagram(1, {FIRE: 1}, session=len(host), sequence=n, flags=FRAME), pad=ANSWER_MAX)
            assert answer.status == COUNTED and answer.sequence == n and answer.frame, answer
    assert a.stats()["answers"]["sent"] >= 41, a.stats()["answers"]


def all_refused(stats, names):
    assert set(ledger.refusals(stats)) <= set(names), stats["refused"]


@case
def tap_with_the_relay():
    cases.require(os.path.exists("/dev/net/tun"), "there is no /dev/net/tun")
    with Appliance("--device", f"net_tap0,iface={TAP}") as a, Relay(f"net_af_packet0,iface={TAP}") as relay:
        all_refused(tap_and_listen(a), ["not_udp"])  # what the kernel says of its own on a new interface
        ask_and_be_answered(a)
        relay.stop()
        assert re.search(r"relayed 10\d\d from the port and 0 of the crowd, answered [4-9]\d,", relay.log()), relay.log()
        a.stop()


def become_nobody():
    """Copies of the programs where everybody may run them, and a folder of nobody's own."""
    cases.require_root("to become somebody else")
    who = pwd.getpwnam("nobody")
    for place in HOME, f"{WORK}/bin":
        shutil.rmtree(place, ignore_errors=True)
        os.mkdir(place, 0o755)
    os.chown(HOME, who.pw_uid, who.pw_gid)
    tried = subprocess.run([*NOBODY, "true"], capture_output=True, text=True)
    cases.require(tried.returncode == 0, f"nobody cannot run anything here: {tried.stderr.strip()}")
    for name in "UPROARD", "UPROAR", "RELAY":
        copy = f"{WORK}/bin/{os.path.basename(getattr(programs, name))}"
        shutil.copy(getattr(programs, name), copy)
        yield copy


def as_nobody(*arguments, **options):
    daemon, command, _ = become_nobody()
    return Appliance(*arguments, as_user=NOBODY, programs=(daemon, command), **options)


def nobodys_relay():
    return Relay(f"net_memif0,role=client,id=0,socket={SOCKET},socket-abstract=no", NOBODY, f"{WORK}/bin/uproar-relay")


def nothing_in_nobodys_folder():
    left = [name for _, _, names in os.walk(HOME) for name in names]
    assert not left, f"left in {HOME}: {left}"


@case
def memif_as_nobody_without_huge_pages():
    with as_nobody("--device", f"net_memif0,role=server,id=0,socket={SOCKET},socket-abstract=no",
                   "--", "--no-huge", "-m", "256") as a, nobodys_relay() as relay:
        assert not a.stats()["arena"]["hugepages"], a.stats()["arena"]
        all_refused(tap_and_listen(a), [])
        ask_and_be_answered(a)
        relay.stop()
        a.stop()
    nothing_in_nobodys_folder()


@case
def auto_as_nobody_takes_memif_and_says_why():
    with as_nobody() as a, nobodys_relay() as relay:
        stats = a.stats()
        why = stats["why_this_device"]
        assert stats["ports"][0]["driver"] == "net_memif", stats["ports"]
        assert "AF_XDP is refused here" in why and "TAP" in why, why
        assert a.logged(r"taking net_memif0,.*because: AF_XDP"), a.log()
        all_refused(tap_and_listen(a), [])
        relay.stop()
        a.stop()
    nothing_in_nobodys_folder()


@case
def auto_takes_tap_where_lo_is_taken():
    with on_lo("--device", "net_af_xdp0,iface=lo", name="first") as first:
        others = {"listen": {"tcp": ["127.0.0.1:7801"], "http": [], "mqtt": []}, "metrics": {"listen": ""}}
        with Appliance(name="second", **others) as a, Relay(f"net_af_packet0,iface={TAP}") as relay:
            assert a.stats()["ports"][0]["driver"] == "net_tap", a.stats()["ports"]
            assert f"in use by another uproard, process {first.process.pid}" in a.stats()["why_this_device"]
            relay.stop()
            a.stop()
        Sender().tap(1, {FIRE: 1})
        ledger.await_taps(first, 1)
        first.stop()


@case
def the_relay_finds_an_appliance_that_comes_back():
    device = f"net_memif0,role=server,id=0,socket={WORK}/smoke.memif,socket-abstract=no"
    with Appliance("--device", device, keep=True) as a:
        with Relay(f"net_memif0,role=client,id=0,socket={WORK}/smoke.memif,socket-abstract=no") as relay:
            tap_and_listen(a)
            a.stop()
            counted = None
            for kill in True, False:
                with Appliance("--device", device, keep=True) as again:
                    counted = again.stats()["ledger"]["taps_counted"]
                    tap_and_listen(again)
                    if kill:
                        again.kill()
                    else:
                        again.stop()
            assert counted > 0
            relay.stop()
    with Appliance("--device", device) as last:
        last.stop()


if __name__ == "__main__":
    cases.main()
