#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Topics and credentials that do not fit: each is told in a sentence, and once it is mended the node works."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "smoke"))

from harness import cases  # noqa: E402
from harness.cases import case  # noqa: E402

import broker  # noqa: E402
import credentials  # noqa: E402
import world  # noqa: E402
from audience import Audience  # noqa: E402
from crowd import Crowd  # noqa: E402
from nodes import IDS, PARTITIONS, Everything  # noqa: E402
from verdict import settle  # noqa: E402


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
            brokers.type(node.await_told(pattern)[1])
        works(node, cluster)


@case
def too_few_partitions_are_told():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster().make_topics(**broker.COMPACTED)
    node = Everything(net, cluster, "node0")
    node.options["cluster"]["partitions"] = PARTITIONS + 1
    node.change()
    with world.running(node):
        node.await_told(rf"has {PARTITIONS} partitions, and cluster.partitions is {PARTITIONS + 1}; "
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
                node.await_told(pattern)
            else:
                works(node, cluster)
            assert credentials.PASSWORD not in node.log(), "a password is in the log"


@case
def a_port_that_speaks_tls_and_a_client_that_does_not_are_told():
    net, brokers = world.net(), world.one_broker()
    cluster = world.cluster(kafka=[f"bootstrap.servers={brokers.servers(broker.ENCRYPTED)}"])
    node = Everything(net, cluster, "node0")
    with world.running(node):
        node.await_told("their port speaks TLS, which security.protocol must say")


if __name__ == "__main__":
    cases.main()
