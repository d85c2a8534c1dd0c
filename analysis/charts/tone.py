"""Does the file's tone curve give linear light? The chart's grey steps answer.

Printers are not calibrated, so the steps are no scale to correct by; but a curve left in or put on by an editor shows
in them far beyond what a printer does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.charts.design import ChartDesign, GreyStep
from analysis.charts.view import ChartView
from analysis.frames import Frame

TONE_DOUBTFUL: Final = (0.75, 1.33)
"""Exponents of light over reflectance beyond which the tone curve is doubted."""
_INNER: Final = 0.5
_LEAST_STEPS: Final = 6


@dataclass(frozen=True)
class Tone:
    """Light of the grey steps over their reflectance.

    Attributes
    ----------
    exponent : g of ``light = k * reflectance^g``: 1 for linear light; NaN when fewer than 6 steps are seen.
    steps : (reflectance, light) of each step seen, both relative to their means over its side of the chart.
    """

    exponent: float
    steps: tuple[tuple[float, float], ...]

    @property
    def is_doubtful(self) -> bool:
        """The curve is far from what the file should have."""
        low, high = TONE_DOUBTFUL
        return self.exponent < low or self.exponent > high


def tone_of(frame: Frame, design: ChartDesign, view: ChartView) -> Tone:
    """The grey steps of a photo. Each side of the chart has its own k, as light is uneven."""
    sides: list[list[tuple[float, float]]] = [[], []]
    for step in design.grey_steps:
        light = _light_of(frame, view, step)
        if light > 0:
            sides[step.u_mm > 0].append((math.log(step.reflectance), math.log(light)))
    centred = [np.array(side) - np.mean(side, axis=0) for side in sides if side]
    table = np.concatenate(centred) if centred else np.empty((0, 2))
    steps = tuple((math.exp(x), math.exp(y)) for x, y in sorted(table.tolist()))
    if len(steps) < _LEAST_STEPS:
        return Tone(math.nan, steps)
    return Tone(float((table[:, 0] * table[:, 1]).sum() / (table[:, 0] ** 2).sum()), steps)


def _light_of(frame: Frame, view: ChartView, step: GreyStep) -> float:
    """Mean linear light of the inner part of a step; NaN when the frame does not show it."""
    u, v = _INNER * step.width_mm / 2, _INNER * step.height_mm / 2
    x, y = view.project(step.u_mm + np.array([-u, u, u, -u]), step.v_mm + np.array([v, v, -v, -v]))
    if not view.contains(x, y, 1.0).all():
        return math.nan
    # The rectangle inside the slanted outline; perspective leans it by little.
    ordered_x, ordered_y = np.sort(x), np.sort(y)
    columns = slice(math.ceil(ordered_x[1]), max(math.ceil(ordered_x[1]) + 1, math.floor(ordered_x[2]) + 1))
    rows = slice(math.ceil(ordered_y[1]), max(math.ceil(ordered_y[1]) + 1, math.floor(ordered_y[2]) + 1))
    return float(frame.linear(rows, columns).mean())
