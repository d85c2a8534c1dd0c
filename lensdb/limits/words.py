"""Saying how long to wait."""

from __future__ import annotations

import math
from typing import Final

_UNITS: Final = ((3600, "hour"), (60, "minute"), (1, "second"))
_SMALLEST_COUNT: Final = 2


def in_words(seconds: int) -> str:
    """Return a wait in words, rounded up, such as ``40 seconds``, ``5 minutes`` or ``24 hours``."""
    for size, name in _UNITS:
        if seconds >= _SMALLEST_COUNT * size or size == 1:
            count = math.ceil(seconds / size)
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    raise AssertionError("the last unit takes every wait")
