#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The page in a browser: it shows the taps that nc sent, and finds an appliance that comes back."""

import page
from harness import cases, config, ledger, subscribers
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.default_device import on_lo
from harness.sender import Sender, nc_send

ADDRESS = "http://127.0.0.1:7780"
OPTIONS = {"window_ms": 500, "keep": True}


def require_browser():
    cases.require(not page.missing(), page.missing())


@case
def the_page_shows_real_taps_follows_them_and_reconnects():
    require_browser()
    with on_lo(**OPTIONS) as a, page.Browser() as browser:
        browser.open(f"{ADDRESS}/#channel=0")
        browser.wait({"state": "live", "total": 0})
        nc_send("🔥🔥👏")
        ledger.await_taps(a, 3)
        shown = browser.wait({"state": "live", "channel": 0, "total": 3, "emoji": ["🔥", "👏"]})
        assert shown["reactions"][:2] == [FIRE, CLAP], shown
        nc_send("👏👏👏👏", "::1")
        shown = browser.wait({"total": 7})
        a.kill()
        browser.wait({"state": lambda state: state != "live"})
        with on_lo(**OPTIONS) as again:
            browser.wait({"state": "live", "total": 7, "window": lambda number: number > shown["window"]}, seconds=30)
            nc_send("🔥")
            browser.wait({"state": "live", "total": 8})
            assert not [error for error in browser.errors() if "Refused" not in error and "ERR_" not in error]
            again.stop()
    with on_lo() as last:
        last.stop()


@case
def a_phone_in_the_dark_shows_another_channel():
    require_browser()
    with on_lo(window_ms=2000, channels=config.channels([0, 5])) as a:
        Sender().tap(5, {FIRE: 200, CLAP: 100})
        ledger.await_totals(a, {5: 300})
        shown = page.check_page(ADDRESS, {"channel": 5, "total": 300}, size=(390, 844), scheme="dark")
        assert shown["surge"] is False, shown
        a.stop()


@case
def a_quiet_channel_says_whether_anybody_has_tapped_there():
    require_browser()
    with on_lo(channels=config.channels([0, 5])) as a, subscribers.Tcp([5]) as listener, page.Browser() as browser:
        browser.open(f"{ADDRESS}/#channel=5")
        browser.wait({"state": "live", "total": 0, "more": "Nobody has tapped here yet."})
        Sender().tap(5, {FIRE: 3})
        listener.wait(lambda frames: frames and frames[-1].total == 3 and frames[-1].taps == 0, "a quiet window")
        browser.run("location.reload()")
        browser.wait({"state": "live", "total": 3, "more": "Nobody taps right now."})
        a.stop()


if __name__ == "__main__":
    cases.main()
