# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Real brokers of Apache Kafka: started, stopped, killed, started again. Each is on a host of its own and
keeps its data in memory. Addresses are those of the inside network.
"""

import os
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

from harness import cases, leftovers
from harness.daemon import Process
from harness.deadline import PATIENCE, until
from harness.namespace import WORK, run

import credentials

# Of fetch_kafka.sh: the usual one, and the last before Kafka 4.
JARS, OLD_JARS = (Path(os.environ.get(variable, Path(__file__).resolve().parents[2] / ".dev" / name))
                  for variable, name in (("UPROAR_KAFKA", "kafka"), ("UPROAR_OLD_KAFKA", "old")))
CLIENTS, CONTROLLERS, SECURE, ENCRYPTED = 9092, 9093, 9094, 9095
CLUSTER_ID = "dXByb2FyLXRlc3RzLTAwMA"  # 16 bytes in base64
START_SECONDS = 60 * PATIENCE
# A broker of these tests lives for minutes: fast to start is worth more than fast for ever.
JAVA = ["java", "-Xms192m", "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
        "-Xshare:auto", "-Djava.awt.headless=true"]
TOOL = ["java", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-cp"]
SCRIPTS = {"kafka-topics.sh": "org.apache.kafka.tools.TopicCommand", "kafka-configs.sh": "kafka.admin.ConfigCommand"}
OLD_LOGGING = """
log4j.rootLogger=WARN, S
log4j.appender.S=org.apache.log4j.ConsoleAppender
log4j.appender.S.layout=org.apache.log4j.PatternLayout
log4j.appender.S.layout.ConversionPattern=[%d] %p %m (%c)%n
"""
LOGGING = """
Configuration:
  Appenders: {Console: {name: S, PatternLayout: {pattern: "[%d] %p %m (%c)%n"}}}
  Loggers: {Root: {level: WARN, AppenderRef: {ref: S}}}
