#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Adds up logs of `meson test` (testlog.json): what failed, and what was skipped and why."""
import json
import re
import sys

TAP_LINE = re.compile(r"^(?P<verdict>ok|not ok)\b\s*\d*\s*-?\s*(?P<name>.*?)"
                      r"(?:\s*#\s*(?P<directive>SKIP|TODO)\b\s*(?P<why>.*))?$", re.IGNORECASE)


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


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        with open(path, encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
        for test in tests:
            cases = list(cases_of(test))
            whole = outcome_of(test)
            if not cases or (whole == "failed" and all(case[0] != "failed" for case in cases)):
                cases.append((whole, test["result"].lower(), ""))
            for outcome, name, why in cases:
                counts[outcome] += 1
                if outcome != "passed":
                    print(f"{outcome}: {test['name']}: {name}" + (f": {why}" if why else ""))
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 0 if counts["failed"] == 0 and counts["passed"] > 0 else 1


sys.exit(main(sys.argv[1:]))
