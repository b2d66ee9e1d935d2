# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Waiting for a condition, never for time to pass."""

import os
import time

PATIENCE = float(os.environ.get("UPROAR_PATIENCE", 1))  # times as long, on a machine that is so much slower
PAUSE = 0.01
SECONDS = 20 * PATIENCE


def until(condition, what, seconds=SECONDS):
    """Asks again and again until the answer is true, and returns it; AssertionError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(PAUSE)
    return answer
