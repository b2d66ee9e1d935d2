#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""How a channel has been, out of the journal: the document, the command and the page; over a kill, too."""

import csv
import io
import json
import os
import subprocess

import page
from harness import cases, config, ledger
from harness.cases import case
from harness.config import FIRE
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.programs import UPROAR
from harness.sender import Sender

ADDRESS = "http://127.0.0.1:7780"
FILE = os.path.join(WORK, "timeline.db")


def kept(keep=True):
    return on_lo(keep=keep, window_ms=200, channels=config.channels([0, 5, 6]), journal={"file": FILE})


def timeline(*arguments, channel=5):
    return subprocess.run([UPROAR, "timeline", "--channel", str(channel), *arguments], capture_output=True, text=True,
                          timeout=30)


def points(*arguments):
    """Of channel 5; none as long as there is no document."""
    told = timeline("--json", *arguments)
    return json.loads(told.stdout)["points"] if told.returncode == 0 else []


def await_taps(taps):
    until(lambda: sum(point["taps"] for point in points()) == taps, lambda: f"{taps} taps, but {points()}")


@case
def a_curve_goes_on_over_a_kill_and_shows_every_tap():
    with kept() as a:
        missing = timeline(channel=7)
        assert missing.returncode == 1 and "no timeline of channel 7" in missing.stderr, missing
        until(lambda: "no window yet" in timeline(channel=6).stdout, "an empty timeline")
        sender = Sender()
        sender.tap(5, {FIRE: 3})
        ledger.await_totals(a, {5: 3})
        sender.tap(5, {FIRE: 4})
        ledger.await_totals(a, {5: 7})
        await_taps(7)
        a.kill()
    with kept() as again:
        await_taps(7)
        Sender().tap(5, {FIRE: 5})
        await_taps(12)
        ends = [point["ends"] for point in points()]
        assert ends == sorted(set(ends)), ends
        until(lambda: "no window yet" in timeline(channel=6).stdout, "nobody has tapped there")
        rows = list(csv.DictReader(io.StringIO(timeline("--csv").stdout)))
        assert sum(int(row["taps"]) for row in rows) >= 12 and float(rows[-1]["score"]) <= 1, rows
        drawn = timeline().stdout
        assert "Channel 5 (channel 5)" in drawn and "12 taps, score +0.80" in drawn and "█" in drawn, drawn
        assert points("--minutes", "1"), "the last minute"
        assert timeline("--json", "--csv").returncode == 2
        again.stop()
    with on_lo() as last:
        last.stop()  # and its arena goes


@case
def the_page_shows_the_curve_where_there_is_a_journal():
    cases.require(not page.missing(), page.missing())
    hidden = "return document.getElementById('match').hidden"
    with kept(keep=False) as a, page.Browser() as browser:  # the totals go on from the journal
        Sender().tap(5, {FIRE: 3})
        ledger.await_totals(a, {5: 15})
        await_taps(15)
        browser.open(f"{ADDRESS}/#channel=5")
        until(lambda: browser.run(hidden) is False, "the card of the whole curve")
        said = browser.run("return document.getElementById('replay').getAttribute('aria-label')")
        assert "Curve of" in said, said
        browser.open(f"{ADDRESS}/#channel=6")
        until(lambda: browser.run(hidden) is True, "there is no curve of this channel")
        assert not browser.errors()
        a.stop()


if __name__ == "__main__":
    cases.main()
