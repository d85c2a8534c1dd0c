"""Landlock: the calling process gives up every file, TCP and signal to strangers, for good.

Descriptors it holds stay usable; nothing can be opened any more. The kernel's interface is in
https://docs.kernel.org/userspace-api/landlock.html; each version handles more rights, and one that does not know a
right refuses the whole ruleset, so only those of its version are asked for.
"""

from __future__ import annotations

import ctypes
import os
from typing import Final

from lensdb.processing.sandbox import kernel

# The same numbers on every architecture.
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
_GET_VERSION: Final = 1

_FILE_RIGHTS_BY_VERSION: Final = {1: 13, 2: 14, 3: 15, 5: 16}
"""From this version on, so many low bits name a right on files."""
_NET_SINCE: Final = 4
_BIND_AND_CONNECT_TCP: Final = 0b11
_SCOPE_SINCE: Final = 6
_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def version() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    if not kernel.is_linux():
        return 0
    try:
        return kernel.syscall(_CREATE_RULESET, None, 0, _GET_VERSION)
    except OSError:
        return 0


def restrict() -> bool:
    """Give up all that this kernel's Landlock handles; False where it has none. Needs no_new_privs."""
    known = version()
    if not known:
        return False
    rights = max(bits for since, bits in _FILE_RIGHTS_BY_VERSION.items() if since <= known)
    ruleset = _Ruleset(
        files=(1 << rights) - 1,
        net=_BIND_AND_CONNECT_TCP if known >= _NET_SINCE else 0,
        scoped=_ABSTRACT_SOCKETS_AND_SIGNALS if known >= _SCOPE_SINCE else 0,
    )
    # Older kernels take the newer, longer structure as long as what they do not know is zero.
    no_exceptions = kernel.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.sizeof(ruleset), 0)
    kernel.syscall(_RESTRICT_SELF, no_exceptions, 0)
    os.close(no_exceptions)
    return True
