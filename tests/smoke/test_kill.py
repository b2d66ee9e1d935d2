#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
kill -9 loses no tap that was counted: the arena outlives the process. And it neither loses nor doubles a
tap of a session whose client repeats it. UPROAR_KILLS=300 kills so often in each case of sessions.
"""

import os
import random
import re
import shutil
import sys
import threading
import time

from harness import arena, cases, config, ledger, leftovers, subscribers
from harness.cases import case
from harness.config import CLAP, FIRE, LONG_MS
from harness.daemon import Appliance, Process
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.programs import UPROARD
from harness.sender import Sender
from harness.story import BATCHES_MAX, PORTS, TAPS_MAX, Story

KEEP = {"keep": True}
ROUNDS = 12  # of kills at random moments
SHORT_MS = 100
SESSION_KILLS = int(os.environ.get("UPROAR_KILLS", 12))
WINDOW = 32  # batches that are remembered of a session
SESSIONS = 1 << 20  # so many that hardly ever four share a bucket
START_S, FLOW_S = 0.4, 0.06  # a kill comes at a random moment of a start, or of the traffic
ARENA_S = 0.1  # the part of a start in which the arena is opened, and carried over
SHAPES = [  # of the arena; each start with another one carries it over
    {"ports": PORTS, "arena": {"sessions": SESSIONS}},
    {"ports": PORTS, "arena": {"sessions": SESSIONS // 2}},
    {"ports": [{"device": "net_null0,no-rx=1"}, *PORTS], "arena": {"sessions": SESSIONS}},
    {"ports": PORTS[:1], "arena": {"sessions": SESSIONS}},
]


def kept(*arguments, **options):
    """On lo, with an arena that stays."""
    return on_lo(*arguments, **KEEP | {"window_ms": SHORT_MS} | options)


def killed_in_the_middle_of_a_window(send, **options):
    """Counts what send(Sender()) sends in a window that never ends, and kills. The sender."""
    with kept(window_ms=LONG_MS, **options) as a:
        before = a.stats()["ledger"]
        sender = Sender()
        send(sender)
        book = ledger.await_taps(a, before["taps_counted"] + sender.taps())["ledger"]
        assert book["taps_not_yet_merged"] == before["taps_not_yet_merged"] + sender.taps(), book
        a.kill()
    return sender


@case
def taps_counted_in_an_unfinished_window_are_in_the_first_one_afterwards():
    with kept() as a, subscribers.Tcp([1]) as listener:
        Sender().tap(1, {CLAP: 40})
        listener.await_taps(40)
        a.stop()
        listener.wait(lambda _: listener.ended, "its end")
        last = listener.frames[-1]
    killed_in_the_middle_of_a_window(lambda s: [s.tap(1, {FIRE: 5, CLAP: 1}) for _ in range(100)])
    killed_in_the_middle_of_a_window(lambda s: [s.tap(1, {FIRE: 7}), s.tap(2, {CLAP: 9})])
    with kept() as a, subscribers.Tcp([1]) as listener:
        first = listener.wait(len, "a frame")[0]
        assert first.window == last.window + 1, f"after window {last.window} came {first.window}"
        assert first.counts() == {FIRE: 507, CLAP: 100} and first.total == last.total + 607, first
        stats = ledger.await_totals(a, {1: 647, 2: 9})
        assert stats["ledger"]["taps_recovered"] == 0 and not a.logged("recovered"), stats["ledger"]
        a.stop()
    give_up()


def everybody(fanout):
    return fanout["tcp"] + fanout["websocket"]


@case
def what_was_counted_before_an_orderly_end_is_in_a_last_frame():
    with on_lo(window_ms=LONG_MS) as a, subscribers.Tcp([1]) as one, subscribers.WebSocket([1]) as other:
        until(lambda: everybody(a.stats()["fanout"]) == 2, "both are subscribed")
        sender = Sender()
        sender.tap(1, {FIRE: 3})
        ledger.await_taps(a, 3)
        a.stop()
        for listener in one, other:
            listener.wait(lambda _: listener.ended, "its end")
            assert [(f.taps, f.total) for f in listener.frames] == [(3, 3)], f"{listener.frames} {listener.failure}"


@case
def windows_go_on_by_one_over_a_kill():
    frames = []
    for _ in range(3):
        with kept() as a, subscribers.Tcp([0]) as listener:
            listener.wait(lambda seen: len(seen) >= 3, "three windows")
            a.kill()
            listener.wait(lambda _: listener.ended, "its end")
            frames += listener.frames
    for before, after in zip(frames, frames[1:]):
        # a kill may come between the end of a window and its frame
        assert after.window - before.window in (1, 2) and after.ends > before.ends, f"{after} after {before}"
    give_up()


@case
def our_stale_program_is_recognised_and_replaced():
    with kept() as a:
        running = leftovers.xdp_of("lo")
        a.kill()
    stale = leftovers.xdp_of("lo")
    assert stale == running and stale[1] == "uproar_redirect", f"{running} became {stale}"
    with kept() as a:
        fresh = leftovers.xdp_of("lo")
        assert fresh and fresh != stale, "the stale program is still in use"
        Sender().tap(0, {FIRE: 1})
        ledger.await_taps(a, 1)
        a.stop()
    assert not leftovers.xdp_of("lo"), "the program is still on lo"
    give_up()


def give_up():
    """A start with a new arena, and its end, remove what kills have left."""
    with on_lo() as a:
        assert a.stats()["ledger"]["taps_counted"] == 0
        a.stop()


class Flood:
    """Single taps of one reaction, as fast as they go, and how many so far."""

    def __enter__(self):
        self.sender, self._stop = Sender(), False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop = True
        self._thread.join()

    def _run(self):
        while not self._stop:
            self.sender.tap(1, {FIRE: 3})


def watch_until(a, moment):
    """Asks for the ledger until that moment; the last answer."""
    book = a.stats()["ledger"]
    while time.monotonic() < moment:
        book = a.stats()["ledger"]
    return book


def explain_recovery(a, before, after):
    found = after["taps_recovered"] - before["taps_recovered"]
    said = a.logged(r"(\d+) taps recovered")
    assert found == (int(said[1]) if said else 0), f"{found} recovered, said: {said}"


@case
def after_kills_at_random_moments_every_counted_tap_is_there():
    rng, sent, last = random.Random(), 0, {"taps_counted": 0, "taps_recovered": 0}
    for n in range(ROUNDS):
        floods = n % 2 == 0
        with kept() as a:
            book = a.stats()["ledger"]
            assert book["taps_counted"] >= last["taps_counted"], f"{last} became {book}"
            assert book["taps_counted"] <= sent, f"sent {sent}, but {book}"
            if n % 2 == 0 and n > 0:  # nothing came in the round before
                assert book["taps_counted"] == last["taps_counted"], f"{last} became {book}"
            explain_recovery(a, last, book)
            if floods:
                with Flood() as flood:
                    last = watch_until(a, time.monotonic() + rng.uniform(0.02, 0.3))
                    a.kill()
                sent += flood.sender.taps()
            else:
                last = watch_until(a, time.monotonic() + rng.uniform(0, 0.15))
                a.kill()
    with kept() as a:
        assert last["taps_counted"] > 1000, f"hardly anything was counted: {last}"
        ledger.await_totals(a, {1: last["taps_counted"]})
        a.stop()
    give_up()


@case
def ordinary_shared_memory_keeps_them_as_well_and_is_said_aloud():
    cases.require_root("an XDP program")
    arena = {"folder": f"{WORK}/arena"}
    config_path = config.write({"name": "smoke", "window_ms": LONG_MS, "arena": arena})
    for n in range(3):
        with Appliance(config_path=config_path, keep=True) as a:
            cases.require(not a.stats()["why_this_device"], a.stats()["why_this_device"])
            assert a.logged(r"lies outside of huge pages: the configured folder .* is "), a.log()
            assert a.stats()["ledger"]["taps_counted"] == 3 * n
            Sender().tap(1, {FIRE: 3})
            ledger.await_taps(a, 3 * (n + 1))
            a.kill()
    give_up()


def shape(options):
    """Its configuration; no session is held to a limit."""
    return config.write({"name": "smoke", "window_ms": SHORT_MS, "limits": {"taps_per_second": 0}} | options |
                        {"arena": options["arena"] | {"folder": f"{WORK}/arena", "channels": 16}})


def kill_at_start(path, rng):
    with Process(UPROARD, path) as p:
        time.sleep(rng.uniform(0, rng.choice([START_S, ARENA_S])))
        p.kill()
        return p.log()


def await_traffic(a):
    """On both ports; if only one is there, its clients wait for the other's."""
    def flows():
        ports = [p for p in a.stats()["ports"] if "memif" in p["device"]]
        return all(p["rx"] > 0 for p in ports) if len(ports) > 1 else ports[0]["link_up"]
    until(flows, lambda: f"traffic: {a.stats()['ports']}")


