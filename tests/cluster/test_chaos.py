#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
A cluster as it is meant to be run: real brokers, ingest, merge and fan-out nodes on hosts of their own, a crowd
that knows what it tapped, and subscribers who change to another node when theirs is silent. Processes die,
freeze and are cut off; nobody's taps are lost or counted twice, and nobody is long without news.

UPROAR_CHAOS=SECONDS[:SEED] says how long chance is at work, and repeats an earlier run.
"""

import contextlib
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "smoke"))

from harness import cases  # noqa: E402
from harness.cases import case  # noqa: E402
from harness.deadline import until  # noqa: E402

import broker  # noqa: E402
import world  # noqa: E402
from audience import Audience  # noqa: E402
from chaos import Chaos, Disturber  # noqa: E402
from crowd import Crowd  # noqa: E402
from nodes import IDS, Cluster, Fanout, Ingest, Merge, parents  # noqa: E402
from verdict import generations, in_order, settle, states  # noqa: E402

SECONDS, _, SEED = os.environ.get("UPROAR_CHAOS", "240").partition(":")
# Whatever happens: nobody is longer without news of a channel. Of that 5 s are until a viewer looks elsewhere.
BOUND = 40
RETIRE_SECONDS = 300  # a node has counted in another arena for so long: nobody waits for the old one any more


@case
def after_chaos_everybody_has_every_tap_and_nobody_waited_long():
    net = world.net()
    seed = SEED or str(random.randrange(10**6))
    print(f"# UPROAR_CHAOS={SECONDS}:{seed}", file=sys.stderr, flush=True)
    brokers = broker.Brokers(net, ["broker1", "broker2", "broker3"]).start()
    with contextlib.ExitStack() as stack:
        stack.callback(brokers.kill)
        cluster = Cluster(brokers).make_topics(**broker.COMPACTED)
        ingest = [Ingest(net, cluster, f"ingest{n}", n) for n in range(3)]
        merge = [Merge(net, cluster, f"merge{n}") for n in range(2)]
        fanout = [Fanout(net, cluster, f"fanout{n}") for n in range(2)]
        stack.enter_context(world.running(*ingest, *merge, *fanout))
        crowd = stack.enter_context(Crowd([node.address for node in ingest], IDS, seed=seed))
        audience = stack.enter_context(Audience([node.address for node in fanout], IDS))
        audience.await_begun()
        with Chaos([Disturber("broker", brokers.all, seed, (1, 8), (4, 12)),
                    Disturber("ingest", ingest, seed, (0.2, 8), (2, 8)),
                    Disturber("merge", merge, seed, (0.2, 15), (4, 12)),
                    Disturber("fanout", fanout, seed, (0.2, 8), (2, 8))]) as chaos:
            chaos.end.wait(float(SECONDS))
        taps = settle(crowd, audience, cluster)
        print(f"# {sum(taps.values())} taps in {crowd.datagrams} datagrams, {crowd.again} of them again; {chaos.acts()}; "
              f"longest without news: {audience.longest_gap():.1f} s", file=sys.stderr, flush=True)
        assert audience.longest_gap() <= BOUND, f"{audience.longest_gap():.1f} s without news"


@case
def an_arena_that_is_gone_stays_in_the_totals_and_leaves_the_topic():
    cases.require(float(SECONDS) >= 240, "it takes six minutes: ./dev test cluster, or UPROAR_CHAOS=240")
    net = world.net()
    cluster = world.cluster().make_topics(**broker.COMPACTED | broker.SOON)
    ingest, fanout = Ingest(net, cluster, "ingest0"), Fanout(net, cluster, "fanout0")
    with world.running(ingest, Merge(net, cluster, "merge0"), fanout), \
            Audience([fanout.address], IDS, each=1) as audience:
        with Crowd([ingest.address], IDS, repeats=False) as crowd:
            audience.await_begun()
            before = settle(crowd, audience, cluster)
        ingest.stop()
        ingest.lose_arena()
        old = generations(cluster)
        ingest.start()
        ingest.await_started()
        with Crowd([ingest.address], IDS, repeats=False, seed=2) as crowd:
            until(lambda: not old & generations(cluster), lambda: f"{old} retired: {generations(cluster)}",
                  RETIRE_SECONDS + 60)
            crowd.finish()
            both = {channel: before[channel] + taps for channel, taps in crowd.taps().items()}
            audience.await_totals(parents(both))
        for line in states(cluster).values():
            assert {source[0] for source in line[-1].sources} <= old, line[-1]
        in_order(cluster)


if __name__ == "__main__":
    cases.main()
