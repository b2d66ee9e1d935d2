#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""
Is what the manual quotes still said? Each message at the beginning of an entry of "Starting: what it says"
(docs/operating.md), of "Troubleshooting" (docs/deploy.md) and of "When it says something" (docs/cluster.md) is looked for among the strings of the sources; under
"Said by DPDK" among those of the DPDK that is installed. Prints what is nowhere.

In a quotation "…", a word of capitals (N, FILE, NAME) or a number stands for what differs.
"""
import glob
import os
import re
import subprocess
import sys

CHAPTERS = {"docs/cluster.md": "## When it says something", "docs/deploy.md": "## Troubleshooting",
            "docs/operating.md": "## Starting: what it says"}
FROM_DPDK = "### Said by DPDK"
SOURCES = "control", "dataplane", "fanout", "hugepages", "client", "wire"
# Parts of DPDK that say anything to us.
DPDKS = ("/usr/lib/*/librte_eal.so", "/usr/lib/*/librte_ethdev.so", "/usr/lib/*/librte_pdump.so", "/usr/lib/*/dpdk/*/librte_bus_pci.so",
         "/usr/lib/*/dpdk/*/librte_net_af_xdp.so", "/usr/lib/*/dpdk/*/librte_net_tap.so", "/usr/bin/dpdk-dumpcap",
         "/usr/bin/dpdk-proc-info")
LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*(?:PRI\w+\s*)?"(?:[^"\\\n]|\\.)*")*')
CONVERSION = re.compile(r"%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z]")
DIFFERS = re.compile(r"…|\b[A-Z]+\b(?![-_.])|(?<![\w.-])\d+(?![\w-])")
ACRONYMS = {"DPDK", "AF", "XDP", "RSS", "TAP", "EAL", "NUMA", "TLS", "AES", "UDP", "IPC", "FATAL", "VFIO", "IOMMU", "CPU",
            "SQLite", "WAL", "HTTP", "TCP", "MQTT"}
SHORTEST = 4  # letters between two things that differ, to say anything


def chapter(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = re.search(rf"^{re.escape(CHAPTERS[path])}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit(f"{path}: there is no {CHAPTERS[path]}")
    return found[1]


def quotations(text):
    """The quoted messages at the beginnings of entries, before the colon that ends them."""
    for entry in re.findall(r"^- (`.*?)(?=^- |^$|\Z)", text + "\n", re.MULTILINE | re.DOTALL):
        head = re.match(r"((?:`[^`]*`[,;]?\s*(?:(?:then|and in the log of \w+|or)\s+)?)+)", entry)[1]
        yield from (" ".join(message.split()) for message in re.findall(r"`([^`]*)`", head))


def pieces(message):
    """What of it never differs."""
    parts = DIFFERS.sub(lambda m: m[0] if m[0] in ACRONYMS else "\0", message).split("\0")
    return [part.strip() for part in parts if len(part.strip()) >= SHORTEST]


def plain(literals):
    """Of strings next to each other the one that they make."""
    text = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', literals))
    text = text.replace("\\n", " ").replace('\\"', '"').replace("%%", "\1")
    return CONVERSION.sub("\0", text).replace("\1", "%")


def our_strings():
    files = subprocess.run(["git", "ls-files", *SOURCES], check=True, capture_output=True, text=True).stdout.split("\n")
    for path in files[:-1]:
        if path.endswith((".c", ".h", ".def")):
            with open(path, encoding="utf-8") as file:
                text = re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: m[0] if '"' in m[0] else "", file.read(), flags=re.DOTALL)
            yield from map(plain, LITERALS.findall(text))


def is_said(message, strings):
    """All that never differs is in one string, in this order."""
    wanted = pieces(message)
    inside = re.compile(".*".join(map(re.escape, wanted)), re.DOTALL)
    return bool(wanted) and any(inside.search(string) for string in strings if wanted[0] in string)


def dpdks_bytes():
    files = {os.path.realpath(path) for pattern in DPDKS for path in glob.glob(pattern)}
    for path in files:
        with open(path, "rb") as file:
            yield file.read()


def dpdk_says(message, contents):
    """Each piece in one file; the EAL puts its name before a message."""
    wanted = [piece.encode() for piece in pieces(message.removeprefix("EAL: "))]
    return any(all(piece in content for piece in wanted) for content in contents)


def main():
    ours, dpdks = list(our_strings()), list(dpdks_bytes())
    missing = []
    for path in CHAPTERS:
        our_part, _, dpdk_part = chapter(path).partition(FROM_DPDK)
        missing += [f"{path}: nothing says: {m}" for m in quotations(our_part) if not is_said(m, ours)]
        if dpdks:
            missing += [f"{path}: DPDK does not say: {m}" for m in quotations(dpdk_part) if not dpdk_says(m, dpdks)]
    print("\n".join(missing), end="\n" if missing else "")
    return 1 if missing else 0


sys.exit(main())