def kill_in_traffic(path, rng):
    with Appliance(config_path=path, keep=True) as a:
        await_traffic(a)
        time.sleep(rng.uniform(0, FLOW_S))
        a.kill()
        return a.log()


def all_told(story, path):
    """To the last appliance; what its ledger says then."""
    with Appliance(config_path=path, keep=True) as a:
        await_traffic(a)
        story.finish()
        until(lambda: sum(p["rx"] for p in a.stats()["ports"]) == story.sent, "all that was sent")
        book = a.stats()["ledger"]
        a.stop()
        return book, a.log()


def only_once(story, book, workers):
    """
    Each batch, in its channel and reaction. A session that had to go for others is known no more, as it should be:
    hardly ever, but then what its window held may be counted again, or be taken for counted.
    """
    forgotten = book["sessions_displaced"] * WINDOW * TAPS_MAX // BATCHES_MAX
    found, doubt, sent = arena.counts(f"{WORK}/arena/smoke.arena"), book["taps_in_doubt"], story.taps()
    counted = sum(sum(counts.values()) for counts in found.values())
    off = {(c, r): found.get(c, {}).get(r, 0) - taps for c, counts in story.counts.items()
           for r, taps in counts.items() if found.get(c, {}).get(r, 0) != taps}
    assert book["taps_counted"] == counted, f"{counted} in the tallies, but {book}"
    assert book["batches"] == sum(book[f"batches_{n}"] for n in ("counted", "duplicate", "stale", "limited")), book
    assert doubt <= SESSION_KILLS * workers * TAPS_MAX, f"more in doubt than can have been in flight: {book}"
    assert sent - doubt - forgotten <= counted <= sent + forgotten, \
        f"{sent} taps sent, {counted} counted, {doubt} in doubt, up to {forgotten} of forgotten sessions; {off}"
    assert forgotten or max(off.values(), default=0) <= 0, f"counted twice: {off}"


