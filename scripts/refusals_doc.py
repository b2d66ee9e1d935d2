#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Makes docs/refusals.md of the lists of refusals:

refusals_doc.py wire/refusal.def wire/subscriber_refusal.def > docs/refusals.md
"""
import re
import sys

HEAD = """\
<!-- Made by scripts/refusals_doc.py from wire/refusal.def and wire/subscriber_refusal.def; do not edit. -->
# Refusals

A frame that reaches a worker is either accepted or refused, and a refusal has a name. The appliance
counts; the sender hears nothing, unless it asked for an answer and the refusal is one of the five
that an [answer](protocol.md#110-answers) can tell. A datagram is refused whole: nothing in it counts.
What [subscribers](#subscribers) are refused stands at the end.

`uproar stats` lists the names that occurred, `uproar stats --all` every name, and
`uproar stats --json` has them under `refused`. The counts lie in the arena, so they go on after a
restart. `rx = accepted + refused + passed to the kernel` is one of the identities of the ledger
([architecture](architecture.md#the-ledger)).

The names and texts of this part come from `wire/refusal.def`, the list from which the program itself is
made. A layer is passed before the next one is looked at, with one exception: `text_utf8` is found
out behind `channel`, when all the cheap checks have passed. The exact order for a payload is in the
[protocol](protocol.md#17-the-order-of-the-checks).
"""

LAYERS = {
    "LINK": ("Frame", "The frame is no well-formed UDP datagram to the reaction port."),
    "PAYLOAD": ("Datagram", "The payload breaks the [protocol](protocol.md#1-reaction-datagram)."),
    "POLICY": ("Policy", "The payload is well-formed, but this appliance does not take it: see its\n"
                         "[configuration](operating.md#configuration)."),
    "EXCEPTION": ("Exception", "Where a port has an [exception interface](nic.md), frames that would be `not_ip`,\n"
                               "`not_udp`, `ip_fragment` or `other_port` are not refused: the kernel gets them, but\n"
                               "not without a bound."),
}
ENTRY = re.compile(r'REFUSAL\((?P<name>\w+), (?P<layer>\w+), "(?P<text>[^"]*)"\)')

SUBSCRIBERS = """
## Subscribers

What the fan-out refuses is told to the client in its protocol: TCP by a line `ERR`, HTTP by the
status below and a sentence, a WebSocket by the status with which it is closed, MQTT by a reason code.
The counts begin at each start; `uproar stats --json` has them under `fanout`, `refusals`. The names
and texts come from `wire/subscriber_refusal.def`.
"""
GROUPS = {
    "CONNECTION": "The connection may not be there, whatever it would ask. See the [limits](operating.md#limits-of-connections).",
    "REQUEST": "What it asks for is not to be had.",
    "PROTOCOL": "It breaks the rules of its [protocol](protocol.md#3-subscribing).",
}
FANOUT_ENTRY = re.compile(r'FANOUT_REFUSAL\((?P<name>\w+), (?P<layer>\w+), (?P<status>\d+), "(?P<text>[^"]*)"\)')


def entries(path, entry, layers):
    word = entry.pattern.split("\\")[0] + "("
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith(word):
                continue
            match = entry.fullmatch(line.rstrip())
            if match is None or match["layer"] not in layers:
                sys.exit(f"{path}:{number}: this is not {entry.pattern}")
            yield match


def of_subscribers(path):
    refusals = list(entries(path, FANOUT_ENTRY, GROUPS))
    print(SUBSCRIBERS, end="")
    for group, text in GROUPS.items():
        print(f"\n{text}\n\n| name | HTTP says | refused because |\n|---|---|---|")
        for entry in (entry for entry in refusals if entry["layer"] == group):
            status = entry["status"] if entry["status"] != "0" else ""
            print(f"| `{entry['name']}` | {status} | {entry['text']} |")


def main(path, fanout_path):
    refusals = list(entries(path, ENTRY, LAYERS))
    print(HEAD)
    print("| layer | refusals |\n|---|---|")
    for layer, (title, _) in LAYERS.items():
        print(f"| [{title}](#{title.lower()}) | {sum(entry['layer'] == layer for entry in refusals)} |")
    for layer, (title, text) in LAYERS.items():
        print(f"\n## {title}\n\n{text}\n\n| name | refused because |\n|---|---|")
        for entry in (entry for entry in refusals if entry["layer"] == layer):
            print(f"| `{entry['name']}` | {entry['text']} |")
    of_subscribers(fanout_path)


if len(sys.argv) != 3:
    sys.exit("usage: refusals_doc.py wire/refusal.def wire/subscriber_refusal.def > docs/refusals.md")
main(*sys.argv[1:])
