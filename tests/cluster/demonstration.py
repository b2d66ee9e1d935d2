#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
demonstration.py [--seconds N] [--seed N]: a cluster on this machine, each node with a network of its own. A crowd
taps, two subscribers watch, processes die, freeze and are cut off; at the end what was seen is what was tapped.
"""

import argparse
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "smoke"))

from harness import cases, namespace, subscribers  # noqa: E402

import audience  # noqa: E402
import broker  # noqa: E402
import world  # noqa: E402
from chaos import Chaos, Disturber  # noqa: E402
from crowd import Crowd  # noqa: E402
from nodes import IDS, ROOTS, Cluster, Fanout, Ingest, Merge, parents  # noqa: E402

LINE = "{:>7}  {:>9}  {:>9}  {:>9}  {:>8}"


def arguments():
    parser = argparse.ArgumentParser(prog="./dev run cluster", allow_abbrev=False)
    parser.add_argument("--seconds", type=int, default=0, help="how long; 0, the default: until Ctrl-C")
    parser.add_argument("--seed", default="1", help="of what happens to whom")
    return parser.parse_args()


def say(line):
    print(line, flush=True)


class Teller(Chaos):
    """Says what happens between the lines of the table."""

    def say(self, what):
        say(f"{self.seconds():5.0f} s  {what}")


def tell(chaos, crowd, watching):
    """A line a second, until the end."""
    while not chaos.end.wait(1):
        watching.check()
        tapped = sum(crowd.taps().values())
        seen = [sum(member.totals.get(channel, 0) for channel in ROOTS) for member in watching.members]
        newest = max(member.now() for member in watching.members)
        say(LINE.format(f"{chaos.seconds():.0f} s", tapped, *seen, f"{newest:.1f} s"))


def show(seconds, seed):
    say("uproar: one broker of Apache Kafka, three ingest nodes, two merge nodes, two fan-out nodes")
    net = world.net()
    cluster = Cluster(world.one_broker()).make_topics(**broker.COMPACTED)
    ingest = [Ingest(net, cluster, f"ingest{n}", n) for n in range(3)]
    merge = [Merge(net, cluster, f"merge{n}") for n in range(2)]
    fanout = [Fanout(net, cluster, f"fanout{n}") for n in range(2)]
    with world.running(*ingest, *merge, *fanout), Crowd([node.address for node in ingest], IDS, seed=seed) as crowd, \
            audience.Audience([node.address for node in fanout], IDS, [subscribers.Tcp]) as watching:
        watching.await_begun()
        say("taps told by the crowd, those in the totals that two subscribers have seen, and how old the oldest news is")
        say(LINE.format("time", "tapped", "seen by A", "seen by B", "news"))
        with Teller([Disturber("ingest", ingest, seed, (1, 6), (4, 10)), Disturber("merge", merge, seed, (1, 8), (4, 10)),
                     Disturber("fanout", fanout, seed, (1, 6), (4, 10))]) as chaos:
            signal.signal(signal.SIGINT, lambda *_: chaos.end.set())
            chaos.stop_after(seconds)
            tell(chaos, crowd, watching)
        taps = crowd.finish()
        watching.await_totals(parents(taps))
        say(f"the crowd has told {crowd.datagrams} datagrams, {crowd.again} of them again; "
            f"both subscribers have seen all its {sum(taps.values())} taps, in each channel")


def main():
    wanted = arguments()
    if not namespace.is_inside():
        sys.exit(namespace.enter(__file__, sys.argv[1:]))
    namespace.furnish()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        show(wanted.seconds, wanted.seed)
    except cases.Skip as why:
        sys.exit(str(why))


main()
