# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What an appliance may leave behind: nothing. In a world of our own everything can be looked through."""

import glob
import json
import os
import signal
import subprocess

from harness.deadline import until
from harness.namespace import run

_stay = {"processes": set(), "interfaces": {"lo"}, "namespaces": set()}
FOLDERS = ["/run/uproar", "/run/dpdk", "/dev/shm", "/dev/hugepages"]


def stay(processes, interfaces, namespaces=()):
    """These belong to all cases of the file, from now on."""
    _stay["processes"].update(processes)
    _stay["interfaces"].update(interfaces)
    _stay["namespaces"].update(namespaces)


def files():
    """Files, not the empty folders above them."""
    return [os.path.join(folder, name) for top in FOLDERS for folder, _, names in os.walk(top) for name in names]


def processes():
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                words = f.read().split(b"\0")
        except OSError:
            continue  # it has just ended
        pid = int(path.split("/")[2])
        if words[0] and pid != os.getpid() and pid not in _stay["processes"]:
            found.append((pid, words[0].decode()))
    return found


def links():
    return json.loads(run("ip", "-j", "link", "show"))


def xdp_of(interface):
    """The id and name of the program on an interface, or None."""
    for link in links():
        if link["ifname"] == interface and "xdp" in link:
            return link["xdp"]["prog"]["id"], link["xdp"]["prog"].get("name")
    return None


def take_off_xdp(interface):
    for mode in "xdp", "xdpgeneric":
        subprocess.run(["ip", "link", "set", "dev", interface, mode, "off"], capture_output=True)


def _left():
    left = [f"file {path}" for path in files()]
    left += [f"process {pid} {name}" for pid, name in processes()]
    for link in links():
        if link["ifname"] not in _stay["interfaces"]:
            left.append(f"interface {link['ifname']}")
        if "xdp" in link:
            left.append(f"XDP program on {link['ifname']}")
    return left


def check():
    """AssertionError if something of the case before is still there."""
    until(lambda: not _left(), lambda: f"left behind: {', '.join(_left())}", seconds=5)


def clear():
    """So that a case that failed does not make the next one fail."""
    for pid, _ in processes():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    until(lambda: not processes(), "killed processes are gone")
    for link in links():
        if "xdp" in link:
            take_off_xdp(link["ifname"])
        if link["ifname"] not in _stay["interfaces"]:
            run("ip", "link", "del", link["ifname"])
    for path in files():
        os.unlink(path)
    for name in set(os.listdir("/run/netns") if os.path.isdir("/run/netns") else []) - _stay["namespaces"]:
        run("ip", "netns", "del", name)
