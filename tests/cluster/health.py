# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""How a fan-out node says that it is: /healthz and metrics, which must agree with each other and with the documents."""

import json
import re
import subprocess

from harness.deadline import until
from harness.namespace import WORK
from harness.subscribers import get

from nodes import WINDOW_MS

SOCKET = f"{WORK}/metrics.sock"
METRICS = {"listen": f"unix:{SOCKET}"}  # of the node that is asked
STALE = (3 * WINDOW_MS + 1000) / 1000   # seconds without a window that docs/protocol.md gives a node that is well


def ask(node):
    """(status, document); the document is a second old at most, and as much again on a busy machine."""
    status, text = get("/healthz", node.address)
    said = json.loads(text)
    if status == 200:
        assert said["frame_age"] <= STALE, said
    else:
        assert status == 503 and said["frame_age"] > STALE - 2, (status, said)
    return status, said


def metric(name):
    """NAME{LABELS}, without what all have in common."""
    done = subprocess.run(["curl", "-sS", "--unix-socket", SOCKET, "http://localhost/metrics"],
                          capture_output=True, text=True, check=True)
    return float(re.search(rf"^uproar_cluster_{re.escape(name)} (\S+)$", done.stdout, re.MULTILINE)[1])


def _is_well(node):
    status, said = ask(node)
    return status == 200 and not said["complaint"] and metric('complaint{part="follower"}') == 0


def _is_unwell(node, age):
    """And what it has is older than that."""
    status, said = ask(node)
    if status == 200 or not said["complaint"] or said["frame_age"] <= age:
        return False
    assert metric('frame_age_seconds{of="newest"}') >= said["frame_age"], said
    return metric('complaint{part="follower"}') == 1


def await_well(node):
    until(lambda: _is_well(node), lambda: f"it is well, and says {ask(node)}")


def await_unwell(node):
    """It complains, and the age of its frames grows."""
    until(lambda: _is_unwell(node, STALE), lambda: f"it is unwell, and says {ask(node)}")
    _, said = ask(node)
    until(lambda: _is_unwell(node, said["frame_age"]), lambda: f"its frames grow older than {said}: {ask(node)}")
