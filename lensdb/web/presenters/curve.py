"""The small shift curve of the lens index: geometry of one SVG, drawn by the template."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lensdb.web.presenters.cells import Cell, main_band
from lensdb.web.presenters.numbers import f_number, signed

WIDTH: Final = 168
HEIGHT: Final = 44
PADDING: Final = 4
LEAST_RANGE_UM: Final = 10.0
F_RANGE: Final = (1.0, 22.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """SVG coordinates: the mean as `line`, the prediction band as `band` (empty without one), the zero as `zero_y`."""

    line: str
    band: str
    zero_y: float
    points: tuple[tuple[float, float], ...]
    label: str
    width: int = WIDTH
    height: int = HEIGHT


def shown_range_um(lenses: Iterable[Sequence[Cell]]) -> tuple[float, float]:
    """One scale for all curves of a page, zero included, so that rows compare."""
    values = [
        value
        for cells in lenses
        for cell in cells
        for value in (cell["mean_um"], cell["pred_low_um"], cell["pred_high_um"])
        if value is not None
    ]
    low, high = min([0.0, *values]), max([0.0, *values])
    missing = max(0.0, LEAST_RANGE_UM - (high - low))
    return low - missing / 4, high + 3 * missing / 4


def small_curve(cells: Sequence[Cell], range_um: tuple[float, float]) -> Curve | None:
    """The curve of the best known band of distance; None when there are not two f-numbers."""
    band = main_band(cells)
    here = sorted((cell for cell in cells if cell["band"] == band), key=lambda cell: cell["f_number"])
    if len(here) < 2:
        return None
    points = tuple((_x(cell["f_number"]), _y(cell["mean_um"], range_um)) for cell in here)
    predicted = [cell for cell in here if cell["pred_low_um"] is not None and cell["pred_high_um"] is not None]
    edge = [(_x(cell["f_number"]), _y(cell["pred_high_um"] or 0.0, range_um)) for cell in predicted]
    edge += [(_x(cell["f_number"]), _y(cell["pred_low_um"] or 0.0, range_um)) for cell in reversed(predicted)]
    label = f"Shift at {band} m in µm at the sensor: " + ", ".join(
        f"{f_number(cell['f_number'])} {signed(cell['mean_um'])}" for cell in here
    )
    return Curve(_path(points), _path(edge) if len(predicted) > 1 else "", _y(0.0, range_um), points, label)


def _x(value: float) -> float:
    """f-numbers wide to narrow, even in stops, on one axis for all lenses."""
    low, high = (math.log2(end) for end in F_RANGE)
    place = min(1.0, max(0.0, (math.log2(value) - low) / (high - low)))
    return round(PADDING + place * (WIDTH - 2 * PADDING), 1)


def _y(value_um: float, range_um: tuple[float, float]) -> float:
    low, high = range_um
    place = (value_um - low) / (high - low)
    return round(HEIGHT - PADDING - place * (HEIGHT - 2 * PADDING), 1)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
