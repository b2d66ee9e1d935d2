#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Admission by ticket: who has one is counted, who has none is refused by name, and keys change under load."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from harness import cases, config, ledger, tickets
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance, Process, refused
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.programs import UPROAR, UPROARD

DOCS = Path(__file__).resolve().parents[2] / "docs"
SESSION = "0123456789abcd"
CROWD = ("crowd", "--name", "smoke", "--taps-per-second", "20000", "--seed", "7")


def uproar(*arguments):
    return subprocess.run([UPROAR, *arguments], capture_output=True, text=True, timeout=60)


def members_only(**options):
    """Everything wants tickets, but for channel 3."""
    path = tickets.write_keys(1)
    channels = config.channels(range(3)) + [{"id": 3, "name": "All", "admission": "open"}]
    return path, on_lo(**({"window_ms": 500, "admission": "tickets", "tickets": {"keys": path}, "channels": channels}
                          | options))


def closing_line(text):
    told = re.fullmatch(r"windows \d+, taps sent (\d+), taps counted (\d+), ledger balanced", text.splitlines()[-1])
    assert told, text[-500:]
    return int(told[1]), int(told[2])


def issue(path, *more):
    done = uproar("ticket", "--key-file", path, "--key", "1", "--json", *more)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


@case
def a_crowd_with_tickets_is_counted_to_the_last_tap():
    path, appliance = members_only(channels=config.channels(range(4)))
    with appliance as a:
        done = uproar(*CROWD, "--seconds", "3", "--ticket-key-file", path, "--ticket-key", "1")
        assert done.returncode == 0, f"{done.stdout[-500:]} {done.stderr}"
        sent, counted = closing_line(done.stdout)
        stats = ledger.await_merged(a)
        assert sent == counted == stats["ledger"]["taps_counted"] > 20000 and not ledger.refusals(stats), stats["ledger"]
        a.stop()


@case
def a_crowd_without_is_refused_by_name_and_the_ledger_balances():
    _, appliance = members_only()
    with appliance as a:
        done = uproar(*CROWD, "--seconds", "2")
        sent, counted = closing_line(done.stdout)
        stats = ledger.await_merged(a)
        book, why = stats["ledger"], ledger.refusals(stats)
        assert done.returncode == 1 and sent > counted == book["taps_counted"], done
        assert why == {"ticket_missing": book["rx"] - book["accepted"]}, f"{why} {book}"
        assert set(ledger.totals(stats)) == {3} and counted > 0, "but channel 3 is open to everybody"
        a.stop()


@case
def a_ticket_counts_for_its_session_and_each_wrong_one_is_named():
    path, appliance = members_only()
    with appliance as a:
        def send(ticket, *more, session=SESSION):
            done = uproar("send", "--session", session, "--ticket", ticket, *more, f"{FIRE}:2")
            assert done.returncode == 0, done

        good = issue(path, "--session", SESSION)["ticket"]
        send(good, "--channel", "1")
        send(good, "--channel", "2", "--sequence", "2")
        other = issue(path)
        send(other["ticket"], session=other["session"])
        ledger.await_totals(a, {0: 2, 1: 2, 2: 2})
        wrong = {
            "ticket_missing": lambda: uproar("send", "--channel", "1", "🔥"),
            "ticket_key": lambda: send(tickets.ticket(int(SESSION, 16), key=2).hex()),
            "ticket_mac": lambda: send(good, session="0123456789abce"),
            "ticket_expired": lambda: send(issue(path, "--session", SESSION, "--expires", "1700000000")["ticket"]),
            "ticket_channel": lambda: send(issue(path, "--session", SESSION, "--channel", "2")["ticket"], "--channel", "1"),
            "text_off": lambda: uproar("send", "🔥"),
        }
        for n, (name, act) in enumerate(wrong.items(), 4):
            act()
            why = ledger.refusals(ledger.await_rx(a, n))
            assert why == dict.fromkeys(list(wrong)[:n - 3], 1), f"{name}: {why}"
        assert a.stats()["ledger"]["taps_counted"] == 6
        a.stop()


@case
def a_ticket_ends_behind_its_last_second():
    path, appliance = members_only()
    with appliance as a:
        expires = int(time.time()) + 2
        t = issue(path, "--session", SESSION, "--expires", str(expires))["ticket"]
        sent = 0

        def ended():
            nonlocal sent
            sent += 1
            assert uproar("send", "--session", SESSION, "--ticket", t, "--sequence", str(sent), "🔥").returncode == 0
            refusals = ledger.refusals(ledger.await_rx(a, sent))
            assert not refusals or time.time() >= expires + 1, f"refused before its end: {refusals}"
            return refusals == {"ticket_expired": 1}
        until(ended, "the ticket ends")
        assert a.stats()["ledger"]["accepted"] == sent - 1 > 0
        a.stop()


def reload(a, words, status=0):
    done = uproar("reload", "--name", "smoke")
    assert done.returncode == status and words in done.stdout + done.stderr, done
    assert words in a.log(), f"'{words}' is not in the log:\n{a.log()}"


