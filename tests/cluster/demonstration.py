#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
demonstration.py [--seconds N] [--seed N]: a cluster on this machine, each node with a network of its own. A crowd
taps, two subscribers watch, processes die, freeze and are cut off; at the end what was seen is what was tapped.
"""

import argparse
import os
import queue
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "smoke"))

from harness import cases, namespace, subscribers  # noqa: E402

import audience  # noqa: E402
import broker  # noqa: E402
import world  # noqa: E402
from chaos import Chaos, Disturber  # noqa: E402
from crowd import Crowd  # noqa: E402
from nodes import IDS, ROOTS, Cluster, Fanout, Ingest, Merge, parents  # noqa: E402

LINE = "{:>7}  {:>9}  {:>9} at {:<7}  {:>9} at {:<7}  {:>6}"
FINISH_SECONDS = 90  # until everybody is back and has seen everything


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


def end_at_once(number, _):
    """The kernel ends all the others with this process, the first of its namespace."""
    os._exit(128 + number)


class End:
    """Of the table: after so many seconds, 0 for never, or by Ctrl-C. Another Ctrl-C ends everything at once."""

    def __init__(self, seconds):
        self._reached = queue.SimpleQueue()  # the only one that a signal may fill while somebody waits
        signal.signal(signal.SIGINT, self._interrupt)
        if seconds:
            timer = threading.Timer(seconds, self._reached.put, [None])
            timer.daemon = True
            timer.start()

    def _interrupt(self, *_):
        signal.signal(signal.SIGINT, end_at_once)
        self._reached.put(None)

    def wait(self, seconds):
        try:
            self._reached.get(timeout=seconds)
        except queue.Empty:
            return False
        return True


def tell(chaos, crowd, watching, names, end):
    """A line a second, until the end."""
    while not end.wait(1):
        watching.check()
        seen = []
        for member in watching.members:
            seen += [sum(member.totals.get(channel, 0) for channel in ROOTS), names[member.host]]
        newest = max(member.now() for member in watching.members)
        say(LINE.format(f"{chaos.seconds():.0f} s", sum(crowd.taps().values()), *seen, f"{newest:.1f} s"))


def _not_finished(*_):
    os.write(1, f"not finished within {FINISH_SECONDS} s: somebody has not seen all taps\n".encode())
    os._exit(1)


def finish():
    """Says what is waited for, which is not for ever."""
    signal.signal(signal.SIGALRM, _not_finished)
    signal.alarm(FINISH_SECONDS)
    say("finishing: no more taps, everybody comes back, and both subscribers see all of them; "
        "Ctrl-C ends it at once")


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
        say("taps told by the crowd; those in the totals that subscribers A and B have seen, each at a fan-out node until "
            "that is silent; how old the oldest news is")
        say(LINE.format("time", "tapped", "A has", "node", "B has", "node", "news"))
        with Teller([Disturber("ingest", ingest, seed, (1, 6), (4, 10)), Disturber("merge", merge, seed, (1, 8), (4, 10)),
                     Disturber("fanout", fanout, seed, (1, 6), (4, 10))]) as chaos:
            tell(chaos, crowd, watching, {node.address: node.host.name for node in fanout}, End(seconds))
            finish()
        taps = crowd.finish()
        watching.await_totals(parents(taps))
        say(f"the crowd has told {crowd.datagrams} datagrams, {crowd.again} of them again; "
            f"both subscribers have seen all its {sum(taps.values())} taps, in each channel")


def main():
    wanted = arguments()
    if not namespace.is_inside():
        sys.exit(namespace.enter(__file__, sys.argv[1:]))
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, end_at_once)
    namespace.furnish()
    try:
        show(wanted.seconds, wanted.seed)
    except (cases.Skip, AssertionError) as why:
        sys.exit(str(why))


main()
