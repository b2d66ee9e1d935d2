# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""XDP programs of others, and our own as a killed appliance leaves it, put on an interface by hand."""

import os
import shutil
import subprocess

from harness import cases, leftovers
from harness.namespace import WORK, run
from harness.programs import XDP_PROGRAM

NATIVE, GENERIC = "xdp", "xdpgeneric"  # as `ip link` calls the modes
PASSING = """
#define SEC(name) __attribute__((section(name), used))
struct context;
SEC("xdp") int NAME(struct context *c) { return 2; } /* XDP_PASS */
char terms[] SEC("license") = "BSD";
"""


def passing(name):
    """The file of a program of that name, which lets everything pass."""
    cases.require(shutil.which("clang"), "clang is not there")
    source, built = os.path.join(WORK, f"{name}.c"), os.path.join(WORK, f"{name}.o")
    with open(source, "w") as f:
        f.write(PASSING.replace("NAME", name))
    run("clang", "-O2", "-g", "-target", "bpf", "-c", source, "-o", built)
    return built


def ours():
    """The file of ours. Put on by hand it belongs to nobody, as one of an appliance that was killed."""
    return XDP_PROGRAM


def put_on(interface, built, mode):
    """Its id and name, as leftovers.xdp_of() has them."""
    loaded = subprocess.run(["ip", "link", "set", "dev", interface, mode, "obj", built, "sec", "xdp"],
                            capture_output=True, text=True)
    cases.require(loaded.returncode == 0, f"no XDP program can be loaded: {loaded.stderr.strip()[-200:]}")
    return leftovers.xdp_of(interface)
