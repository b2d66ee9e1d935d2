#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Subscribers behind HAProxy: each counts as who it is, and whoever is no trusted proxy is closed."""

import contextlib
import os
import socket
import subprocess

from harness import cases, config, subscribers
from harness.cases import case
from harness.daemon import Appliance, Process
from harness.deadline import SECONDS, until
from harness.namespace import WORK
from harness.subscribers import HTTP_PORT, TCP_PORT, Events, Tcp, WebSocket

MQTT_PORT = 1883
OURS, PROXY, STRANGER = "127.0.0.2", "127.0.0.1", "127.0.0.9"
HEADER = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c" + bytes([192, 0, 2, 1, 127, 0, 0, 2]) + b"\x30\x39\x1e\x15"


def behind_proxies(**fanout):
    """An appliance that only proxies on the loopback address talk to."""
    listen = config.listeners(OURS)
    return Appliance("--device", "net_null0", listen=listen, fanout=fanout,
                     proxy_protocol={"listeners": sum(listen.values(), []), "from": [PROXY]})


def haproxy(send):
    """HAProxy where subscribers look for us; send: its word for the header."""
    path = os.path.join(WORK, f"{send}.cfg")
    with open(path, "w") as f:
        f.write("defaults\n mode tcp\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n")
        for port in TCP_PORT, HTTP_PORT, MQTT_PORT:
            f.write(f"listen on_{port}\n bind {PROXY}:{port}\n server uproar {OURS}:{port} {send}\n")
        f.write(f"backend health\n option httpchk GET /healthz\n"
                f" server uproar {OURS}:{HTTP_PORT} send-proxy-v2 check inter 50ms\n")
    return Process("/usr/sbin/haproxy", "-db", "-f", path)


@contextlib.contextmanager
def proxied(send, **fanout):
    with behind_proxies(**fanout) as a, haproxy(send) as proxy:
        until(lambda: reachable(PROXY), lambda: f"the proxy listens:\n{proxy.log()}")
        yield a
        a.stop()


def reachable(host):
    with contextlib.suppress(OSError), socket.create_connection((host, TCP_PORT)):
        return True


def refusals(a):
    return {name: n for name, n in a.stats()["fanout"]["refusals"].items() if n}


def subscribe_from(address, host=PROXY, first=b""):
    s = socket.create_connection((host, TCP_PORT), SECONDS, source_address=(address, 0))
    s.sendall(first + b"SUB 1 json\n")
    return s


def mosquitto_sub(*arguments):
    """Of one message: (exit status, the message, what it complains about)."""
    command = ["mosquitto_sub", "-h", PROXY, "-V", "mqttv5", "-t", "uproar/1/json", "-C", "1"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=SECONDS)
    return done.returncode, done.stdout, done.stderr


def said_to(s):
    """All of it, until the end, however it comes."""
    with s, contextlib.suppress(ConnectionResetError), s.makefile("rb") as file:
        return file.read()
    return b""


@case
def every_protocol_goes_through_a_proxy_that_names_its_clients():
    with proxied("send-proxy-v2") as a:
        until(lambda: a.stats()["window"]["number"] > 0, "a window")
        with Tcp([1]) as tcp, Events([1]) as events, WebSocket([1]) as websocket:
            for subscriber in tcp, events, websocket:
                subscriber.wait(lambda frames: len(frames) > 2, "three frames")
        assert subscribers.get("/healthz")[0] == 200
        status, message, complaint = mosquitto_sub()
        assert status == 0 and message.startswith("{"), (status, message, complaint)
        assert refusals(a) == {}, refusals(a)


@case
def a_client_has_its_own_limit_and_the_checks_of_the_proxy_none_of_theirs():
    with proxied("send-proxy-v2", max_per_source=2) as a, contextlib.ExitStack() as stack:
        for address in "127.0.0.5", "127.0.0.6", "127.0.0.7":
            for _ in range(2):
                s = stack.enter_context(subscribe_from(address))
                assert s.recv(1) == b"{"
        said = said_to(subscribe_from("127.0.0.5"))
        assert said == b"ERR too many connections from one address, try again later\n", said
        status, message, complaint = mosquitto_sub("-A", "127.0.0.6")
        assert status != 0 and not message and "busy" in complaint, (status, message, complaint)
        assert refusals(a) == {"source": 2}, refusals(a)


@case
def version_1_is_refused_by_name():
    with proxied("send-proxy") as a:
        assert said_to(subscribe_from("127.0.0.5")) == b""
        assert refusals(a)["proxy_version"] > 0, refusals(a)
        until(lambda: a.logged("version 1 of the PROXY protocol.*send-proxy-v2"), "what to do is said")


@case
def a_header_counts_from_trusted_addresses_only():
    with behind_proxies() as a:
        with subscribe_from(PROXY, OURS, HEADER) as s:
            assert s.recv(1) == b"{"
        assert said_to(subscribe_from(STRANGER, OURS, HEADER)) == b""
        assert said_to(subscribe_from(PROXY, OURS)) == b""
        assert refusals(a) == {"proxy_stranger": 1, "proxy_header": 1}, refusals(a)
        assert a.logged(f"refusing {STRANGER} at a listener for proxies: it is not in proxy_protocol.from")
        a.stop()


if __name__ == "__main__":
    cases.main()
