# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What must be true of a cluster, whatever has happened to it."""

import broker
import records
from nodes import parents


def states(cluster):
    """All frames of the topic as they were committed, in order, by channel."""
    found = {}
    for _, _, key, value in sorted(cluster.brokers.records(cluster.frames), key=lambda r: r[:2]):
        state = value and records.decode_state(key, value)
        if state:
            found.setdefault(state.channel, []).append(state)
    return found


def in_order(cluster):
    """Whoever merged: windows of a channel go on, and no total ever shrinks."""
    for channel, line in states(cluster).items():
        for older, newer in zip(line, line[1:]):
            assert newer.frame.window > older.frame.window and newer.frame.total >= older.frame.total, \
                f"channel {channel}: {older.merger} {older.frame} and then {newer.merger} {newer.frame}"


def generations(cluster):
    """Of the tallies that have not been taken away."""
    keys = map(records.decode_key, broker.newest(cluster.brokers.records(cluster.tallies)))
    return {key.generation for key in keys if key.kind == records.TALLY}


def settle(crowd, audience, cluster):
    """Once nobody taps any more: all that was tapped is what everybody sees, reaction by reaction."""
    crowd.finish()
    taps = crowd.taps()
    audience.await_totals(parents(taps))
    for channel, line in states(cluster).items():
        assert sum(line[-1].merged.values()) == parents(taps)[channel], line[-1]
    in_order(cluster)
    return taps
