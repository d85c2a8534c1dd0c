"""One value per photo or f-number beside its limits: what most flags come down to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.drawings.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Scale,
    axis,
    dot,
    line,
    picture,
    upright,
    words,
)


@dataclass(frozen=True)
class Strip:
    """What a strip shows.

    Attributes
    ----------
    title, unit, digits : of the drawing, its vertical axis, and the figures on it.
    names : below each value; f-numbers, mostly.
    values, errors : NaN where nothing was seen; errors may be empty.
    low, high : limits; NaN where there is none.
    from_zero, symmetric : what the axis must show.
    """

    title: str
    unit: str
    digits: int
    names: Sequence[str]
    values: Sequence[float]
    errors: Sequence[float] = ()
    low: float = math.nan
    high: float = math.nan
    from_zero: bool = False
    symmetric: bool = False

    def is_beyond(self, value: float) -> bool:
        """Outside its limits; what was not seen is not."""
        return value < self.low or value > self.high


def drawn(strip: Strip) -> str:
    """The strip as SVG."""
    scale = upright(
        [*strip.values, strip.low, strip.high, *((0.0,) if strip.symmetric else ())],
        from_zero=strip.from_zero,
        symmetric=strip.symmetric,
    )
    elements = axis(scale, strip.unit, strip.digits)
    for limit in (strip.low, strip.high):
        if math.isfinite(limit):
            elements.append(line(LEFT, scale.at(limit), WIDTH - RIGHT, scale.at(limit), dashed=True))
    for i, (name, value) in enumerate(zip(strip.names, strip.values, strict=True)):
        x = _place(i, len(strip.names))
        elements.append(words(x, HEIGHT - BOTTOM + 16, name))
        if not math.isfinite(value):
            elements.append(words(x, HEIGHT - BOTTOM - 6, "\N{EN DASH}"))
            continue
        error = strip.errors[i] if i < len(strip.errors) else math.nan
        elements += _bar(scale, x, value, error)
        elements.append(dot(x, scale.at(value), beyond=strip.is_beyond(value)))
    return picture(strip.title, elements)


def _place(i: int, n: int) -> float:
    return LEFT + (WIDTH - RIGHT - LEFT) * (i + 0.5) / n


def _bar(scale: Scale, x: float, value: float, error: float) -> list[str]:
    if not math.isfinite(error):
        return []
    low, high = (min(max(value + sign * error, scale.low), scale.high) for sign in (-1.96, 1.96))
    return [line(x, scale.at(low), x, scale.at(high), faint=True)]
