# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Waiting for a condition, never for time to pass."""

import time

PAUSE = 0.01
SECONDS = 20


def until(condition, what, seconds=SECONDS):
    """Asks again and again until the answer is true, and returns it; AssertionError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(PAUSE)
    return answer
