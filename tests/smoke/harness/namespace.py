# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
A world of the test's own: it runs again in new mount, network and process namespaces, with empty
folders where programs leave files. So instances never meet, and the kernel removes everything with
the namespaces, also when the test is killed.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys

INSIDE = "UPROAR_SMOKE_INSIDE"
PYTHON = "/usr/bin/python3"  # Debian's, which python3-websockets is for
UNSHARE = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
WORK = "/run/smoke"  # files of the test itself
CROWD = "crowd"  # the namespace of the senders and subscribers


def run(*command, **options):
    """Runs a command that must succeed; its output."""
    done = subprocess.run(command, text=True, capture_output=True, **options)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
    return done.stdout


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _go(command):
    """Hands on the signals, which unshare itself ignores; the exit status."""
    child = subprocess.Popen(command, start_new_session=True, preexec_fn=_die_with_parent)
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, lambda n, _: os.killpg(child.pid, n))
    return child.wait()


def enter(script, arguments):
    """Does not return but runs the script inside; returns why not if that is refused."""
    if shutil.which("unshare") is None:
        return "unshare is not there: apt-get install util-linux"
    for flags in UNSHARE, [*UNSHARE, "--user", "--map-root-user"]:
        tried = subprocess.run([*flags, "true"], text=True, capture_output=True)
        if tried.returncode == 0:
            os.environ.update({INSIDE: "1", "PYTHONDONTWRITEBYTECODE": "1"})
            sys.exit(_go([*flags, PYTHON, script, *arguments]))
    return f"no namespaces of its own: {tried.stderr.strip()}"


def is_real_root():
    """Root of the machine, and not only of a user namespace."""
    with open("/proc/self/uid_map") as f:
        return f.read().split() == ["0", "0", "4294967295"]


def is_inside():
    return INSIDE in os.environ


def furnish():
    """Private /run, /dev/shm and hugetlbfs, and a loopback interface."""
    for folder in "/run", "/dev/shm":
        run("mount", "-t", "tmpfs", "-o", "mode=1777", "smoke", folder)
    _furnish_hugepages()
    os.mkdir(WORK, 0o755)
    run("ip", "link", "set", "lo", "up")


def _furnish_hugepages():
    """The same pages, other files; or none, where that is refused. The machine's own files are out of sight."""
    with open("/proc/mounts") as mounts:
        huge = [line.split()[1] for line in mounts if line.split()[2] == "hugetlbfs"]
    for folder in huge:
        subprocess.run(["umount", folder], capture_output=True)
        mounted = subprocess.run(["mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "smoke", folder],
                                 capture_output=True)
        if mounted.returncode != 0:
            run("mount", "-t", "tmpfs", "smoke", folder)


def _setns(path):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path) as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNET) < 0:
            raise OSError(ctypes.get_errno(), f"setns {path}")


@contextlib.contextmanager
def within(name):
    """In a named network namespace: sockets that this thread opens and processes that it starts are there."""
    here = f"/proc/self/task/{ctypes.CDLL(None).gettid()}/ns/net"
    with open(here) as home:
        _setns(f"/run/netns/{name}")
        try:
            yield
        finally:
            _setns(f"/proc/self/fd/{home.fileno()}")


class Wire:
    """A veth pair from the senders' namespace to this one, with addresses of both kinds at either end."""

    near, far = "arena0", "crowd0"
    near_v4, near_v6 = "10.77.0.1", "fd77::1"
    far_v4, far_v6 = "10.77.0.2", "fd77::2"

    def __enter__(self):
        run("ip", "netns", "add", CROWD)
        run("ip", "link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", CROWD)
        for at, name, v4, v6 in ([], self.near, self.near_v4, self.near_v6), \
                (["-n", CROWD], self.far, self.far_v4, self.far_v6):
            run("ip", *at, "address", "add", f"{v4}/24", "dev", name)
            run("ip", *at, "address", "add", f"{v6}/64", "dev", name, "nodad")
            run("ip", *at, "link", "set", name, "up")
        run("ip", "-n", CROWD, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        run("ip", "link", "del", self.near)
        run("ip", "netns", "del", CROWD)

    def far_side(self):
        return within(CROWD)
