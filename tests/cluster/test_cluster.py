#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Clusters in which one thing is wrong at a time: brokers away, a merger that others have replaced. The chances of
all of it together are in test_chaos.py.
"""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "smoke"))

from harness import cases  # noqa: E402
from harness.cases import case  # noqa: E402
from harness.deadline import until  # noqa: E402

import broker  # noqa: E402
import health  # noqa: E402
import world  # noqa: E402
from audience import Audience  # noqa: E402
from crowd import Crowd  # noqa: E402
from nodes import IDS, PARTITIONS, Fanout, Ingest, Merge  # noqa: E402
from verdict import settle, states  # noqa: E402


@case
def without_any_broker_nodes_count_on_and_serve_what_they_had():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster().make_topics(**broker.COMPACTED)
    ingest, fanout = Ingest(net, cluster, "ingest0"), Fanout(net, cluster, "fanout0")
    fanout.change(metrics=health.METRICS)
    with world.running(ingest, Merge(net, cluster, "merge0"), fanout), \
            Crowd([ingest.address], IDS) as crowd, Audience([fanout.address], IDS, each=1) as audience:
        audience.await_begun()
        health.await_well(fanout)
        brokers.kill()
        ingest.kill()  # a start without a broker is no different
        ingest.start()
        ingest.await_started()
        counted = crowd.datagrams
        until(lambda: crowd.datagrams > counted + 200, "the crowd goes on")
        health.await_unwell(fanout)
        brokers.start()
        settle(crowd, audience, cluster)
        health.await_well(fanout)


@case
def a_merger_that_slept_while_others_took_over_publishes_nothing_more():
    net = world.net()
    cluster = world.cluster().make_topics(**broker.COMPACTED)
    ingest, fanout = Ingest(net, cluster, "ingest0"), Fanout(net, cluster, "fanout0")
    merge = [Merge(net, cluster, f"merge{n}") for n in range(2)]
    with world.running(ingest, merge[0], fanout), Crowd([ingest.address], IDS) as crowd, \
            Audience([fanout.address], IDS, each=1) as audience:
        audience.await_begun()
        before = fenced(merge[0])
        merge[0].signal(signal.SIGSTOP)
        with world.running(merge[1]):
            await_merged_by(cluster, {"merge1"})
            merge[0].signal(signal.SIGCONT)
            # It is a member again; what it had in its hands when it fell asleep is in nobody's frames.
            await_merged_by(cluster, {"merge0", "merge1"})
            assert fenced(merge[0]) > before or "partition 0 is no longer ours" in merge[0].log(), \
                f"it was fenced, or saw first that its session was over:\n{merge[0].log()}"
            settle(crowd, audience, cluster)


@case
def a_merger_that_is_fenced_takes_the_partition_over_again():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster().make_topics(**broker.COMPACTED)
    ingest, fanout = Ingest(net, cluster, "ingest0"), Fanout(net, cluster, "fanout0")
    merge = Merge(net, cluster, "merge0")
    with world.running(ingest, merge, fanout), Crowd([ingest.address], IDS) as crowd, \
            Audience([fanout.address], IDS, each=1) as audience:
        audience.await_begun()
        brokers.fence(cluster.frames, f"{cluster.name}-frames-0")
        until(lambda: fenced(merge) == 1, lambda: f"a window of it is refused:\n{merge.log()}")
        until(lambda: merge.stats()["cluster"]["merger"]["partitions"] == PARTITIONS,
              lambda: f"it has the partition again:\n{merge.log()}")
        settle(crowd, audience, cluster)
        assert fenced(merge) == 1, merge.log()


def fenced(merge):
    """Times that the brokers refused its windows of a partition, since others have it."""
    return merge.stats()["cluster"]["merger"]["fenced"]


def await_merged_by(cluster, mergers):
    """Until the newest frames of all channels are of these, and each has some."""
    def merged():
        newest = {line[-1].merger for line in states(cluster).values()}
        return newest == mergers and len(states(cluster)) == len(IDS)
    until(merged, lambda: f"merged by {mergers}: {[line[-1].merger for line in states(cluster).values()]}", 60)


if __name__ == "__main__":
    cases.main()
