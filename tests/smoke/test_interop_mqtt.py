#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Clients of MQTT in earnest: real taps, many channels, a slow one, another with the same id, a restart."""

import contextlib
import json
import socket

from harness import cases, config, mqtt, programs, subscribers
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import Appliance
from harness.deadline import SECONDS, until
from harness.default_device import on_lo
from harness.mqtt import PORT, V3, V5, Paho, frame_of, mosquitto_sub, paho_c
from harness.sender import Sender

NULL = ("--device", "net_null0,no-rx=1")
URIS = {f"tcp://127.0.0.1:{PORT}": "TCP", f"ws://127.0.0.1:{mqtt.HTTP_PORT}/mqtt": "WebSocket"}
MANY = 4096


def await_subscribers(appliance, n):
    until(lambda: appliance.stats()["fanout"]["mqtt"] == n, f"{n} subscribers")


def await_frames(*channels):
    """Until a first window has ended: there is a newest frame that can be retained."""
    for channel in channels:
        until(lambda: subscribers.get(f"/v1/channels/{channel}")[0] == 200, f"a frame of channel {channel}")


def tap(channel=1):
    """14 taps."""
    sender = Sender()
    sender.tap(channel, {FIRE: 9})
    sender.tap(channel, {CLAP: 5})


def assert_retained(messages):
    """The first, and no other."""
    retained = [marked for _, marked, _ in messages]
    assert retained == [True] + [False] * (len(retained) - 1), retained


@case
def mosquitto_sub_sees_each_tap_once():
    with on_lo() as a:
        await_frames(1)
        for version in V3, V5:
            with mosquitto_sub(version, "uproar/1/json") as client:
                client.wait_for(len, "the newest frame")
                tap()
                messages = client.await_taps(14)
            assert sum(frame_of(t, p).taps for t, _, p in messages) == 14, messages
            assert_retained(messages)
        a.stop()


@case
def mosquitto_sub_sees_bytes_and_text_say_the_same():
    with on_lo() as a, mosquitto_sub(V5, "uproar/1/json", "uproar/+/frame") as client:
        client.wait_for(len, "the newest frame")
        tap()
        messages = client.wait_for(lambda found: sum(frame_of(t, p).taps for t, _, p in found) >= 28, "both forms")
        forms = {form: [frame_of(t, p) for t, _, p in messages if t == f"uproar/1/{form}"]
                 for form in ("json", "frame")}
        taps = {form: [(f.window, f.taps, f.counts()) for f in frames if f.taps] for form, frames in forms.items()}
        assert taps["json"] == taps["frame"], taps
        a.stop()


def paho_c_sees_each_tap_once(program):
    with on_lo() as a:
        await_frames(1)
        for uri, name in URIS.items():
            for version in V3, V5:
                with paho_c(program, uri, version, "uproar/1/frame") as client:
                    client.wait_for(len, f"the newest frame by {name}")
                    tap()
                    messages = client.await_taps(14)
                    client.stop()
                    await_subscribers(a, 0)
                windows = [frame_of(t, p).window for t, _, p in messages]
                assert windows == list(range(windows[0], windows[0] + len(windows))), windows
                assert sum(frame_of(t, p).taps for t, _, p in messages) == 14, messages
                assert_retained(messages)
        a.stop()


@case
def paho_in_c_sees_each_tap_once():
    paho_c_sees_each_tap_once(programs.PAHO_SYNC)


@case
def paho_in_c_without_waiting_sees_each_tap_once():
    paho_c_sees_each_tap_once(programs.PAHO_ASYNC)


@case
def paho_in_python_sees_each_tap_once():
    with on_lo() as a:
        for websocket in False, True:
            with Paho(["uproar/1/json"], V5, websocket) as client:
                client.next()
                tap()
                client.await_taps(14)
        a.stop()


@case
def a_client_id_is_taken_over_between_versions_and_ways_to_connect():
    mqtt.require_paho()
    ways = [(V3, False), (V5, True), (V3, True), (V5, False)]
    with Appliance(*NULL, fanout={"threads": 2}) as a:
        clients = []
        for version, websocket in ways:
            clients.append(Paho(["uproar/1/json"], version, websocket, client_id="scoreboard"))
            clients[-1].next()
            if len(clients) > 1:
                clients[-2].ends.get(timeout=20)
                clients[-2].client.loop_stop()  # it would come back, and take over itself
            await_subscribers(a, 1)
        clients[-1].next()
        clients[-1].__exit__()
        await_subscribers(a, 0)
        a.stop()


