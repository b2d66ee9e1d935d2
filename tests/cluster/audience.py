# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Those who watch, as their apps should do it: connected to one fan-out node; if it ends or nothing new comes
from it for some windows, to the next one. Each knows how long it was without news of a channel.
"""

import threading
import time

from harness import mqtt, subscribers
from harness.deadline import until

PATIENCE_SECONDS = 5  # without news: somebody else may have some


class WebSocket(subscribers.WebSocket):
    options = {"open_timeout": 3, "close_timeout": 1}

    def close(self):
        while not self.ended and not self._open.wait(0.1):
            pass
        if not self.ended:
            super().close()


class Mqtt(subscribers.Subscriber):
    def open(self):
        mqtt.require_paho()
        self.client = mqtt.paho.Client("", protocol=mqtt.paho.MQTTv311)
        self.client.on_connect = lambda client, *_: client.subscribe([(f"uproar/{c}/frame", 1) for c in self.channels])
        self.client.on_message = lambda _client, _user, message: self.take(message.payload)
        self.client.connect(self.host, mqtt.PORT)

    def read(self):
        while self.client.loop(0.5) == mqtt.paho.MQTT_ERR_SUCCESS:
            pass

    def close(self):
        self.client.disconnect()


KINDS = [subscribers.Tcp, WebSocket, Mqtt]


class Member:
    """One of them."""

    def __init__(self, kind, hosts, channels):
        self.kind, self.hosts, self.channels = kind, hosts, channels
        self.host = hosts[0]               # where it watches
        self.totals, self.newest = {}, {}  # of each channel: what was seen, and of which window
        self.heard = {}                    # when that was
        self.gap, self.gap_at = 0, None    # the longest without news of a channel
        self.changes, self.frames, self.failure = 0, 0, None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def name(self):
        return f"{self.kind.__name__} at first of {self.hosts[0]}"

    def start(self):
        self._thread.start()

    def end(self):
        self._end.set()

    def join(self):
        self._thread.join(30)

    def _run(self):
        at = 0
        try:
            while not self._end.is_set():
                self.host = self.hosts[at % len(self.hosts)]
                self._watch(self.host)
                at += 1
                self.changes += 1
        except Exception as failure:  # told to who looks
            self.failure = failure

    def _watch(self, host):
        """Until it has no news any more."""
        try:
            subscriber = self.kind(self.channels, host)
        except OSError:
            self._end.wait(0.2)  # it is not there; the next one may be
            return
        with subscriber:
            taken, last_news = 0, time.monotonic()
            while not self._end.is_set() and not subscriber.ended and time.monotonic() < last_news + PATIENCE_SECONDS:
                frames = self._next(subscriber, taken)
                taken += len(frames)
                if any([self._take(frame) for frame in frames]):
                    last_news = time.monotonic()
        if taken == 0:
            self._end.wait(0.2)  # a node that does not know the channels yet says so
        elif isinstance(subscriber.failure, AssertionError):
            raise subscriber.failure

    @staticmethod
    def _next(subscriber, taken):
        """Frames behind those that were taken; none if nothing comes for a moment."""
        try:
            return subscriber.wait(lambda frames: len(frames) > taken, "news", 0.5)[taken:]
        except AssertionError:
            return []

    def _take(self, frame):
        """Is it news? Of one channel windows only go on, and totals only grow."""
        self.frames += 1
        channel, newest = frame.channel, self.newest.get(frame.channel, 0)
        if frame.window < newest:
            return False  # of a node that has been cut off
        assert frame.total >= self.totals.get(channel, 0), \
            f"channel {channel} had {self.totals[channel]} taps in window {newest}, and now has {frame}"
        self.totals[channel], self.newest[channel] = frame.total, frame.window
        if frame.window > newest:
            self._note(channel)
        return frame.window > newest

    def _note(self, channel):
        now = time.monotonic()
        gap = now - self.heard.get(channel, now)
        if gap > self.gap:
            self.gap, self.gap_at = gap, (channel, now)
        self.heard[channel] = now

    def now(self):
        """Seconds without news of the channel that is furthest behind."""
        heard = list(self.heard.values())
        return time.monotonic() - min(heard) if heard else 0

    def longest_gap(self):
        """One that goes on included."""
        return max(self.gap, self.now())


class Audience:
    """So many of each kind, spread over the nodes, for a with statement."""

    def __init__(self, hosts, channels, kinds=KINDS, each=2):
        self.members = [Member(kind, hosts[n % len(hosts):] + hosts[:n % len(hosts)], channels)
                        for kind in kinds for n in range(each)]

    def __enter__(self):
        for member in self.members:
            member.start()
        return self

    def __exit__(self, *_):
        for member in self.members:
            member.end()
        for member in self.members:
            member.join()

    def check(self):
        for member in self.members:
            if member.failure:
                raise member.failure

    def await_all(self, condition, what, seconds=60):
        """Until the condition holds of each member."""
        def held():
            self.check()
            return all(condition(member) for member in self.members)
        until(held, lambda: f"{what}, but " + "; ".join(
            f"{m.name()}: {m.totals}" for m in self.members if not condition(m)), seconds)

    def await_begun(self, seconds=60):
        """Everybody has seen a frame of every channel."""
        self.await_all(lambda m: set(m.totals) == set(m.channels), "a frame of each channel", seconds)

    def await_totals(self, totals, seconds=60):
        self.await_all(lambda m: m.totals == totals, f"totals {totals}", seconds)

    def longest_gap(self):
        return max(member.longest_gap() for member in self.members)
