#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Makes docs/refusals.md of the list of refusals: refusals_doc.py wire/refusal.def > docs/refusals.md"""
import re
import sys

HEAD = """\
<!-- Made by scripts/refusals_doc.py from wire/refusal.def; do not edit. -->
# Refusals

A frame that reaches a worker is either accepted or refused, and a refusal has a name. Nothing is
answered to the sender; the appliance counts. A datagram is refused whole: nothing in it counts.

`uproar stats` lists the names that occurred, `uproar stats --all` every name, and
`uproar stats --json` has them under `refused`. The counts lie in the arena, so they go on after a
restart. `rx = accepted + refused` is one of the identities of the ledger
([architecture](architecture.md#the-ledger)).

The names and texts below come from `wire/refusal.def`, the list from which the program itself is
made. A layer is passed before the next one is looked at, with one exception: `text_utf8` is found
out behind `channel`, when all the cheap checks have passed. The exact order for a payload is in the
[protocol](protocol.md#17-the-order-of-the-checks).
"""

LAYERS = {
    "LINK": ("Frame", "The frame is no well-formed UDP datagram to the reaction port."),
    "PAYLOAD": ("Datagram", "The payload breaks the [protocol](protocol.md#1-reaction-datagram)."),
    "POLICY": ("Policy", "The payload is well-formed, but this appliance does not take it: see its\n"
                         "[configuration](operating.md#configuration)."),
}
ENTRY = re.compile(r'REFUSAL\((\w+), (\w+), "([^"]*)"\)')


def entries(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("REFUSAL("):
                continue
            match = ENTRY.fullmatch(line.rstrip())
            if match is None or match[2] not in LAYERS:
                sys.exit(f"{path}:{number}: this is not REFUSAL(name, layer, \"text\")")
            yield match.groups()


def main(path):
    refusals = list(entries(path))
    print(HEAD)
    print("| layer | refusals |\n|---|---|")
    for layer, (title, _) in LAYERS.items():
        print(f"| [{title}](#{title.lower()}) | {sum(entry[1] == layer for entry in refusals)} |")
    for layer, (title, text) in LAYERS.items():
        print(f"\n## {title}\n\n{text}\n\n| name | refused because |\n|---|---|")
        for name, _, why in (entry for entry in refusals if entry[1] == layer):
            print(f"| `{name}` | {why} |")


if len(sys.argv) != 2:
    sys.exit("usage: refusals_doc.py wire/refusal.def > docs/refusals.md")
main(sys.argv[1])
