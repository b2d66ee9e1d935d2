#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""`./dev run`: every tap of the crowd is counted, whatever ends it, and nothing stays behind."""

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

from harness import cases, leftovers
from harness.cases import case
from harness.daemon import Process
from harness.deadline import until
from harness.namespace import WORK
from harness.programs import UPROAR

DEV = Path(__file__).resolve().parents[2] / "dev"
SUMMARY = DEV.parent / "scripts" / "test_summary.py"
WINDOW = re.compile(r"^window \d+  taps (\d+)  total (\d+)", re.MULTILINE)
LAST = re.compile(r"windows (\d+), taps sent (\d+), taps counted (\d+), ledger balanced")


def dev_run(*options):
    return Process(str(DEV), "run", "--seed", "1", *options, start_new_session=True)


def pid_of(program):
    return next(pid for pid, name in leftovers.processes() if Path(name).name == program)


def windows(run):
    return [int(taps) for taps, _ in WINDOW.findall(run.log())]


def closes_well(run):
    """The counts of the last line; the table before it must add up to the same."""
    assert run.wait(60) == 0, run.log()
    told = LAST.fullmatch(run.log().splitlines()[-1])
    assert told, run.log()
    n, sent, counted = (int(number) for number in told.groups())
    assert sent == counted == sum(windows(run)) > 0, run.log()
    assert n == len(windows(run)), run.log()
    return n, sent


@case
def a_bounded_run_counts_every_tap():
    with dev_run("--seconds", "5", "--taps-per-second", "3000") as run:
        n, sent = closes_well(run)
        assert n >= 2 and sent > 10000, (n, sent)


@case
def a_tap_of_somebody_else_makes_it_fail_with_its_last_line():
    with dev_run("--seconds", "5") as run:
        until(lambda: windows(run), run.log)
        subprocess.run([UPROAR, "send", "--channel", "1", "🔥"], check=True, timeout=20)
        assert run.wait(60) == 1, run.log()
        told = LAST.fullmatch(run.log().splitlines()[-1])
        assert told and int(told[3]) == int(told[2]) + 1, run.log()


@case
def ctrl_c_ends_it_with_the_books_balanced():
    with dev_run() as run:
        until(lambda: len(windows(run)) >= 2, run.log)
        os.killpg(run.process.pid, signal.SIGINT)
        closes_well(run)


@case
def sigterm_to_the_script_alone_does_the_same():
    with dev_run() as run:
        until(lambda: len(windows(run)) >= 2, run.log)
        run.process.terminate()
        closes_well(run)


@case
def killing_the_script_ends_all_that_it_started():
    with dev_run() as run:
        until(lambda: windows(run), run.log)
        run.kill()


@case
def a_second_run_is_refused_and_disturbs_nobody():
    with dev_run("--seconds", "8") as first:
        until(lambda: windows(first), first.log)
        with dev_run("--seconds", "1") as second:
            assert second.wait() == 1 and "is held by another uproard" in second.log(), second.log()
        closes_well(first)


@case
def an_appliance_that_dies_is_noticed_and_the_next_run_is_as_new():
    with dev_run() as run:
        until(lambda: windows(run), run.log)
        os.kill(pid_of("uproard"), signal.SIGKILL)
        assert run.wait() == 1 and "uproard has died" in run.log(), run.log()
    with dev_run("--seconds", "3") as run:
        closes_well(run)


@case
def a_tap_device_does_as_well():
    cases.require_root("a TAP interface")
    with dev_run("--seconds", "5", "--device", "net_tap0,iface=uproar0") as run:
        closes_well(run)
        assert "receiving through net_tap0" in run.log(), run.log()


@case
def memif_does_as_well():
    device = "net_memif0,role=server,id=0,socket=/run/dev.memif,socket-abstract=no"
    with dev_run("--seconds", "5", "--device", device) as run:
        closes_well(run)
        assert "receiving through net_memif0" in run.log(), run.log()


@case
def wrong_usage_is_told():
    for options, said in (["--seconds"], "--seconds wants"), (["--nonsense"], "no option '--nonsense', but: --seconds"):
        with dev_run(*options) as run:
            assert run.wait() == 2 and said in run.log(), run.log()
    for command, said in (["frob"], "there is no command 'frob'"), (["test", "unit", "nix"], "there is no test nix, but: unit "):
        done = subprocess.run([str(DEV), *command], capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and said in done.stderr, done


@case
def a_port_that_is_taken_is_told_with_what_to_do_here():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 1883))
        other.listen()
        with dev_run("--seconds", "1") as run:
            assert run.wait() == 1 and "ports of the default configuration" in run.log(), run.log()


@case
def a_group_of_which_no_test_was_run_has_failed():
    phases, ran, empty = (f"{WORK}/{name}" for name in ("seconds", "unit.json", "smoke.json"))
    test = {"name": "uproar / wire", "result": "OK", "duration": 1, "stdout": "ok 1 frames\n"}
    for path, text in (phases, "1 unit\n"), (ran, json.dumps(test) + "\n"), (empty, ""):
        Path(path).write_text(text, encoding="utf-8")
    for logs, status, said in ([ran], 0, "1 passed, 0 failed"), ([ran, empty], 1, "failed: smoke: no test was run"):
        done = subprocess.run([SUMMARY, phases, *logs], capture_output=True, text=True, timeout=20)
        assert done.returncode == status and said in done.stdout, done


cases.main()