"""
# What a compacted topic must have, and short times so that compaction happens while one looks.
COMPACTED = {"cleanup.policy": "compact"}
SOON = {"segment.ms": 2000, "min.cleanable.dirty.ratio": 0.01, "max.compaction.lag.ms": 3000,
        "delete.retention.ms": 1000}


def require():
    cases.require_root("brokers in namespaces")
    cases.require(shutil.which("java"), "there is no java: apt-get install openjdk-17-jre-headless")
    there = JARS.is_dir()
    assert there or not os.environ.get("CI"), f"{JARS} is not there: tests/cluster/fetch_kafka.sh has failed"
    cases.require(there, "there is no Kafka: tests/cluster/fetch_kafka.sh .dev/kafka")
    cases.require(shutil.which("kcat"), "there is no kcat")


def require_old():
    cases.require(OLD_JARS.is_dir(), "there is no old Kafka: tests/cluster/fetch_kafka.sh .dev/old old")


class Broker:
    def __init__(self, host, number, voters, replicas, jars):
        self.host, self.number, self.jars = host, number, jars
        self.folder = f"{WORK}/{host.name}"
        self.process = None
        os.makedirs(self.folder)
        self._write("server.properties", self._properties(voters, replicas))
        self._write("log4j2.yaml", LOGGING)
        self._write("log4j.properties", OLD_LOGGING)
        run(*TOOL, f"{jars}/*", "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID,
            "-c", f"{self.folder}/server.properties", "--add-scram",
            f"SCRAM-SHA-256=[name={credentials.USER},password={credentials.PASSWORD}]", cwd=self.folder)

    def _write(self, name, text):
        Path(self.folder, name).write_text(text)

    def _properties(self, voters, replicas):
        at = self.host.address()
        listeners = f"PLAINTEXT://{at}:{CLIENTS},SECURE://{at}:{SECURE},ENCRYPTED://{at}:{ENCRYPTED}"
        return "\n".join([
            "process.roles=broker,controller",
            f"node.id={self.number}",
            f"controller.quorum.voters={voters}",
            f"listeners={listeners},CONTROLLER://{at}:{CONTROLLERS}",
            f"advertised.listeners={listeners}",
            "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL,ENCRYPTED:SSL",
            "inter.broker.listener.name=PLAINTEXT",
            "sasl.enabled.mechanisms=SCRAM-SHA-256,PLAIN",
            "listener.name.secure.scram-sha-256.sasl.jaas.config="
            "org.apache.kafka.common.security.scram.ScramLoginModule required;",
            "listener.name.secure.plain.sasl.jaas.config="
            "org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'user_{credentials.USER}="{credentials.PASSWORD}";',
            "ssl.keystore.type=PEM",
            f"ssl.keystore.location={credentials.keystore()}",
            f"log.dirs={self.folder}/data",
            f"default.replication.factor={replicas}",
            f"min.insync.replicas={min(2, replicas)}",
            f"offsets.topic.replication.factor={replicas}",
            "offsets.topic.num.partitions=4",
            f"transaction.state.log.replication.factor={replicas}",
            f"transaction.state.log.min.isr={min(2, replicas)}",
            "transaction.state.log.num.partitions=4",
            f"share.coordinator.state.topic.replication.factor={replicas}",
            f"share.coordinator.state.topic.min.isr={min(2, replicas)}",
            "group.initial.rebalance.delay.ms=0",
            "auto.create.topics.enable=false",
            "num.network.threads=2",
            "num.io.threads=2",
            "log.cleaner.threads=1",
            "log.cleaner.dedupe.buffer.size=4194304",
            "log.cleaner.backoff.ms=1000",
            "broker.session.timeout.ms=6000",
            ""])

    def start(self):
        with self.host.within():
            self.process = Process(*JAVA, f"-Dlog4j2.configurationFile={self.folder}/log4j2.yaml",
                                   f"-Dlog4j.configuration=file:{self.folder}/log4j.properties",
                                   f"-Djava.io.tmpdir={self.folder}",  # libraries that it unpacks outlive a kill
                                   "-cp", f"{self.jars}/*", "kafka.Kafka", f"{self.folder}/server.properties",
                                   cwd=self.folder, start_new_session=True)  # Ctrl-C is for who started it
        leftovers.stay([self.process.process.pid], [])

    def await_started(self):
        """Its port is open only once the others know that it is there."""
        until(self._accepts, lambda: f"{self.host.name} is ready:\n{self.process.log()[-2000:]}", START_SECONDS)

    def _accepts(self):
        assert self.process.is_alive(), f"{self.host.name} ended:\n{self.process.log()[-2000:]}"
        try:
            socket.create_connection((self.host.address(), CLIENTS), 1).close()
        except OSError:
            return False
        return True

    def kill(self):
        self.process.kill()

    def signal(self, number):
        self.process.process.send_signal(number)


class Brokers:
    """So many of them as one cluster."""

    def __init__(self, network, names, jars=JARS):
        hosts = [network.host(name) for name in names]
        voters = ",".join(f"{n}@{host.address()}:{CONTROLLERS}" for n, host in enumerate(hosts, 1))
        self.jars = jars
        self.replicas = min(3, len(hosts))
        self.all = [Broker(host, n, voters, self.replicas, jars) for n, host in enumerate(hosts, 1)]

    def start(self):
        for broker in self.all:
            broker.start()
        for broker in self.all:
            broker.await_started()
        return self

    def kill(self):
        for broker in self.all:
            broker.kill()

    def servers(self, port=CLIENTS):
        """As clients are told them."""
        return ",".join(f"{broker.host.address()}:{port}" for broker in self.all)

    def topics(self, **names):
        """Makes topics, all at once: name=(partitions, options)."""
        made = [subprocess.Popen([*TOOL, f"{self.jars}/*", "org.apache.kafka.tools.TopicCommand",
                                  "--bootstrap-server", self.servers(), "--create", "--topic", name,
                                  "--partitions", str(partitions),
                                  *(word for key, value in options.items() for word in ("--config", f"{key}={value}"))],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                for name, (partitions, options) in names.items()]
        for process in made:
            said, _ = process.communicate(timeout=START_SECONDS)
            assert process.returncode == 0, said

    def type(self, line):
        """A command as people type it; its scripts are only a few words of java here."""
        script, *words = shlex.split(line)
        run(*TOOL, f"{self.jars}/*", SCRIPTS[script], *words)

    def fence(self, topic, transactional_id):
        """As a producer does that begins: whoever has this id cannot publish any more."""
        run("kcat", "-P", "-b", self.servers(), "-t", topic, "-X", f"transactional.id={transactional_id}",
            stdin=subprocess.DEVNULL)

    def records(self, topic):
        """All that lie in a topic and are committed: (partition, offset, key, value or None)."""
        said = subprocess.run(["kcat", "-C", "-q", "-b", self.servers(), "-t", topic, "-o", "beginning", "-e",
                               "-X", "isolation.level=read_committed", "-f", "%p %o %K %S %k%s"],
                              check=True, capture_output=True, timeout=START_SECONDS).stdout
        return list(_parsed(said))


def _parsed(said):
    at = 0
    while at < len(said):
        *numbers, rest = said[at:at + 80].split(b" ", 4)
        partition, offset, key, value = map(int, numbers)
        at += sum(len(number) + 1 for number in numbers)
        yield partition, offset, said[at:at + key], said[at + key:at + key + value] if value >= 0 else None
        at += key + max(value, 0)


def newest(records):
    """{key: value} of those that have not been taken away."""
    found = {}
    for _, _, key, value in sorted(records, key=lambda r: r[:2]):
        found[key] = value
    return {key: value for key, value in found.items() if value is not None}
