#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""
Do the seed corpora reach every refusal? corpus_reach.py unit-replay-TARGET...

Wanted is each name of wire/refusal.def that the code which is fuzzed refuses by: not those of the
exception port, which knows whole frames and how many there are. A name that is declared and not
used yet is skipped. Prints TAP.
"""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUZZED = "dataplane", "wire"


def declared():
    return re.findall(r"^REFUSAL\((\w+), (?!EXCEPTION)", (ROOT / "wire/refusal.def").read_text(), re.MULTILINE)


def used():
    """Names by which some source refuses."""
    sources = [path for folder in FUZZED for path in (ROOT / folder).glob("*.[ch]")]
    return {name for path in sources for name in re.findall(r"\bREFUSED_(\w+)", path.read_text())}


def reached(replay):
    """{refusal or "accepted": how often} in the replay of its corpus."""
    target = pathlib.Path(replay).name.removeprefix("unit-replay-")
    done = subprocess.run([replay, ROOT / "tests/fuzz/corpus" / target], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"# {done.stderr}".replace("\n", "\n# "))
        return {}
    return {name: int(n) for name, n in (line.split() for line in done.stdout.splitlines())}


def main(replays):
    by_target = {pathlib.Path(replay).name: reached(replay) for replay in replays}
    total = sum((collections.Counter(counts) for counts in by_target.values()), collections.Counter())
    cases = [(f"{target} accepts", counts.get("accepted", 0), "") for target, counts in by_target.items()]
    in_use = used()
    cases += [(f"{name} is reached", total[name], "" if name in in_use else " # SKIP nothing refuses by it yet")
              for name in declared()]
    print(f"1..{len(cases)}")
    for i, (what, times, skip) in enumerate(cases, 1):
        verdict = "ok" if times > 0 or skip else "not ok"
        print(f"{verdict} {i} - {what}{skip or f', {times} times'}")


main(sys.argv[1:])
