#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Configuration and command lines: a wrong one is named, with its line and what to do."""

import errno
import os
import re
import socket
import subprocess

from harness import cases, config, leftovers, programs, seccomp
from harness.cases import case
from harness.daemon import Appliance, refused
from harness.namespace import WORK

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../control/uproar.yaml")
NULL = ("--device", "net_null0", "--temporary-arena")

# What is wrong, the line that is named, and words of the sentence.
BAD = [
    ("window_ms: 50", 1, "window_ms: 50 is outside 100 to 60000"),
    ("window_ms: 60001", 1, "60001"),
    ("\nwindw_ms: 100", 2, "there is no option 'windw_ms'"),
    ("name: 'a b'", 1, "'a b' is no name"),
    ("channels: [", None, "this is not YAML"),
    ("channels: []", 1, "0 channels"),
    ("channels:\n  - {id: 0, name: a}\n  - {id: 1, name: b}\n  - {id: 1, name: c}", 4, "1 is the id of an earlier"),
    ("channels:\n  - {id: 65535, name: a}", 2, "65535"),
    ("channels:\n  - {id: 0}", 2, "name"),
    ("listen:\n  tcp: [\"nowhere\"]", 2, "'nowhere' is no address"),
    ("listen:\n  reactions: 0", 2, "0 is outside 1 to 65535"),
    ("admission: members", 1, "admission"),
    ("\nadmission: tickets", 2, "there are no keys to verify them with: name their file in tickets.keys"),
    ("tickets:\n  keys: /nowhere/keys", 2, "/nowhere/keys: No such file"),
    ("plain_text:\n  channel: 77", 2, "77 is not among the channels"),
    ("unsequenced: perhaps", 1, "perhaps"),
    ("poll: never", 1, "poll"),
    ("poll: adaptive\nidle_latency_us: 5000", 2, "idle_latency_us: 5000 is outside 10 to 1000"),
    ("ports:\n  - {queues: 2}", 2, "device"),
    ("ports:\n  - {device: net_null0, queues: 65}", 2, "65"),
    ("cores: [1, 2, 3]", 1, "3 cores for 1 queue:"),
    ("arena:\n  channels: 0", 2, "0 is outside"),
    ("catalogue:\n  - {id: 0, name: a, patterns: [\"(\"]}", 2, "'(' is no regular expression"),
    ("catalogue:\n  - {id: 0, name: a, emoji: [\"🔥\"]}\n  - {id: 1, name: b, emoji: [\"🔥\"]}", 3, "already"),
    ("catalogue:\n  - {id: 0, name: a, weight: 2}", 2, "2 is outside -1 to 1"),
    ("catalogue:\n  - {id: 64, name: a}", 2, "64"),
]
GOOD = ["", "# nothing", "window_ms: 100", "channels:\n  - {id: 0, name: \"Ελλάδα\"}",
        "listen:\n  tcp: []\n  http: [\"0.0.0.0:80\", \"[::]:80\"]", "unsequenced: no"]


def uproard(*arguments, program=programs.UPROARD):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=20)


def file_with(text):
    path = os.path.join(WORK, "checked.yaml")
    with open(path, "w") as f:
        f.write(text)
    return path


@case
def check_names_the_line_of_what_is_wrong():
    for text, line, words in BAD:
        path = file_with(text)
        for arguments in ["--check", path], [path]:  # and nothing is started with it
            done = uproard(*arguments)
            assert done.returncode == 3 and done.stdout == "", f"{text!r}: {done}"
            assert done.stderr.count("\n") == 1 and words in done.stderr, f"{text!r}: {done.stderr}"
            assert line is None or done.stderr.startswith(f"uproard: {path}: line {line}: "), f"{text!r}: {done.stderr}"
    done = uproard("--check", "/nowhere.yaml")
    assert done.returncode == 3 and "/nowhere.yaml: No such file" in done.stderr, done


@case
def check_finds_good_what_is_good():
    for text in GOOD:
        done = uproard("--check", file_with(text))
        assert done.returncode == 0 and done.stdout.endswith(": good\n"), f"{text!r}: {done}"
    assert uproard("--check").returncode == 0


@case
def the_printed_configuration_is_the_documented_one_and_good():
    printed = uproard("--print-config").stdout
    with open(SOURCE) as f:
        assert printed == f.read(), "--print-config differs from control/uproar.yaml"
    assert uproard("--check", file_with(printed)).returncode == 0


@case
def examples_of_a_cluster_are_good_and_fit_each_other():
    folder = os.path.join(os.path.dirname(SOURCE), "../packaging/examples/cluster")
    names, listens, shared = set(), set(), set()
    for role in "ingest", "merge", "fanout":
        path = os.path.join(folder, f"{role}.yaml")
        assert uproard("--check", path).returncode == 0, role
        with open(path) as f:
            text = f.read()
        assert f"roles: [{role}]" in text, role
        names.update(re.findall(r"^  node: (.*)$", text, re.MULTILINE))
        listens.update(re.findall(r"^metrics: (.*)$", text, re.MULTILINE))
        shared.add(tuple(re.findall(r"^  (partitions|kafka): (.*)$", text, re.MULTILINE)))
    assert len(names) == len(listens) == 3 and len(shared) == 1, (names, listens, shared)


