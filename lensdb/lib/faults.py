"""Dying on purpose, for tests: a process kills itself as it passes a named point.

Only in the modes ``demo`` and ``test``, and only where ``LENSDB_FAULTS`` names a folder. A point is armed by a file of
its name in that folder. Whoever passes it first takes the file away and is dead at once, as by ``kill -9``; started
again it gets through. Imports no Django: the cluster's workers pass points too.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

POINTS: Final = tuple(
    f"{step}.{moment}"
    for step in (
        "photo-rename",
        "submit",
        "claim",
        "hand-over",
        "renew",
        "fetch",
        "picture-rename",
        "report",
        "result",
        "failure",
        "again",
        "give-back",
        "rescue",
        "cells",
        "shown-version",
    )
    for moment in ("before", "after")
)
"""Every step that makes something last, just before and just after it does."""

_MODES: Final = frozenset({"demo", "test"})


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What another process must be told to pass points as this one does; nothing in production."""
    if environ.get("LENSDB_MODE") not in _MODES or "LENSDB_FAULTS" not in environ:
        return {}
    return {name: environ[name] for name in ("LENSDB_MODE", "LENSDB_FAULTS")}


def here(point: str) -> None:
    """Die if this point is armed."""
    folder = environment(os.environ).get("LENSDB_FAULTS")
    if folder is None:
        return
    if point not in POINTS:
        raise ValueError(f"{point!r} is not among lensdb.lib.faults.POINTS")
    try:
        (Path(folder) / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
