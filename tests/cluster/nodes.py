# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Nodes of a cluster: uproard in its roles, each on a host of its own, which may die and come back."""

import json
import os
import re
import shutil
import subprocess

from harness import config, leftovers
from harness.daemon import Process
from harness.deadline import PATIENCE, until
from harness.namespace import WORK
from harness.programs import UPROAR, UPROARD

import network

WINDOW_MS = 1000  # the least in a cluster
PARTITIONS = 4
CHANNELS = [{"id": n, "name": f"Channel {n}"} for n in range(6)] + [
    {"id": 6, "name": "North stand", "parent": 1}, {"id": 7, "name": "South stand", "parent": 1}]
IDS = [channel["id"] for channel in CHANNELS]
ROOTS = [channel["id"] for channel in CHANNELS if "parent" not in channel]  # their totals have all taps
START_SECONDS = 30 * PATIENCE
STOP_SECONDS = 30 * PATIENCE


def parents(counts):
    """Totals by channel, as frames have them: a parent has those of its children, too. counts: {channel: taps}."""
    totals = {channel: counts.get(channel, 0) for channel in IDS}
    for channel in CHANNELS:
        if "parent" in channel:
            totals[channel["parent"]] += counts.get(channel["id"], 0)
    return totals


class Cluster:
    """What all nodes have in common: where the brokers are, and which topics of theirs."""

    def __init__(self, brokers, name="uproar", kafka=(), window_ms=WINDOW_MS, partitions=PARTITIONS):
        self.brokers, self.name, self.window_ms, self.partitions = brokers, name, window_ms, partitions
        self.kafka = [*kafka] or [f"bootstrap.servers={brokers.servers()}"]
        self.tallies, self.frames = f"{name}-tallies", f"{name}-frames"

    def make_topics(self, **options):
        self.brokers.topics(**{topic: (self.partitions, options) for topic in (self.tallies, self.frames)})
        return self

    def options(self, node, role):
        return {"name": node, "roles": [role], "window_ms": self.window_ms, "channels": CHANNELS,
                "metrics": {"listen": ""},
                "cluster": {"node": node, "partitions": self.partitions, "tallies": self.tallies, "frames": self.frames,
                            "group": self.name, "kafka": self.kafka}}


class Node:
    """One process at a time, of one configuration, for a with statement."""

    def __init__(self, host, options):
        self.host, self.options = host, options
        self.path = config.write(options)
        self.process, self.lives = None, 0

    def __enter__(self):
        self.start()
        self.await_started()
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.__exit__()

    def start(self):
        with self.host.within():
            self.process = Process(UPROARD, self.path, start_new_session=True)  # Ctrl-C is for who started it
        self.lives += 1

    def await_started(self):
        until(lambda: self.is_started(), lambda: f"{self.host.name} answers:\n{self.log()}", START_SECONDS)

    def is_started(self):
        assert self.process.is_alive(), f"{self.host.name} ended:\n{self.log()}"
        return self.ask("stats", "--json").stdout

    def ask(self, *words):
        return subprocess.run([UPROAR, *words, "--name", self.options["name"]], capture_output=True, text=True)

    def stats(self):
        asked = self.ask("stats", "--json")
        assert asked.stdout, f"uproar stats: {asked.stderr}\n{self.log()}"
        return json.loads(asked.stdout)

    def change(self, **options):
        """The configuration, for the next start or reload."""
        self.options |= options
        os.rename(config.write(self.options), self.path)

    def reload(self, **options):
        self.change(**options)
        asked = self.ask("reload")
        assert asked.returncode == 0, asked.stderr

    def log(self):
        return self.process.log()

    def await_told(self, pattern):
        """What the node says and the pattern finds."""
        return until(lambda: re.search(pattern, self.log()), lambda: f"{pattern} in:\n{self.log()}")

    def kill(self):
        self.process.kill()

    def signal(self, number):
        self.process.process.send_signal(number)

    def stop(self):
        self.process.process.terminate()
        status = self.process.wait(STOP_SECONDS)
        assert status == 0, f"{self.host.name} ended with status {status}:\n{self.log()}"


class Ingest(Node):
    """Counts what comes from outside, in an arena that outlives it."""

    def __init__(self, net, cluster, name, core=0):
        host = net.host(name)
        self.arena = f"{WORK}/arena-{name}"
        self.lose_arena()  # that of a case before
        super().__init__(host, cluster.options(name, "ingest") | {
            "ports": [{"device": f"net_af_xdp0,iface={network.OUTSIDE}"}], "cores": [core % os.cpu_count()],
            "idle_latency_us": 1000, "limits": {"taps_per_second": 0},
            "arena": {"folder": self.arena, "channels": 16, "sessions": 65536}})

    @property
    def address(self):
        """Of its reaction port."""
        return self.host.address(network.OUTSIDE)

    def lose_arena(self):
        """As if the machine had burned down; of one that does not run."""
        shutil.rmtree(self.arena, ignore_errors=True)

    def __exit__(self, *_):
        super().__exit__()
        with self.host.within():
            leftovers.take_off_xdp(network.OUTSIDE)


class Everything(Ingest):
    """All roles in one process, and a cluster nevertheless."""

    def __init__(self, net, cluster, name):
        super().__init__(net, cluster, name)
        self.change(roles=["ingest", "merge", "fanout"], listen=config.listeners(self.address, "127.0.0.1"))


class Merge(Node):
    def __init__(self, net, cluster, name):
        super().__init__(net.host(name), cluster.options(name, "merge"))


class Fanout(Node):
    def __init__(self, net, cluster, name):
        host = net.host(name)
        super().__init__(host, cluster.options(name, "fanout") | {
            "listen": config.listeners(host.address(network.OUTSIDE), "127.0.0.1")})

    @property
    def address(self):
        """Where it serves subscribers."""
        return self.host.address(network.OUTSIDE)
