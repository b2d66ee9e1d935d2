#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Starting again with another shape, and starting where somebody else already is."""

import os
import shutil
import subprocess

from harness import cases, config, ledger, leftovers, subscribers
from harness.cases import case
from harness.config import CLAP, FIRE, LONG_MS
from harness.daemon import refused
from harness.default_device import on_lo
from harness.namespace import WORK, run
from harness.sender import Sender

KEEP = {"keep": True, "window_ms": 100}
FOREIGN = """
#define SEC(name) __attribute__((section(name), used))
struct context;
SEC("xdp") int somebody_elses(struct context *c) { return 2; } /* XDP_PASS */
char terms[] SEC("license") = "BSD";
"""


def shaped(channels, reactions=64, rows=4096, **options):
    """An appliance on lo, arena kept, with that shape."""
    return on_lo(**KEEP | {"channels": config.channels(channels),
                           "arena": {"channels": rows, "reactions": reactions}} | options)


def count(a, *taps):
    """Taps as (channel, counts), all counted."""
    before, sender = a.stats()["ledger"]["taps_counted"], Sender()
    for channel, counts in taps:
        sender.tap(channel, counts)
    return ledger.await_taps(a, before + sender.taps())


@case
def another_shape_carries_the_counts_over():
    with shaped([0, 1, 2, 3]) as a:
        count(a, (1, {FIRE: 100}), (3, {CLAP: 30}))
        number = ledger.await_totals(a, {1: 100, 3: 30})["window"]["number"]
        a.stop()
    with shaped([0, 1, 2, 3], window_ms=LONG_MS) as a:
        count(a, (1, {FIRE: 11}), (2, {CLAP: 7}))
        a.kill()
    with shaped([5, 0, 1, 2, 3, 4], reactions=200, rows=100) as a, subscribers.Tcp([1, 2, 3, 4]) as listener:
        assert a.stats()["ledger"]["taps_counted"] == 148
        frames = listener.await_taps(18)
        assert subscribers.counts(frames) == {1: {FIRE: 11}, 2: {CLAP: 7}}, frames
        assert frames[0].window > number, f"window {frames[0].window} after {number}"
        count(a, (4, {FIRE: 1}), (5, {FIRE: 2}), (1, {FIRE: 1}))
        ledger.await_totals(a, {1: 112, 2: 7, 3: 30, 4: 1, 5: 2})
        a.stop()
    with shaped([0, 1, 2, 3, 4, 5], rows=6) as a:
        ledger.await_totals(a, {1: 112, 2: 7, 3: 30, 4: 1, 5: 2})
        a.stop()
    too_small_shapes_are_refused()
    give_up()


def too_small_shapes_are_refused():
    """With the command that gives the taps up, which is then obeyed."""
    small = {"arena": {"channels": 6, "reactions": 5}, "catalogue": config.reactions(5)}
    small["channels"] = config.channels([0, 1])
    status, said = refused(**small)
    assert status == 4 and "--new-arena" in said and "arena.reactions" in said, f"{status}: {said}"
    with on_lo("--new-arena", **KEEP | small) as a:
        assert a.stats()["ledger"]["taps_counted"] == 0
        a.stop()


def give_up():
    with on_lo() as a:
        a.stop()


@case
def a_removed_channel_is_unknown_and_its_total_comes_back_with_it():
    with shaped([0, 1, 2]) as a:
        count(a, (1, {FIRE: 10}), (2, {FIRE: 20}))
        ledger.await_totals(a, {1: 10, 2: 20})
        a.stop()
    with shaped([0, 1]) as a:
        assert subscribers.ended_with("127.0.0.1", "SUB 2\n") == "ERR unknown channel 2\n"
        assert subscribers.get("/v1/channels/2")[0] == 404
        Sender().tap(2, {FIRE: 1})
        stats = ledger.await_totals(count(a, (1, {FIRE: 1})) and a, {1: 11})
        assert ledger.refusals(stats) == {"channel": 1} and stats["ledger"]["taps_counted"] == 31, stats["ledger"]
        a.stop()
    with shaped([0, 1, 2]) as a:
        ledger.await_totals(a, {1: 11, 2: 20})
        a.stop()
    give_up()


@case
def taps_of_a_channel_that_is_removed_before_they_are_shown_stay_in_the_ledger():
    with shaped([0, 1, 2], window_ms=LONG_MS) as a:
        count(a, (2, {FIRE: 20}))
        a.kill()
    with shaped([0, 1], rows=3) as a:  # room for the old one, until it is shown
        ledger.await_merged(a)
        assert a.stats()["ledger"]["taps_counted"] == 20
        a.stop()
    with shaped([3, 4], rows=4, plain_text={"enabled": False}) as a:
        count(a, (4, {FIRE: 1}))
        assert ledger.await_totals(a, {4: 1})["ledger"]["taps_counted"] == 21
        a.stop()
    give_up()


@case
def a_second_instance_of_the_name_is_refused():
    with on_lo() as a:
        status, said = refused("--device", "net_null0")
        assert status == 4 and f"process {a.process.pid}" in said and "another name" in said, f"{status}: {said}"
        assert a.stats()["pid"] == a.process.pid
        a.stop()


@case
def a_second_instance_on_the_interface_is_refused():
    with on_lo() as a:
        program = leftovers.xdp_of("lo")
        status, said = refused("--device", "net_af_xdp0,iface=lo", "--temporary-arena", name="other",
                               listen={"tcp": [], "http": [], "mqtt": []})
        assert status == 5 and f"in use by another uproard, process {a.process.pid}" in said, f"{status}: {said}"
        assert leftovers.xdp_of("lo") == program
        count(a, (0, {FIRE: 1}))
        a.stop()


def load_a_foreign_program():
    cases.require(shutil.which("clang"), "clang is not there")
    source, built = os.path.join(WORK, "foreign.c"), os.path.join(WORK, "foreign.o")
    with open(source, "w") as f:
        f.write(FOREIGN)
    run("clang", "-O2", "-g", "-target", "bpf", "-c", source, "-o", built)
    loaded = subprocess.run(["ip", "link", "set", "dev", "lo", "xdpgeneric", "obj", built, "sec", "xdp"],
                            capture_output=True, text=True)
    cases.require(loaded.returncode == 0, f"no XDP program can be loaded: {loaded.stderr.strip()[-200:]}")
    return leftovers.xdp_of("lo")


@case
def a_foreign_xdp_program_is_named_and_left():
    foreign = load_a_foreign_program()
    try:
        status, said = refused("--device", "net_af_xdp0,iface=lo", "--temporary-arena")
        assert status == 5 and f"another XDP program, {foreign[1]} (id {foreign[0]}), is on lo" in said, said
        assert leftovers.xdp_of("lo") == foreign, "it was touched"
    finally:
        leftovers.take_off_xdp("lo")


if __name__ == "__main__":
    cases.main()
