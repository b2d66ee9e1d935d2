#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""`uproar-gen` over memif: every frame that it sent is accounted for. No speed is judged."""

import json
import os
import re
import signal
import subprocess

from harness import cases, ledger
from harness.cases import case
from harness.daemon import Appliance, Process
from harness.deadline import until
from harness.namespace import WORK, Wire
from harness.programs import GEN

SOCKET = f"{WORK}/gen.memif"
NAME = "smoke"
CPUS = sorted(os.sched_getaffinity(0))
DEVICE = f"net_memif0,role=client,id=0,socket={SOCKET},socket-abstract=no"
METRICS = "127.0.0.1:7790"


def appliance(queues=1):
    """Its workers have the last CPUs, and the generator the first one."""
    return Appliance(ports=[{"device": f"net_memif0,role=server,id=0,socket={SOCKET},socket-abstract=no",
                             "queues": queues}],
                     cores=[CPUS[-1 - i % len(CPUS)] for i in range(queues)] if queues == 1 else [],
                     metrics={"listen": METRICS})


def words(command, *options, device=DEVICE):
    return [GEN, command, "--device", device, "--cores", str(CPUS[0]), *options]


def gen(command, *options, status=0, **more):
    """What it prints with --json."""
    done = subprocess.run(words(command, *options, "--json", **more), capture_output=True, text=True, timeout=120)
    assert done.returncode == status, f"exit status {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)


def is_accounted_for(trial, due):
    """Every frame that was due, and what the appliance did with those that were sent."""
    took, had_to = trial["took"], trial["expected"]
    assert abs(trial["offered"] + trial["late"] - due) <= 1, f"{due} were due: {trial}"
    assert trial["offered"] == trial["sent"] + trial["refused_by_ring"], trial
    assert trial["sent"] == took["rx"] + took["imissed"] + took["nombuf"], trial
    assert trial["lost"] == trial["refused_by_ring"] + trial["sent"] - took["rx"], trial
    assert took["foreign"] == 0 and took["imissed"] == took["nombuf"] == 0, trial
    assert all(took[what] == n for what, n in had_to.items()) and not took["counted_otherwise"], trial


@case
def what_is_sent_at_a_rate_is_what_was_taken():
    with appliance() as a:
        mixed = ["--hostile", "5", "--text", "10", "--unsequenced", "10", "--batches", "3", "--vlan", "7"]
        run = gen("run", "--rate", "20k", "--seconds", "0.5", "--name", NAME, *mixed)["run"]
        is_accounted_for(run, 10000)
        assert run["expected"]["refused"] > 0 and run["rate_pps"] == 20000, run
        sent = run["sent"]

        elsewhere = gen("run", "--rate", "20k", "--seconds", "0.3", "--metrics", f"http://{METRICS}/metrics")
        is_accounted_for(elsewhere["run"], 6000)
        assert elsewhere["traffic"]["seed"] >= 0 and elsewhere["driver"] == "net_memif", elsewhere
        sent += elsewhere["run"]["sent"]

        most = gen("run", "--seconds", "0.3", "--name", NAME)["run"]
        assert most["rate_pps"] is None and most["refused_by_ring"] == 0 < most["sent"], most
        is_accounted_for(most | {"late": 0}, most["sent"])
        sent += most["sent"]

        unknown = gen("run", "--rate", "5k", "--seconds", "0.1", "--name", NAME, "--channels", "500-501")["run"]
        assert unknown["took"]["rx"] == unknown["sent"] > 0 == unknown["took"]["accepted"], unknown
        assert unknown["took"]["counted_otherwise"], unknown
        sent += unknown["sent"]

        unasked = gen("run", "--rate", "1k", "--seconds", "0.1", "--ipv6")["run"]
        assert unasked["took"] is None and unasked["sent"] <= 100, unasked
        ledger.await_rx(a, sent + unasked["sent"])
        a.stop()


@case
def answers_come_back():
    with appliance() as a:
        run = gen("run", "--rate", "2k", "--seconds", "0.5", "--name", NAME, "--answers")["run"]
        is_accounted_for(run, 1000)
        assert run["answers"] == run["took"]["accepted"] == a.stats()["answers"]["sent"], run
        a.stop()


@case
def two_cores_send_by_two_queues():
    with appliance(queues=2) as a:
        both = ["--cores", ",".join(map(str, CPUS[:2]))]
        run = gen("run", "--rate", "20k", "--seconds", "0.5", "--name", NAME, *both)
        is_accounted_for(run["run"], 10000)
        if len(run["cores"]) > 1:
            assert all(worker["rx"] > 0 for worker in a.stats()["workers"]), a.stats()["workers"]
        a.stop()


def free_huge_pages():
    with open("/proc/meminfo") as file:
        return int(re.search(r"HugePages_Free:\s+(\d+)", file.read())[1])


@case
def af_xdp_loses_nothing_either():
    cases.require_root("AF_XDP")
    cases.require(free_huge_pages() > 64, "the generator wants huge pages for AF_XDP")
    with Wire() as wire, Appliance(ports=[{"device": f"net_af_xdp0,iface={wire.near}"}], cores=[CPUS[-1]]) as a:
        with wire.far_side():
            run = gen("run", "--rate", "5k", "--seconds", "1", "--name", NAME,
                      device=f"net_af_xdp0,iface={wire.far}")["run"]
        is_accounted_for(run, 5000)
        a.stop()


