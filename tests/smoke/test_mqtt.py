#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""MQTT with the clients that people have, as they are: mosquitto_sub and paho."""

import json
import queue
import shutil
import subprocess

from harness import cases, config, wire
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Process
from harness.deadline import SECONDS, until
from harness.default_device import on_lo
from harness.sender import Sender

try:
    import paho.mqtt.client as paho
except ImportError:
    paho = None

PORT, HTTP_PORT = 1883, 7780
VERSIONS = "mqttv311", "mqttv5"
WINDOW_MS = 200


def quick(**options):
    return on_lo(window_ms=WINDOW_MS, channels=config.channels([0, 1, 5]), **options)


def require(program):
    cases.require(shutil.which(program), f"there is no {program}")


def mosquitto_sub(*arguments):
    """What it prints until it has got what it wanted."""
    done = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", *arguments], capture_output=True, timeout=SECONDS)
    assert done.returncode == 0, done
    return done.stdout


class Paho:
    """Subscribes; messages wait in a queue as (topic, payload, retained)."""

    def __init__(self, topics, transport="tcp", protocol=None, client_id=""):
        cases.require(paho, "there is no python3-paho-mqtt")
        self.messages, self.ends = queue.Queue(), queue.Queue()
        self._topics = topics
        self.client = paho.Client(client_id, transport=transport, protocol=protocol or paho.MQTTv311)
        if transport == "websockets":
            self.client.ws_set_options(path="/mqtt")
        self.client.on_connect = lambda client, *_: client.subscribe([self._wanted(t) for t in topics])
        self.client.on_message = lambda _c, _u, m: self.messages.put((m.topic, m.payload, bool(m.retain)))
        self.client.on_disconnect = lambda _client, _user, reason, *_: self.ends.put(reason)
        self.client.connect("127.0.0.1", HTTP_PORT if transport == "websockets" else PORT, keepalive=60)
        self.client.loop_start()

    def _wanted(self, topic):
        return (topic, paho.SubscribeOptions(qos=1)) if self.client._protocol == paho.MQTTv5 else (topic, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def next(self):
        return self.messages.get(timeout=SECONDS)


@case
def mosquitto_sub_gets_the_newest_frame_at_once_and_then_each_window():
    require("mosquitto_sub")
    with quick() as a:
        Sender().tap(1, {FIRE: 5})
        for version in VERSIONS:
            printed = mosquitto_sub("-V", version, "-t", "uproar/1/json", "-C", "3", "-F", "%r %p").decode()
            lines = [line.split(" ", 1) for line in printed.splitlines()]
            assert lines[0][0] == "1" or lines[1][0] == "0", lines
            frames = [json.loads(text) for _, text in lines]
            assert [f["channel"] for f in frames] == [1, 1, 1], frames
            assert frames[1]["window"] == frames[2]["window"] - 1, frames
        assert a.stats()["fanout"]["mqtt"] <= 2
        until(lambda: a.stats()["fanout"]["mqtt"] == 0, "the end of the clients")
        a.stop()


@case
def mosquitto_sub_gets_frames_of_every_channel_as_bytes():
    require("mosquitto_sub")
    with quick() as a:
        printed = mosquitto_sub("-V", "mqttv5", "-t", "uproar/+/frame", "-C", "9", "-F", "%t %x").decode()
        seen = set()
        for topic, text in (line.split() for line in printed.splitlines()):
            frame = wire.decode_frame(bytes.fromhex(text))
            assert topic == f"uproar/{frame.channel}/frame", (topic, frame)
            seen.add(frame.channel)
        assert seen == {0, 1, 5}, printed
        a.stop()


@case
def the_catalogue_is_a_topic():
    require("mosquitto_sub")
    with quick() as a:
        catalogue = json.loads(mosquitto_sub("-t", "uproar/catalogue", "-C", "1"))
        assert [c["channel"] for c in catalogue["channels"]] == [0, 1, 5], catalogue
        assert catalogue["ports"]["mqtt"] == PORT, catalogue
        a.stop()


@case
def who_publishes_is_told_that_it_may_not():
    cases.require(paho, "there is no python3-paho-mqtt")
    with quick() as a, Paho(["uproar/1/json"], protocol=paho.MQTTv5) as client:
        client.next()
        client.client.publish("uproar/1/json", "{}")
        reason = client.ends.get(timeout=SECONDS)
        assert reason.value == 0x87, reason
        assert a.stats()["fanout"]["refused"] == 1
        a.stop()


def paho_follows(transport, protocol):
    with quick() as a, Paho(["uproar/1/json", "uproar/5/frame"], transport, protocol) as client:
        windows = {"uproar/1/json": [], "uproar/5/frame": []}
        retained = {topic: [] for topic in windows}
        while min(map(len, windows.values())) < 4:
            topic, payload, mark = client.next()
            frame = wire.frame_of_json(json.loads(payload)) if "json" in topic else wire.decode_frame(payload)
            windows[topic].append(frame.window)
            retained[topic].append(mark)
        for topic, numbers in windows.items():
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), (topic, numbers)
            assert not any(retained[topic][1:]), (topic, retained)
        stats = a.stats()["fanout"]
        assert stats["mqtt"] == 1 and stats["websocket"] == 0, stats
        client.client.unsubscribe(["uproar/1/json", "uproar/5/frame"])
        a.stop()


@case
def paho_follows_over_tcp():
    cases.require(paho, "there is no python3-paho-mqtt")
    paho_follows("tcp", paho.MQTTv311)


@case
def paho_follows_over_tcp_in_version_5():
    cases.require(paho, "there is no python3-paho-mqtt")
    paho_follows("tcp", paho.MQTTv5)


@case
def paho_follows_over_websocket():
    cases.require(paho, "there is no python3-paho-mqtt")
    paho_follows("websockets", paho.MQTTv311)


@case
def paho_follows_over_websocket_in_version_5():
    cases.require(paho, "there is no python3-paho-mqtt")
    paho_follows("websockets", paho.MQTTv5)


@case
def a_client_id_belongs_to_the_one_that_came_last():
    cases.require(paho, "there is no python3-paho-mqtt")
    with quick(fanout={"threads": 2}) as a:
        first = Paho(["uproar/1/json"], protocol=paho.MQTTv5, client_id="scoreboard")
        first.next()
        with Paho(["uproar/1/json"], protocol=paho.MQTTv5, client_id="scoreboard") as second:
            reason = first.ends.get(timeout=SECONDS)
            first.client.loop_stop()
            assert reason.value == 0x8E, reason
            second.next()
        a.stop()


@case
def a_stop_is_said_to_who_speaks_version_5():
    require("mosquitto_sub")
    with quick() as a:
        command = "mosquitto_sub", "-d", "-V", "mqttv5", "-h", "127.0.0.1", "-t", "uproar/1/json"
        with Process(*command) as client:
            until(lambda: a.stats()["fanout"]["mqtt"] == 1, "the subscriber")
            a.stop()
            until(lambda: "DISCONNECT (139)" in client.log(), "the reason")


cases.main()
