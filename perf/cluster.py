#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
What a cluster costs, part by part: `merging` of many nodes' tallies in one process, `records`, the bytes that
nodes put into Kafka, and `latency` from the end of a window to a subscriber's socket, on real brokers.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
PARTS = {
    "merging": [str(BUILD / "perf" / "cluster-merging")],
    "records": [str(BUILD / "perf" / "cluster-records")],
    "latency": [sys.executable, str(HERE / "cluster" / "latency.py")],
}


def options():
    parser = argparse.ArgumentParser(description="What a cluster costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all, if none is named")
    parser.add_argument("--quick", action="store_true", help="does it work? not to be quoted")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true")
    asked = parser.parse_args()
    for part in asked.parts:
        if part not in PARTS:
            parser.error(f"there is no part {part}, but: {', '.join(PARTS)}")
    return asked


def main():
    asked = options()
    words = [f"--{name}" for name in ("quick", "json", "markdown") if getattr(asked, name)]
    told = {}
    for part in asked.parts or PARTS:
        if not asked.json:
            print(f"\n{part}\n", flush=True)
        done = subprocess.run([*PARTS[part], *words], stdout=subprocess.PIPE if asked.json else None, check=False)
        if done.returncode != 0:
            sys.exit(f"cluster: {part} ended with status {done.returncode}")
        if asked.json:
            told[part] = json.loads(done.stdout)
    if asked.json:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
