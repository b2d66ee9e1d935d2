#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Clients of the web as they are: python3-websockets, curl, and Chromium with a page's own few lines."""

import asyncio
import contextlib
import http.server
import json
import subprocess
import threading

import page
from harness import cases, config, subscribers, wire
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import Appliance, Process
from harness.deadline import SECONDS, until
from harness.default_device import on_lo
from harness.sender import Sender

NULL = ("--device", "net_null0,no-rx=1")
ADDRESS, SOCKETS = "http://127.0.0.1:7780", "ws://127.0.0.1:7780"
CHANNELS = range(300)
EVENTS = ("-sN", "-H", "Accept: text/event-stream")

FOLLOW = """
const got = window.got = {binary: [], text: [], events: [], mqtt: [], closed: []};
const here = location.host;
const follow = (url, protocol, name, read) => {
	const socket = new WebSocket(`ws://${here}${url}`, protocol);
	socket.binaryType = 'arraybuffer';
	socket.onmessage = event => read(event.data);
	socket.onclose = event => got.closed.push([name, event.code, event.wasClean]);
	return socket;
};
const window_of = (bytes, at) => new DataView(bytes).getUint32(at + 4);
const bytes_of = (...parts) => new Uint8Array(parts.flatMap(p =>
	typeof p === 'string' ? [0, p.length, ...new TextEncoder().encode(p)] : p));
follow('/v1/channels/1', [], 'binary', data => got.binary.push(window_of(data, 0)));
follow('/v1/channels/1?format=json', [], 'text', data => got.text.push(JSON.parse(data)));
const mqtt = follow('/mqtt', 'mqtt', 'mqtt', data => {
	const kind = new Uint8Array(data)[0];
	const topic = 'uproar/1/frame'.length;
	if (kind >> 4 === 3) // one byte of length: a frame without entries
		got.mqtt.push([window_of(data, 4 + topic), kind & 1]);
	else if (kind >> 4 === 2)
		mqtt.send(bytes_of([0x82, 5 + topic, 0, 1], 'uproar/1/frame', [0]));
});
mqtt.onopen = () => mqtt.send(bytes_of([0x10, 12], 'MQTT', [4, 2, 0, 0], ''));
const events = new EventSource('/v1/channels/1');
events.onmessage = event => got.events.push([parseInt(event.lastEventId), JSON.parse(event.data).window]);
"""


# The same from a page that lies elsewhere.
FOREIGN = """
const got = window.got = {};
const appliance = '127.0.0.1:7780';
const fetched = (name, fields) => fetch(`http://${appliance}/v1/channels/1`, {headers: fields})
	.then(answer => answer.json()).then(frame => { got[name] = 'a frame'; }, () => { got[name] = 'refused'; });
fetched('json', {});
fetched('preflight', {'X-Custom': '1'});
const socket = new WebSocket(`ws://${appliance}/v1/channels/1`);
socket.onmessage = () => { got.socket = 'a frame'; };
socket.onerror = () => { got.socket = 'refused'; };
const mqtt = new WebSocket(`ws://${appliance}/mqtt`, 'mqtt');
mqtt.onopen = () => { got.mqtt = 'a frame'; };
mqtt.onerror = () => { got.mqtt = 'refused'; };
const events = new EventSource(`http://${appliance}/v1/channels/1`);
events.onmessage = () => { got.events = 'a frame'; };
events.onerror = () => { got.events = 'refused'; };
"""
ELSEWHERE = 8000


