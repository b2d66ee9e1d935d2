# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Configurations. They are written as JSON, which is YAML too. Windows are short here, so that tests
are.
"""

import itertools
import json
import os

from harness.namespace import WORK

_numbers = itertools.count()

FIRE, CLAP, JOY = 7, 3, 0  # of the default catalogue
REACTIONS = range(24)  # its ids
CHANNELS = range(4)  # the default channels
LONG_MS = 60000  # a window that ends when the test is over: never before half of it has passed


def channels(ids):
    return [{"id": n, "name": f"Channel {n}"} for n in ids]


def reactions(n):
    """A catalogue of n reactions."""
    return [{"id": i, "name": f"r{i}", "shortcodes": [f"r{i}"], "weight": 0} for i in range(n)]


def listeners(*hosts):
    return {"tcp": [f"{host}:7701" for host in hosts], "http": [f"{host}:7780" for host in hosts],
            "mqtt": [f"{host}:1883" for host in hosts]}


def write(options, folder=WORK):
    """A file with these options; its path. A stop waits for no subscriber unless they say so."""
    options = options | {"fanout": {"drain_seconds": 0} | options.get("fanout", {})}
    path = os.path.join(folder, f"config-{next(_numbers)}.yaml")
    with open(path, "w") as f:
        json.dump(options, f, ensure_ascii=False, indent=1)
    os.chmod(path, 0o644)
    return path
