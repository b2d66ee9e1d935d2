#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""
Adds up logs of `meson test` (testlog.json): what failed, what was skipped and why, and what took long. The first
argument is a file of phases, a line each: its seconds and its name. A log without a test is a failure.
"""
import json
import os
import re
import sys

TAP_LINE = re.compile(r"^(?P<verdict>ok|not ok)\b\s*\d*\s*-?\s*(?P<name>.*?)"
                      r"(?:\s*#\s*(?P<directive>SKIP|TODO)\b\s*(?P<why>.*))?$", re.IGNORECASE)

SLOWEST = 5


def cases_of(test):
    """(outcome, name, why) of each case; a program without TAP is one case."""
    for line in test.get("stdout", "").splitlines():
        found = TAP_LINE.match(line)
        if found is None:
            continue
        skipped = (found["directive"] or "").upper() == "SKIP"
        outcome = "skipped" if skipped else "passed" if found["verdict"] == "ok" else "failed"
        yield outcome, found["name"].strip(), found["why"] or ""


def outcome_of(test):
    return {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}.get(test["result"], "failed")


def tell_phases(path):
    with open(path, encoding="utf-8") as file:
        phases = [(int(seconds), name.strip()) for seconds, name in (line.split(maxsplit=1) for line in file)]
    told = ", ".join(f"{name} {seconds}" for seconds, name in phases if seconds > 0)
    print(f"seconds: {told}; in all {sum(seconds for seconds, _ in phases)}")


def tell_slowest(durations):
    slowest = sorted(durations, reverse=True)[:SLOWEST]
    print("slowest: " + ", ".join(f"{name} {seconds:.0f}" for seconds, name in slowest))


def main(phases, *paths):
    counts, durations = {"passed": 0, "failed": 0, "skipped": 0}, []
    for path in paths:
        group = os.path.basename(path).removesuffix(".json")
        with open(path, encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
        if not tests:
            counts["failed"] += 1
            print(f"failed: {group}: no test was run")
        for test in tests:
            durations.append((test["duration"], f"{group} {test['name'].split(' / ')[-1]}"))
            cases = list(cases_of(test))
            whole = outcome_of(test)
            if not cases or (whole == "failed" and all(case[0] != "failed" for case in cases)):
                cases.append((whole, test["result"].lower(), ""))
            for outcome, name, why in cases:
                counts[outcome] += 1
                if outcome != "passed":
                    print(f"{outcome}: {test['name']}: {name}" + (f": {why}" if why else ""))
    tell_phases(phases)
    tell_slowest(durations)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 0 if counts["failed"] == 0 and counts["passed"] > 0 else 1


sys.exit(main(*sys.argv[1:]))
