"""Strokes, dots and words of the drawings, as SVG elements with presentation attributes only: pages forbid styles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 420
HEIGHT: Final = 190
LEFT: Final = 58
RIGHT: Final = 12
TOP: Final = 16
BOTTOM: Final = 34
_DOT: Final = 4.5
_ROOM: Final = 1.15


def picture(title: str, elements: Sequence[str], height: int = HEIGHT) -> str:
    """A drawing; the title is what a screen reader says."""
    return (
        f'<svg class="evidence" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" fill="none" stroke="currentColor" font-size="12">{"".join(elements)}</svg>'
    )


def line(x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False, faint: bool = False) -> str:
    """A straight line."""
    more = (' stroke-dasharray="5 4"' if dashed else "") + (' stroke-opacity="0.35"' if faint else "")
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"{more}/>'


def dot(x: float, y: float, *, beyond: bool = False) -> str:
    """A ring; filled and larger when it lies beyond its limit."""
    if beyond:
        return f'<circle class="evidence-beyond" cx="{x:.1f}" cy="{y:.1f}" r="{_DOT + 1}" fill="currentColor"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DOT}"/>'


def words(x: float, y: float, text: str, anchor: str = "middle") -> str:
    """Text on a baseline."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor" stroke="none">{escape(text)}</text>'
    )


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """A line through points."""
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


@dataclass(frozen=True)
class Scale:
    """Values from low to high onto places from start to end."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value lies."""
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)


def upright(values: Sequence[float], *, from_zero: bool = False, symmetric: bool = False) -> Scale:
    """The scale of the vertical axis that shows all values with some room."""
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(known), max(known)
    if symmetric:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    elif from_zero:
        low = min(low, 0.0)
    middle, half = (low + high) / 2, max((high - low) / 2, 1e-9 + 0.02 * abs(high)) * _ROOM
    bottom = low if from_zero and low == 0 else middle - half
    return Scale(bottom, middle + half, HEIGHT - BOTTOM, TOP)


def axis(scale: Scale, unit: str, digits: int) -> list[str]:
    """The vertical axis with its ends and unit, and the line below."""
    marks = [line(LEFT, TOP, LEFT, HEIGHT - BOTTOM), line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM)]
    for value in (scale.low, (scale.low + scale.high) / 2, scale.high):
        marks.append(words(LEFT - 6, scale.at(value) + 4, number(value, digits), "end"))
        marks.append(line(LEFT - 3, scale.at(value), LEFT, scale.at(value)))
    return [*marks, words(LEFT + 4, TOP - 4, unit, "start")]


def number(value: float, digits: int) -> str:
    """A number with a true minus, and none before nought."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")