def curl(*arguments):
    done = subprocess.run(["curl", "-s", "--noproxy", "*", *arguments], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done
    return done.stdout


class Events(Process):
    """curl, following an event stream."""

    def await_event(self, condition):
        """Until there is an event of which the condition holds."""
        def found():
            whole = self.log().rpartition("\n")[0]
            frames = [json.loads(line[6:]) for line in whole.splitlines() if line.startswith("data: ")]
            return any(condition(frame) for frame in frames)
        until(found, lambda: f"such an event:\n{self.log()[-500:]}")


def run(session):
    """session(websockets), a coroutine, within a time."""
    try:
        import websockets
    except ImportError:
        cases.require(False, "there is no python3-websockets")
    return asyncio.run(asyncio.wait_for(session(websockets), SECONDS))


@case
def python_websockets_sees_each_tap_once_in_both_forms():
    async def session(websockets):
        async with websockets.connect(f"{SOCKETS}/v1/channels/1") as binary, \
                websockets.connect(f"{SOCKETS}/v1/channels/1?format=json") as text:
            await binary.recv(), await text.recv()
            Sender().tap(1, {FIRE: 9})
            Sender().tap(1, {CLAP: 5})
            return [[f async for f in _until_taps(binary, wire.decode_frame, 14)],
                    [f async for f in _until_taps(text, lambda t: wire.frame_of_json(json.loads(t)), 14)]]

    async def _until_taps(connection, decode, taps):
        while taps > 0:
            frame = decode(await connection.recv())
            taps -= frame.taps
            yield frame
        assert taps == 0, f"{-taps} too many"

    with on_lo() as a:
        binary, text = run(session)
        assert [(f.window, f.taps) for f in binary if f.taps] == [(f.window, f.taps) for f in text if f.taps]
        a.stop()


@case
def python_websockets_pings_says_what_it_likes_and_closes():
    async def session(websockets):
        async with websockets.connect(f"{SOCKETS}/v1/channels/1") as connection:  # offers compression
            assert not connection.extensions, connection.extensions
            for _ in range(3):
                await asyncio.wait_for(await connection.ping(), SECONDS)
            await connection.send(["a message ", "in ", "fragments 🔥"])
            await connection.send(bytes(4096))
            await asyncio.wait_for(await connection.ping(b"x" * 125), SECONDS)
            await connection.recv()
            await connection.close(4321, "enough")
            return connection.close_code

    with Appliance(*NULL) as a:
        assert run(session) == 4321
        until(lambda: a.stats()["fanout"]["websocket"] == 0, "the end")
        a.stop()


@case
def python_websockets_is_told_why_it_ends():
    async def session(websockets, appliance):
        async with websockets.connect(f"{SOCKETS}/v1/channels/1") as large, \
                websockets.connect(f"{SOCKETS}/v1/channels/1") as stopped:
            await large.send(bytes(4097))
            codes = []
            for connection in large, stopped:
                try:
                    while True:
                        await connection.recv()
                        if connection is stopped:
                            appliance.process.terminate()
                except websockets.ConnectionClosed as closed:
                    codes.append(closed.code)
            return codes

    with Appliance(*NULL) as a:
        assert run(lambda websockets: session(websockets, a)) == [1009, 1001]
        assert a.wait() == 0, a.log()


@case
def python_websockets_follows_hundreds_of_channels():
    async def session(websockets):
        seen = {}
        async with websockets.connect(f"{SOCKETS}/v1/channels/{','.join(map(str, CHANNELS))}") as connection:
            while len(seen) < len(CHANNELS) or min(map(len, seen.values())) < 3:
                frame = wire.decode_frame(await connection.recv())
                seen.setdefault(frame.channel, []).append(frame.window)
        return seen

    with Appliance(*NULL, channels=config.channels(CHANNELS)) as a:
        for channel, windows in run(session).items():
            assert windows == sorted(set(windows)), (channel, windows)
        a.stop()


@case
def curl_reads_events_documents_and_heads():
    cases.require(not subprocess.run(["which", "curl"], capture_output=True).returncode, "there is no curl")
    with on_lo() as a, Events("curl", *EVENTS, f"{ADDRESS}/v1/channels/0,1") as events:
        events.await_event(lambda frame: True)
        Sender().tap(1, {FIRE: 7})
        events.await_event(lambda frame: frame["channel"] == 1 and frame["taps"] == 7)
        newest = json.loads(curl(f"{ADDRESS}/v1/channels/1"))
        assert newest["channel"] == 1 and newest["total"] == 7, newest
        assert json.loads(curl("--http1.0", f"{ADDRESS}/v1/channels/1"))["total"] == 7
        head = curl("-I", f"{ADDRESS}/v1/channels/1")
        assert head.startswith("HTTP/1.1 200") and "application/json" in head, head
        assert json.loads(curl(f"{ADDRESS}/healthz"))["status"] == "ok"
        assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{ADDRESS}/v1/channels/9999") == "404"
        assert curl("-o", "/dev/null", "-w", "%{http_code}", "-d", "x=1", f"{ADDRESS}/v1/channels/1") == "405"
        a.stop()


@case
def curl_keeps_its_connection_and_sees_where_heads_end():
    with Appliance(*NULL) as a:
        paths = [f"{ADDRESS}{path}"
                 for path in ("/healthz", "/nothing", "/v1/catalogue", "/v1/channels/9999", "/healthz")]
        for options in [], ["-I"]:
            accepted = a.stats()["fanout"]["accepted"]
            codes = curl(*options, "-w", "%{stderr}%{num_connects}", *[word for path in paths for word in
                                                                      ("-o", "/dev/null", path)])
            assert codes == "", codes
            assert a.stats()["fanout"]["accepted"] == accepted + 1, f"curl {options} connected anew"
        a.stop()


@case
def chromium_follows_by_websocket_events_and_mqtt_and_comes_back():
    cases.require(not page.missing(), page.missing())
    options = {"keep": True}
    with Appliance(*NULL, **options) as a, page.Browser() as browser:
        browser.open(f"{ADDRESS}/healthz")
        browser.run(FOLLOW)

        def got():
            return browser.run("return window.got")

        def each(n):
            return lambda: all(len(got()[way]) >= n for way in ("binary", "text", "events", "mqtt"))
        until(each(4), lambda: f"four frames each: {got()} {browser.errors()}", seconds=30)
        seen = got()
        for windows in seen["binary"], [f["window"] for f in seen["text"]], [n for n, _ in seen["mqtt"]]:
            assert windows == list(range(windows[0], windows[0] + len(windows))), windows
        assert all(number == window for number, window in seen["events"]), seen["events"]
        assert [retained for _, retained in seen["mqtt"]][:2] == [1, 0], seen["mqtt"]
        assert not seen["closed"], seen["closed"]
        a.process.terminate()
        assert a.wait() == 0, a.log()
        until(lambda: len(got()["closed"]) == 3, "three closed sockets")
        ends = {name: (code, clean) for name, code, clean in got()["closed"]}
        assert ends == {name: (1001, True) for name in ("binary", "text", "mqtt")}, ends
        last = got()["events"][-1][0]
        with Appliance(*NULL, **options) as again:
            until(lambda: got()["events"][-1][0] > last, "the events go on by themselves", seconds=30)
            again.stop()
    with Appliance(*NULL) as done:
        done.stop()


class Nothing(http.server.BaseHTTPRequestHandler):
    """An empty page, whatever is asked for."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


@contextlib.contextmanager
def pages_elsewhere():
    with http.server.ThreadingHTTPServer(("127.0.0.1", ELSEWHERE), Nothing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def what_a_page_gets(browser, origin):
    until(lambda: subscribers.get("/v1/channels/1")[0] == 200, "a first frame")
    browser.open(f"{origin}/")
    browser.run(FOREIGN)
    until(lambda: len(browser.run("return window.got")) == 5, lambda: f"all five: {browser.run('return window.got')}")
    return browser.run("return window.got")


def assert_each(got, word):
    assert set(got.values()) == {word}, f"not {word}: {got}"


@case
def pages_of_others_read_if_they_may():
    cases.require(not page.missing(), page.missing())
    listed, other = f"http://127.0.0.1:{ELSEWHERE}", f"http://localhost:{ELSEWHERE}"
    with pages_elsewhere(), page.Browser() as browser:
        with Appliance(*NULL) as a:
            assert_each(what_a_page_gets(browser, other), "a frame")
            a.stop()
        with Appliance(*NULL, fanout={"origins": [listed]}) as a:
            assert_each(what_a_page_gets(browser, listed), "a frame")
            assert_each(what_a_page_gets(browser, other), "refused")
            a.stop()


if __name__ == "__main__":
    cases.main()
