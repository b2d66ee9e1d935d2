# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What came of the rows: for people, for meson (TAP) or for programs (JSON)."""

import json
import sys


class Result:
    """failures: {replay: what went wrong}. excused: why this server is known to differ, or None."""

    def __init__(self, table, row, failures, excused):
        self.table, self.row, self.failures, self.excused = table, row, failures, excused

    @property
    def verdict(self):
        if not self.failures:
            return "holds"
        return "differs" if self.excused else "FAILS"


def _why(result):
    return "; ".join(f"{replay}: {why}" for replay, why in result.failures.items())


def _people(results, seconds, verbose):
    width = max(len(r.row.reference) for r in results)
    for r in results:
        if verbose or r.verdict != "holds":
            print(f"{r.table.TITLE:10} {r.row.reference:{width}}  {r.verdict:7}  {r.row.sentence}")
        if r.verdict == "FAILS":
            for replay, why in r.failures.items():
                print(f"{'':11}{replay}: {why}")
        elif r.verdict == "differs":
            print(f"{'':11}{r.excused}")
    print(f"\n{'':14}{'hold':>8}{'differ':>8}{'fail':>8}{'scripts':>9}")
    for table in dict.fromkeys(r.table for r in results):
        mine = [r for r in results if r.table is table]
        numbers = [sum(r.verdict == verdict for r in mine) for verdict in ("holds", "differs", "FAILS")]
        print(f"{table.TITLE:14}" + "".join(f"{n:8}" for n in numbers) + f"{sum(len(r.row.replays) for r in mine):9}")
    print(f"in {seconds:.1f} s")


def _tap(results):
    print(f"1..{len(results)}")
    for number, r in enumerate(results, 1):
        word = "ok" if r.verdict != "FAILS" else "not ok"
        name = f"{r.table.TITLE} {r.row.reference} {r.row.sentence}".replace("#", "\\#")
        print(f"{word} {number} - {name}{' # SKIP differs: ' + r.excused if r.verdict == 'differs' else ''}")
        if r.verdict == "FAILS":
            print(f"{r.row.reference}: {_why(r)}", file=sys.stderr)


def _json(results, seconds):
    rows = [{"table": r.table.NAME, "reference": r.row.reference, "statement": r.row.sentence, "verdict": r.verdict,
             "replays": list(r.row.replays), "failures": r.failures} for r in results]
    json.dump({"seconds": round(seconds, 1), "statements": rows}, sys.stdout, indent=1, ensure_ascii=False)
    print()


def show(results, seconds, form, verbose):
    if form == "tap":
        _tap(results)
    elif form == "json":
        _json(results, seconds)
    else:
        _people(results, seconds, verbose)
