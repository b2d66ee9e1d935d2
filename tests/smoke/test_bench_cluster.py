#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Benchmarks of a cluster that need no brokers: every row is there, in each form. No figure is judged."""

import json
import subprocess

from harness import cases
from harness.cases import case
from harness.programs import BENCH_MERGING, BENCH_MOVING, BENCH_RECORDS


def said(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, f"{done.returncode}: {done.stderr}"
    return done.stdout


@case
def sessions_move_within_the_bounds_of_the_protocol():
    rows = json.loads(said(BENCH_MOVING, "--quick", "--json"))["rows"]
    assert len({row["events"] for row in rows}) == 10 and len(rows) == 50, len(rows)
    for row in rows:
        assert row["batches"] > 0 and row["begins"]["arrivals"] <= row["sessions"], row
        assert row["out_of_order"] or row["older"]["doubled"] == 0, row


@case
def records_grow_with_people_and_reactions():
    rows = json.loads(said(BENCH_RECORDS, "--json"))["rows"]
    least, most = rows[0], rows[-1]
    assert 0 < least["tally_bytes"] < most["tally_bytes"] and 0 < least["frame_bytes"] < most["frame_bytes"], rows


@case
def merging_is_measured_beside_a_floor_and_a_rival():
    rows = json.loads(said(BENCH_MERGING, "--quick", "--json"))["rows"]
    assert {row["nodes"] for row in rows} >= {1, 16}, rows
    for row in rows:
        assert 0 < row["floor_us"] < row["window_us"] and row["rival_us"] > 0, row


@case
def tables_have_a_row_for_each():
    for program in BENCH_MOVING, BENCH_RECORDS, BENCH_MERGING:
        rows = json.loads(said(program, "--quick", "--json"))["rows"]
        table = said(program, "--quick", "--markdown")
        assert sum(line.startswith("| ") for line in table.splitlines()) == len(rows) + 1, table


@case
def wrong_usage_is_told():
    for program in BENCH_MOVING, BENCH_RECORDS, BENCH_MERGING:
        done = subprocess.run([program, "--nonsense"], capture_output=True, text=True)
        assert done.returncode == 2 and "usage:" in done.stderr, done


if __name__ == "__main__":
    cases.main()
