#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The statements of the standards hold (tests/conformance), each protocol's in a line of its own."""

import functools
import json
import os
import subprocess

from harness import cases, config
from harness.daemon import Appliance

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../conformance/run")
TABLES = {"mqtt3": "MQTT 3.1.1", "mqtt5": "MQTT 5", "mqtt-websocket": "MQTT over WebSocket", "websocket": "WebSocket",
          "http": "HTTP", "sse": "event streams", "tcp": "the TCP line"}
SECONDS = 200


@functools.lru_cache(maxsize=1)
def statements():
    """All are played once; {table: its statements}."""
    with Appliance("--device", "net_null0,no-rx=1", channels=config.channels([0, 1]), fanout={"threads": 2}) as a:
        played = subprocess.run([RUN, "--json"], capture_output=True, text=True, timeout=SECONDS)
        assert played.returncode in (0, 1), played.stderr
        assert a.stats()["fanout"]["ring_overflows"] == 0
        a.stop()
    found = {}
    for statement in json.loads(played.stdout)["statements"]:
        found.setdefault(statement["table"], []).append(statement)
    return found


def holds(table):
    mine = statements()[table]
    failed = [s for s in mine if s["verdict"] != "holds"]
    for s in failed:
        print(f"# {s['reference']} {s['statement']}: {s['failures']}", flush=True)
    assert not failed, f"{len(failed)} of {len(mine)} statements: {failed[0]['reference']} {failed[0]['statement']}"


def add(table, title):
    def statements_hold():
        holds(table)
    statements_hold.__name__ = f"the statements about {title} hold"
    cases.case(statements_hold)


for name, words in TABLES.items():
    add(name, words)

if __name__ == "__main__":
    cases.main()
