# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""A system call that is refused to a program, as the seccomp profile of a container would."""

import ctypes
import struct

IO_URING_SETUP = 425
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 38, 22
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x00050000, 0x7FFF0000
LOAD_NUMBER, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06


class _Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def deny(number, err):
    """For this process and those that it starts."""
    filters = [(LOAD_NUMBER, 0, 0, 0), (JUMP_IF_EQUAL, 0, 1, number), (RETURN, 0, 0, SECCOMP_RET_ERRNO | err),
               (RETURN, 0, 0, SECCOMP_RET_ALLOW)]
    program = _Program(len(filters), b"".join(struct.pack("HBBI", *f) for f in filters))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program)):
        if libc.prctl(*arguments) < 0:
            raise OSError(ctypes.get_errno(), "prctl")
