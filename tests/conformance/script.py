# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
What tables are made of. A row is one statement of a standard with a script: bytes that are sent,
what must come back, and whether the connection ends. Each is played as it is written, one byte at
a time, and with all that is sent in one segment.
"""

AS_WRITTEN, BYTEWISE, AT_ONCE = "as written", "byte by byte", "in one segment"
EVERY_WAY = (AS_WRITTEN, BYTEWISE, AT_ONCE)
IN_ORDER = (AS_WRITTEN, BYTEWISE)  # what is sent depends on what has come

# Stands in sent bytes for eight letters and digits that are different in each play.
UNIQUE = "Uniq1234"


class Row:
    """
    reference: where the standard says so. differs: {broker: why it does not keep to this}, for runs
    against others. slow: seconds that it takes by itself, because it is about time.
    """

    def __init__(self, reference, sentence, *steps, replays=EVERY_WAY, differs=None, slow=0):
        self.reference, self.sentence, self.steps = reference, sentence, list(_flat(steps))
        alone = len({step.peer for step in self.steps}) == 1 and not slow
        self.replays = (AS_WRITTEN,) if slow else tuple(r for r in replays if r != AT_ONCE or alone)
        self.differs, self.slow = differs or {}, slow


def _flat(steps):
    for step in steps:
        if isinstance(step, (list, tuple)):
            yield from _flat(step)
        elif isinstance(step, (bytes, str)):
            yield Send(step.encode() if isinstance(step, str) else step)
        elif isinstance(step, Pattern):
            yield Get(step)
        else:
            yield step


class Pattern:
    """Is this event the one that is expected?"""

    def __init__(self, name, holds):
        self.name, self.holds = name, holds

    def __or__(self, other):
        return Pattern(f"{self.name} or {other.name}", lambda event: self.holds(event) or other.holds(event))

    def __and__(self, other):
        return Pattern(f"{self.name} with {other.name}", lambda event: self.holds(event) and other.holds(event))


def exactly(data):
    return Pattern(f"the bytes {data.hex(' ')}", lambda event: event.raw == data)


class Step:
    peer = "the client"


class Send(Step):
    def __init__(self, data):
        self.data = data


class Get(Step):
    """
    The next event, apart from frames that come at any time. hint: what a codec cannot know by itself;
    passes: what may come before it.
    """

    def __init__(self, pattern, hint=None, passes=None):
        self.pattern, self.hint, self.passes = pattern, hint, passes


class Closed(Step):
    """Nothing more comes but the end; perhaps before it what may be there. not_before: seconds since the last send."""

    def __init__(self, perhaps=None, not_before=0):
        self.perhaps, self.not_before = perhaps, not_before


class HalfClose(Step):
    """The client has nothing more to say."""


class Pause(Step):
    """Time that passes, where a statement is about time."""

    def __init__(self, seconds):
        self.seconds = seconds


class Never(Step):
    """Nothing that has come so far, frames included, was like this."""

    def __init__(self, pattern):
        self.pattern = pattern


class Check(Step):
    """Something holds of all that has come so far."""

    def __init__(self, name, holds):
        self.name, self.holds = name, holds


def second(*steps):
    """On another connection."""
    flat = list(_flat(steps))
    for step in flat:
        step.peer = "a second client"
    return flat


def closed(perhaps=None, not_before=0):
    return Closed(perhaps, not_before)


def never(pattern):
    return Never(pattern)