@case
def many_that_come_at_once_with_one_client_id_leave_one():
    """Over all threads: whoever is accepted last stays, the others are told 0x8e."""
    connect = b"\x10\x11\0\4MQTT\5\2\0\0\0\0\4same"
    with Appliance(*NULL, fanout={"threads": 3}) as a:
        crowd = [socket.create_connection(("127.0.0.1", PORT), SECONDS) for _ in range(60)]
        for s in crowd:
            s.sendall(connect)
        until(lambda: a.stats()["fanout"]["mqtt"] == 1, "one is left")
        heard = [heard_of(s) for s in crowd]
        assert all(h[:1] == b"\x20" and h[3:4] == b"\0" for h in heard), heard
        assert sorted(b"\xe0" in h and h[h.index(b"\xe0") + 2] == 0x8E for h in heard) == [False] + [True] * 59, heard
        a.stop()


def heard_of(s):
    """What has come: an answer, and perhaps the end."""
    s.settimeout(SECONDS)
    said = s.recv(4096)
    s.settimeout(0.2)
    with contextlib.suppress(TimeoutError):
        while more := s.recv(4096):
            said += more
    return said


@case
def a_client_that_only_listens_is_kept_alive_by_its_library():
    with Appliance(*NULL) as a, Paho(["uproar/1/json"], keep_alive=2) as client:
        for _ in range(20):  # four seconds of windows
            client.next()
        assert client.ends.empty() and client.connects.qsize() == 1, "it was let go"
        a.stop()


@case
def clients_come_back_after_a_restart():
    with Appliance(*NULL, keep=True) as a, Paho(["uproar/1/json"], V5) as python, \
            mosquitto_sub(V3, "uproar/1/json") as shell, \
            paho_c(programs.PAHO_ASYNC, f"tcp://127.0.0.1:{PORT}", V5, "uproar/1/json") as c:
        python.next()
        for client in shell, c:
            client.wait_for(len, "the newest frame")
        a.kill()
        with Appliance(*NULL, keep=True) as again:
            await_frames(1)
            window = json.loads(subscribers.get("/v1/channels/1")[1])["window"]
            while python.next_frame().window < window:
                pass
            for client in shell, c:
                client.wait_for(lambda found: frame_of(*found[-1][::2]).window >= window, "a frame of the new run")
            again.stop()
    with Appliance(*NULL) as last:
        last.stop()


@case
def one_filter_is_enough_for_thousands_of_channels():
    with Appliance(*NULL, window_ms=2000, channels=config.channels(range(MANY)), arena={"channels": MANY}) as a:
        await_frames(MANY - 1)
        follow_many(a)
        a.stop()


def follow_many(a):
    with Paho(["uproar/+/frame"], V5) as client:
        newest, later = {}, {}
        while len(later) < MANY:
            topic, payload, retained = client.next()
            window = frame_of(topic, payload).window
            if topic not in newest:
                newest[topic] = (window, retained)
            else:
                assert not retained and window > newest[topic][0], (topic, newest[topic], window)
                later[topic] = window
        assert len(newest) == MANY, len(newest)
        # A window may end while they come: then a channel's next frame is its first, and no retained one.
        assert sum(retained for _, retained in newest.values()) > 0, "none was retained"
        assert a.stats()["fanout"]["mqtt"] == 1


@case
def who_does_not_read_misses_frames_and_then_gets_the_newest():
    channels = range(400)
    with Appliance(*NULL, channels=config.channels(channels)) as a, \
            Paho(["uproar/+/json"], receive_buffer=65536) as slow, Paho(["uproar/0/json"]) as healthy:
        slow.next()
        slow.hold()
        until(lambda: a.stats()["fanout"]["frames_skipped"] > 500, "frames that are passed over")
        newest = {healthy.next_frame().window for _ in range(3)}
        while not healthy.messages.empty():
            newest.add(healthy.next_frame().window)
        slow.release()
        seen = {n: [] for n in channels}
        while min(windows[-1] if windows else 0 for windows in seen.values()) <= max(newest):
            frame = slow.next_frame()
            seen[frame.channel].append(frame.window)
        for windows in seen.values():
            assert windows == sorted(set(windows)), f"older after newer: {windows}"
            assert windows[-1] - windows[0] >= len(windows), f"nothing was passed over: {windows}"
        assert sorted(newest) == list(range(min(newest), max(newest) + 1)), f"the healthy one missed some: {newest}"
        a.stop()


if __name__ == "__main__":
    cases.main()
