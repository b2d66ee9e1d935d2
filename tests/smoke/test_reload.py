#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The configuration is read again under load: all of it takes effect or nothing, and nothing is lost."""

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path

from harness import config, ledger, mqtt, subscribers, wire
from harness import cases
from harness.cases import case
from harness.config import CLAP, FIRE
from harness.daemon import Process
from harness.deadline import SECONDS, until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.programs import UPROAR, UPROARD
from harness.sender import Sender

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
PATH = os.path.join(WORK, "reload.yaml")
BASE = {"name": "smoke", "window_ms": 200, "fanout": {"drain_seconds": 0}}


def write(**options):
    """As an editor does it: the new file takes the place of the old one."""
    with open(PATH + ".new", "w") as f:
        json.dump(BASE | options, f, ensure_ascii=False, indent=1)
    os.rename(PATH + ".new", PATH)


def started(**options):
    write(**options)
    return on_lo(config_path=PATH)


def uproar_reload(*options):
    return subprocess.run([UPROAR, "reload", "--name", "smoke", *options], capture_output=True, text=True,
                          timeout=SECONDS)


def reload(words="", status=0):
    done = uproar_reload()
    assert done.returncode == status and words in done.stdout + done.stderr, f"{words}: {done}"


def changes(status=0):
    done = uproar_reload("--json")
    assert done.returncode == status, done
    answer = json.loads(done.stdout)
    assert answer["reloaded"] == (status != 1), answer
    return answer["changes"]


class Load(threading.Thread):
    """Taps on channels that stay open, until it is stopped."""

    def __init__(self, *channels):
        super().__init__(daemon=True)
        self.sender, self._channels, self._stop_it = Sender(), channels, threading.Event()
        self.start()

    def run(self):
        while not self._stop_it.wait(0.002):
            for channel in self._channels:
                self.sender.tap(channel, {FIRE: 2, CLAP: 1})

    def finish(self):
        self._stop_it.set()
        self.join(SECONDS)
        return self.sender


def without_gaps(frames, channel):
    windows = [f.window for f in frames if f.channel == channel]
    assert windows == list(range(windows[0], windows[0] + len(windows))), f"{channel}: windows are missing: {windows}"
    assert not any(f.closed for f in frames if f.channel == channel), f"{channel} was closed"


@case
def again_and_again_under_load_and_nobody_loses_anything():
    first = {"channels": config.channels([0, 1, 2])}
    second = {"channels": [{"id": 3, "name": "New"}, {"id": 1, "name": "Other"}, {"id": 0, "name": "Same"}],
              "catalogue": config.reactions(24), "limits": {"burst": 2000}, "answers": {"per_second": 0},
              "sentiment": {"half_life_seconds": 30}}
    with started(**first) as a, contextlib.ExitStack() as stack:
        kinds = subscribers.Tcp, subscribers.WebSocket, subscribers.Events
        clients = [stack.enter_context(kind([0, 1])) for kind in kinds]
        printed = stack.enter_context(mqtt.mosquitto_sub(mqtt.V3, "uproar/0/frame", "uproar/1/frame"))
        for client in clients:
            client.wait(len, "a frame")
        printed.wait_for(len, "a frame")
        load = Load(0, 1)
        for n in range(20):
            write(**(first, second)[(n + 1) % 2])
            if n % 4 == 3:
                said = a.log().count("reload: ")
                a.process.send_signal(signal.SIGHUP)
                until(lambda: a.log().count("reload: ") > said, "the reload in the log")
            else:
                reload(f"channels: opened {(2, 3)[(n + 1) % 2]}")
        sender = load.finish()
        stats = ledger.await_taps(a, sender.taps())
        ledger.await_totals(a, {channel: sum(c.values()) for channel, c in sender.counts.items()})
        assert not ledger.refusals(stats), stats["refused"]
        for client in clients:
            frames = client.await_taps(sender.taps())
            assert subscribers.counts(frames) == sender.counts, "each tap is in one window"
            for channel in 0, 1:
                without_gaps(frames, channel)
        got = [mqtt.frame_of(topic, payload) for topic, _, payload in printed.await_taps(sender.taps())]
        for channel in 0, 1:
            without_gaps(got, channel)
        a.stop()


def is_last(frames, channel):
    return any(f.closed for f in frames if f.channel == channel)


def closed_frame(client, channel):
    frames = client.wait(lambda frames: is_last(frames, channel), "the frame that says CLOSED")
    mine = [f for f in frames if f.channel == channel]
    assert [f.closed for f in mine] == [False] * (len(mine) - 1) + [True], mine
    return mine[-1]


