# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""An appliance with an arena and a journal that stay, and what both must agree on."""

import os
import shutil

from harness import arena, journal, ledger
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import WORK

WINDOW_MS = 100
FILE = f"{WORK}/journal.db"
ARENA = f"{WORK}/arena"
OPTIONS = {"window_ms": WINDOW_MS, "limits": {"taps_per_second": 0}, "arena": {"folder": ARENA, "channels": 16},
           "journal": {"file": FILE}}


def kept(*arguments, file=FILE, **options):
    return on_lo(*arguments, keep=True, **OPTIONS | {"journal": {"file": file}} | options)


def await_journalled(a):
    """All that was counted; the statistics of that moment."""
    ledger.await_merged(a)
    until(lambda: a.stats()["journal"]["lag_windows"] <= 1, lambda: f"journalled: {a.stats()['journal']}")
    return a.stats()


def all_in_windows(path=FILE):
    """The journal and the arena, when nobody runs."""
    journal.check(path)
    assert journal.counts(path) == arena.counts(f"{ARENA}/smoke.arena")


def give_up():
    shutil.rmtree(ARENA, ignore_errors=True)
    for ending in "", "-wal", "-shm":
        if os.path.exists(FILE + ending):
            os.remove(FILE + ending)
