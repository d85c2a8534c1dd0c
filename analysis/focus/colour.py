"""How far the colours focus from one another in one photo.

Each colour's own peak carries the errors that a photo has: the print's softness, a bowed sheet, the tone curve. They
are the same for all colours, seen on the same rows of the same edges, so colours are not given peaks of their own: the
curve of contrast in green is slid along vergence until it lies on that of the other colour, and what both share
cancels. Groups of edges are left out of both at once, so the standard error is that of the difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.focus.curve import FocusCurve, join_edges
from analysis.focus.peak import Peak, find_peak
from analysis.sfr.rows import EdgeContrast

Array = npt.NDArray[np.float64]

_ROUNDS: Final = 6
_FEW_ROUNDS: Final = 2
"""The second where the end is near from the start."""
_SETTLED: Final = 0.02
"""Last step, of the zone's half width: points that come in and go out keep it from ending at nought."""
_LEAST_POINTS: Final = 6
_MOST_SLIDE: Final = 1.5
"""In half widths of the zone of green: further off the curves hardly overlap on what was measured."""
_OF_ZONE: Final = (0.008, 0.025)
"""Error of a difference that edges share, of half the zone's width: compression takes faint colours away. The second is
that of files that hold colour coarsely."""
FULL_LP_MM: Final = 20.0
SUBSAMPLED_LP_MM: Final = 10.0
"""Frequencies at which colours are compared: the finer one where the file holds colour as finely as luminance."""


@dataclass(frozen=True)
class Slide:
    """How far a curve lies from that of green, in vergence (1/mm); NaN where that cannot be told."""

    by_per_mm: float
    se_per_mm: float


UNKNOWN: Final = Slide(math.nan, math.nan)


@dataclass(frozen=True)
class PhotoColour:
    """How far red, blue and luminance lie from green in one photo, at a frequency in lp/mm on the sensor."""

    frequency_lp_mm: float
    subsampled: bool
    red: Slide
    blue: Slide
    luminance: Slide


def colour_frequency(*, subsampled: bool) -> float:
    """The frequency in lp/mm at which a file's colours may be compared."""
    return SUBSAMPLED_LP_MM if subsampled else FULL_LP_MM


def photo_colour(contrasts: Sequence[EdgeContrast], luminance: FocusCurve, *, subsampled: bool) -> PhotoColour:
    """Compare the colours of one photo.

    Parameters
    ----------
    contrasts : of red, green and blue at `colour_frequency`.
    luminance : the photo's curve; its frequencies include that one.
    subsampled : the file holds colour more coarsely than luminance.
    """
    frequency = colour_frequency(subsampled=subsampled)
    red, green, blue = (join_edges(contrast, frequency) for contrast in contrasts)
    return PhotoColour(frequency, subsampled, *_slides(green, (red, blue, luminance), frequency, _OF_ZONE[subsampled]))


def _slides(green: FocusCurve, others: Sequence[FocusCurve], frequency_lp_mm: float, of_zone: float) -> list[Slide]:
    """How far curves lie from green's, each with its groups of edges; their blocks may differ."""
    peak = find_peak(green, frequency_lp_mm)
    if peak is None:
        return [UNKNOWN] * len(others)
    shapes = _shapes(green, frequency_lp_mm, peak)
    return [_slide(shapes, peak, other, frequency_lp_mm, of_zone) for other in others]


def _scaled(peak: Peak, vergence_per_mm: Array) -> Array:
    """Vergence in half widths of green's zone, from its middle."""
    half = (peak.zone_high - peak.zone_low) / 2
    return np.asarray((vergence_per_mm - (peak.zone_low + peak.zone_high) / 2) / half)


def _log_contrast(curve: FocusCurve, frequency_lp_mm: float) -> tuple[Array, Array]:
    """(G + 1, B) L of all edges and with each group left out, and (B,) weights; 0 where there is no contrast."""
    k = curve.at(frequency_lp_mm)
    squared = np.nan_to_num(np.vstack([curve.mtf_squared[k][None], curve.group_mtf_squared[:, k]]))
    good = (squared > 1e-6).all(axis=0) & (curve.weight > 0)
    weight = np.where(good, curve.weight * squared[0], 0.0)
    return -0.5 * np.log(np.where(good, squared, 1.0)), weight


def _shapes(green: FocusCurve, frequency_lp_mm: float, peak: Peak) -> Array:
    """(G + 1, 4) cubics through green's curve in the scaled vergence, highest power first."""
    t = _scaled(peak, green.vergence_per_mm)
    values, weight = _log_contrast(green, frequency_lp_mm)
    root = np.sqrt(np.where(np.abs(t) <= 1, weight, 0.0))
    solution = np.linalg.lstsq(np.vander(t, len(peak.coefficients)) * root[:, None], (values * root).T, rcond=None)[0]
    return np.asarray(np.pad(solution.T, ((0, 0), (4 - len(peak.coefficients), 0))))


def _slide(shapes: Array, peak: Peak, other: FocusCurve, frequency_lp_mm: float, of_zone: float) -> Slide:
    t = _scaled(peak, other.vergence_per_mm)
    values, weight = _log_contrast(other, frequency_lp_mm)
    by = _slid(shapes[0], t, values[0], weight, 0.0)
    if not abs(by) <= _MOST_SLIDE:
        return UNKNOWN
    left_out = np.array(
        [
            _slid(shape, t, mine, weight, by, rounds=_FEW_ROUNDS)
            for shape, mine in zip(shapes[1:], values[1:], strict=True)
        ]
    )
    known = left_out[np.isfinite(left_out)]
    if known.size < 2:
        return UNKNOWN
    scatter = math.sqrt((known.size - 1) / known.size * float(((known - known.mean()) ** 2).sum()))
    half = (peak.zone_high - peak.zone_low) / 2
    return Slide(half * by, half * math.hypot(scatter, of_zone))


def _slid(shape: Array, t: Array, values: Array, weight: Array, start: float, *, rounds: int = _ROUNDS) -> float:
    """Where the shape must lie to fit the values best, up to a constant: Gauss and Newton's steps. NaN without an end.

    Only what lies under the shape's own zone is compared, so that the cubic is nowhere carried on.
    """
    by, step, slope = start, math.nan, np.polyder(shape)
    for _ in range(rounds):
        at = t - by
        mine = (np.abs(at) <= 1) & (weight > 0)
        if mine.sum() < _LEAST_POINTS:
            return math.nan
        w = weight[mine] / weight[mine].sum()
        rest = values[mine] - np.polyval(shape, at[mine])
        steep = -np.polyval(slope, at[mine])
        steep, rest = steep - (w * steep).sum(), rest - (w * rest).sum()
        step = float((w * steep * rest).sum() / max((w * steep * steep).sum(), 1e-12))
        by += float(np.clip(step, -0.5, 0.5))
    return by if abs(step) < _SETTLED else math.nan
