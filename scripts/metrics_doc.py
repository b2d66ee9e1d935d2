#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Makes docs/metrics.md of the list of metrics:

metrics_doc.py control/metric.def > docs/metrics.md
"""
import re
import sys

HEAD = """\
<!-- Made by scripts/metrics_doc.py from control/metric.def; do not edit. -->
# Metrics

`uproard` tells Prometheus what it does at `http://127.0.0.1:7790/metrics`, or wherever
`metrics.listen` says: an address of the loopback interface, or a Unix socket.

```sh
curl -s http://127.0.0.1:7790/metrics
curl -s --unix-socket /run/uproar/metrics.sock http://localhost/metrics
```

[monitoring/](../monitoring/) has an example for Prometheus, alerts, and a dashboard for Grafana.

Counters said to be "of the arena" go on after a restart, as the arena does; all others begin again
with the process. The labels of `uproar_datagrams_refused_total` and
`uproar_subscribers_refused_total` are explained under [refusals](refusals.md).

The text is made when it is asked for, between two windows. With 4096 channels it has 28,000 lines;
ask seldom then.

Whether the ledger balances is not among them, since to know it one has to wait for the workers:
`uproar stats` does. But its terms are. Over a while in which nothing comes in,
`sum(uproar_worker_frames_total)` equals `uproar_datagrams_accepted_total` and
`sum(uproar_datagrams_refused_total)` together, and `uproar_taps_counted_total` equals
`uproar_taps_in_windows_total`.

| name | type | what it is |
|---|---|---|"""
ENTRY = re.compile(r'METRIC\(\w+, "(?P<name>\w+)", (?P<type>counter|gauge|histogram), "(?P<help>[^"]*)"\)')


def main(path):
    print(HEAD)
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("METRIC("):
                continue
            match = ENTRY.fullmatch(line.rstrip())
            if match is None:
                sys.exit(f"{path}:{number}: this is not {ENTRY.pattern}")
            print(f"| `{match['name']}` | {match['type']} | {match['help']} |")


if len(sys.argv) != 2:
    sys.exit("usage: metrics_doc.py control/metric.def > docs/metrics.md")
main(sys.argv[1])
