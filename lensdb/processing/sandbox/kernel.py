"""Calls into the Linux kernel that Python has no function for."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_SECCOMP: Final = 22
PR_SET_NO_NEW_PRIVS: Final = 38

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def is_linux() -> bool:
    return sys.platform.startswith("linux")


def syscall(number: int, *arguments: int | ctypes._CArgObject | None) -> int:
    """Make a system call; -1 becomes an `OSError` with the kernel's errno."""
    return _checked(_libc.syscall(ctypes.c_long(number), *map(_argument, arguments)))


def prctl(option: int, *arguments: int | ctypes._CArgObject | None) -> int:
    """Change something about the calling process; -1 becomes an `OSError`."""
    return _checked(_libc.prctl(ctypes.c_int(option), *map(_argument, (*arguments, *[0] * (4 - len(arguments))))))


def _argument(value: int | ctypes._CArgObject | None) -> object:
    return ctypes.c_ulong(value) if isinstance(value, int) else value


def _checked(result: int) -> int:
    if result < 0:
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno))
    return result
