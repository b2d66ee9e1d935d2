# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
A file of cases, run: each in the world of its own that namespace.py makes, with nothing left over
afterwards. One line a case, for people or (--tap) for meson. Arguments choose cases by name.
"""

import os
import signal
import sys
import traceback

from harness import leftovers, namespace

SKIPPED = 77


class Skip(Exception):
    """This machine cannot run the case, and why."""


def require(possible, why):
    if not possible:
        raise Skip(why)


def require_root(what):
    require(namespace.is_real_root(), f"{what} takes root of the machine, not of a user namespace")


_cases = []
_witnesses = []


def on_failure(tell):
    """tell() is what a case that fails shows besides."""
    _witnesses.append(tell)


def case(function):
    _cases.append(function)
    return function


def _name(function):
    return function.__name__.replace("_", " ")


class _Report:
    def __init__(self, tap, planned):
        self.tap, self.n, self.failed, self.passed = tap, 0, 0, 0
        if tap:
            print(f"1..{planned}", flush=True)

    def say(self, verdict, name, why=""):
        self.n += 1
        self.failed += verdict == "FAIL"
        self.passed += verdict == "ok"
        if not self.tap:
            print(f"{verdict} {name}{f': {why}' if why else ''}", flush=True)
            return
        word = "not ok" if verdict == "FAIL" else "ok"
        print(f"{word} {self.n} - {name}{f' # SKIP {why}' if verdict == 'skip' else ''}", flush=True)

    def status(self):
        if self.tap:
            return 0  # the lines have said it
        return 1 if self.failed else SKIPPED if self.passed == 0 else 0


def _run(function, report):
    try:
        function()
        leftovers.check()
        report.say("ok", _name(function))
    except Skip as skip:
        report.say("skip", _name(function), str(skip))
    except Exception as failure:
        traceback.print_exc()
        for tell in _witnesses:
            print(tell(), file=sys.stderr)
        report.say("FAIL", _name(function), " ".join(str(failure).split())[:400])
    finally:
        leftovers.clear()


def _stop(*_):
    sys.exit(1)  # through every finally


def main():
    tap = "--tap" in sys.argv
    wanted = [word.replace("_", " ") for word in sys.argv[1:] if word != "--tap"]
    chosen = [c for c in _cases if not wanted or any(w in _name(c) for w in wanted)]
    why = None
    if not namespace.is_inside():
        why = namespace.enter(os.path.abspath(sys.argv[0]), sys.argv[1:])
    report = _Report(tap, len(chosen))
    if why:
        for function in chosen:
            report.say("skip", _name(function), why)
        sys.exit(report.status())
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    namespace.furnish()
    for function in chosen:
        _run(function, report)
    sys.exit(report.status())
