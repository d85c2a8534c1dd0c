"""A picture somebody means to take, and what was measured nearest to it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.advice import Picture
from analysis.thin_lens import entrance_distance_mm
from lensdb.catalog.models import LensModel
from lensdb.web.presenters.cells import PIXEL, PRINT, Cell

Z95: Final = 1.96
SHARP_ENOUGH: Final = {"pixel": PIXEL, "print": PRINT}
"""What a reader may ask for, by the criterion of blur it means."""
IN_WORDS: Final = {PIXEL: "one pixel", PRINT: "a print"}
SAME_STOP: Final = 2 ** (1 / 6)
"""f-numbers within a third of a stop of each other answer for one another; the page names the one measured."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is photographed: distance from the focal-plane mark, f-number, and the criterion of blur on full frame."""

    distance_m: float
    f_number: float
    criterion: str = PIXEL


@dataclass(frozen=True, slots=True)
class Measured:
    """The shift at one f-number and distance, in µm at the sensor; NaN where no interval is known."""

    f_number: float
    band: str
    distance_m: float
    um: float
    low_um: float
    high_um: float
    n_copies: int
    n_series: int


def of_cells(cells: Iterable[Cell]) -> list[Measured]:
    """What the copies of a lens say together."""
    return [
        Measured(
            cell["f_number"],
            cell["band"],
            cell["distance_m"],
            cell["mean_um"],
            _nan(cell["low_um"]),
            _nan(cell["high_um"]),
            cell["n_copies"],
            cell["n_series"],
        )
        for cell in cells
    ]


def of_copy(points: Iterable[Mapping[str, Any]]) -> list[Measured]:
    """What one copy says for itself, from its points in a lens plot."""
    return [
        Measured(
            point["f_number"],
            point["band"],
            point["distance_m"],
            point["shift_um"],
            point["shift_um"] - Z95 * point["se_um"],
            point["shift_um"] + Z95 * point["se_um"],
            1,
            point["n_series"],
        )
        for point in points
    ]


def measured_near(points: Sequence[Measured], distance_m: float) -> list[Measured]:
    """Everything measured in the band of distance nearest to this one, wide to narrow."""
    if not points:
        return []
    nearest = min(points, key=lambda point: (abs(math.log(point.distance_m / distance_m)), point.distance_m))
    return sorted((point for point in points if point.band == nearest.band), key=lambda point: point.f_number)


def at_f_number(points: Iterable[Measured], f_number: float) -> Measured | None:
    """The one nearest to an f-number, unless that is another stop."""
    nearest = min(points, key=lambda point: abs(math.log(point.f_number / f_number)), default=None)
    if nearest is None or not 1 / SAME_STOP <= nearest.f_number / f_number <= SAME_STOP:
        return None
    return nearest


def picture_of(lens: LensModel, focal_mm: float, widest: float, scene: Scene) -> Picture | None:
    """The scene through a lens, on the format it was made for; None where it cannot focus so near."""
    s_mm = entrance_distance_mm(1e3 * scene.distance_m, focal_mm)
    if math.isnan(s_mm):
        return None
    return Picture(focal_mm, widest, s_mm, float(scene.criterion) / lens.crop_factor)


def _nan(value: float | None) -> float:
    return math.nan if value is None else value
