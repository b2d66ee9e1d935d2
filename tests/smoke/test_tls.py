#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""HTTP over TLS with clients as they are, and a certificate that changes while they are connected."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess

import page
from harness import cases, config, subscribers
from harness.cases import case
from harness.daemon import refused
from harness.deadline import SECONDS, until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.programs import UPROAR, UPROARD

PORT, MQTT_PORT = 7743, 8883
URL = f"https://localhost:{PORT}"


def write_certificate(name, folder=WORK):
    """A certificate for localhost and its key, put in place one after the other; their paths."""
    paths = [os.path.join(folder, file) for file in ("tls.pem", "tls.key")]
    new = [path + ".new" for path in paths]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-days", "30", "-out", new[0], "-keyout", new[1]], check=True, capture_output=True)
    os.chmod(new[1], 0o600)
    for source, path in zip(new, paths):
        os.rename(source, path)
    return paths


def over_tls(certificate, key, **options):
    listen = config.listeners("127.0.0.1") | {"https": [f"127.0.0.1:{PORT}"], "mqtts": [f"127.0.0.1:{MQTT_PORT}"]}
    return on_lo(listen=listen, tls={"certificate": certificate, "key": key}, **options)


def trusting(certificate):
    context = ssl.create_default_context(cafile=certificate)
    context.set_alpn_protocols(["http/1.1"])
    return context


class SecureWebSocket(subscribers.WebSocket):
    server = f"wss://localhost:{PORT}"

    def __init__(self, channels, certificate, **more):
        self.options = {"ssl": trusting(certificate), "server_hostname": "localhost"}
        super().__init__(channels, **more)


def s_client(*arguments, text="GET /v1/catalogue HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"):
    return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}", "-ign_eof", *arguments],
                          input=text, capture_output=True, text=True, timeout=SECONDS)


def served_name():
    """The common name of the certificate that a new client gets."""
    with socket.create_connection(("127.0.0.1", PORT), SECONDS) as s:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(s) as secure:
            pem = ssl.DER_cert_to_PEM_cert(secure.getpeercert(True))
    done = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem, capture_output=True, text=True,
                          check=True)
    return re.search(r"CN = (\S+)", done.stdout)[1]


