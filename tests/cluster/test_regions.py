#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Two regions, each with brokers, an ingest and a fan-out node of its own, and one total: MirrorMaker 2 brings the
tallies of both to one merger, and its frames back. No part of the usual tests: ./dev test regions.
"""

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "smoke"))

from harness import cases  # noqa: E402
from harness.cases import case  # noqa: E402
from harness.deadline import until  # noqa: E402

import broker  # noqa: E402
import mirror  # noqa: E402
import world  # noqa: E402
from audience import Audience  # noqa: E402
from crowd import Crowd  # noqa: E402
from nodes import IDS, Cluster, Fanout, Ingest, Merge, parents  # noqa: E402

WINDOW_MS = 2000  # a quarter of it is what a copy may take
PATIENCE = 90     # seconds; a mirror that starts anew takes some ten


def clusters(names):
    """Of each name a cluster with a broker of its own, and the same topics."""
    for name in names:
        brokers = broker.Brokers(world.net(), [f"kafka-{name}"]).start()
        yield name, Cluster(brokers, "regions", window_ms=WINDOW_MS).make_topics(**broker.COMPACTED)


def has_all_channels(node):
    return node.stats()["cluster"]["follower"]["channels"] == len(IDS)


def settle(crowd, audience):
    crowd.finish()
    audience.await_totals(parents(crowd.taps()), PATIENCE)


@case
def two_regions_have_one_total_even_if_the_mirror_dies():
    broker.require()
    mirror.require()
    net = world.net()
    made = dict(clusters(["east", "west", "world"]))
    regions = {name: made[name] for name in ("east", "west")}
    ingest = [Ingest(net, c, f"{name}-ingest") for name, c in regions.items()]
    fanout = [Fanout(net, c, f"{name}-fanout") for name, c in regions.items()]
    with contextlib.ExitStack() as stack:
        for c in made.values():
            stack.callback(c.brokers.kill)
        copies = stack.enter_context(mirror.Mirror(regions, made["world"]))
        stack.enter_context(world.running(*ingest, *fanout, Merge(net, made["world"], "world-merge")))
        until(lambda: all(map(has_all_channels, fanout)), lambda: f"all channels:\n{copies.log()[-3000:]}", PATIENCE)
        crowd = stack.enter_context(Crowd([node.address for node in ingest], IDS))
        audience = stack.enter_context(Audience([node.address for node in fanout], IDS))
        audience.await_begun(PATIENCE)
        copies.kill()
        before = {id(m): dict(m.totals) for m in audience.members}
        copies.start()
        audience.await_all(lambda m: all(m.totals[c] > before[id(m)][c] for c in IDS), "news by a new mirror", PATIENCE)
        settle(crowd, audience)


if __name__ == "__main__":
    cases.main()
