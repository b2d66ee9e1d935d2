#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""DPDK's own tools at a running appliance: what they show is right, and they do it no harm."""

import json
import os
import re
import subprocess
import threading

from harness import cases, ledger, privileges, wire
from harness.blast import DEVICE, Blast
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance
from harness.deadline import until
from harness.default_device import on_lo
from harness.dumpcap import Dumpcap, proc_info, require
from harness.namespace import WORK
from harness.sender import Sender

REACTIONS = 100
DATAGRAMS = 100_000
FOR_EVER = 10 ** 12
ROUNDS, FRAMES_A_ROUND = 10, 3000
AT_RUN_UPROAR = "RUNTIME_DIRECTORY=/run/uproar"


class Flow:
    """A sender that does not stop until it is told to."""

    def __init__(self):
        self.sender, self.over = Sender(), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.wait(0.0002):
            self.sender.tap(1, {FIRE: 1})

    def stop(self):
        """How many taps were sent."""
        self.over.set()
        self.thread.join()
        return self.sender.taps()


def send_and_expect(a, dumpcap, before=0):
    """The capture has each payload that is sent, in its order, and all of them count."""
    sender = Sender()
    payloads = [wire.datagram(1, {FIRE: n % 200 + 1}) for n in range(REACTIONS)]
    for payload in payloads:
        sender.send(payload)
    assert dumpcap.datagrams() == payloads
    return ledger.await_taps(a, before + sum(n % 200 + 1 for n in range(REACTIONS)))


@case
def dumpcap_captures_what_is_counted():
    with on_lo() as a:
        require(a)
        with Dumpcap(a, REACTIONS) as dumpcap:
            ledger.nothing_lost(send_and_expect(a, dumpcap))
        a.stop()


@case
def it_captures_when_privileges_are_given_up():
    """The user itself may, and root if that user may answer it."""
    folder = os.path.join(WORK, "captures")
    os.mkdir(folder)
    os.chmod(folder, 0o1777)
    user = ["setpriv", f"--reuid={privileges.USER.pw_uid}", f"--regid={privileges.USER.pw_gid}", "--clear-groups"]
    with on_lo(user="nobody") as a:
        require(a)
        taps = 0
        for command in [*user, "env", AT_RUN_UPROAR], ["env", AT_RUN_UPROAR, "sh", "-c", 'umask 0; exec "$@"', "sh"]:
            with Dumpcap(a, REACTIONS, command, folder) as dumpcap:
                taps = send_and_expect(a, dumpcap, taps)["ledger"]["taps_counted"]
        with Dumpcap(a, None, [*user, "env", AT_RUN_UPROAR], folder) as dumpcap:
            dumpcap.kill()
            until(lambda: a.logged("ended a capture on net_af_xdp0"), a.log)
            with Dumpcap(a, REACTIONS, [*user, "env", AT_RUN_UPROAR], folder) as again:
                ledger.nothing_lost(send_and_expect(a, again, taps))
        a.stop()


@case
def a_capture_that_is_killed_costs_no_datagram_and_another_one_can_begin():
    with on_lo() as a:
        require(a)
        flow = Flow()
        for n in range(1, 3):
            with Dumpcap(a) as dumpcap:
                until(lambda: re.search(r"\b[1-9]\d\d ", dumpcap.log()), "frames captured")
                dumpcap.kill()
            rx = a.stats()["ledger"]["rx"]
            until(lambda: a.stats()["ledger"]["rx"] > rx + 100, "frames counted")
            until(lambda: a.log().count("ended a capture on net_af_xdp0") == n, a.log)
        taps = flow.stop()
        ledger.nothing_lost(ledger.await_taps(a, taps))
        with Dumpcap(a, REACTIONS) as dumpcap:
            ledger.nothing_lost(send_and_expect(a, dumpcap, taps))
        a.stop()


@case
def captures_come_and_go_under_full_load():
    """A capture's buffers are freed while a worker is busy, interrupted at any place: it must not be copying into them."""
    with Appliance("--device", DEVICE) as a, Blast(FOR_EVER) as blast:
        require(a)
        for _ in range(ROUNDS):
            with Dumpcap(a, FRAMES_A_ROUND) as dumpcap:
                assert dumpcap.wait() == 0, dumpcap.log()
        blast.process.kill()
        until(lambda: not a.stats()["ports"][0]["link_up"], "the end of the link")
        ledger.nothing_lost(a.stats())
        a.stop()


@case
def dumpcap_ends_when_the_appliance_does():
    with on_lo() as a:
        require(a)
        with Dumpcap(a) as dumpcap:
            a.stop()
            dumpcap.wait()


def registers(text):
    """`name: number` of each line."""
    return {name.strip(): int(number) for name, number in re.findall(r"^\s*([\w-][\w -]*):\s+(\d+)\s*$", text, re.MULTILINE)}


@case
def proc_info_and_telemetry_show_what_the_ledger_has():
    with Appliance("--device", DEVICE) as a, Blast(DATAGRAMS) as blast:
        require(a)
        assert blast.sent() == DATAGRAMS
        ledger.await_rx(a, DATAGRAMS)
        stats = proc_info(a, "--stats")
        assert re.search(rf"RX-packets: {DATAGRAMS} +RX-errors:  0 ", stats), stats
        more = registers(proc_info(a, "--xstats"))
        assert more["rx_good_packets"] == more["rx_q0_packets"] == DATAGRAMS, more
        pool = proc_info(a, "--show-mempool=port0")
        assert "Name: port0" in pool and re.search(r"Count: avail \(\d+\), in use \(\d+\)", pool), pool
        told = subprocess.run(["dpdk-telemetry.py", "-f", f"uproar-{a.name}"], input="/ethdev/list\n/ethdev/stats,0\n",
                              text=True, capture_output=True, timeout=60)
        answers = [json.loads(line) for line in told.stdout.splitlines() if line.startswith('{"/ethdev/')]
        assert answers[0] == {"/ethdev/list": [0]}, told
        assert answers[1]["/ethdev/stats"]["ipackets"] == DATAGRAMS, told
        blast.end()
        a.stop()


@case
def where_nobody_can_attach_the_log_says_so():
    for arguments, why in (["--no-huge", "-m", "256"], "reserve huge pages"), (["--in-memory"], "leave out --in-memory"):
        with Appliance("--device", "net_null0,no-rx=1", "--", *arguments) as a:
            assert a.logged(f"dpdk-dumpcap and dpdk-proc-info cannot attach: .*{why}"), a.log()
            a.stop()


if __name__ == "__main__":
    cases.main()
