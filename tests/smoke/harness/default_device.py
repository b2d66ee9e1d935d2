# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""An appliance on the embedded default, AF_XDP on lo, where the machine allows it."""

from harness import cases
from harness.daemon import Appliance


def on_lo(*arguments, **options):
    cases.require_root("an XDP program")
    running = Appliance(*arguments, **options)
    why = running.stats()["why_this_device"]
    if why:
        running.stop()
    cases.require(not why, why)
    return running
