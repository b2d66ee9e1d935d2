#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""
test_package.py DEB: the package is installed, its service started on the embedded default, upgraded,
removed and purged, and each time it is looked at what is there. As root, in namespaces and on a
layer over this system that is gone afterwards: nothing of this machine is changed. There is no
systemd in there, so the service is started as its unit says: user, capabilities, folders, command.
"""

import glob
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time

INSIDE = "UPROAR_PACKAGE_INSIDE"
UNSHARE = ["unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]
EXAMPLES = "/usr/share/doc/uproar/examples/cluster"
UNIT = "/lib/systemd/system/uproard.service"
CONFIG = "/etc/uproar/uproar.yaml"
JOURNAL = "/var/lib/uproar/journal.db"
SECONDS = 20


def run(*command, **options):
    done = subprocess.run(command, text=True, capture_output=True, **options)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


def until(condition, what):
    deadline = time.monotonic() + SECONDS
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {SECONDS} s: {what}"
        time.sleep(0.02)
    return answer


def enter(folder, deb):
    """A root of our own over the machine's: what is written goes to memory."""
    run("mount", "-t", "tmpfs", "layer", folder)
    upper, work, root = (os.path.join(folder, name) for name in ("upper", "work", "root"))
    for path in upper, work, root:
        os.mkdir(path)
    run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", root)
    for kind, path in ("proc", "proc"), ("sysfs", "sys"), ("tmpfs", "dev"), ("tmpfs", "run"), ("tmpfs", "tmp"):
        run("mount", "-t", kind, kind, os.path.join(root, path))
    for name, minor in ("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9):
        os.mknod(f"{root}/dev/{name}", 0o020666, os.makedev(1, minor))
        os.chmod(f"{root}/dev/{name}", 0o666)
    for kind, path in ("tmpfs", "shm"), ("hugetlbfs", "hugepages"):
        os.mkdir(f"{root}/dev/{path}")
        run("mount", "-t", kind, kind, f"{root}/dev/{path}")
    os.chmod(f"{root}/dev/shm", 0o1777)
    shutil.copy(deb, f"{root}/tmp/one.deb")
    os.chroot(root)
    os.chdir("/")
    run("ip", "link", "set", "lo", "up")


def unit(key):
    with open(UNIT) as file:
        return re.search(rf"^{key}=(.*)$", file.read(), re.MULTILINE)[1].split()


class Service:
    """The unit's service, as systemd would start it."""

    def __init__(self):
        user = unit("User")[0]
        for key, parent in ("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib"), ("CacheDirectory", "/var/cache"):
            os.makedirs(path := os.path.join(parent, unit(key)[0]), exist_ok=True)
            shutil.chown(path, user, user)
        run(*[word.lstrip("-+") for word in unit("ExecStartPre")[:1]], *unit("ExecStartPre")[1:])
        capabilities = ",".join(["-all", *(f"+{name.lower().removeprefix('cap_')}" for name in unit("AmbientCapabilities"))])
        self.log = open("/tmp/log", "w+")
        self.process = subprocess.Popen(
            ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs",
             f"--bounding-set={capabilities}", f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}",
             *unit("ExecStart")], env=os.environ | {"RUNTIME_DIRECTORY": "/run/uproar", "CACHE_DIRECTORY": "/var/cache/uproar"},
            stdout=self.log, stderr=self.log)
        until(self.answers, lambda: "the service answers")

    def answers(self):
        assert self.process.poll() is None, f"uproard ended with {self.process.returncode}: {self.said()}"
        return subprocess.run(["uproar", "stats"], capture_output=True).stdout

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def stats(self):
        return json.loads(run("uproar", "stats", "--json"))

    def tap(self):
        """One fire, by the command of the package; it waits for the receipt."""
        run("uproar", "send", "--to", "[::1]:7700", "--receipt", "--channel", "1", "7:1")

    def stop(self):
        self.process.terminate()
        assert self.process.wait(SECONDS) == 0, self.said()


