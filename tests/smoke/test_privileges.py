#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Running as somebody else: with what the systemd unit gives, or as root that becomes a user."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from harness import cases, config, journal, ledger, leftovers, privileges, subscribers
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance, refused
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import WORK, Wire
from harness.sender import Sender

ROOT = Path(__file__).resolve().parents[2]
TO_NOBODY = {"user": "nobody"}
JOURNAL_THREADS = "journal", "timelines"


def run_folder():
    """What RuntimeDirectory= makes."""
    os.makedirs("/run/uproar", exist_ok=True)
    os.chown("/run/uproar", privileges.USER.pw_uid, privileges.USER.pw_gid)


def journal_file(name):
    """In a folder such as StateDirectory= makes."""
    folder = os.path.join(WORK, f"state-{name}")
    os.mkdir(folder, 0o750)
    os.chown(folder, privileges.USER.pw_uid, privileges.USER.pw_gid)
    return os.path.join(folder, "journal.db")


def check_journal(file, taps):
    journal.check(file)
    assert journal.counts(file) == {1: {FIRE: taps}}
    assert os.stat(file).st_uid == privileges.USER.pw_uid, "the journal is not the user's"


def check_that_it_counts(a, taps):
    with subscribers.Tcp([1]) as listener:
        listener.wait(len, "a frame")
        Sender().tap(1, {FIRE: 3})
        listener.await_taps(3)
    ledger.nothing_lost(ledger.await_taps(a, taps))


def check_files_are_the_users():
    found = leftovers.files()
    assert found, "no file at all"
    for path in found:
        assert os.stat(path).st_uid == privileges.USER.pw_uid, f"{path} is not the user's"


@case
def the_units_capabilities_are_enough_and_are_given_up():
    run_folder()
    file = journal_file("unit")
    with on_lo(as_user=privileges.as_the_unit_does("RUNTIME_DIRECTORY=/run/uproar"), journal={"file": file}) as a:
        check_that_it_counts(a, 3)
        privileges.check_given_up(a.process.pid, kept_by_main=privileges.NET_ADMIN, among=JOURNAL_THREADS)
        check_files_are_the_users()
        a.stop()
    assert not leftovers.xdp_of("lo"), "the program is still on lo"
    check_journal(file, 3)


@case
def they_are_given_up_by_threads_that_speak_with_brokers_too():
    run_folder()
    cluster = {"node": "here", "kafka": ["bootstrap.servers=127.0.0.1:9"]}
    as_user = privileges.as_the_unit_does("RUNTIME_DIRECTORY=/run/uproar")
    with on_lo(as_user=as_user, roles=["ingest", "merge", "fanout"], cluster=cluster, window_ms=1000) as a:
        Sender().tap(1, {FIRE: 3})
        ledger.nothing_lost(ledger.await_taps(a, 3))
        privileges.check_given_up(a.process.pid, kept_by_main=privileges.NET_ADMIN, among=("merger", "rdk:main"))
        a.stop()


@case
def each_of_the_units_capabilities_is_needed():
    cases.require_root("an XDP program")
    run_folder()
    command = privileges.as_the_unit_does()
    for name in set(privileges.unit("AmbientCapabilities")) - {"CAP_IPC_LOCK"}:  # LimitMEMLOCK= does as well
        less = [word.replace(f",+{name.lower().removeprefix('cap_')}", "") for word in command]
        assert less != command, name
        status, said = refused("--device", "net_af_xdp0,iface=lo", "--temporary-arena", as_user=less)
        assert status == 5, f"without {name}: {status} {said}"


def in_a_container(capabilities):
    """A command that starts another one as root with these capabilities and no others."""
    wanted = ",".join(["-all", *(f"+{name.lower()}" for name in capabilities)])
    return ["prlimit", "--memlock=65536", "setpriv", "--no-new-privs", f"--bounding-set={wanted}", f"--inh-caps={wanted}"]


