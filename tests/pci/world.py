# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The machine with its wires, booted for the first case that wants it, and made ready by `uproar host init`."""

import functools
import json

import machine
import wires

from harness import cases, leftovers, tickets
from harness.programs import UPROAR

KEYS, CONFIG = "/tmp/keys", "/tmp/host.yaml"
# What `uproar host` may change. The interface is that of the kernel's driver for the virtio device.
STATE = """
for device in 0000:00:10.0 0000:00:11.0; do readlink /sys/bus/pci/devices/$device/driver || echo none; done
cut -d ' ' -f 1 /proc/modules | sort
cat /proc/sys/vm/nr_hugepages
grep hugetlbfs /proc/mounts
ls -d /dev/hugepages
ip -o link | wc -l
true
"""


@functools.lru_cache(maxsize=None)
def booted():
    """(machine, (wire of the e1000e, wire of the virtio device))"""
    cases.require_root("an emulated machine")
    machine.require()
    ends = wires.DatagramWire("10"), wires.TapWire("11")
    guest = machine.Machine([argument for end in ends for argument in end.card])
    cases.on_failure(guest.last_words)
    leftovers.stay(guest.pids(), [ends[1].interface])
    _make_ready(guest, ends)
    return guest, ends


def _make_ready(guest, ends):
    # The kernel's own driver for the card, and /dev/net/tun, which systemd makes where it runs.
    guest.check("modprobe", "-a", "virtio_net", "tun")
    guest.check("mkdir", "-p", "/var/cache/uproar")  # so that each catalogue is compiled once
    guest.state_at_boot = guest.check("sh", "-c", STATE)
    guest.ask("write", path=CONFIG, text=json.dumps({"ports": [end.port() for end in ends]}))
    guest.check(UPROAR, "host", "init", "--config", CONFIG)
    with open(tickets.write_keys(1)) as keys:
        guest.ask("write", path=KEYS, text=keys.read(), mode=0o600)
