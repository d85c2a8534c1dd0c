"""What the workers of the scale benchmark do: sleep. A module of its own, for workers find it by its name."""

from __future__ import annotations

import time
from typing import Any

from lensdb.processing.worker import Task


def sleep(_task: Task, *, seconds: float, report: dict[str, Any]) -> dict[str, Any]:
    """In place of measuring: take so long, and report this."""
    time.sleep(seconds)
    return report
