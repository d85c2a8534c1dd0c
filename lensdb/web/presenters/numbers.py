"""Numbers as the pages write them: a true minus, as many digits as mean something, words for the direction."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
UNKNOWN: Final = "\N{EN DASH}"


def is_known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def digits_for(value: float) -> int:
    """Digits after the point so that about two figures remain: 0.12, 1.9, 23."""
    size = abs(value)
    if size < 0.995:
        return 2
    return 1 if size < 9.95 else 0


def plain(value: float | None, digits: int | None = None) -> str:
    """`1.9`, `−0.12`, `23`; a dash when it is not known."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    text = f"{value:.{digits_for(value) if digits is None else digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)


def signed(value: float | None, digits: int | None = None) -> str:
    """The same with its sign, plus included."""
    text = plain(value, digits)
    return f"+{text}" if value is not None and value > 0 and text != UNKNOWN else text


def ratio(value: float | None) -> str:
    """The size of a share, which side of 1 it lies always to be seen: `0.28`, `1.04`, `1.4`, `under 0.01`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if 0 < size < 0.005:
        return "under 0.01"
    return plain(size, 2 if abs(size - 1) < 0.05 else None)


def f_number(value: float | None) -> str:
    """`f/1.2`, `f/2`, `f/11`."""
    if value is None or not math.isfinite(value):
        return "f/?"
    return f"f/{round(value) if value >= 10 else format(round(value, 2), 'g')}"


def depth_mm(value: float | None) -> str:
    """`1.9 mm behind`, `0.30 mm in front`, `0 mm`."""
    if value is None or not math.isfinite(value):
        return "not known"
    text = plain(abs(value))
    if float(text) == 0:
        return "0 mm"
    return f"{text} mm {'behind' if value > 0 else 'in front'}"


def metres(value: float | None) -> str:
    """`0.5 m`, `0.85 m`, `12 m`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{round(value, 2):g} m" if value < 10 else f"{value:.0f} m"


def interval(low: float | None, high: float | None, digits: int | None = None) -> str:
    """`+1.8 to +2.0`; a dash when one end is not known."""
    return f"{signed(low, digits)} to {signed(high, digits)}" if is_known(low) and is_known(high) else UNKNOWN


def count(number: int, one: str, many: str = "") -> str:
    """`1 copy`, `3 copies`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def day(moment: datetime | None) -> str:
    """`29 Nov 2026`; empty when it is not known."""
    return f"{moment.day} {moment:%b %Y}" if moment else ""
