"""How the field bends from edge to edge, and edges freed of it.

Off the axis a lens is focused elsewhere: the surface of best focus behind it is curved, so edges near the sides of the
picture peak elsewhere than those in its middle. A curve joined of all of them peaks where none does, and where depends
on how wide each one's peak is: wide open the edges in the middle decide, stopped down the mean of all. That would pass
for focus shift. So the bend is measured from the edges themselves, and each is slid to where it would peak on the axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.focus.curve import FocusCurve, join_edges, usable_cells
from analysis.focus.optics import sag_vergence
from analysis.focus.peak import find_peak
from analysis.focus.priors import CURVATURE_SD
from analysis.sfr.rows import EdgeContrast

Array = npt.NDArray[np.float64]

_NAMED_LP_MM: Final = 20.0
_MOST_STOPS: Final = 4.5
"""Photos up to this many times the widest f-number tell the bend; further on peaks are flat."""
_LEAST_BLOCKS: Final = 8
_ROUNDS: Final = 4


@dataclass(frozen=True)
class Bend:
    """Curvature of the field across the picture in 1/m, positive as in `sag_vergence`, and its standard error."""

    curvature_per_m: float
    se_per_m: float


def bend_across(
    f_numbers: Sequence[float],
    contrasts: Sequence[EdgeContrast],
    across_mm: Array,
    importance: Array,
    image_distance_mm: float,
) -> Bend:
    """Measure the curvature of the field from how far the edges of a series peak from one another.

    Parameters
    ----------
    f_numbers, contrasts : one per photo. At the widest f-number rims move the peaks of edges too; it tells only when
        it is alone.
    across_mm : (E, B) distance of each block of each edge from the middle column of the picture, on the sensor.
    importance : (E,) weight of each edge in the joined curve.
    image_distance_mm : from the pupil to the sensor.
    """
    numbers = np.asarray(f_numbers, dtype=np.float64)
    telling = (numbers > numbers.min()) & (numbers <= _MOST_STOPS * numbers.min())
    if not telling.any():
        telling = numbers == numbers.min()
    told = [contrast for contrast, tells in zip(contrasts, telling, strict=True) if tells]
    per_m = sag_vergence(across_mm, 1e-3, image_distance_mm)
    curvature, information = 0.0, CURVATURE_SD**-2
    for _ in range(_ROUNDS):
        information, pull = CURVATURE_SD**-2, -curvature * CURVATURE_SD**-2
        for contrast in told:
            more, towards = _told(slid(contrast, curvature * per_m), per_m, importance)
            information, pull = information + more, pull + towards
        curvature += pull / information
    return Bend(curvature, information**-0.5)


def slid(contrast: EdgeContrast, by_per_mm: Array) -> EdgeContrast:
    """The contrast, each block of each edge (E, B) moved towards lower vergence by so much; spectra stay behind."""
    place = np.arange(contrast.blocks.count) + by_per_mm / contrast.blocks.width_per_mm
    below = np.floor(place).astype(np.intp)
    inside = (below >= 0) & (below < contrast.blocks.count - 1)
    below, part = np.where(inside, below, 0), np.where(inside, place - below, 0.0)

    def moved(values: Array) -> Array:
        low, high = np.take_along_axis(values, below, 1), np.take_along_axis(values, below + 1, 1)
        return np.where(inside, low + part * (high - low), 0.0)

    power = np.stack([moved(contrast.power[:, k]) for k in range(contrast.power.shape[1])], axis=1)
    return replace(contrast, power=power, step_power=moved(contrast.step_power), rows=moved(contrast.rows))


def _told(contrast: EdgeContrast, per_m: Array, importance: Array) -> tuple[float, float]:
    """Information one photo has of the curvature still left, and that times its estimate.

    Where the joined curve would peak without a bend is not known: only what differs between edges tells.
    """
    curve = join_edges(contrast, importance=importance)
    slope, information = _displacements(contrast, curve)
    if not information.any():
        return 0.0, 0.0
    lever = per_m - np.average(per_m, weights=information)
    return float((information * lever**2).sum()), float((slope * lever).sum())


def _displacements(contrast: EdgeContrast, curve: FocusCurve) -> tuple[Array, Array]:
    """(E, B), (E, B) slope and bend of the likelihood by how far each block of each edge lies off the joined curve.

    Compared is contrast squared, whose noise is even and without bias, with the curve's shape at a height of its own.
    """
    peak, k = find_peak(curve, _NAMED_LP_MM), curve.at(_NAMED_LP_MM)
    nothing = np.zeros_like(contrast.rows)
    if peak is None:
        return nothing, nothing
    half = (peak.zone_high - peak.zone_low) / 2
    t = (curve.vergence_per_mm - (peak.zone_high + peak.zone_low) / 2) / half
    cells = usable_cells(contrast, k) & (np.abs(t) <= 1)
    cells &= cells.sum(axis=1, keepdims=True) >= _LEAST_BLOCKS
    weight = np.where(cells, contrast.step_power, 0.0)
    squared = np.where(cells, contrast.power[:, k] / np.where(cells, contrast.step_power, 1.0), 0.0)
    t = np.clip(t, -1, 1)
    shape = np.exp(-2 * np.polyval(peak.coefficients, t))
    steep = 2 * np.polyval(np.polyder(peak.coefficients), t) / half * shape
    total = np.maximum(weight @ shape**2, np.finfo(np.float64).tiny)
    height = (weight * squared) @ shape / total
    residual = squared - height[:, None] * shape
    by_move = height[:, None] * (steep - (weight @ (shape * steep) / total)[:, None] * shape)
    noise = float((weight * residual**2).sum()) / max(1, int(cells.sum()))
    if noise <= 0:
        return nothing, nothing
    return weight * by_move * residual / noise, weight * by_move**2 / noise
