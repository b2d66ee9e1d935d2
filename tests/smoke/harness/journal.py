# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The journal's file, read as anybody may."""

import contextlib
import sqlite3

# Each finds what must not be.
FAULTS = {
    "windows overlap, or an arena's have a hole":
        "SELECT * FROM (SELECT window, joins, lag(window) OVER (ORDER BY window) AS before, "
        "lag(window) OVER (PARTITION BY arena ORDER BY window) AS mine FROM windows) "
        "WHERE before > window - joins OR mine < window - joins",
    "windows have what the tallies do not":
        "SELECT arena, channel, reaction, sum(taps) FROM counts JOIN windows USING(window) GROUP BY 1, 2, 3 "
        "EXCEPT SELECT arena, channel, reaction, sum(taps) FROM tallies GROUP BY 1, 2, 3",
    "the tallies have what windows do not":
        "SELECT arena, channel, reaction, sum(taps) FROM tallies GROUP BY 1, 2, 3 "
        "EXCEPT SELECT arena, channel, reaction, sum(taps) FROM counts JOIN windows USING(window) GROUP BY 1, 2, 3",
    "counts and moods differ":
        "SELECT window, channel, sum(taps) FROM counts GROUP BY 1, 2 EXCEPT SELECT window, channel, taps FROM moods",
    "a total falls, or leaps":
        "SELECT * FROM (SELECT window, channel, taps, total, lag(total) OVER (PARTITION BY channel ORDER BY window) "
        "AS before FROM moods) WHERE before + taps <> total",
    "a total is not the last":
        "SELECT channel, total FROM channels EXCEPT SELECT channel, max(total) FROM moods GROUP BY 1",
}


@contextlib.contextmanager
def opened(path):
    with contextlib.closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as db:
        yield db


def ask(path, sql, *values):
    """All rows."""
    with opened(path) as db:
        return db.execute(sql, values).fetchall()


def value(path, sql):
    return ask(path, sql)[0][0]


def check(path):
    """What the file says of itself is so: nothing twice, nothing torn."""
    for fault, sql in FAULTS.items():
        found = ask(path, sql)
        assert not found, f"{fault}: {found[:5]}"
    assert value(path, "PRAGMA integrity_check") == "ok"


def counts(path):
    """{channel: {reaction: taps}} of the newest arena."""
    found = {}
    for channel, reaction, taps in ask(path, "SELECT channel, reaction, sum(taps) FROM counts JOIN windows "
                                       "USING(window) WHERE arena = (SELECT max(arena) FROM arenas) GROUP BY 1, 2"):
        found.setdefault(channel, {})[reaction] = taps
    return found
