#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""What a compiler does not see: licences, who includes whom, documents made from sources or quoting them."""
import re
import subprocess
import sys

# Folder: the folders of ours that it may include (docs/architecture.md).
MAY_INCLUDE = {
    "wire": {"wire"},
    "hugepages": {"hugepages", "wire"},
    "dataplane": {"dataplane", "hugepages", "wire"},
    "fanout": {"fanout", "wire"},
    "control": {"control", "dataplane", "fanout", "hugepages", "wire"},
    "client": {"client", "wire"},
}
# Files of whom it says more: `uproar host` makes a machine ready and has nothing of the appliance.
MAY_ALSO_INCLUDE = {"client/host_": {"hugepages"}}
LICENSED = re.compile(r"\.(c|h|py|js|css|html|svg|sh|def|build|yaml)$")
# Of the dataplane, what has DPDK and runs in a worker's loop.
LOOP = {"dataplane/worker.c", "dataplane/worker.h", "dataplane/worker_loop.c", "dataplane/answering.c",
        "dataplane/answering.h", "dataplane/idle.h", "dataplane/exception_lane.c", "dataplane/exception_lane.h"}
LOGS = re.compile(r'#include (?:"dataplane/log(?:_module)?\.h"|<rte_log\.h>)')
KAFKA = re.compile(r'^\s*#include [<"]librdkafka/', re.MULTILINE)
INCLUDE = re.compile(r'^\s*#include "(\w+)/', re.MULTILINE)


def tracked():
    return subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True).stdout.split("\n")[:-1]


def faults(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if LICENSED.search(path) and "SPDX-License-Identifier: BSD-3-Clause" not in text[:600]:
        yield f"{path}: no SPDX-License-Identifier line"
    allowed = MAY_INCLUDE.get(path.split("/")[0])
    if allowed is None or not path.endswith((".c", ".h", ".def")):
        return
    allowed = allowed.union(*(also for start, also in MAY_ALSO_INCLUDE.items() if path.startswith(start)))
    if path in LOOP and LOGS.search(text):
        yield f"{path}: runs in a worker's loop, where nothing is logged"
    if KAFKA.search(text) and not path.startswith("control/cluster/"):
        yield f"{path}: includes librdkafka, of which only control/cluster/ knows"
    for folder in INCLUDE.findall(text):
        if folder in MAY_INCLUDE and folder not in allowed:
            yield f"{path}: includes {folder}/, which {path.split('/')[0]}/ must not"


# Document: the command that makes it.
MADE = {
    "docs/refusals.md": ["scripts/refusals_doc.py", "wire/refusal.def", "wire/subscriber_refusal.def"],
    "docs/metrics.md": ["scripts/metrics_doc.py", "control/metric.def"],
}


def stale_documents():
    for document, command in MADE.items():
        made = subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True).stdout
        with open(document, encoding="utf-8") as file:
            if file.read() != made:
                yield f"{document}: not up to date: {' '.join(command)}"


def stale_quotations():
    done = subprocess.run([sys.executable, "scripts/troubleshooting.py"], capture_output=True, text=True)
    return (done.stdout + done.stderr).splitlines()


def main():
    found = [fault for path in tracked() for fault in faults(path)] + list(stale_documents()) + stale_quotations()
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


sys.exit(main())
