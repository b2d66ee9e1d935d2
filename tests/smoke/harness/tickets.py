# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Keys and tickets, written from docs/protocol.md and made with the command openssl."""

import os
import struct
import subprocess

from harness.namespace import WORK

KEYS = {1: "000102030405060708090a0b0c0d0e0f", 2: "2b7e151628aed2a6abf7158809cf4f3c"}
ANY, NEVER = 0xFFFF, 0xFFFFFFFF


def write_keys(*ids, name="keys", rest=""):
    """A key file as it should be, put in place at once; its path."""
    path = os.path.join(WORK, name)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write("".join(f"{n} {KEYS[n]}  # key {n}\n" for n in ids) + rest)
    os.rename(path + ".new", path)
    return path


def ticket(session, key=1, expires=NEVER, channel=ANY, signed_with=None):
    head = struct.pack(">IBBH", expires, key, 0, channel)
    mac = subprocess.run(["openssl", "mac", "-cipher", "AES-128-CBC", "-macopt",
                          f"hexkey:{KEYS[signed_with or key]}", "-binary", "CMAC"],
                         input=session.to_bytes(8, "big") + head, check=True, capture_output=True).stdout
    return head + mac[:8]
