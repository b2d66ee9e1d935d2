# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""MQTT subscribers as they are out there: mosquitto_sub, and paho in C and in Python."""

import json
import os
import queue
import shutil
import socket
import threading

from harness import cases, wire
from harness.daemon import Process
from harness.deadline import SECONDS, until

try:
    import paho.mqtt.client as paho
except ImportError:
    paho = None

PORT, HTTP_PORT = 1883, 7780
V3, V5 = 4, 5


def require(program):
    cases.require(shutil.which(program), f"there is no {program}")


def require_paho():
    cases.require(paho, "there is no python3-paho-mqtt")


def frame_of(topic, payload):
    """The frame of a message."""
    return wire.frame_of_json(json.loads(payload)) if topic.endswith("/json") else wire.decode_frame(payload)


class Printed(Process):
    """A program that prints "TOPIC RETAINED BYTES-IN-HEX" for each message."""

    def messages(self):
        """(topic, retained, payload) of what has come so far."""
        whole = self.log().rpartition("\n")[0]
        return [(topic, retained == "1", bytes.fromhex(payload))
                for topic, retained, payload in (line.split(" ") for line in whole.splitlines())]

    def wait_for(self, condition, what):
        """Until the condition holds of the messages; those."""
        return until(lambda: (found := self.messages()) and condition(found) and found,
                     lambda: f"{what}:\n{self.log()[-500:]}")

    def await_taps(self, taps):
        """Frames with so many taps in them."""
        return self.wait_for(lambda found: sum(frame_of(t, p).taps for t, _, p in found) >= taps, f"{taps} taps")


def mosquitto_sub(version, *topics):
    require("mosquitto_sub")
    options = [word for topic in topics for word in ("-t", topic)]
    return Printed("mosquitto_sub", "-V", {V3: "mqttv311", V5: "mqttv5"}[version], "-h", "127.0.0.1", "-F", "%t %r %x",
                   *options)


def paho_c(program, uri, version, topic):
    cases.require(os.path.exists(program), "it was built without libpaho-mqtt-dev")
    return Printed(program, uri, str(version), topic)


class Paho:
    """
    paho for Python. Messages wait in a queue as (topic, payload, retained); it connects again by
    itself, after a second. hold(): it reads nothing until release().
    """

    def __init__(self, topics, version=V3, websocket=False, client_id="", keep_alive=60, receive_buffer=None):
        require_paho()
        self.messages, self.ends, self.connects = queue.Queue(), queue.Queue(), queue.Queue()
        self._topics, self._version, self._receive_buffer = topics, version, receive_buffer
        self._free = threading.Event()
        self._free.set()
        self.client = paho.Client(client_id, protocol=paho.MQTTv5 if version == V5 else paho.MQTTv311,
                                  transport="websockets" if websocket else "tcp")
        if websocket:
            self.client.ws_set_options(path="/mqtt")
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self.client.on_disconnect = lambda _client, _user, reason, *_: self.ends.put(reason)
        self.client.connect("127.0.0.1", HTTP_PORT if websocket else PORT, keepalive=keep_alive)
        self.client.loop_start()

    def _on_connect(self, client, _user, _flags, reason, *_):
        self.connects.put(reason)
        if self._receive_buffer:
            client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        client.subscribe([(t, paho.SubscribeOptions(qos=1) if self._version == V5 else 1) for t in self._topics])

    def _on_message(self, _client, _user, message):
        self._free.wait()
        self.messages.put((message.topic, message.payload, bool(message.retain)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._free.set()
        self.client.disconnect()
        self.client.loop_stop()

    def hold(self):
        self._free.clear()

    def release(self):
        self._free.set()

    def next(self):
        return self.messages.get(timeout=SECONDS)

    def next_frame(self):
        topic, payload, _ = self.next()
        return frame_of(topic, payload)

    def await_taps(self, taps):
        """Reads until frames had exactly so many taps."""
        while taps > 0:
            taps -= self.next_frame().taps
        assert taps == 0, f"{-taps} too many"
