#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
From the end of a window to a subscriber's socket: without Kafka and through it, in turn, on real brokers and
real nodes, while a crowd taps in each of 64 channels. And the bytes that a window puts into Kafka's logs.
docs/performance.md says how to read it.
"""

import argparse
import contextlib
import glob
import itertools
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(HERE / "tests" / "smoke"), str(HERE / "tests" / "cluster")]

from harness import cases, config, namespace, wire  # noqa: E402
from harness.deadline import until  # noqa: E402
from harness.programs import FRAME_TIMES  # noqa: E402

import broker  # noqa: E402
import network  # noqa: E402
import nodes  # noqa: E402

CHANNELS = range(64)
REACTIONS = range(16)
PAUSE_SECONDS = 0.1  # of the crowd, between datagrams in each channel
WARM_UP = 4          # windows
ALL = ["ingest", "merge", "fanout"]
ALONE = "alone"  # a node that is no part of a cluster

# The roles of each node, by its name.
SHAPES = {
    "one machine, no Kafka": {ALONE: ALL},
    "one process, through Kafka": {"all-1": ALL},
    "three processes, through Kafka": {"ingest-1": ["ingest"], "merge-1": ["merge"], "fanout-1": ["fanout"]},
    "two ingest nodes": {"ingest-1": ["ingest"], "ingest-2": ["ingest"], "merge-1": ["merge"], "fanout-1": ["fanout"]},
}


class Node(nodes.Ingest):
    """A node of any roles."""

    def __init__(self, net, cluster, name, roles):
        super().__init__(net, cluster, name)
        self.options |= {"roles": roles, "channels": config.channels(CHANNELS),
                         "arena": self.options["arena"] | {"channels": len(CHANNELS)}}
        if "ingest" not in roles:
            for option in "ports", "cores", "arena", "limits", "idle_latency_us":
                del self.options[option]
        if "fanout" in roles:
            self.options["listen"] = config.listeners(self.host.address(network.OUTSIDE))
        if name == ALONE:
            del self.options["cluster"]
        os.rename(config.write(self.options), self.path)


class Crowd(threading.Thread):
    """Viewers at ingest nodes in turn: in each channel somebody new taps once, again and again."""

    def __init__(self, addresses):
        super().__init__(daemon=True)
        self.addresses, self.end = itertools.cycle(addresses), threading.Event()

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for reaction in itertools.cycle(REACTIONS):
                if self.end.wait(PAUSE_SECONDS):
                    break
                for channel in CHANNELS:
                    payload = wire.datagram(channel, {reaction: 1}, sequence=1)
                    s.sendto(payload, (next(self.addresses), wire.PORT))

    def stop(self):
        self.end.set()
        self.join()


def frames_of(address, seconds):
    """What a subscriber of all channels gets: (window, end, taps, arrival in ms)."""
    reader = subprocess.Popen([FRAME_TIMES, address, "7701", ",".join(map(str, CHANNELS))], stdout=subprocess.PIPE)
    with selectors.DefaultSelector() as selector:
        selector.register(reader.stdout, selectors.EVENT_READ)
        end, said = time.monotonic() + seconds, b""
        while (left := end - time.monotonic()) > 0:
            if selector.select(left):
                some = os.read(reader.stdout.fileno(), 1 << 16)
                assert some, "the fan-out has closed the connection"
                said += some
    reader.kill()
    reader.wait()
    for line in said[:said.rfind(b"\n") + 1].decode().splitlines():
        _, window, ends, taps, at = map(int, line.split())
        yield window, ends, taps, at / 1e6


def follows(node):
    """Has the first frame of each channel come?"""
    return node.stats()["cluster"]["follower"]["channels"] == len(CHANNELS)


def whole_windows(frames):
    """{end: [ms from the end of a window to the arrival of each frame]}; those with taps in all channels."""
    found = {}
    for _, ends, taps, at in frames:
        if taps:
            found.setdefault(ends, []).append(at - ends)
    return {ends: times for ends, times in found.items() if len(times) == len(CHANNELS)}


def published(started):
    """Bytes that the ingest nodes of a cluster have published."""
    told = [node.stats().get("cluster", {}).get("publisher") for node in started if "ingest" in node.options["roles"]]
    return sum(t["bytes"] for t in told if t)


def logged(brokers, topic):
    """Bytes in the logs of a topic on the first broker, replicas that it does not have left out."""
    folder = brokers.all[0].folder
    return sum(os.path.getsize(path) for path in glob.glob(f"{folder}/data/{topic}-*/*.log"))


class Row:
    def __init__(self, name):
        self.name, self.first, self.last, self.figures = name, [], [], {}

    def add(self, windows):
        self.first += [min(times) for times in windows.values()]
        self.last += [max(times) for times in windows.values()]

    def spread(self, values):
        low, median, high = statistics.quantiles(values, n=4)
        return {"least": min(values), "low": low, "median": median, "high": high, "most": max(values),
                "windows": len(values)}

    def json(self):
        return {"name": self.name, "first_ms": self.spread(self.first), "last_ms": self.spread(self.last),
                **self.figures}


class Bench:
    def __init__(self, net, brokers, windows):
        self.net, self.brokers, self.windows = net, brokers, windows
        self.rows = {name: Row(name) for name in SHAPES}
        self.turns = itertools.count(1)

    def turn(self, name):
        """All nodes are started for it: those of another shape would be at work at the same moments."""
        cluster = nodes.Cluster(self.brokers, f"bench-{next(self.turns)}")
        shape, row = SHAPES[name], self.rows[name]
        through_kafka = ALONE not in shape
        if through_kafka:
            cluster.make_topics(**broker.COMPACTED)
        with contextlib.ExitStack() as stack:
            started = [stack.enter_context(Node(self.net, cluster, node, roles)) for node, roles in shape.items()]
            crowd = Crowd([n.host.address(network.OUTSIDE) for n in started if "ingest" in n.options["roles"]])
            crowd.start()
            stack.callback(crowd.stop)
            self.measure(row, started, cluster if through_kafka else None)

    def measure(self, row, started, cluster):
        [fanout] = [node for node in started if "fanout" in node.options["roles"]]
        address = fanout.host.address(network.OUTSIDE)
        if cluster:
            until(lambda: follows(fanout), lambda: f"{fanout.host.name} has all channels:\n{fanout.log()}", 60)
        list(frames_of(address, WARM_UP * nodes.WINDOW_MS / 1000))
        before = self.account(started, cluster)
        windows = whole_windows(frames_of(address, (self.windows + 1) * nodes.WINDOW_MS / 1000))
        assert windows, f"{row.name}: no window had all its frames\n" + "\n".join(node.log() for node in started)
        row.add(windows)
        if cluster:
            self.note(row, before, self.account(started, cluster))

    def account(self, started, cluster):
        if not cluster:
            return None
        return (published(started), logged(self.brokers, cluster.tallies), logged(self.brokers, cluster.frames),
                time.monotonic())

    @staticmethod
    def note(row, before, after):
        put, tallies, frames, seconds = (b - a for a, b in zip(before, after))
        windows = seconds * 1000 / nodes.WINDOW_MS
        row.figures = {"published_bytes": put / windows, "tallies_log_bytes": tallies / windows,
                       "frames_log_bytes": frames / windows}


def words(spread):
    return f"{spread['median']:.1f} [{spread['low']:.1f}-{spread['high']:.1f}]"


def show(rows, markdown):
    line = "| {} | {} | {} | {} | {} | {} |" if markdown else "{:32} {:20} {:20} {:>9} {:>10} {:>10}"
    print(line.format(f"{len(CHANNELS)} channels, ms", "first frame", "last frame", "published", "tallies", "frames"))
    if markdown:
        print("|---" * 6 + "|")
    for row in rows:
        figures = [f"{row[name]:.0f}" if name in row else "-"
                   for name in ("published_bytes", "tallies_log_bytes", "frames_log_bytes")]
        print(line.format(row["name"], words(row["first_ms"]), words(row["last_ms"]), *figures))


def options():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="does it work? not to be quoted")
    parser.add_argument("--brokers", type=int, default=3, choices=range(1, 10), metavar="N")
    parser.add_argument("--windows", type=int, help="of each turn")
    parser.add_argument("--turns", type=int)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true")
    asked = parser.parse_args()
    asked.windows = asked.windows or (5 if asked.quick else 20)
    asked.turns = asked.turns or (1 if asked.quick else 3)
    return asked


def run(asked):
    broker.require()
    with network.Network() as net:
        brokers = broker.Brokers(net, [f"kafka-{n}" for n in range(1, asked.brokers + 1)]).start()
        try:
            bench = Bench(net, brokers, asked.windows)
            for _ in range(asked.turns):
                for name in SHAPES:
                    bench.turn(name)
            return [row.json() for row in bench.rows.values()]
        finally:
            brokers.kill()


def main():
    asked = options()
    if not namespace.is_inside():
        why = namespace.enter(os.path.abspath(__file__), sys.argv[1:])
        sys.exit(f"latency: {why}")
    namespace.furnish()
    load = os.getloadavg()[0]
    try:
        rows = run(asked)
    except cases.Skip as why:
        sys.exit(f"latency: {why}")
    if asked.json:
        print(json.dumps({"brokers": asked.brokers, "load": load, "rows": rows}))
    else:
        print(f"load {load:.1f} before, {asked.brokers} brokers\n")
        show(rows, asked.markdown)


if __name__ == "__main__":
    main()
