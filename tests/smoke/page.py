#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
The page as a person meets it: Chromium without a window, driven by chromedriver over plain W3C
WebDriver. It reads what the page shows, not what it was sent. Nothing but Python's standard library.

    shown = check_page("http://127.0.0.1:7780", {"channel": 0, "total": 3, "emoji": ["🔥", "👏"]})

What can be expected is what Browser.shown() returns; an expected value may be a function of the
shown one (lambda total: total > 100), and a list need only begin as expected.
"""

import argparse
import base64
import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

DRIVER = "/usr/bin/chromedriver"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--no-proxy-server"]
START_SECONDS = 60
CALL_SECONDS = 60
END_SECONDS = 10
SETTLE_SECONDS = 5
POLL_SECONDS = 0.1
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's key for a reference to an element

SHOWN = """
const text = id => document.getElementById(id).textContent;
const number = words => parseFloat(words.replaceAll(',', '').replace('\\u2212', '-'));
const rows = [...document.querySelectorAll('#rows tr')];
return {
	state: document.getElementById('state').dataset.state,
	channel: parseInt(document.getElementById('channel').value),
	window: number(text('age').replace('window ', '')),
	windows: document.getElementById('scrub').disabled ? 0 : parseInt(document.getElementById('scrub').max) + 1,
	total: number(text('total')), rate: number(text('rate')), score: number(text('score')),
	word: text('word'), surge: !document.getElementById('surge').hidden,
	emoji: rows.map(row => row.querySelector('.emoji').textContent),
	reactions: rows.map(row => parseInt(row.dataset.reaction)),
	counts: rows.map(row => number(row.querySelector('.count').textContent)), more: text('more'),
};
"""

MOVING = """
return document.getAnimations().some(({effect, playState}) => playState === 'running' &&
	Number.isFinite(effect.getComputedTiming().endTime) && !effect.target.matches('.tap, #surge'));
"""


def missing():
    """Why the page cannot be tested on this machine, or None."""
    if shutil.which(DRIVER):
        return None
    return f"{DRIVER} is not there: apt-get install chromium chromium-driver fonts-noto-color-emoji"


def _processes_of(folder):
    """Processes that were started with our folder as their temporary one."""
    mark = os.fsencode(folder)
    for proc in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (proc / "environ").read_bytes() + (proc / "cmdline").read_bytes():
                yield int(proc.name)


def _drain(output, ports):
    """Reads what the driver says to its end, so that it never waits for us; its port, then None, go to the queue."""
    with output:
        for line in output:
            if found := re.search(r"started successfully on port (\d+)", line):
                ports.put(int(found[1]))
    ports.put(None)


class Browser:
    """A browser with one tab, for a with statement. It leaves no process and no folder behind."""

    def __init__(self, size=(1280, 800), scheme="light", any_certificate=False):
        self.size = size
        self.scheme = scheme
        self.any_certificate = any_certificate
        self._http = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="uproar-page-")
        try:
            self._start_driver()
            self._start_session()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if hasattr(self, "_session"):
            with contextlib.suppress(OSError, RuntimeError):
                self._call("DELETE", "")
        deadline = time.monotonic() + END_SECONDS
        if hasattr(self, "_driver"):
            self._driver.terminate()
        while (left := list(_processes_of(self._folder))) and time.monotonic() < deadline:
            self._reap()
            time.sleep(POLL_SECONDS)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if hasattr(self, "_driver"):
            self._driver.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _reap(self):
        if hasattr(self, "_driver"):
            self._driver.poll()

    def _start_driver(self):
        homes = dict.fromkeys(["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"], self._folder)
        self._driver = subprocess.Popen([DRIVER, "--port=0"], env=os.environ | homes, text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        ports = queue.Queue()
        threading.Thread(target=_drain, args=(self._driver.stdout, ports), daemon=True).start()
        try:
            port = ports.get(timeout=START_SECONDS)
        except queue.Empty:
            raise RuntimeError(f"{DRIVER} named no port within {START_SECONDS} s") from None
        if port is None:
            raise RuntimeError(f"{DRIVER} ended before it named a port")
        self._url = f"http://127.0.0.1:{port}/session"

    def _start_session(self):
        profile = os.path.join(self._folder, "profile")
        wanted = {"browserName": "chrome", "acceptInsecureCerts": self.any_certificate,
                  "goog:loggingPrefs": {"browser": "ALL"},
                  "goog:chromeOptions": {"args": ARGUMENTS + [f"--user-data-dir={profile}"]}}
        answer = self._send("POST", self._url, {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"{self._url}/{answer['sessionId']}"
        width, height = self.size
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": self.scheme}])

    def _send(self, method, url, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self._http.open(request, timeout=CALL_SECONDS) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def _call(self, method, path, body=None):
        return self._send(method, self._session + path, body)

    def devtools(self, command, **params):
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def run(self, script):
        return self._call("POST", "/execute/sync", {"script": script, "args": []})

    def shown(self):
        """What a person reads on the page, as numbers where it is a number (None where it says nothing)."""
        return self.run(SHOWN)

    def wait(self, expect, seconds=20):
        """Returns what is shown as soon as it is as expected; AssertionError after so many seconds."""
        deadline = time.monotonic() + seconds
        while not _matches(shown := self.shown(), expect):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {seconds} s the page does not show {expect} but {shown}")
            time.sleep(POLL_SECONDS)
        return shown

    def errors(self):
        """Errors in the console since the last call."""
        log = self._call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in log if entry["level"] == "SEVERE"]

    def nameless_controls(self):
        """Controls that a screen reader could not name."""
        found = self._call("POST", "/elements", {"using": "css selector", "value": "a, button, input, select"})
        ids = [element[ELEMENT] for element in found]
        visible = [i for i in ids if self._call("GET", f"/element/{i}/computedrole") not in ("none", "generic")]
        return [self._call("GET", f"/element/{i}/property/outerHTML") for i in visible
                if not self._call("GET", f"/element/{i}/computedlabel")]

    def screenshot(self, path):
        """Of the page at rest, if it comes to rest: bars, needle and curve move for less than a second."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while self.run(MOVING) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        Path(path).write_bytes(base64.b64decode(self._call("GET", "/screenshot")))