@case
def a_cluster_that_does_not_fit_is_named():
    brokers = "cluster:\n  kafka: [\"bootstrap.servers=localhost:1\"]\n"
    for text, line, words in [
            ("roles: [merge]", 1, "roles: less than [ingest, merge, fanout]"),
            (brokers + "window_ms: 500", 3, "window_ms: 500, but in a cluster windows are numbered by the second"),
            ("cluster:\n  kafka: [\"bootstrap.servers=a\", \"sasl.pasword=hunter2\"]", 2, "did you mean 'sasl.password'?"),
            (brokers + "  kafka_file: /nowhere/secrets", 3, "/nowhere/secrets: No such file")]:
        done = uproard("--check", file_with(text))
        assert done.returncode == 3 and words in done.stderr and f"line {line}: " in done.stderr, f"{text!r}: {done}"
        assert "hunter2" not in done.stderr, done.stderr


@case
def help_version_and_wrong_usage():
    for program in programs.UPROARD, programs.UPROAR, programs.RELAY:
        name = os.path.basename(program)
        shown = uproard("--help", program=program)
        assert shown.returncode == 0 and shown.stdout.startswith(f"usage: {name} ") and not shown.stderr, shown
        assert "exit status" in shown.stdout.lower(), shown.stdout
        version = uproard("--version", program=program)
        assert version.returncode == 0 and re.fullmatch(name + r" \d+\.\d+\.\d+\n", version.stdout), version
        wrong = uproard("--frob", program=program)
        assert wrong.returncode == 2 and "frob" in wrong.stderr and not wrong.stdout, wrong
    for command in "send", "watch", "crowd", "ticket", "reload", "stats":
        shown = uproard(command, "--help", program=programs.UPROAR)
        assert shown.returncode == 0 and shown.stdout.startswith(f"usage: uproar {command} "), shown
        assert uproard(command, "--frob", program=programs.UPROAR).returncode == 2, command
    for arguments in ["a.yaml", "b.yaml"], ["--name", "a/b"], ["--name"]:
        assert uproard(*arguments).returncode == 2, arguments
    assert uproard("frob", program=programs.UPROAR).returncode == 2


@case
def a_port_that_is_taken_is_named_with_what_to_do():
    for host, family, name in ("127.0.0.1", socket.AF_INET, "127.0.0.1:7701"), ("::1", socket.AF_INET6, "[::1]:7701"):
        with socket.socket(family) as other:
            other.bind((host, 7701))
            other.listen()
            status, said = refused(*NULL)
            assert status == 6 and f"cannot listen on {name}: another program has that port" in said, said
            assert "ss -ltnp" in said and "configure another port" in said, said
        leftovers.check()
    status, said = refused(*NULL, listen={"tcp": ["192.0.2.1:7701"], "http": []})
    assert status == 6 and "192.0.2.1:7701" in said and "no interface has that address" in said, said


@case
def an_io_uring_that_is_refused_is_named_with_who_refuses_it():
    def within():
        seccomp.deny(seccomp.IO_URING_SETUP, errno.EPERM)

    status, said = refused(*NULL, within=within)
    assert status == 6 and "kernel.io_uring_disabled is 0" in said and "seccomp profile" in said, said
    leftovers.check()
    pretended = os.path.join(WORK, "io_uring_disabled")
    with open(pretended, "w") as f:
        f.write("2\n")
    mounted = subprocess.run(["mount", "--bind", pretended, "/proc/sys/kernel/io_uring_disabled"], capture_output=True)
    cases.require(mounted.returncode == 0, "the sysctl cannot be covered here")
    status, said = refused(*NULL, within=within)
    assert status == 6 and "run: sysctl -w kernel.io_uring_disabled=0" in said, said
    leftovers.check()


@case
def a_device_that_is_not_there_is_named():
    for device in "net_af_xdp0,iface=nowhere", "net_af_xdp0", "net_nothing0", "0000:ff:1f.7":
        status, said = refused("--device", device, "--temporary-arena")
        assert status == 5 and (device in said or "nowhere" in said), f"{device}: {status} {said}"
        leftovers.check()
    status, said = refused("--device", "lo", "--temporary-arena")
    assert status == 5 and "lo is an interface of the kernel; write net_af_xdp0,iface=lo" in said, said
    leftovers.check()


@case
def a_second_instance_is_told_who_holds_the_arena():
    with Appliance("--device", "net_null0") as a:
        status, said = refused("--device", "net_null0")
        assert status == 4 and f"held by another uproard, process {a.process.pid}" in said, said
        a.stop()


@case
def an_arena_that_is_none_is_named_with_what_to_do():
    folder = os.path.join(WORK, "arenas")
    os.mkdir(folder, 0o700)
    with open(os.path.join(folder, "smoke.arena"), "w") as f:
        f.write("no arena")
    status, said = refused("--device", "net_null0", arena={"folder": folder})
    assert status == 4 and "cannot be read" in said and "--new-arena" in said, said


@case
def what_is_in_the_way_of_the_control_socket_is_named():
    os.makedirs("/run/uproar/smoke.sock")
    status, said = refused(*NULL)
    assert status == 7 and "cannot open the control socket /run/uproar/smoke.sock" in said, said
    os.rmdir("/run/uproar/smoke.sock")


@case
def listeners_that_are_switched_off_are_not_there():
    with Appliance("--device", "net_null0", listen={"tcp": ["127.0.0.1:7701"], "http": [], "mqtt": []}) as a:
        for port, there in (7701, True), (7780, False), (1883, False):
            with socket.socket() as s:
                assert (s.connect_ex(("127.0.0.1", port)) == 0) == there, port
        a.stop()


@case
def sigint_and_sigterm_end_it_in_order():
    for number in 2, 15:
        with Appliance("--device", "net_null0", channels=config.channels([0])) as a:
            a.stop(number)
        leftovers.check()


if __name__ == "__main__":
    cases.main()
