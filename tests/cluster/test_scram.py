#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Passwords by SCRAM over TLS, which brokers before Kafka 4 take from every librdkafka. No part of the usual tests:
./dev test scram.
"""

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
from nodes import IDS, Cluster, Fanout, Ingest, Merge  # noqa: E402
from verdict import settle  # noqa: E402


def use_password(nodes, password):
    """From their next start on."""
    path = credentials.options("SCRAM-SHA-256", password)
    for node in nodes:
        node.options["cluster"]["kafka_file"] = path
        node.change()


@case
def each_role_logs_in_by_scram_over_tls_and_is_told_of_a_wrong_password():
    broker.require_old()
    net = world.net()
    brokers = broker.Brokers(net, ["kafka"], broker.OLD_JARS).start()
    net.stay()
    cluster = Cluster(brokers, kafka=[f"bootstrap.servers={brokers.servers(broker.SECURE)}",
                                      "security.protocol=SASL_SSL", f"ssl.ca.location={credentials.CERTIFICATE}"])
    cluster.make_topics(**broker.COMPACTED)
    ingest, fanout = Ingest(net, cluster, "ingest0"), Fanout(net, cluster, "fanout0")
    nodes = ingest, Merge(net, cluster, "merge0"), fanout
    use_password(nodes, "wrong")
    with world.running(*nodes):
        for node in nodes:
            node.await_told("refuse the credentials")
    use_password(nodes, credentials.PASSWORD)
    with world.running(*nodes), Crowd([ingest.address], IDS) as crowd, \
            Audience([fanout.address], IDS, each=1) as audience:
        audience.await_begun()
        settle(crowd, audience, cluster)
        for node in nodes:
            assert credentials.PASSWORD not in node.log(), "a password is in the log"


if __name__ == "__main__":
    cases.main()