@case
def a_channel_that_closes_says_so_with_its_last_taps_and_may_come_back():
    both, one = {"channels": config.channels([0, 1, 2])}, {"channels": config.channels([0, 1])}
    with started(**both) as a, contextlib.ExitStack() as stack:
        alone = [stack.enter_context(kind([2]))
                 for kind in (subscribers.Tcp, subscribers.WebSocket, subscribers.Events)]
        more = stack.enter_context(subscribers.Tcp([1, 2], json_form=True))
        printed = stack.enter_context(mqtt.mosquitto_sub(mqtt.V5, "uproar/2/json"))
        for client in (*alone, more):
            client.wait(len, "a frame")
        printed.wait_for(len, "a frame")
        sender = Sender()
        sender.tap(2, {FIRE: 5})
        ledger.await_rx(a, 1)
        write(**one)
        assert changes()["channels"]["closed"] == [2]
        sender.send(wire.datagram(2, {FIRE: 1}))
        assert ledger.refusals(ledger.await_rx(a, 2)) == {"channel": 1}
        for client in alone:
            assert closed_frame(client, 2).total == 5
            until(lambda: client.ended, "its end")
        assert closed_frame(more, 2).total == 5
        last = printed.wait_for(lambda found: json.loads(found[-1][2])["closed"], "the frame that says CLOSED")
        assert json.loads(last[-1][2])["total"] == 5
        assert subscribers.ended_with("127.0.0.1", "SUB 2\n") == "ERR unknown channel 2\n"
        assert subscribers.get("/v1/channels/2")[0] == 404
        ended = closed_frame(more, 2).window
        more.wait(lambda frames: frames[-1].channel == 1 and frames[-1].window > ended, "the other channel goes on")
        write(**both)
        assert changes()["channels"]["opened"] == [2]
        sender.tap(2, {CLAP: 1})
        with subscribers.Tcp([2]) as again:
            frames = again.wait(lambda frames: frames and frames[-1].total == 6, "its total goes on")
            assert not any(f.closed for f in frames), frames
        more.wait(lambda frames: frames[-1].channel == 2 and frames[-1].total == 6, "it is back")
        printed.wait_for(lambda found: json.loads(found[-1][2])["total"] == 6, "it is back")
        a.stop()


@case
def closed_and_opened_within_one_window_it_never_was_closed():
    write(window_ms=config.LONG_MS, channels=config.channels([0, 1]))
    with on_lo(config_path=PATH) as a:
        sender = Sender()
        sender.tap(1, {FIRE: 2})
        ledger.await_rx(a, 1)
        write(window_ms=config.LONG_MS, channels=config.channels([0]))
        reload("channels: closed 1")
        sender.send(wire.datagram(1, {FIRE: 4}))
        assert ledger.refusals(ledger.await_rx(a, 2)) == {"channel": 1}
        with subscribers.Tcp([0, 1]) as client:  # for subscribers it is still there
            write(window_ms=config.LONG_MS, channels=config.channels([0, 1]))
            reload("channels: opened 1")
            sender.tap(1, {FIRE: 8})
            ledger.await_rx(a, 3)
            a.stop()
            until(lambda: client.ended, "its end")
            assert [(f.total, f.closed) for f in client.frames if f.channel == 1] == [(10, False)], client.frames


def catalogue(*reactions):
    return [{"id": n, "name": name, "emoji": [emoji], "weight": 0} for n, name, emoji in reactions]


@case
def another_catalogue_is_known_to_all():
    with started(catalogue=catalogue((7, "fire", "🔥"), (3, "clap", "👏"))) as a:
        with mqtt.mosquitto_sub(mqtt.V3, "uproar/catalogue") as printed, subscribers.Tcp([0], json_form=True) as client:
            printed.wait_for(len, "the catalogue")
            sender = Sender()
            sender.plain("🔥👏🎉", {FIRE: 1, CLAP: 1})
            client.await_taps(2)
            write(catalogue=catalogue((7, "flame", "🔥"), (9, "party", "🎉")))
            found = changes()["reactions"]
            assert found == {"added": ["party"], "removed": ["clap"], "changed": ["flame"]}, found
            document = json.loads(subscribers.get("/v1/catalogue")[1])
            assert [r["name"] for r in document["reactions"]] == ["flame", "party"]
            newest = printed.wait_for(lambda found: len(found) == 2, "the new catalogue")[-1]
            assert json.loads(newest[2]) == document
            sender.plain("🔥👏🎉", {FIRE: 1, 9: 1})
            frames = client.await_taps(4)
            assert frames[-1].counts() == {FIRE: 1, 9: 1}, frames[-1]
            line = json.loads(subscribers.get("/v1/channels/0")[1])
            assert not line["entries"] or {e["name"] for e in line["entries"]} == {"flame", "party"}, line
            sender.send(wire.datagram(0, {CLAP: 1}))
            assert ledger.refusals(ledger.await_rx(a, 3)) == {"reaction": 1}
            reload("no option has changed")
            assert len(printed.messages()) == 2, "the same catalogue is not sent again"
        a.stop()


