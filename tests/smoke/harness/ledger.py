# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What the ledger of `uproar stats --json` must say."""

from harness.deadline import until


def await_taps(appliance, taps):
    """Waits until exactly so many taps are counted; the statistics of that moment."""
    seen = {}

    def reached():
        seen.update(appliance.stats())
        counted = seen["ledger"]["taps_counted"]
        assert counted <= taps, f"{counted} taps counted, {taps} were sent"
        return counted == taps
    until(reached, lambda: f"{taps} taps counted, but {seen['ledger']}")
    return seen


def await_rx(appliance, frames):
    """Waits until exactly so many frames were received; the statistics of that moment."""
    seen = {}

    def reached():
        seen.update(appliance.stats())
        assert seen["ledger"]["rx"] <= frames, f"{seen['ledger']['rx']} frames received, {frames} were sent"
        return seen["ledger"]["rx"] == frames
    until(reached, lambda: f"{frames} frames received, but {seen['ledger']}")
    return seen


def await_merged(appliance):
    """Waits until all taps are in windows; the statistics of that moment."""
    seen = {}

    def merged():
        seen.update(appliance.stats())
        return seen["ledger"]["taps_not_yet_merged"] == 0
    until(merged, lambda: f"all taps in windows, but {seen['ledger']}")
    return seen


def totals(stats):
    """Of the channels, those that have any: {channel: taps}. Only of what windows have shown."""
    return {c["channel"]: c["total"] for c in stats["channels"] if c["total"]}


def await_totals(appliance, expected):
    """Waits until windows have shown exactly these totals; the statistics of that moment."""
    seen = {}

    def shown():
        seen.update(appliance.stats())
        return totals(seen) == expected
    until(shown, lambda: f"totals {expected}, but {totals(seen)}")
    return seen


def refusals(stats):
    """Those that occurred."""
    return {name: n for name, n in stats["refused"].items() if n}


def nothing_lost(stats):
    """Of the devices."""
    for port in stats["ports"]:
        assert port["imissed"] == 0 and port["nombuf"] == 0, f"lost by the device: {port}"
