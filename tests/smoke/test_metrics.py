#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What Prometheus and DPDK's telemetry are told, and that it is what `uproar stats` says."""

import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from harness import cases, config, ledger, subscribers
from harness.cases import case
from harness.config import FIRE
from harness.daemon import refused
from harness.deadline import until
from harness.default_device import on_lo
from harness.namespace import WORK
from harness.sender import Sender

URL = "http://127.0.0.1:7790/metrics"
NAME = "smoke"  # of the harness's appliances
ROOT = Path(__file__).resolve().parents[2]
DEFINED = re.compile(r'^METRIC\(\w+, "(\w+)", (\w+),', re.MULTILINE)


def curl(*arguments):
    return subprocess.run(["curl", "-sS", "-m", "10", *arguments], capture_output=True, text=True)


def scrape(*arguments):
    answer = curl("-f", *arguments, URL)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def samples(text):
    """{'name{labels}': value}"""
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
            for line in text.splitlines() if line and not line.startswith("#")}


def promtool(*arguments, text=None):
    cases.require(shutil.which("promtool"), "promtool is not there: apt-get install prometheus")
    checked = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def defined():
    return dict(DEFINED.findall((ROOT / "control/metric.def").read_text()))


@case
def what_prometheus_reads_is_what_the_statistics_say():
    kept = {"file": f"{WORK}/journal.db"}
    with on_lo(channels=config.channels([0, 5]), journal=kept) as a, subscribers.Tcp([5]) as listener:
        listener.wait(len, "a frame")
        until(lambda: a.stats()["journal"]["written"], "a window is journalled")
        Sender().tap(5, {FIRE: 7})
        ledger.await_totals(a, {5: 7})
        text = scrape()
        promtool("check", "metrics", text=text)
        stats, seen = a.stats(), samples(text)
        assert seen['uproar_channel_taps_total{channel="5"}'] == 7, seen
        assert seen['uproar_channel_info{channel="5",name="Channel 5"}'] == 1
        assert seen["uproar_taps_counted_total"] == seen["uproar_taps_in_windows_total"] == 7
        assert seen["uproar_datagrams_accepted_total"] == stats["ledger"]["accepted"] == 1
        assert seen['uproar_worker_frames_total{worker="0"}'] == stats["workers"][0]["rx"]
        assert seen['uproar_port_offered_frames_total{port="0"}'] == stats["ledger"]["offered"]
        assert seen['uproar_subscribers{protocol="tcp"}'] == 1
        assert 0 < seen["uproar_journal_window_number"] <= stats["window"]["number"]
        assert seen["uproar_journal_size_bytes"] > 0 and seen["uproar_journal_errors_total"] == 0
        assert 0 < seen["uproar_frames_sent_total"] <= stats["fanout"]["frames_sent"]
        assert seen['uproar_delivery_seconds_count{frame="first"}'] > 0
        assert abs(seen["uproar_window_end_timestamp_seconds"] - seen["uproar_start_time_seconds"]) < 600
        named = {re.match(r"\w+", name)[0] for name in seen}
        wanted = {f"{name}_{part}" if kind == "histogram" else name for name, kind in defined().items()
                  for part in ("bucket", "sum", "count")}
        wanted = {name for name in wanted if not name.startswith(("uproar_exception_", "uproar_cluster_"))}  # none here
        assert named == wanted, named ^ wanted
        a.stop()


@case
def only_metrics_are_there_and_many_who_ask_hold_up_nobody():
    with on_lo() as a:
        assert curl("-o", "/dev/null", "-w", "%{http_code}", URL + "x").stdout == "404"
        assert curl("-o", "/dev/null", "-w", "%{http_code}", "-d", "body", URL).stdout == "405"
        assert curl("-I", URL).stdout.startswith("HTTP/1.1 200")
        silent = [socket.create_connection(("127.0.0.1", 7790)) for _ in range(20)]
        Sender().tap(1, {FIRE: 3})
        ledger.await_totals(a, {1: 3})
        for one in silent:
            one.close()
        assert samples(scrape())["uproar_taps_counted_total"] == 3
        a.stop()


@case
def a_unix_socket_serves_them_too_also_after_a_kill():
    path = os.path.join(WORK, "metrics.sock")
    options = {"metrics": {"listen": f"unix:{path}"}, "keep": True}
    with on_lo(**options) as a:
        assert "uproar_build_info" in scrape("--unix-socket", path)
        a.kill()
    assert os.path.exists(path), "a killed process leaves it behind"
    with on_lo(**options) as again:
        assert "uproar_build_info" in scrape("--unix-socket", path)
        again.stop()
    assert not os.path.exists(path)
    with on_lo() as last:
        last.stop()


@case
def a_port_that_is_taken_stops_the_start():
    with socket.create_server(("127.0.0.1", 7790)):
        status, said = refused("--device", "net_null0", "--temporary-arena")
    assert status == 7, said
    assert "cannot listen for metrics at 127.0.0.1:7790" in said and "metrics.listen" in said, said


@case
def dpdks_own_script_reads_the_statistics():
    script = shutil.which("dpdk-telemetry.py")
    cases.require(script, "dpdk-telemetry.py is not there: apt-get install dpdk")
    asked = ["/uproar/stats", "/uproar/window", "/uproar/ledger", "/uproar/refused", "/uproar/answers",
             "/uproar/fanout", "/uproar/delivery", "/uproar/ports", "/uproar/ports,0", "/uproar/workers",
             "/uproar/workers,0", "/uproar/channels", "/uproar/channels,5", "/uproar/channels,6"]
    with on_lo(channels=config.channels([0, 5])) as a:
        Sender().tap(5, {FIRE: 7})
        ledger.await_totals(a, {5: 7})
        told = subprocess.run([script, "-f", f"uproar-{NAME}"], input="\n".join(asked) + "\n", text=True,
                              capture_output=True, timeout=60)
        answers = [json.loads(line) for line in told.stdout.splitlines() if line.startswith('{"/uproar/')]
        assert len(answers) == len(asked), told
        by = dict(zip(asked, (next(iter(answer.values())) for answer in answers)))
        assert by["/uproar/stats"]["name"] == NAME
        assert by["/uproar/ledger"]["taps_counted"] == 7 and by["/uproar/ledger"]["balanced"] == 1
        assert by["/uproar/workers"] == [0] and by["/uproar/workers,0"]["taps"] == 7
        assert by["/uproar/channels"] == [0, 5] and by["/uproar/channels,5"]["total"] == 7
        assert by["/uproar/channels,6"] is None, "there is none"
        assert by["/uproar/ports,0"]["link_up"] == 1
        a.stop()


@case
def the_examples_name_only_what_is_there():
    known = defined()
    known |= {f"{name}_{part}": kind for name, kind in known.items() if kind == "histogram"
              for part in ("bucket", "sum", "count")}
    for name in "grafana.json", "alerts.yml":
        used = set(re.findall(r"uproar_\w+", (ROOT / "monitoring" / name).read_text()))
        assert used, name
        assert used <= known.keys(), used - known.keys()
    json.loads((ROOT / "monitoring/grafana.json").read_text())
    promtool("check", "config", str(ROOT / "monitoring/prometheus.yml"))
    promtool("check", "rules", str(ROOT / "monitoring/alerts.yml"))


if __name__ == "__main__":
    cases.main()
