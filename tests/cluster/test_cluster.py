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
import re
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "smoke"))

from harness import cases  # noqa: E402
from harness.cases import case  # noqa: E402
from harness.deadline import until  # noqa: E402

import broker  # noqa: E402
import credentials  # noqa: E402
import records  # noqa: E402
import world  # noqa: E402
from audience import Audience  # noqa: E402
from chaos import Chaos, Disturber  # noqa: E402
from crowd import Crowd  # noqa: E402
from nodes import IDS, PARTITIONS, Cluster, Everything, Fanout, Ingest, Merge, parents  # noqa: E402

SECONDS, _, SEED = os.environ.get("UPROAR_CHAOS", "240").partition(":")
# Whatever happens: nobody is longer without news of a channel. Of that 5 s are until a viewer looks elsewhere.
BOUND = 40
RETIRE_SECONDS = 300  # a node has counted in another arena for so long: nobody waits for the old one any more


def states(cluster):
    """All frames of the topic as they were committed, in order, by channel."""
    found = {}
    for _, _, key, value in sorted(cluster.brokers.records(cluster.frames), key=lambda r: r[:2]):
        state = value and records.decode_state(key, value)
        if state:
            found.setdefault(state.channel, []).append(state)
    return found


def in_order(cluster):
    """Whoever merged: windows of a channel go on, and no total ever shrinks."""
    for channel, line in states(cluster).items():
        for older, newer in zip(line, line[1:]):
            assert newer.frame.window > older.frame.window and newer.frame.total >= older.frame.total, \
                f"channel {channel}: {older.merger} {older.frame} and then {newer.merger} {newer.frame}"


def settle(crowd, audience, cluster):
    """Once nobody taps any more: all that was tapped is what everybody sees, reaction by reaction."""
    crowd.finish()
    taps = crowd.taps()
    audience.await_totals(parents(taps))
    for channel, line in states(cluster).items():
        assert sum(line[-1].merged.values()) == parents(taps)[channel], line[-1]
    in_order(cluster)
    return taps


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
def without_any_broker_nodes_count_on_and_serve_what_they_had():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster().make_topics(**broker.COMPACTED)
    ingest, fanout = Ingest(net, cluster, "ingest0"), Fanout(net, cluster, "fanout0")
    with world.running(ingest, Merge(net, cluster, "merge0"), fanout), \
            Crowd([ingest.address], IDS) as crowd, Audience([fanout.address], IDS, each=1) as audience:
        audience.await_begun()
        brokers.kill()
        ingest.kill()  # a start without a broker is no different
        ingest.start()
        ingest.await_started()
        counted = crowd.datagrams
        until(lambda: crowd.datagrams > counted + 200, "the crowd goes on")
        brokers.start()
        settle(crowd, audience, cluster)


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


def generations(cluster):
    """Of the tallies that have not been taken away."""
    keys = map(records.decode_key, broker.newest(cluster.brokers.records(cluster.tallies)))
    return {key.generation for key in keys if key.kind == records.TALLY}


@case
def a_merger_that_slept_while_others_took_over_publishes_nothing_more():
    net = world.net()
    cluster = world.cluster().make_topics(**broker.COMPACTED)
    ingest, fanout = Ingest(net, cluster, "ingest0"), Fanout(net, cluster, "fanout0")
    merge = [Merge(net, cluster, f"merge{n}") for n in range(2)]
    with world.running(ingest, merge[0], fanout), Crowd([ingest.address], IDS) as crowd, \
            Audience([fanout.address], IDS, each=1) as audience:
        audience.await_begun()
        merge[0].signal(signal.SIGSTOP)
        with world.running(merge[1]):
            await_merged_by(cluster, {"merge1"})
            merge[0].signal(signal.SIGCONT)
            # It is a member again; what it had in its hands when it fell asleep is in nobody's frames.
            await_merged_by(cluster, {"merge0", "merge1"})
            settle(crowd, audience, cluster)


def await_told(node, pattern):
    """What the node says and the pattern finds."""
    return until(lambda: re.search(pattern, node.log()), lambda: f"{pattern} in:\n{node.log()}")


def works(node, cluster):
    """It counts, merges and serves."""
    with Crowd([node.address], IDS) as crowd, Audience([node.address], IDS, each=1) as audience:
        audience.await_begun()
        settle(crowd, audience, cluster)


@case
def wrong_topics_are_told_and_the_command_in_the_sentence_mends_them():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster()
    brokers.topics(**{cluster.tallies: (PARTITIONS, {"cleanup.policy": "delete"})})
    node = Everything(net, cluster, "node0")
    with world.running(node):
        for pattern in rf"topic {cluster.tallies} has cleanup.policy=delete.*: (kafka-configs.sh .*)", \
                rf"there is no topic {cluster.frames}; make it: (kafka-topics.sh .*)":
            brokers.type(await_told(node, pattern)[1])
        works(node, cluster)


@case
def too_few_partitions_are_told():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster().make_topics(**broker.COMPACTED)
    node = Everything(net, cluster, "node0")
    node.options["cluster"]["partitions"] = PARTITIONS + 1
    node.change()
    with world.running(node):
        await_told(node, rf"has {PARTITIONS} partitions, and cluster.partitions is {PARTITIONS + 1}; "
                         rf"set cluster.partitions: {PARTITIONS} on all nodes")
        node.stop()
        node.options["cluster"]["partitions"] = PARTITIONS
        node.change()
        node.start()
        node.await_started()
        works(node, cluster)


@case
def passwords_over_tls_are_taken_and_wrong_ones_are_told():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster(kafka=[f"bootstrap.servers={brokers.servers(broker.SECURE)}", "security.protocol=SASL_SSL",
                                   f"ssl.ca.location={credentials.CERTIFICATE}"]).make_topics(**broker.COMPACTED)
    node = Everything(net, cluster, "node0")
    for password, mechanism, pattern in ("wrong", "PLAIN", "refuse the credentials"), \
            (credentials.PASSWORD, "SCRAM-SHA-256", r"2\.6\.1"), (credentials.PASSWORD, "PLAIN", None):
        node.options["cluster"]["kafka_file"] = credentials.options(mechanism, password)
        node.change()
        with world.running(node):
            if pattern:
                await_told(node, pattern)
            else:
                works(node, cluster)
            assert credentials.PASSWORD not in node.log(), "a password is in the log"


@case
def a_port_that_speaks_tls_and_a_client_that_does_not_are_told():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster(kafka=[f"bootstrap.servers={brokers.servers(broker.ENCRYPTED)}"])
    node = Everything(net, cluster, "node0")
    with world.running(node):
        await_told(node, "their port speaks TLS, which security.protocol must say")


def await_merged_by(cluster, mergers):
    """Until the newest frames of all channels are of these, and each has some."""
    def merged():
        newest = {line[-1].merger for line in states(cluster).values()}
        return newest == mergers and len(states(cluster)) == len(IDS)
    until(merged, lambda: f"merged by {mergers}: {[line[-1].merger for line in states(cluster).values()]}", 60)


if __name__ == "__main__":
    cases.main()