@case
def switches_and_limits_take_effect_and_what_cannot_is_named():
    with started() as a:
        write(plain_text={"enabled": False}, limits={"burst": 3, "taps_per_second": 1}, reactors=False,
              arena={"channels": 5000}, fanout={"drain_seconds": 0, "max_subscriptions": 1, "threads": 2})
        with open(PATH) as f:
            lines = {line.split('"')[1]: n for n, line in enumerate(f, 1) if '"' in line}
        done = uproar_reload()
        assert done.returncode == 3, done
        for words in ("limits.burst", "plain_text.enabled", f"needs a restart: reactors (line {lines['reactors']}), "
                      f"arena.channels (line {lines['channels']}), fanout.threads (line {lines['threads']})"):
            assert words in done.stdout and words in a.log(), f"{words}: {done}"
        sender = Sender()
        sender.send("🔥".encode())
        sender.tap(0, {FIRE: 3}, sequence=1, session=5)
        sender.send(wire.datagram(0, {FIRE: 3}, sequence=2, session=5))
        stats = ledger.await_rx(a, 3)
        assert ledger.refusals(stats) == {"text_off": 1} and stats["ledger"]["taps_limited"] == 3, stats
        assert subscribers.ended_with("127.0.0.1", "SUB 0,1\n").startswith("ERR more channels than the 1 ")
        a.stop()


@case
def a_wrong_file_changes_nothing():
    with started(channels=config.channels([0, 1])) as a, subscribers.Tcp([1]) as client:
        client.wait(len, "a frame")
        wrong = {
            "limits.burst: no whole number": {"limits": {"burst": "1e3"}},
            "there is no option 'windows' here": {"windows": 3},
            "is not below arena.reactions, which is 64 until a restart": {
                "arena": {"reactions": 100}, "catalogue": [{"id": 99, "name": "late", "shortcodes": ["late"]}]},
            "the arena lacks": {"arena": {"channels": 6000}, "channels": config.channels(range(5000))},
            "no regular expression": {"catalogue": [{"id": 1, "name": "x", "patterns": ["("]}]},
        }
        for words, options in wrong.items():
            write(**({"channels": config.channels([0, 9])} | options))
            done = uproar_reload()
            assert done.returncode == 1 and words in done.stderr, f"{words}: {done}"
            assert "; nothing has changed" in done.stderr and PATH in done.stderr, done
            assert "line " in done.stderr or "the arena lacks" in words, done
            assert words in a.log(), a.log()
            assert changes(status=1) is None
        os.unlink(PATH)
        reload("No such file", status=1)
        assert subscribers.get("/v1/channels/9")[0] == 404
        client.await_window(client.frames[-1].window + 2)
        write(channels=config.channels([0, 1]))
        reload("no option has changed")
        a.stop()


@case
def who_comes_while_one_is_under_way_gets_a_reload_of_its_own():
    with started() as a:
        for n in range(3, 6):
            write(channels=config.channels([0, n + 1]))
            asked = [subprocess.Popen([UPROAR, "reload", "--name", "smoke"], stdout=subprocess.PIPE, text=True)
                     for _ in range(5)]
            said = [process.communicate(timeout=SECONDS)[0] for process in asked]
            assert all(process.returncode == 0 for process in asked), said
            opened = [text for text in said if f"opened {n + 1}" in text]
            assert opened and len(opened) < len(said), f"the first one's, and one of the others': {said}"
        a.stop()


def options_of(sample):
    """Of a mapping those in it; lists and values as they are."""
    options = []
    for line in sample.splitlines():
        if found := re.match(r"(\w+):", line):
            options.append((found[1], []))
        elif found := re.match(r"  (\w+):", line):
            options[-1][1].append(f"{options[-1][0]}.{found[1]}")
    return [name for option, inner in options for name in inner or [option]]


@case
def the_manual_says_of_each_option_when_it_takes_effect():
    table = re.search(r"^\| option \| a new value .*?\n\n", MANUAL.read_text(), re.MULTILINE | re.DOTALL)[0]
    named = [option for row in table.strip().splitlines()[2:] for option in re.findall(r"`([\w.]+)`", row.split("|")[1])]
    printed = subprocess.run([UPROARD, "--print-config"], capture_output=True, text=True, check=True).stdout
    assert sorted(named) == sorted(options_of(printed)), "options of the table are not those of the sample"


@case
def without_a_file_there_is_nothing_to_read():
    with Process(UPROARD, "--device", "net_null0", "--temporary-arena", "--name", "smoke") as a:
        until(lambda: uproar_reload().returncode == 0, "an answer")
        reload("started without a configuration file, so there is nothing to read again")
        assert changes() is None
        a.stop()


if __name__ == "__main__":
    cases.main()
