# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
Single threads of a process: stopped while the others go on (ptrace(2)). Should the test die, the kernel lets them go.
"""

import contextlib
import ctypes
import os

from harness import cases
from harness.deadline import until

PTRACE_SINGLESTEP, PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 9, 17, 0x4206, 0x4207
WALL = 0x40000000
# Of x86-64: poll, accept, recvmsg, futex, clock_nanosleep, epoll_wait, ppoll, epoll_pwait, accept4, io_uring_enter.
CALLS_THAT_WAIT = {7, 43, 47, 202, 230, 232, 271, 281, 288, 426}

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def names(pid):
    """{id: name} of all."""
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/task/{task}/comm") as f:
            found[int(task)] = f.read().strip()
    return found


def threads(pid, name):
    """Their ids, in the order of their names."""
    return sorted((task for task, comm in names(pid).items() if comm.startswith(name)), key=names(pid).get)


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
        if _libc.ptrace(PTRACE_DETACH, self.tid, None, None) < 0:
            with contextlib.suppress(ChildProcessError):  # it has ended, and its process waits for us to see it
                os.waitpid(self.tid, WALL)

    def step(self):
        """One instruction further."""
        assert _libc.ptrace(PTRACE_SINGLESTEP, self.tid, None, None) == 0
        os.waitpid(self.tid, WALL)


class StoppedWhereItWaits(Stopped):
    """In the kernel, for something to come: there a thread holds no lock that others want."""

    def __enter__(self):
        until(self._try, f"thread {self.tid} waits")
        return self

    def _try(self):
        super().__enter__()
        with open(f"/proc/{self.tid}/syscall") as f:
            call = f.read().split()[0]
        if call != "running" and int(call) in CALLS_THAT_WAIT:
            return True
        self.__exit__()
        return False
