# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Single threads of a process: stopped while the others go on (ptrace(2))."""

import ctypes
import os

from harness import cases

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def threads(pid, name):
    """Their ids, in the order of their names."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm") as f:
            comm = f.read().strip()
        if comm.startswith(name):
            found.append((comm, int(task)))
    return [task for _, task in sorted(found)]


class Stopped:
    """One thread that gets no processor, within a with statement."""

    def __init__(self, tid):
        self.tid = tid

    def __enter__(self):
        if _libc.ptrace(PTRACE_SEIZE, self.tid, None, None) < 0:
            raise cases.Skip(f"a thread cannot be stopped here: {os.strerror(ctypes.get_errno())}")
        assert _libc.ptrace(PTRACE_INTERRUPT, self.tid, None, None) == 0
        os.waitpid(self.tid, WALL)
        return self

    def __exit__(self, *_):
        _libc.ptrace(PTRACE_DETACH, self.tid, None, None)
