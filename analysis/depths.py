"""Depths between which a photo is sharp: where contrast falls to half its peak, and where blur reaches a criterion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.focus.curve import FocusCurve
from analysis.focus.optics import Setup, depth_of_field
from analysis.focus.together import Settled
from analysis.results import NAN, DepthOfField


@dataclass(frozen=True)
class Reach:
    """The depths that a photo shows of the chart, in mm."""

    near_mm: float
    far_mm: float

    def lacks_near(self, depth_mm: float) -> bool:
        """A near limit lies before what was seen."""
        return depth_mm < self.near_mm

    def lacks_far(self, depth_mm: float) -> bool:
        """A far limit lies behind what was seen; one at infinity is NaN."""
        return not depth_mm <= self.far_mm


@dataclass(frozen=True)
class Limits:
    """Where contrast at 20 lp/mm is half its peak, and whether that lies off the chart; NaN when not known."""

    near_mm: float = NAN
    far_mm: float = NAN
    near_extrapolated: bool = False
    far_extrapolated: bool = False


def seen_depths(curve: FocusCurve, setup: Setup) -> Reach:
    """The depths at which a photo has edges."""
    known = curve.vergence_per_mm[np.isfinite(curve.mtf_squared[0])]
    return Reach(setup.depth_mm(float(known.max())), setup.depth_mm(float(known.min())))


def limits(settled: Settled, photo: int, f_number: float, setup: Setup, seen: Reach) -> Limits:
    """Half-peak limits of a photo.

    Of the lens alone where the joint fit is trusted, else of the photo's own curve with the print in it. Unknown
    without either; a far limit at infinity is NaN and extrapolated.
    """
    near, far = _limits_per_mm(settled, photo, f_number)
    if math.isnan(near):
        return Limits()
    near_mm, far_mm = setup.depth_mm(near), setup.depth_mm(far)
    return Limits(near_mm, far_mm, seen.lacks_near(near_mm), seen.lacks_far(far_mm))


def _limits_per_mm(settled: Settled, photo: int, f_number: float) -> tuple[float, float]:
    if settled.fit is not None and f_number in settled.fit.f_numbers:
        k = int(np.searchsorted(settled.fit.f_numbers, f_number))
        return float(settled.fit.near[k]), float(settled.fit.far[k])
    peak = settled.peaks[photo]
    return (NAN, NAN) if peak is None else (float(peak.near_per_mm), float(peak.far_per_mm))


def fields_of_depth(
    setup: Setup, f_number: float, depth_mm: float, criteria_mm: Sequence[float], seen: Reach
) -> tuple[DepthOfField, ...]:
    """Depth of field about a best focus, for each blur criterion."""
    if math.isnan(depth_mm):
        return ()
    vergence = 1 / (setup.distance_mm + depth_mm)
    fields = (depth_of_field(setup, f_number, vergence, criterion) for criterion in criteria_mm)
    return tuple(
        replace(field, near_extrapolated=seen.lacks_near(field.near_mm), far_extrapolated=seen.lacks_far(field.far_mm))
        for field in fields
    )