def is_a_result(result, trials):
    """What held is a load at which no trial that counts lost more; the bound above is one that lost more."""
    goal, lower, upper = result["goal_loss_ratio"], result["lower_pps"], result["upper_pps"]
    assert lower and result["final"] and result["confirmed"] and not result["below_minimum"], result
    full = max(t["wanted_seconds"] for t in trials)
    held = [t for t in trials if t["counts"] and t["load_pps"] == lower and t["wanted_seconds"] == full]
    assert len(held) >= 2 and all(t["loss_ratio"] <= goal for t in held), (result, held)
    if upper is None:
        assert result["at_least"], result
    else:
        assert lower < upper and any(t["loss_ratio"] > goal and t["load_pps"] == upper for t in trials), result


SHORT = ["--min-rate", "100", "--initial", "0.05", "--final", "0.3", "--width", "5", "--limit", "60", "--name", NAME]


@case
def a_search_finds_a_load_that_holds():
    plot = f"{WORK}/loss.svg"
    with appliance() as a:
        found = gen("search", "--max-rate", "20k", "--svg", plot, *SHORT)
        trials = found["trials"]
        for trial in trials:
            is_accounted_for(trial, trial["rate_pps"] * trial["wanted_seconds"])
            assert abs(trial["loss_ratio"] * trial["offered"] - trial["lost"]) < 0.01, trial
        assert [r["name"] for r in found["results"]] == ["NDR", "PDR 0.5 %"], found["results"]
        for result in found["results"]:
            is_a_result(result, trials)
        ndr, pdr = found["results"]
        assert ndr["loss_ratio"] == 0 and ndr["lower_pps"] <= pdr["lower_pps"] <= 20000, found["results"]
        assert found["cut_short"] is None and found["settings"]["max_pps"] == 20000, found
        assert found["ceiling_pps"] > 0 and found["machine"]["tsc_hz"] > 1e8, found
        a.stop()
    with open(plot) as file:
        drawn = file.read()
    assert drawn.startswith("<?xml") and "NDR" in drawn, drawn[:200]


@case
def a_search_ends_when_it_is_told_to():
    with appliance() as a:
        cut = gen("search", "--max-rate", "5k", "--min-rate", "100", "--initial", "0.1", "--final", "600",
                  "--limit", "1", "--name", NAME, status=1)
        assert "--limit" in cut["cut_short"] and cut["trials"], cut
        assert not any(r["final"] for r in cut["results"]) and cut["results"][0]["lower_pps"], cut["results"]

        with Process(*words("search", "--max-rate", "2k", "--initial", "0.1", "--final", "600", "--name", NAME)) as s:
            until(lambda: "\n    1 " in s.log(), lambda: f"a trial: {s.log()}")
            s.process.send_signal(signal.SIGINT)
            assert s.wait() == 1 and "cut short: by a signal" in s.log() and "NDR" in s.log(), s.log()

        done = subprocess.run(words("search", "--name", "nobody"), capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and "is uproard running?" in done.stderr, done
        a.stop()


@case
def a_run_outlives_its_appliance():
    with Process(*words("run", "--rate", "max")) as run:
        for _ in range(2):
            with appliance() as a:
                until(lambda: a.stats()["ledger"]["rx"] > 10000, "frames under way")
                a.stop()
        run.stop(signal.SIGINT)
        assert "late" in run.log() and "sent " in run.log(), run.log()


MISUSES = {
    "'' is neither run nor search": [],
    "'go' is neither run nor search": ["go"],
    "--device is missing": ["run"],
    "--rate is an option of `uproar-gen run`": ["search", "--rate", "1"],
    "--width is an option of `uproar-gen search`": ["run", "--width", "1"],
    "--rate: '1G' is not a rate": ["run", "--rate", "1G"],
    "--seconds: '0' is not a number from": ["run", "--seconds", "0"],
    "--cores: '1,1' is not a list": ["run", "--cores", "1,1"],
    "--goals: '0.5,0' are not": ["search", "--goals", "0.5,0"],
    "--metrics: 'box:7790' is not http://": ["search", "--metrics", "box:7790"],
    "--initial: the first trials are not longer": ["search", "--device", "x", "--initial", "20"],
    "--max-rate is below --min-rate": ["search", "--device", "x", "--max-rate", "10"],
    "'x' is too much": ["run", "--device", "x", "x"],
    "unrecognized option '--nonsense'": ["run", "--nonsense"],
    "--hostile: '101' is not": ["run", "--device", "x", "--hostile", "101"],
}


@case
def wrong_usage_is_told():
    for said, options in MISUSES.items():
        done = subprocess.run([GEN, *options], capture_output=True, text=True, timeout=20)
        assert done.returncode == 2 and said in done.stderr, f"{options}: {done.returncode}: {done.stderr}"
    done = subprocess.run([GEN, "run", "--device", "net_nothing0"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and done.stderr, done


if __name__ == "__main__":
    cases.main()
