# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What host and guest say to each other over a serial port: JSON objects, each behind its length in four bytes."""

import json
import struct

LENGTH = struct.Struct(">I")
PORT = "uproar"  # the name of the virtio-serial port


def write(file, message):
    data = json.dumps(message).encode()
    file.write(LENGTH.pack(len(data)) + data)
    file.flush()


def read(file):
    """The next one; None behind the last."""
    head = _exactly(file, LENGTH.size)
    return head and json.loads(_exactly(file, *LENGTH.unpack(head)))


def _exactly(file, n):
    data = b""
    while len(data) < n:
        more = file.read(n - len(data))
        if not more:
            return None
        data += more
    return data
