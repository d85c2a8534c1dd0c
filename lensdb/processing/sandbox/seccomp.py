"""Seccomp: the list of system calls that measuring needs. Every other one answers "not permitted".

The list is short because everything is imported, opened and sized before: memory, reading and writing descriptors that
are held, the clock, locks, random bytes, and the end. In particular no open, stat, socket, exec, clone, kill or prctl.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass
from typing import Final

from lensdb.processing.sandbox import kernel

_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_KILL_PROCESS: Final = 0x80000000

# Classic BPF: load a word of the call's description, compare, return.
_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_OFFSET_NUMBER: Final = 0
_OFFSET_ARCHITECTURE: Final = 4

_CLONE3: Final = 435
_FIRST_X32: Final = 0x40000000
"""Numbers from here on are a second set of calls on x86-64, which our list would not see through."""


@dataclass(frozen=True, slots=True)
class _Architecture:
    audit_number: int
    calls: dict[str, int]


_ARCHITECTURES: Final = {
    "x86_64": _Architecture(
        0xC000003E,
        {
            "read": 0, "write": 1, "readv": 19, "writev": 20, "pread64": 17, "pwrite64": 18, "lseek": 8, "close": 3,
            "fstat": 5, "mmap": 9, "mprotect": 10, "munmap": 11, "mremap": 25, "madvise": 28, "brk": 12,
            "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sigaltstack": 131, "restart_syscall": 219,
            "sched_yield": 24, "sched_getaffinity": 204, "getcpu": 309, "getpid": 39, "gettid": 186, "getrusage": 98,
            "futex": 202, "set_robust_list": 273, "rseq": 334, "membarrier": 324,
            "gettimeofday": 96, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "nanosleep": 35,
            "getrandom": 318, "exit": 60, "exit_group": 231,
        },
    ),
    "aarch64": _Architecture(
        0xC00000B7,
        {
            "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67, "pwrite64": 68, "lseek": 62, "close": 57,
            "fstat": 80, "mmap": 222, "mprotect": 226, "munmap": 215, "mremap": 216, "madvise": 233, "brk": 214,
            "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "sigaltstack": 132, "restart_syscall": 128,
            "sched_yield": 124, "sched_getaffinity": 123, "getcpu": 168, "getpid": 172, "gettid": 178, "getrusage": 165,
            "futex": 98, "set_robust_list": 99, "rseq": 293, "membarrier": 283,
            "gettimeofday": 169, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "nanosleep": 101,
            "getrandom": 278, "exit": 93, "exit_group": 94,
        },
    ),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def is_supported() -> bool:
    """Whether this kernel takes a filter and the list knows its architecture."""
    if not kernel.is_linux() or platform.machine() not in _ARCHITECTURES:
        return False
    try:
        kernel.prctl(kernel.PR_SET_SECCOMP, _MODE_FILTER, None)
    except OSError as error:
        return error.errno == errno.EFAULT  # it looked for the filter, so it knows them
    return False


def restrict() -> bool:
    """Bind the calling process to the list for good; False where there is no seccomp. Needs no_new_privs."""
    if not is_supported():
        return False
    program = _program(_ARCHITECTURES[platform.machine()])
    held = _Program(len(program) // 8, program)
    kernel.prctl(kernel.PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(held))
    return True


def _program(architecture: _Architecture) -> bytes:
    """The filter: eight bytes an instruction; a jump names how many instructions to skip if true, if false."""
    return b"".join(
        (
            _instruction(_LOAD, value=_OFFSET_ARCHITECTURE),
            _instruction(_JUMP_IF_EQUAL, if_true=1, value=architecture.audit_number),
            _instruction(_RETURN, value=_KILL_PROCESS),
            _instruction(_LOAD, value=_OFFSET_NUMBER),
            *_answer(_JUMP_IF_AT_LEAST, _FIRST_X32, _ERRNO | errno.EPERM),
            # "No such call" makes a C library fall back to clone, "not permitted" would make it give up.
            *_answer(_JUMP_IF_EQUAL, _CLONE3, _ERRNO | errno.ENOSYS),
            *(part for number in architecture.calls.values() for part in _answer(_JUMP_IF_EQUAL, number, _ALLOW)),
            _instruction(_RETURN, value=_ERRNO | errno.EPERM),
        )
    )


def _answer(comparison: int, number: int, answer: int) -> tuple[bytes, bytes]:
    """Two instructions: where the comparison with the call's number holds, answer; else go on behind them."""
    return _instruction(comparison, if_false=1, value=number), _instruction(_RETURN, value=answer)


def _instruction(code: int, *, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