@case
def a_container_needs_the_capabilities_of_the_manual_and_each_of_them():
    cases.require_root("an XDP program")
    given = set(re.findall(r"--cap-add (\w+)", (ROOT / "docs/deploy.md").read_text()))
    assert len(given) >= 5, given
    with on_lo("--user", "nobody", as_user=in_a_container(given), asked_as=()) as a:
        check_that_it_counts(a, 3)
        privileges.check_given_up(a.process.pid, kept_by_main=privileges.NET_ADMIN)
        a.stop()
    for name in given:
        status, said = refused("--device", "net_af_xdp0,iface=lo", "--user", "nobody", "--temporary-arena",
                               as_user=in_a_container(given - {name}))
        assert status in (5, 9), f"without {name}: {status} {said}"


@case
def what_a_killed_service_left_on_the_interface_is_taken_off_without_root():
    run_folder()
    command = privileges.as_the_unit_does("RUNTIME_DIRECTORY=/run/uproar")
    with on_lo(as_user=command, keep=True) as a:
        check_that_it_counts(a, 3)
        a.kill()
    left = leftovers.xdp_of("lo")
    assert left, "a killed appliance leaves its program"
    with on_lo(as_user=command, keep=True) as a:
        assert leftovers.xdp_of("lo")[0] != left[0], "it is another program"
        check_that_it_counts(a, 6)
        a.stop()
    leftovers.clear()


@case
def root_becomes_the_user_and_the_threads_give_up_what_it_kept():
    file = journal_file("user")
    with on_lo(**TO_NOBODY, journal={"file": file}) as a:
        check_that_it_counts(a, 3)
        privileges.check_given_up(a.process.pid, kept_by_main=privileges.NET_ADMIN, among=JOURNAL_THREADS)
        check_files_are_the_users()
        assert a.ask("reload").returncode == 0, a.log()
        assert a.stats()["arena"]["hugepages"] == os.path.isdir("/dev/hugepages/uproar"), a.log()
        a.stop()
    assert not leftovers.xdp_of("lo"), "the program is still on lo"
    check_journal(file, 3)


@case
def root_that_becomes_a_user_takes_low_ports_and_receives_on_veth():
    cases.require_root("an XDP program")
    with Wire() as wire, Appliance("--user", "nobody", "--device", f"net_af_xdp0,iface={wire.near}",
                                   listen=config.listeners("127.0.0.1") | {"http": ["127.0.0.1:80"]}) as a:
        with wire.far_side():
            sender = Sender(wire.near_v4)
        sender.tap(1, {FIRE: 3})
        ledger.await_taps(a, 3)
        privileges.check_given_up(a.process.pid, kept_by_main=privileges.NET_ADMIN)
        a.stop()


@case
def the_thread_of_a_reload_has_no_privileges():
    cases.require_root("becoming a user")
    path = config.write({"name": "smoke", "window_ms": 200})
    with Appliance("--user", "nobody", "--device", "net_null0,no-rx=1", config_path=path) as a:
        with open(path) as file:
            text = file.read()
        os.unlink(path)
        os.mkfifo(path)  # the thread waits for who writes
        os.chmod(path, 0o644)
        a.process.send_signal(signal.SIGHUP)
        until(lambda: any(status["Name"] == "reload" and int(status["CapPrm"], 16) == 0
                          for status in privileges.of_threads(a.process.pid).values()), a.log)
        with open(path, "w") as file:
            file.write(text)
        until(lambda: a.logged("reload: no option has changed"), a.log)
        a.stop()


@case
def a_user_that_cannot_be_had_is_named():
    cases.require_root("becoming a user")
    status, said = refused("--user", "nobody-of-that-name")
    assert status == 9 and "there is no user nobody-of-that-name" in said, said
    status, said = refused("--user", "daemon", as_user=privileges.as_the_unit_does())
    assert status == 9 and "only root becomes daemon" in said, said


@case
def systemd_takes_the_units():
    cases.require(shutil.which("systemd-analyze"), "systemd-analyze is not there: apt-get install systemd")
    for name in "uproard.service", "uproard@.service":
        with open(os.path.join(os.path.dirname(privileges.UNIT), name)) as unit:
            text = re.sub(r"=(\S*)/s?bin/uproard? ", "=/bin/true ", unit.read())
        path = os.path.join(WORK, name.replace("@", "@one"))
        with open(path, "w") as copy:
            copy.write(text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True)
        assert done.returncode == 0 and not done.stderr, f"{name}: {done.stderr}"


if __name__ == "__main__":
    cases.main()