def tally(logs, book, story):
    """A line for people who kill hundreds of times."""
    said = "\n".join(logs)
    died = re.findall(r"died while it counted: (\d+) batches finished, (\d+) not begun", said)
    finished, left_out = (sum(map(int, column)) for column in zip(*died, strict=True)) if died else (0, 0)
    print(f"# {SESSION_KILLS} kills, {story.rounds} rounds, {story.taps()} taps: {finished} records finished, "
          f"{left_out} left out, {book['taps_in_doubt']} taps in doubt, {book['taps_recovered']} recovered, "
          f"{book['batches_duplicate']} duplicates, {book['batches_stale']} stale, "
          f"{book['sessions_displaced']} displaced", file=sys.stderr, flush=True)


def kill_and_count(shapes, workers):
    rng, logs = random.Random(), []
    shutil.rmtree(f"{WORK}/arena", ignore_errors=True)  # of a case that failed
    with Story() as story:
        for n in range(SESSION_KILLS):
            path = shape(rng.choice(shapes))
            logs.append((kill_at_start if n % 3 == 0 else kill_in_traffic)(path, rng))
        book, log = all_told(story, shape(shapes[0]))
        tally([*logs, log], book, story)
        only_once(story, book, workers)
    with Appliance(config_path=shape(shapes[0])) as a:
        a.stop()


@case
def after_kills_each_batch_of_a_session_was_counted_once():
    kill_and_count(SHAPES[:1], 2)


@case
def after_kills_and_changes_of_shape_each_batch_of_a_session_was_counted_once():
    kill_and_count(SHAPES, 3)


if __name__ == "__main__":
    cases.main()
