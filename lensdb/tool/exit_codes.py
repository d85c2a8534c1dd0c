"""How the tool ends. The same numbers for every command, and part of its contract."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The process's exit status."""

    DONE = 0
    IN_PART = 1
    USAGE = 2
    NOTHING_USABLE = 3
    NOT_ALLOWED = 4
    NETWORK = 5