def next_version(deb):
    """The same package under a higher number."""
    run("dpkg-deb", "-R", deb, "/tmp/two")
    with open("/tmp/two/DEBIAN/control", "r+") as file:
        text = re.sub(r"^Version: (.*)$", r"Version: \g<1>.1", file.read(), flags=re.MULTILINE)
        file.seek(0)
        file.write(text)
    run("dpkg-deb", "-b", "/tmp/two", "/tmp/two.deb")
    return "/tmp/two.deb"


def left_of(*patterns):
    return [path for pattern in patterns for path in glob.glob(pattern)]


def installs():
    run("dpkg", "-i", "/tmp/one.deb")
    run("getent", "passwd", "uproar")
    assert run("uproard", "--check", CONFIG) == f"{CONFIG}: good\n"
    for page in "uproard.8", "uproar.yaml.5", "uproar.1", "uproar-gen.1", "uproar-relay.1", "uproar-protocol.7":
        assert run("man", "-w", *reversed(page.rsplit(".", 1))), page
    for role in "ingest", "merge", "fanout":
        assert run("uproard", "--check", f"{EXAMPLES}/{role}.yaml").endswith(": good\n"), role
    assert os.path.exists("/etc/systemd/system/multi-user.target.wants/uproard.service"), "the unit is not enabled"


def starts_on_the_embedded_default():
    service = Service()
    stats = service.stats()
    assert stats["ports"][0]["device"] == "net_af_xdp0,iface=lo", f"{stats['why_this_device']}: {service.said()}"
    service.tap()
    assert service.stats()["ledger"]["taps_counted"] == 1
    assert os.stat(JOURNAL).st_uid == pwd.getpwnam(unit("User")[0]).pw_uid, "the journal is not the user's"
    timeline = ["uproar", "timeline", "--channel", "1", "--csv"]
    until(lambda: subprocess.run(timeline, capture_output=True).stdout.count(b"\n") > 1, "a curve of the journal")
    return service


def upgrades(service):
    with open(CONFIG, "a") as file:
        file.write("window_ms: 1000\n")
    run("dpkg", "-i", next_version("/tmp/one.deb"))
    service.tap()
    service.stop()
    service = Service()
    stats = service.stats()
    assert stats["window"]["length_ms"] == 1000, "the configuration was changed"
    assert stats["ledger"]["taps_counted"] == 2, f"taps were lost: {stats['ledger']}"
    service.stop()


def is_removed():
    run("dpkg", "-r", "uproar")
    assert not left_of("/usr/sbin/uproard", "/usr/bin/uproar", "/usr/share/man/man*/uproar*", UNIT)
    assert os.path.exists(CONFIG), "the configuration is kept until the purge"
    assert left_of(JOURNAL) and left_of("/var/cache/uproar/*"), "so is what it made"


def is_purged():
    run("dpkg", "-P", "uproar")
    left = left_of("/etc/uproar", "/var/lib/uproar", "/var/cache/uproar", "/run/uproar", "/dev/hugepages/uproar*",
                   "/dev/shm/uproar*", "/etc/systemd/system/*/uproard*", "/usr/share/doc/uproar", "/usr/lib/*/uproar")
    assert not left, f"left behind: {left}"
    assert "xdp" not in run("ip", "link", "show", "lo"), "an XDP program is on lo"


def inside(folder, deb):
    enter(folder, deb)
    for step in installs, starts_on_the_embedded_default, upgrades, is_removed, is_purged:
        before = time.monotonic()
        service = step(service) if step is upgrades else step()
        print(f"ok {step.__name__.replace('_', ' ')} ({time.monotonic() - before:.1f} s)", flush=True)


def main():
    deb = os.path.abspath(sys.argv[1])
    if INSIDE in os.environ:
        inside(os.environ[INSIDE], deb)
        return 0
    if os.geteuid() != 0:
        print("it takes root: for namespaces, and a layer over this system", file=sys.stderr)
        return 77
    folder = tempfile.mkdtemp(prefix="uproar-package-")
    try:
        return subprocess.run([*UNSHARE, sys.executable, os.path.abspath(__file__), deb],
                              env=os.environ | {INSIDE: folder, "DEBIAN_FRONTEND": "noninteractive"}).returncode
    finally:
        os.rmdir(folder)


if __name__ == "__main__":
    sys.exit(main())
