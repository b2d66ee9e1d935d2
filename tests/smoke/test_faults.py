#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
What may happen to an appliance from without: a thread that stands still, a wall clock that is set, no huge pages, a
second one, hardly a processor. After each the ledger balances, and each tap is in exactly one window.
"""

import contextlib
import os
import random
import struct
import subprocess
import time

from harness import arena, cases, config, history, journal, leftovers, ledger, subscribers, thread
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import Process, refused
from harness.deadline import until
from harness.default_device import on_lo
from harness.history import ARENA, FILE, WINDOW_MS, all_in_windows, await_journalled, kept
from harness.namespace import WORK, run
from harness.programs import CLOCK_SHIM, UPROAR, UPROARD
from harness.sender import Sender
from harness.tap_ports import on_taps, tap, through

CHANNEL = 1
DATAGRAMS = 200  # that any queue holds
WINDOWS = 3  # that go on meanwhile, or would
QUESTIONS = 2
STEPS = 5_000_000  # instructions, in which a worker surely looks at its queue
HOUR_NS = 3600 * 10**9
MIB = 1 << 20
HUGE = "/dev/hugepages"
FREE_PAGES = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
PAGE = 2 * MIB
LOAD_S = 2  # at the most
SECOND_ONES = 5
KILLED_S = 0.2  # at a random moment of this


def tap_some(sender):
    for n in range(DATAGRAMS):
        sender.tap(CHANNEL, {FIRE: 1, CLAP: 1 + n % 7})


@contextlib.contextmanager
def running(start=kept, **options):
    """An appliance and who listens to it."""
    history.give_up()  # of a case that failed
    with start(**options) as a, subscribers.Tcp([CHANNEL]) as listener:
        listener.wait(len, "a frame")
        yield a, listener


def await_frames(listener, n=WINDOWS):
    """So many more; the newest."""
    seen = len(listener.frames)
    return listener.wait(lambda frames: len(frames) >= seen + n, "windows go on")[-1]


def check_frames(frames):
    """Each tap in one window; a frame may have been left out for a newer one."""
    for before, frame in zip(frames, frames[1:]):
        assert frame.window > before.window and frame.ends > before.ends, f"{before} and then {frame}"
        shown = frame.total - before.total
        assert shown == frame.taps if frame.window == before.window + 1 else shown >= frame.taps, \
            f"{before} and then {frame}"


def all_shown(a, listener, *senders):
    """What was sent is in the frames, once."""
    sent = sum(sender.taps() for sender in senders)
    ledger.nothing_lost(ledger.await_taps(a, sent))
    check_frames(listener.wait(lambda frames: frames and frames[-1].total >= sent, "all taps"))
    assert listener.frames[-1].total == sent, f"{sent} were sent: {listener.frames[-1]}"


def finish(a, listener, *senders):
    """And in the journal and in the arena."""
    all_shown(a, listener, *senders)
    await_journalled(a)
    a.stop()
    all_in_windows()
    assert journal.value(FILE, "SELECT sum(taps) FROM counts") == sum(sender.taps() for sender in senders)
    history.give_up()


def await_ends(n):
    """Until the wall clock has passed so many ends of windows from now on."""
    now = time.time()
    until(lambda: time.time() > now + (n + 1) * WINDOW_MS / 1000, f"{n} ends of windows")


def stopped(a, name):
    """Its only thread of that name."""
    found = thread.threads(a.process.pid, name)
    assert len(found) == 1, f"{name}: {found}"
    return thread.StoppedWhereItWaits(found[0])


@case
def a_worker_that_stands_still_delays_no_window_and_no_other_worker():
    with running(lambda: on_taps(tap(0), tap(1), keep=True, **history.OPTIONS)) as (a, listener):
        senders = through(0), through(1)
        for idle, other in (0, 1), (1, 0):
            with thread.Stopped(thread.threads(a.process.pid, "rte-worker-")[idle]):
                tap_some(senders[other])
                shown = sum(sender.taps() for sender in senders)
                listener.wait(lambda frames: frames[-1].total == shown, "the other's taps")
                tap_some(senders[idle])
                assert await_frames(listener).total == shown, listener.frames[-1]
            all_shown(a, listener, *senders)
        finish(a, listener, *senders)


def step_into_a_burst(worker, says):
    for _ in range(STEPS):
        worker.step()
        if says.is_in_a_burst():
            return
    raise AssertionError(f"no burst in {STEPS} instructions")


@case
def a_worker_that_stands_still_in_the_middle_of_a_burst_delays_neither_windows_nor_answers():
    with running() as (a, listener):
        sender, says = Sender(), arena.FirstWorker(f"{ARENA}/smoke.arena")
        with stopped(a, "rte-worker-") as worker:
            tap_some(sender)
            step_into_a_burst(worker, says)
            for _ in range(QUESTIONS):  # once it is waited for
                asked = subprocess.run([UPROAR, "stats", "--name", a.name], capture_output=True, text=True)
                assert asked.stdout, asked
            with Process(UPROAR, "reload", "--name", a.name) as reload:
                assert await_frames(listener).total == 0, listener.frames[-1]
                reload.kill()
        until(lambda: not says.is_in_a_burst(), "it goes on")  # until then it hangs, and the ledger says so
        finish(a, listener, sender)


@case
def a_control_thread_that_stands_still_yields_one_longer_window():
    with running() as (a, listener):
        sender = Sender()
        with stopped(a, "uproard"):
            tap_some(sender)
            until(lambda: arena.counts(f"{ARENA}/smoke.arena").get(CHANNEL) == sender.counts[CHANNEL], "it is counted")
            with subscribers.Tcp([CHANNEL]) as newcomer:
                newcomer.wait(len, "the newest frame")
            await_ends(WINDOWS)
        all_shown(a, listener, sender)
        await_journalled(a)
        tapped = journal.ask(FILE, "SELECT DISTINCT window, length FROM windows JOIN counts USING(window)")
        assert len(tapped) == 1 and tapped[0][1] >= WINDOWS * WINDOW_MS, f"not one longer window: {tapped}"
        finish(a, listener, sender)


@case
def a_fanout_thread_that_stands_still_stops_no_window_and_sends_the_newest_then():
    with running() as (a, listener):
        sender = Sender()
        with stopped(a, "fanout"):
            for _ in range(WINDOWS):
                tap_some(sender)
                ledger.await_merged(a)
            stats = ledger.await_totals(a, {CHANNEL: sender.taps()})
        first = listener.await_window(stats["window"]["number"])[-1]
        assert first.total == sender.taps(), first
        assert a.stats()["fanout"]["ring_overflows"] == 0
        finish(a, listener, sender)


@case
def a_journal_thread_that_stands_still_joins_windows():
    with running() as (a, listener):
        sender = Sender()
        until(lambda: a.stats()["journal"]["written"], "a window is journalled")
        with stopped(a, "journal"):
            for _ in range(WINDOWS):
                tap_some(sender)
                await_frames(listener, 2)
            assert a.stats()["journal"]["lag_windows"] >= WINDOWS, a.stats()["journal"]
        all_shown(a, listener, sender)
        await_journalled(a)
        assert journal.value(FILE, "SELECT max(joins) FROM windows") >= WINDOWS
        finish(a, listener, sender)


@case
def any_other_thread_that_stands_still_changes_nothing():
    with running() as (a, listener):
        sender = Sender()
        others = {name: tid for tid, name in thread.names(a.process.pid).items()
                  if not name.startswith(("uproard", "rte-worker", "fanout", "journal"))}
        assert {"eal-intr-thread", "telemetry-v2", "timelines"} <= others.keys(), others
        for tid in others.values():
            with thread.StoppedWhereItWaits(tid):
                tap_some(sender)
                await_frames(listener, 2)
                all_shown(a, listener, sender)
        finish(a, listener, sender)


class WallClock:
    """Of the appliance alone (stepped_clock.c)."""

    def __init__(self):
        self.path = f"{WORK}/clock"
        self.step(0)
        self.environment = ("env", f"LD_PRELOAD={CLOCK_SHIM}", f"UPROAR_STEPPED_CLOCK={self.path}")

    def step(self, ns):
        """So far from the machine's."""
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT), "wb", buffering=0) as file:
            file.write(struct.pack("<q", ns))


