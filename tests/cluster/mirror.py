# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""MirrorMaker 2: tallies of regions to the world's brokers, frames from there to all regions, as docs/scale.md has it."""

import os
from pathlib import Path

from harness import cases
from harness.daemon import Process
from harness.namespace import WORK

import broker

JARS = Path(os.environ.get("UPROAR_MIRROR", Path(__file__).resolve().parents[2] / ".dev" / "mirror"))
MADE = ["replication", "checkpoints.topic.replication", "heartbeats.topic.replication", "offset-syncs.topic.replication",
        "config.storage.replication", "offset.storage.replication", "status.storage.replication"]


def require():
    cases.require(JARS.is_dir(), "there is no MirrorMaker: tests/cluster/fetch_kafka.sh .dev/mirror mirror")


def _properties(regions, world):
    yield f"clusters = {', '.join(regions)}, world"
    yield f"world.bootstrap.servers = {world.brokers.servers()}"
    yield "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy"
    for name in "emit.heartbeats", "emit.checkpoints", "sync.topic.acls", "sync.group.offsets":
        yield f"{name}.enabled = false"
    for name in MADE:
        yield f"{name}.factor = {world.brokers.replicas}"
    for name, region in regions.items():
        yield f"{name}.bootstrap.servers = {region.brokers.servers()}"
        yield f"{name}->world.enabled = true"
        yield f"{name}->world.topics = {region.tallies}"
        yield f"world->{name}.enabled = true"
        yield f"world->{name}.topics = {world.frames}"
        yield f"world->{name}.source.consumer.isolation.level = read_committed"


class Mirror:
    """regions: {name: Cluster}. For a with statement; it may die and be started again."""

    def __init__(self, regions, world):
        self.path = f"{WORK}/mirror.properties"
        Path(self.path).write_text("\n".join(_properties(regions, world)) + "\n")

    def start(self):
        self.process = Process(*broker.JAVA, "-cp", f"{JARS}/*", "org.apache.kafka.connect.mirror.MirrorMaker", self.path)

    def kill(self):
        self.process.kill()

    def log(self):
        return self.process.log()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.__exit__()