@case
def keys_change_under_load_without_a_lost_tap():
    path, appliance = members_only(channels=config.channels(range(4)))
    with appliance as a, Process(UPROAR, *CROWD, "--ticket-key-file", path, "--ticket-key", "1") as crowd:
        until(lambda: a.stats()["ledger"]["taps_counted"] > 1000, "the crowd taps")
        tickets.write_keys(1, 2)
        a.process.send_signal(signal.SIGHUP)
        until(lambda: "2 ticket keys: 1 new or changed, 0 gone" in a.log(), "the new key")
        with_second = uproar("ticket", "--key-file", path, "--key", "2", "--session", SESSION, "--json")
        t = json.loads(with_second.stdout)["ticket"]
        assert uproar("send", "--channel", "0", "--session", SESSION, "--ticket", t, "🔥").returncode == 0
        until(lambda: ledger.totals(a.stats()).get(0) == 1, "the tap under the new key")
        for bad, words in ({"rest": "3 oops\n"}, "line 3: "), ({"rest": "2 " + tickets.KEYS[1]}, "line 3: "):
            tickets.write_keys(1, 2, **bad)
            reload(a, f"the ticket keys stay as they were: {path}: {words}", status=1)
        for n in range(40):  # each set is freed while workers run
            tickets.write_keys(1, *[2][:n % 2])
            reload(a, f"{n % 2 + 1} ticket key")
        before = a.stats()["ledger"]["taps_counted"]
        until(lambda: a.stats()["ledger"]["taps_counted"] > before + 1000, "the crowd goes on")
        crowd.stop()
        sent, counted = closing_line(crowd.log())
        stats = ledger.await_merged(a)
        assert sent == counted == stats["ledger"]["taps_counted"] - 1 > 2000, f"{crowd.log()} {stats['ledger']}"
        assert not ledger.refusals(stats), stats["refused"]
        a.stop()


@case
def tickets_under_a_key_that_is_gone_are_refused():
    path, appliance = members_only()
    with appliance as a:
        t = issue(path, "--session", SESSION)["ticket"]
        tickets.write_keys(2)
        reload(a, "1 ticket key: 1 new or changed, 1 gone or changed")
        assert uproar("send", "--session", SESSION, "--ticket", t, "🔥").returncode == 0
        assert ledger.refusals(ledger.await_rx(a, 1)) == {"ticket_key": 1}
        a.stop()


@case
def sighup_without_tickets_changes_and_stops_nothing():
    with Appliance("--device", "net_null0") as a:
        a.process.send_signal(signal.SIGHUP)
        until(lambda: "nothing to read again" in a.log(), "the reload in the log")
        reload(a, "nothing to read again")
        a.stop()


@case
def a_key_file_that_is_not_for_us_alone_starts_nothing():
    path = tickets.write_keys(1)
    link = os.path.join(WORK, "link")
    os.symlink(path, link)
    os.chmod(path, 0o640)
    for given, words in (path, "its mode is 0640"), (link, "symbolic link"), (WORK, "regular file"):
        options = {"admission": "tickets", "tickets": {"keys": given}}
        status, said = refused("--device", "net_null0", "--temporary-arena", **options)
        assert status == 3 and words in said and given in said, f"{status} {said}"
        checked = subprocess.run([UPROARD, "--check", config.write(options)], capture_output=True, text=True, timeout=20)
        assert checked.returncode == 3 and words in checked.stderr, checked


def documented(file, beginning):
    """The block of a document that begins so."""
    text = (DOCS / file).read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    found = [block for block in blocks if block.startswith(beginning)]
    assert len(found) == 1, f"{file}: {len(found)} blocks begin with {beginning!r}"
    return found[0]


def shell(text):
    """In the folder of the test, with our programs in the path."""
    path = ":".join([os.path.dirname(UPROAR), os.environ["PATH"]])
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=WORK, env=os.environ | {"PATH": path},
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    return done.stdout


@case
def what_the_manual_says_is_so():
    assert shell(documented("protocol.md", "printf '000123")).strip().lower() == "83a4b1a6b85035f208ca9d68e318af44"
    shell(documented("operating.md", "(umask 077"))
    made = os.path.join(WORK, "ticket.keys")
    checked = [UPROARD, "--check", config.write({"tickets": {"keys": made}})]
    assert subprocess.run(checked, capture_output=True).returncode == 0
    tickets.write_keys(1, name="ticket.keys")
    channels = config.channels([0, 1]) + [{"id": 9, "name": "Members", "admission": "tickets"}]
    with on_lo(tickets={"keys": made}, channels=channels) as a:
        shell(documented("clients.md", "session=0123"))
        ledger.await_totals(a, {9: 3})
        issued = subprocess.run(["/usr/bin/python3", "-c", documented("clients.md", "# ticket.py")], check=True,
                                capture_output=True, text=True, timeout=60).stdout.split()
        done = uproar("send", "--channel", "9", "--session", issued[0], "--ticket", issued[1], "🔥")
        assert done.returncode == 0, done
        assert not ledger.refusals(ledger.await_totals(a, {9: 4}))
        a.stop()


if __name__ == "__main__":
    cases.main()
