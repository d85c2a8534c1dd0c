"""The CPU priority of people who would compute elsewhere."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def stand_apart(niceness: int) -> None:
    """Give this process a session and a priority of its own; one above the others' only where that is allowed.

    Where Linux shares the CPU among sessions first, the session's own priority is what counts.
    """
    os.setsid()
    with contextlib.suppress(OSError):
        os.nice(niceness)
        Path("/proc/self/autogroup").write_text(str(niceness))
