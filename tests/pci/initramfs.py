# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
The guest's first file system, a cpio archive in the kernel's "newc" form
(Documentation/driver-api/early-userspace/buffer-format.rst): busybox, the modules by which the host's
files are reached, and init. All else comes through virtiofs.
"""

import os
import stat
import subprocess

MODULES = "virtio_pci", "virtio_console", "virtiofs", "overlay"
FOLDERS = "bin", "dev", "proc", "sys", "modules"
BUSYBOX = "/usr/bin/busybox"


def _entry(n, name, mode, data=b""):
    name = name.encode() + b"\0"
    fields = n, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return _padded(head) + _padded(data)


def _padded(data):
    return data + b"\0" * (-len(data) % 4)


def _modules(kernel, version):
    """Their files, in the order in which they can be loaded."""
    paths = []
    for module in MODULES:
        asked = subprocess.run(["modprobe", "-d", kernel, "-S", version, "--show-depends", module],
                               capture_output=True, text=True, check=True)
        for line in asked.stdout.splitlines():
            path = line.split()[1]
            if path not in paths:
                paths.append(path)
    return paths


def _content(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, kernel, version):
    files = [("init", os.path.join(os.path.dirname(__file__), "init")), ("bin/busybox", BUSYBOX)]
    files += [(f"modules/{n:02}-{os.path.basename(module)}", module)
              for n, module in enumerate(_modules(kernel, version))]
    entries = [(folder, stat.S_IFDIR | 0o755, b"") for folder in FOLDERS]
    entries += [(name, stat.S_IFREG | 0o755, _content(source)) for name, source in files]
    entries += [("TRAILER!!!", 0, b"")]
    with open(path, "wb") as file:
        for n, entry in enumerate(entries, 1):
            file.write(_entry(n, *entry))