def _matches(shown, expect):
    def as_expected(value, wanted):
        if callable(wanted):
            return value is not None and wanted(value)
        if isinstance(wanted, list):
            return value[:len(wanted)] == wanted
        return value == wanted
    return all(as_expected(shown[key], wanted) for key, wanted in expect.items())


def check_page(base_url, expect, *, screenshot=None, size=(1280, 800), scheme="light", seconds=20):
    """
    Opens the page, waits until it shows what is expected, and returns what it shows. Raises
    AssertionError if it does not, if the console has an error or if a control has no name.
    """
    with Browser(size, scheme) as browser:
        browser.open(f"{base_url.rstrip('/')}/" + (f"#channel={expect['channel']}" if "channel" in expect else ""))
        shown = browser.wait({"state": "live"} | expect, seconds)
        if screenshot:
            browser.screenshot(screenshot)
        nameless, errors = browser.nameless_controls(), browser.errors()
        assert not nameless, f"controls without a name: {nameless}"
        assert not errors, f"errors in the console: {errors}"
        return shown


def main():
    parser = argparse.ArgumentParser(description="Opens the page and prints what it shows.")
    parser.add_argument("url")
    parser.add_argument("--screenshot", metavar="FILE.png")
    parser.add_argument("--size", default="1280x800", metavar="WxH")
    parser.add_argument("--scheme", default="light", choices=["light", "dark"])
    parser.add_argument("--expect", default={}, type=json.loads, metavar="JSON", help='such as \'{"total": 3}\'')
    parser.add_argument("--seconds", default=20, type=float, help="to wait until the page is live")
    told = parser.parse_args()
    if why := missing():
        sys.exit(why)
    size = tuple(int(n) for n in told.size.split("x"))
    try:
        shown = check_page(told.url, {"total": lambda _: True} | told.expect, screenshot=told.screenshot, size=size,
                           scheme=told.scheme, seconds=told.seconds)
    except (AssertionError, RuntimeError) as failure:
        sys.exit(str(failure))
    print(json.dumps(shown, ensure_ascii=False))


if __name__ == "__main__":
    main()