def reload(words, status=0):
    done = subprocess.run([UPROAR, "reload", "--name", "smoke"], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == status and words in done.stdout + done.stderr, f"{words}: {done}"


@case
def both_versions_are_spoken_and_no_older_one():
    paths = write_certificate("one.example")
    with over_tls(*paths) as a:
        for version, name in ("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3"):
            done = s_client(version, "-CAfile", paths[0], "-verify_return_error", "-alpn", "h2,http/1.1")
            for wanted in f"New, {name}", "ALPN protocol: http/1.1", "Verify return code: 0", "HTTP/1.1 200 OK", '"fire"':
                assert wanted in done.stdout, f"{version}: no {wanted} in {done.stdout} {done.stderr}"
        done = s_client("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
        assert done.returncode != 0 and "alert protocol version" in done.stderr, done
        done = s_client("-tls1_2", "-cipher", "AES128-SHA:DHE-RSA-AES128-GCM-SHA256")
        assert done.returncode != 0 and "handshake failure" in done.stderr, done
        fanout = a.stats()["fanout"]
        assert (fanout["tls_handshakes"], fanout["refusals"]["tls_handshake"]) == (2, 2), fanout
        a.stop()


@case
def curl_and_websockets_get_frames():
    paths = write_certificate("one.example")
    with over_tls(*paths) as a, SecureWebSocket([0, 1], paths[0]) as binary, \
            SecureWebSocket([1], paths[0], json_form=True) as lines:
        events = subprocess.Popen(["curl", "-sSN", "--cacert", paths[0], "-H", "Accept: text/event-stream",
                                   f"{URL}/v1/channels/1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            windows = []
            while len(windows) < 5:
                line = events.stdout.readline()
                assert line, f"curl ended after {windows}"
                windows += [int(line[4:])] if line.startswith("id: ") else []
        finally:
            events.kill()
            events.wait()
        assert windows == list(range(windows[0], windows[0] + 5)), windows
        binary.await_window(windows[-1])
        lines.await_window(windows[-1])
        until(lambda: a.stats()["fanout"]["tls"] == 2, "two are left")
        a.stop()


def mosquitto_sub(certificate, *arguments):
    return subprocess.run(["mosquitto_sub", "-h", "localhost", "-p", str(MQTT_PORT), "--cafile", certificate,
                           "-W", str(SECONDS), *arguments], capture_output=True, text=True, timeout=2 * SECONDS)


@case
def mosquitto_sub_gets_frames():
    paths = write_certificate("one.example")
    with over_tls(*paths) as a:
        for version in ("-V", "mqttv5"), ("-V", "mqttv311", "--tls-version", "tlsv1.2"), ("--tls-alpn", "mqtt"):
            done = mosquitto_sub(paths[0], "-t", "uproar/0/json", "-C", "2", *version)
            windows = [json.loads(line)["window"] for line in done.stdout.splitlines()]
            assert done.returncode == 0 and len(windows) == 2 and windows[0] < windows[1], done
        with socket.create_connection(("127.0.0.1", MQTT_PORT), SECONDS) as plain:
            plain.sendall(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04name")
            assert plain.recv(100) == b"", "plain MQTT is closed"
        assert a.stats()["fanout"]["refusals"]["tls_wanted"] == 1, a.stats()["fanout"]
        a.stop()


@case
def a_browser_shows_the_page():
    cases.require(not page.missing(), page.missing())
    with over_tls(*write_certificate("one.example")) as a, page.Browser(any_certificate=True) as browser:
        browser.open(f"{URL}/#channel=0")
        shown = browser.wait({"state": "live", "total": 0})
        browser.wait({"state": "live", "window": lambda number: number > shown["window"]})
        fanout = a.stats()["fanout"]
        assert fanout["websocket"] == 1 and fanout["tls"] >= 1, fanout
        a.stop()


@case
def a_reload_is_for_new_clients_and_drops_nobody():
    paths = write_certificate("one.example")
    with over_tls(*paths) as a, SecureWebSocket([0], paths[0]) as before:
        before.wait(len, "a frame")
        assert served_name() == "one.example"
        write_certificate("two.example")
        reload(f"certificate {paths[0]}: CN=two.example, valid until 20")
        assert served_name() == "two.example"
        with SecureWebSocket([0], paths[0]) as after:
            after.wait(len, "a frame")
            write_certificate("three.example")
            a.process.send_signal(signal.SIGHUP)
            until(lambda: served_name() == "three.example", "the third certificate")
            newest = after.frames[-1].window + 3
            after.await_window(newest)
            windows = [f.window for f in before.await_window(newest)]
            assert windows == list(range(windows[0], windows[0] + len(windows))), f"some are missing: {windows}"
        a.stop()


@case
def a_file_that_is_no_good_changes_nothing():
    paths = write_certificate("one.example")
    with over_tls(*paths) as a, SecureWebSocket([0], paths[0]) as client:
        os.chmod(paths[1], 0o644)
        reload(f"the certificate stays as it was: {paths[1]}: its mode is 0644", status=1)
        os.chmod(paths[1], 0o600)
        with open(paths[0], "w") as f:
            f.write("nothing\n")
        reload(f"stays as it was: {paths[0]}: there is no certificate in it", status=1)
        os.unlink(paths[0])
        reload(f"stays as it was: {paths[0]}: No such file", status=1)
        assert served_name() == "one.example"
        client.await_window(client.wait(len, "a frame")[-1].window + 2)
        assert a.logged("reload: the certificate stays as it was"), a.log()
        a.stop()


@case
def a_start_without_a_good_certificate_says_why():
    listen = {"https": [f"127.0.0.1:{PORT}"]}
    status, said = refused(listen=listen)
    assert status == 3 and "tls.certificate: a TLS listener (listen.https, listen.mqtts) needs a certificate" in said, said
    paths = write_certificate("one.example")
    os.chmod(paths[1], 0o644)
    status, said = refused(listen=listen, tls={"certificate": paths[0], "key": paths[1]})
    assert status == 3 and f"{paths[1]}: its mode is 0644" in said, said


@case
def a_check_warns_of_a_certificate_that_has_expired():
    certificate, key = write_certificate("one.example")
    options = {"listen": {"https": [f"127.0.0.1:{PORT}"]}, "tls": {"certificate": certificate, "key": key}}
    check = [UPROARD, "--check", config.write(options)]
    good = subprocess.run(check, capture_output=True, text=True, timeout=SECONDS)
    assert good.returncode == 0 and good.stderr == "", good
    subprocess.run(["openssl", "x509", "-in", certificate, "-signkey", key, "-days", "-1", "-out", certificate],
                   check=True, capture_output=True)
    doubtful = subprocess.run(check, capture_output=True, text=True, timeout=SECONDS)
    assert doubtful.returncode == 0 and doubtful.stdout.endswith(": good\n"), doubtful
    assert "warning: tls.certificate: " in doubtful.stderr and "it has expired" in doubtful.stderr, doubtful


@case
def plain_http_is_told_that_this_is_tls():
    paths = write_certificate("one.example")
    with over_tls(*paths) as a:
        done = subprocess.run(["curl", "-sS", "-w", "%{http_code}", f"http://localhost:{PORT}/"], capture_output=True,
                              text=True, timeout=SECONDS)
        assert done.stdout == "this port speaks TLS: ask by https:// or wss://\n400", done
        a.stop()


if __name__ == "__main__":
    cases.main()
