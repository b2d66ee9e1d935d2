#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Nodes of a cluster whose brokers are away: each starts, says so, and does what it can. (With brokers: tests/cluster.)"""

import json
import os
import subprocess
import urllib.error
import urllib.request

from harness import cases, config, ledger, subscribers
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Process, refused
from harness.deadline import SECONDS, until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.programs import UPROAR, UPROARD
from harness.sender import Sender

NOBODY = "bootstrap.servers=127.0.0.1:9"
CLUSTER = {"node": "here", "kafka": [NOBODY]}
BASE = {"name": "smoke", "window_ms": 1000, "cluster": CLUSTER, "metrics": {"listen": f"unix:{WORK}/metrics.sock"}}


class Node(Process):
    """One that counts nothing."""

    def __init__(self, *roles, **options):
        self.path = config.write(BASE | {"roles": roles} | options)
        super().__init__(UPROARD, self.path)
        until(lambda: self.ask("stats", "--json").returncode == 0 or not self.is_alive(), self.log)
        assert self.is_alive(), self.log()

    def ask(self, *words):
        return subprocess.run([UPROAR, *words, "--name", "smoke"], capture_output=True, text=True)

    def stats(self):
        return json.loads(self.ask("stats", "--json").stdout)

    def rewrite(self, **options):
        os.rename(config.write(BASE | options), self.path)

    def complaint(self, part):
        return until(lambda: self.stats()["cluster"][part]["complaint"], f"the {part} complains")


def health():
    """(status, what it says) of /healthz."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:7780/healthz", timeout=SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)


def metrics():
    done = subprocess.run(["curl", "-s", "--unix-socket", f"{WORK}/metrics.sock", "http://localhost/metrics"],
                          capture_output=True, text=True, check=True)
    return done.stdout


@case
def a_fanout_node_starts_without_brokers_and_says_how_it_is():
    with Node("fanout") as node:
        assert "127.0.0.1:9" in node.complaint("follower")
        status, said = health()
        assert said["frame_age"] is None and said["window"] == 0, said
        until(lambda: health()[1]["complaint"] is True, "the health says that there is a complaint")
        assert "127.0.0.1:9" not in str(health())
        until(lambda: health()[0] == 503, "it is unwell when no frame has come for some windows")
        assert 'uproar_cluster_complaint{part="follower"} 1' in metrics()
        stats = node.stats()
        assert stats["roles"] == ["fanout"] and stats["cluster"]["publisher"] is stats["cluster"]["merger"] is None
        assert "ledger" not in stats
        shown = node.ask("stats")
        assert shown.returncode == 0 and "are not reached" in shown.stdout, shown
        node.stop()
        assert "are not reached" in node.log()


@case
def a_fanout_node_has_no_catalogue_and_no_channels_of_its_own():
    with Node("fanout") as node:
        with subscribers.Tcp([1]) as listener:
            until(lambda: listener.ended, "the channel is unknown")
        try:
            urllib.request.urlopen("http://127.0.0.1:7780/v1/catalogue", timeout=SECONDS)
            raise AssertionError("there is a catalogue")
        except urllib.error.HTTPError as answer:
            assert answer.code == 404, answer
        node.stop()


@case
def it_is_reloaded_as_an_appliance_is():
    with Node("fanout") as node:
        said = node.ask("reload")
        assert said.returncode == 0 and "no option has changed" in said.stdout, said
        node.rewrite(roles=["fanout"], fanout={"max_connections": 7})
        said = node.ask("reload")
        assert said.returncode == 0 and "fanout.max_connections" in said.stdout, said
        node.rewrite(roles=["fanout"], cluster=CLUSTER | {"partitions": 5})
        said = node.ask("reload")
        assert said.returncode == 3 and "cluster.partitions" in said.stdout, said
        node.rewrite(roles=["fanout"], cluster=CLUSTER | {"partitions": 0})
        said = node.ask("reload")
        assert said.returncode == 1 and "nothing has changed" in said.stdout + said.stderr, said
        node.stop()


@case
def a_merger_starts_without_brokers():
    with Node("merge") as node:
        assert "127.0.0.1:9" in node.complaint("merger")
        assert node.ask("stats").returncode == 0
        assert node.stats()["cluster"]["follower"] is None
        node.stop()


@case
def an_ingest_node_counts_without_brokers_and_serves_nobody():
    with on_lo(roles=["ingest"], cluster=CLUSTER, window_ms=1000) as a:
        Sender().tap(1, {FIRE: 5})
        ledger.await_totals(a, {1: 5})
        publisher = a.stats()["cluster"]["publisher"]
        assert publisher["marked_rows"] >= 1 and publisher["records"] == 0, publisher
        assert "no subscribers" in a.log(), a.log()
        a.stop()


@case
def a_role_alone_without_a_cluster_is_refused():
    status, said = refused(roles=["fanout"])
    assert status == 3 and "cluster" in said, said


cases.main()
