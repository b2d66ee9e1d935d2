#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Each tap that was counted is in exactly one window of the journal: over kills, a lost arena, a full disk, a lock that
somebody keeps. And none of these delays a frame. UPROAR_KILLS=300 kills so often.
"""

import contextlib
import os
import random
import re
import sys
import threading
import time

from harness import cases, journal, ledger, subscribers
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import refused
from harness.deadline import until
from harness.history import FILE, all_in_windows, await_journalled, give_up, kept
from harness.namespace import WORK, run
from harness.sender import Sender

KILLS = int(os.environ.get("UPROAR_KILLS", 5))
LIVES_S = 0.4  # a kill comes at a random moment of this
MANUAL = os.path.join(os.path.dirname(__file__), "../../docs/journal.md")


class Flood:
    """Taps in three channels, as fast as they go, and how many so far."""

    def __enter__(self):
        self.sender, self._stop = Sender(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.is_set():
            for channel in 1, 2, 3:
                self.sender.tap(channel, {FIRE: 1, CLAP: channel})


def totals(path=FILE):
    return dict(journal.ask(path, "SELECT channel, total FROM channels"))


def fill(path):
    """What is left of its disk."""
    with open(path, "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)) == 4096:
            pass


def questions_of_the_manual():
    with open(MANUAL) as manual:
        blocks = re.findall(r"^```sql\n(.*?)^```", manual.read(), re.DOTALL | re.MULTILINE)
    return [sql for block in blocks for sql in block.split(";") if sql.strip()]


@case
def after_kills_at_random_moments_each_tap_is_in_exactly_one_window():
    rng, arenas, before = random.Random(), 1, {}
    for n in range(KILLS):
        lost = n > 0 and rng.random() < 0.2
        arenas += lost
        with kept(*["--new-arena"] * lost) as a, Flood():
            time.sleep(rng.uniform(0, LIVES_S))
            now = ledger.totals(a.stats())
            assert all(total >= before.get(c, 0) for c, total in now.items()), f"totals fell: {before}, then {now}"
            a.kill()
        journal.check(FILE)
        before = totals()
    with kept() as a:
        await_journalled(a)
        a.stop()
    all_in_windows()
    died = journal.value(FILE, "SELECT count(*) FROM runs WHERE outcome = 'died'")
    assert died >= KILLS - 1, f"{died} of {KILLS} runs are known to have died"  # one may die before it is written
    assert journal.value(FILE, "SELECT count(*) FROM arenas") <= arenas
    print(f"# {KILLS} kills, {arenas} arenas, {journal.value(FILE, 'SELECT sum(joins) FROM windows')} windows, "
          f"{journal.value(FILE, 'SELECT sum(taps) FROM counts')} taps, "
          f"{journal.value(FILE, 'SELECT sum(gap) FROM windows')} gaps", file=sys.stderr, flush=True)
    give_up()


@case
def a_full_disk_delays_no_frame_and_loses_nothing():
    folder = f"{WORK}/small"
    os.mkdir(folder)
    run("mount", "-t", "tmpfs", "-o", "size=1m", "small", folder)
    path = f"{folder}/journal.db"
    with kept(file=path) as a, subscribers.Tcp([1]) as listener, Flood():
        until(lambda: a.stats()["journal"]["written"] > 0, "a window is journalled")
        fill(f"{folder}/filler")
        until(lambda: "full" in a.stats()["journal"]["error"], lambda: f"the disk is full: {a.stats()['journal']}")
        seen = len(listener.frames)
        listener.wait(lambda frames: len(frames) >= seen + 10, "windows go on")
        assert a.stats()["journal"]["lag_windows"] >= 5, a.stats()["journal"]
        os.remove(f"{folder}/filler")
        until(lambda: not a.stats()["journal"]["error"], "the disk has room again")
        numbers = [f.window for f in listener.frames]
        assert all(b - a == 1 for a, b in zip(numbers, numbers[1:])), f"a window is missing: {numbers}"
        a.stop()
    all_in_windows(path)
    assert journal.value(path, "SELECT max(joins) FROM windows") >= 5
    fill(f"{folder}/filler")
    status, said = refused("--name", "second", "--temporary-arena", journal={"file": path})
    assert status == 8 and "full" in said, f"{status}: {said}"
    run("umount", folder)
    give_up()


@case
def a_lock_at_the_end_leaves_a_gap_that_the_next_start_fills():
    with kept() as a, Flood():
        until(lambda: a.stats()["journal"]["written"] > 2, "windows are journalled")
        with journal.opened(FILE) as other:
            other.execute("BEGIN IMMEDIATE")
            until(lambda: "locked" in a.stats()["journal"]["error"], "it is locked")
            a.stop()
        assert a.logged(r"windows \d+ to \d+ are not journalled"), a.log()
    with kept() as a:
        assert a.logged(r"the journal lacks \d+ windows? with \d+ taps?"), a.log()
        await_journalled(a)
        a.stop()
    all_in_windows()
    assert journal.value(FILE, "SELECT count(*) FROM windows WHERE gap AND joins > 1") == 1
    for sql in questions_of_the_manual():
        found = journal.ask(FILE, sql)
        assert not found if "EXCEPT" in sql else found or "-1 day" in sql or "surge" in sql, f"{sql}: {found}"
    give_up()


@case
def a_file_that_is_no_good_stops_the_start():
    status, said = refused("--temporary-arena", journal={"file": f"{WORK}/nowhere/journal.db"})
    assert status == 8 and "its folder is not there" in said, f"{status}: {said}"
    with open(f"{WORK}/other", "w") as f:
        f.write("something else, which is longer than the header of an SQLite file, that has a hundred bytes. " * 2)
    status, said = refused("--temporary-arena", journal={"file": f"{WORK}/other"})
    assert status == 8 and "no SQLite file" in said, f"{status}: {said}"
    with kept() as a:
        status, said = refused("--name", "second", "--temporary-arena", journal={"file": FILE})
        assert status == 8 and "another uproard writes it" in said, f"{status}: {said}"
        a.stop()
    give_up()


if __name__ == "__main__":
    cases.main()
