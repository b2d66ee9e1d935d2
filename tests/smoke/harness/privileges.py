# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Users and capabilities: of a running process, and those that the systemd unit gives."""

import os
import pwd
import re

from harness import programs

USER = pwd.getpwnam("nobody")
UNIT = programs.BUILD if "UPROAR_BUILD" not in os.environ else os.environ["UPROAR_BUILD"]
UNIT = os.path.join(UNIT, "packaging/systemd/uproard.service")
NET_ADMIN = 1 << 12


def unit(key):
    """The words of a setting of the unit that is installed."""
    with open(UNIT) as f:
        return re.search(rf"^{key}=(.*)$", f.read(), re.MULTILINE)[1].split()


def as_the_unit_does(*settings):
    """A command that starts another one as the unit's user would, with the unit's capabilities alone."""
    assert unit("AmbientCapabilities") == unit("CapabilityBoundingSet")
    wanted = ",".join(["-all", *(f"+{name.lower().removeprefix('cap_')}" for name in unit("AmbientCapabilities"))])
    return ["env", *settings, "setpriv", f"--reuid={USER.pw_uid}", f"--regid={USER.pw_gid}", "--clear-groups",
            "--no-new-privs", f"--bounding-set={wanted}", f"--inh-caps={wanted}", f"--ambient-caps={wanted}"]


def of_threads(pid):
    """{thread: its lines of /proc/PID/task/TID/status}, with the thread's name."""
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status") as f:
            found[int(task)] = dict(line.rstrip("\n").split(":\t", 1) for line in f)
    return found


def check_given_up(pid, kept_by_main=0, among=()):
    """Every thread is the user's and has no capability, but for what the main one keeps. among: names of some."""
    threads = of_threads(pid)
    assert len(threads) >= 4, f"too few threads: {threads}"
    names = {status["Name"] for status in threads.values()}
    assert names.issuperset(among), names
    for task, status in threads.items():
        who = f"{status['Name']} ({task})"
        assert set(status["Uid"].split()) == {str(USER.pw_uid)}, f"{who}: {status['Uid']}"
        assert set(status["Gid"].split()) == {str(USER.pw_gid)}, f"{who}: {status['Gid']}"
        assert status["NoNewPrivs"] == "1", who
        kept = kept_by_main if task == pid else 0
        for kind, wanted in ("CapPrm", kept), ("CapEff", kept), ("CapInh", 0), ("CapAmb", 0):
            assert int(status[kind], 16) == wanted, f"{who}: {kind} {status[kind]}"