@case
def a_wall_clock_that_is_set_neither_stops_windows_nor_sets_them_back():
    clock, sender, begun = WallClock(), Sender(), time.monotonic()
    with running(as_user=clock.environment) as (a, listener):
        for ns in HOUR_NS + 37_000_000, 0, -HOUR_NS - 41_000_000, 0:
            clock.step(ns)
            tap_some(sender)
            last = await_frames(listener)
            ledger.await_merged(a)
        assert sum(frame.length for frame in listener.frames[1:]) <= (time.monotonic() - begun) * 1000
        all_shown(a, listener, sender)
        a.stop()
    clock.step(-HOUR_NS)
    with kept(as_user=clock.environment) as a, subscribers.Tcp([CHANNEL]) as listener:
        first = listener.wait(len, "a frame")[0]
        assert first.window > last.window and first.ends > last.ends, f"{last} and then {first}"
        a.stop()
    journal.check(FILE)
    assert journal.value(FILE, "SELECT sum(taps) FROM counts") == sender.taps()
    fell = journal.ask(FILE, "SELECT * FROM (SELECT ends, lag(ends) OVER (ORDER BY window) AS before FROM windows) "
                             "WHERE ends <= before")
    assert not fell, fell
    history.give_up()


class HugePages:
    """A mount that has so many and no more, over the one that is there."""

    def __init__(self, size):
        cases.require_root("a mount of huge pages")
        cases.require(os.path.isdir(HUGE), f"there is no {HUGE}")
        with open(FREE_PAGES) as file:
            cases.require(int(file.read()) * PAGE >= size, f"fewer than {size // MIB} MiB of huge pages are free")
        tried = subprocess.run(["mount", "-t", "hugetlbfs", "-o", f"pagesize=2M,size={size}", "few", HUGE],
                               capture_output=True, text=True)
        cases.require(tried.returncode == 0, tried.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        run("umount", "--lazy", HUGE)

    def take_the_rest(self):
        with open(f"{HUGE}/filler", "wb") as file, contextlib.suppress(OSError):
            for n in range(1 << 20):
                os.posix_fallocate(file.fileno(), n * PAGE, PAGE)

    def give_it_back(self):
        os.unlink(f"{HUGE}/filler")


@case
def without_huge_pages_a_start_says_what_it_does_instead():
    with HugePages(2 * PAGE):
        with running(lambda: on_lo(window_ms=WINDOW_MS)) as (a, listener):
            assert a.logged("packet buffers lie in ordinary memory"), a.log()
            assert a.logged("lies outside of huge pages: .*too few free huge pages"), a.log()
            sender = Sender()
            tap_some(sender)
            all_shown(a, listener, sender)
            a.stop()
        status, said = refused(arena={"folder": f"{HUGE}/uproar"})
        assert status == 4 and "too few free huge pages" in said, f"{status}: {said}"
        assert not os.listdir(HUGE), os.listdir(HUGE)


@case
def huge_pages_that_run_out_later_are_not_missed():
    def start():
        return kept(arena={"channels": 16, "sessions": 1024})

    sender = Sender()
    with HugePages(160 * MIB) as pages:
        with running(start) as (a, listener):
            assert a.stats()["arena"]["hugepages"] and not a.logged("ordinary memory"), a.log()
            pages.take_the_rest()
            tap_some(sender)
            all_shown(a, listener, sender)
            a.kill()
        with start() as a, subscribers.Tcp([CHANNEL]) as listener:
            assert a.stats()["arena"]["hugepages"] and a.logged("ordinary memory"), a.log()
            tap_some(sender)
            all_shown(a, listener, sender)
            a.stop()
        pages.give_it_back()
        with start() as a:
            a.stop()
    journal.check(FILE)
    assert journal.value(FILE, "SELECT sum(taps) FROM counts") == sender.taps()
    history.give_up()


@case
def a_second_one_of_the_name_is_refused_or_killed_and_disturbs_nothing():
    rng = random.Random()
    with running() as (a, listener):
        sender, program = Sender(), leftovers.xdp_of("lo")
        path = config.write({"name": a.name} | history.OPTIONS)
        for n in range(SECOND_ONES):
            with Process(UPROARD, path) as second:
                if n == 0:
                    assert second.wait() == 4 and "held by another uproard" in second.log(), second.log()
                tap_some(sender)
                time.sleep(rng.uniform(0, KILLED_S))
        await_frames(listener)
        assert a.stats()["pid"] == a.process.pid and leftovers.xdp_of("lo") == program
        finish(a, listener, sender)


def share_a_cpu(a, with_pid):
    """All threads of the appliance, with somebody who comes first."""
    cpu = {min(os.sched_getaffinity(0))}
    os.sched_setaffinity(with_pid, cpu)
    for tid in thread.names(a.process.pid):
        os.setpriority(os.PRIO_PROCESS, tid, 10)
        os.sched_setaffinity(tid, cpu)


@case
def an_appliance_with_hardly_a_processor_loses_nothing():
    with running() as (a, listener):
        sender = Sender()
        with Process("sh", "-c", f"ulimit -t {LOAD_S}; while :; do :; done") as load:
            share_a_cpu(a, load.process.pid)
            for _ in range(WINDOWS):
                tap_some(sender)
                await_frames(listener, 1)
        finish(a, listener, sender)


if __name__ == "__main__":
    cases.main()
