"""A task that waits at a gate before it measures, so that a test decides when."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Final

from lensdb.processing import worker

OPEN: Final = "open"
_WAITING: Final = "waiting-"


def measure(task: worker.Task, *, folder: str) -> dict[str, Any]:
    """`worker.measure`, once the gate in this folder is open."""
    (Path(folder) / f"{_WAITING}{os.getpid()}").touch()
    while not (Path(folder) / OPEN).exists():
        time.sleep(0.02)
    return worker.measure(task)


def waiting(folder: Path) -> list[int]:
    """The workers that have come to the gate."""
    return [int(path.name.removeprefix(_WAITING)) for path in folder.glob(f"{_WAITING}*")]
