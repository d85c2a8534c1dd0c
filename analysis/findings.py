"""The numbers of a series put together: best focus of each photo, focus shift of each f-number, and their doubts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.flags import FINE, Quality
from analysis.focus.curve import FocusCurve
from analysis.focus.law import SeriesFocus
from analysis.focus.optics import Setup, shift_um
from analysis.focus.peak import Peak
from analysis.focus.priors import TILTED_PLANE
from analysis.results import NAN, Basis, Interval, PhotoResult, ShiftResult, ThroughFocus
from analysis.thin_lens import depth_of_field_mm

Array = npt.NDArray[np.float64]

NORMAL95: Final = 1.96
SYSTEMATIC_OF_DOF: Final = 0.006
"""What scatter within a series cannot show (tone, distortion, curvature), measured on simulated series."""
SYSTEMATIC_OF_SHIFT: Final = (0.004, TILTED_PLANE)
"""What is wrong with the scale of depth: of print and pose, and of a tilted plane of focus, over m. The joint fit takes
part of the tilt out, by the width of the curves; how much of that was the pupils' own size stays unknown."""
STATIC_FITTED: Final = (0.2, 0.025)
STATIC_DIRECT: Final = (0.3, 0.065)
"""Errors of absolute depth, in mm and as a share of DoF_w: printed centre line, pose, field, form of the sheet. The
joint fit tells a bowed sheet, which looks like a curved field, from the lens; direct peaks do not."""
MEASURED_WITHIN: Final = 2.5
"""A value is measured in its own photo when the photo's own error is at most this times the published one."""
OF_OTHER_VALUES: Final = Quality.EXTRAPOLATED | Quality.CHROMA_SUBSAMPLED | Quality.NO_COLOUR_PEAK
"""Flags of a photo that concern the limits of its zone or its colours, not its best focus."""
_CURVE_POINTS: Final = 120


@dataclass(frozen=True)
class Finding:
    """Best focus of one photo or one f-number, in mm of depth."""

    depth_mm: float
    se_mm: float
    basis: Basis | None

    @property
    def interval(self) -> Interval:
        """Nominal 95 %."""
        return self.depth_mm - NORMAL95 * self.se_mm, self.depth_mm + NORMAL95 * self.se_mm


NOTHING: Final = Finding(NAN, NAN, None)


def photo_findings(
    series: SeriesFocus, setup: Setup, f_numbers: Sequence[float], *, inside: Sequence[bool], static_mm: float
) -> list[Finding]:
    """Best focus of each photo: what the series says of its f-number, repeats kept apart by their own peaks.

    The error is that of absolute depth, with `static_mm`, which all photos of the series share. Measured is what the
    photo's own peak, freed of the print, knows nearly as well as the series does; a peak whose zone leaves the chart
    (not `inside`) does not count.
    """
    which = np.searchsorted(series.f_numbers, f_numbers)
    found = []
    for i, k in enumerate(which):
        vergence, se = float(series.vergence[k]), math.sqrt(float(series.covariance[k, k]))
        if math.isnan(vergence):
            found.append(NOTHING)
            continue
        own, own_se = float(series.direct[i]), float(series.direct_se[i])
        repeats = series.direct[(which == k) & np.isfinite(series.direct)]
        if repeats.size > 1 and math.isfinite(own):
            vergence, se = vergence + own - float(repeats.mean()), math.hypot(se, own_se)
        se_mm = math.hypot(se / vergence**2, SYSTEMATIC_OF_DOF * setup.dof_w_mm)
        measured = inside[i] and own_se / vergence**2 <= MEASURED_WITHIN * se_mm
        basis = Basis.MEASURED if measured or not series.lawful else Basis.BORROWED
        found.append(Finding(setup.depth_mm(vergence), math.hypot(se_mm, static_mm), basis))
    return found


def shift_rows(
    series: SeriesFocus,
    setup: Setup,
    photos: Sequence[PhotoResult],
    *,
    criteria_mm: dict[str, float],
    distance_se_relative: float,
) -> tuple[ShiftResult, ...]:
    """Focus shift of each f-number against the widest.

    Parameters
    ----------
    series, setup : of the series.
    photos : the results of the measured photos.
    criteria_mm : blur criteria of depth of field by name.
    distance_se_relative : of s, which enters the sensor side twice.
    """
    rows = []
    for k, f_number in enumerate(series.f_numbers.tolist()):
        mine = [photo for photo in photos if photo.f_number == f_number]
        shift, se = _shift(series, setup, k)
        known = math.isfinite(shift)
        um, um_se = _shift_um(series, setup, k, se, distance_se_relative)
        rows.append(
            ShiftResult(
                f_number=f_number,
                n_photos=len(mine),
                focus_shift_mm=shift,
                se_mm=se,
                interval95_mm=(shift - NORMAL95 * se, shift + NORMAL95 * se),
                basis=_common_basis(mine) if known else None,
                focus_shift_um=um,
                focus_shift_um_se=um_se,
                shift_over_half_dof={
                    name: 2 * shift / depth_of_field_mm(f_number, value, setup.magnification)
                    for name, value in criteria_mm.items()
                },
                flags=_shift_flags(series, mine, known=known),
            )
        )
    return tuple(rows)


def _shift_flags(series: SeriesFocus, photos: Sequence[PhotoResult], *, known: bool) -> Quality:
    flags = FINE
    for photo in photos:
        flags |= photo.flags & ~OF_OTHER_VALUES
    if not known:
        flags |= Quality.NO_REFERENCE if math.isnan(series.vergence[0]) else Quality.NO_PEAK
    return flags


def _common_basis(photos: Sequence[PhotoResult]) -> Basis | None:
    known = {photo.basis for photo in photos} - {None}
    if not known:
        return None
    return Basis.MEASURED if Basis.MEASURED in known else Basis.BORROWED


def _shift(series: SeriesFocus, setup: Setup, k: int) -> tuple[float, float]:
    """Shift of the k-th f-number and its standard error in mm, what a series cannot show of itself included.

    Both are 0 for the reference.
    """
    shift = setup.depth_mm(float(series.vergence[k])) - setup.depth_mm(float(series.vergence[0]))
    if k == 0 or math.isnan(shift):
        return shift, shift
    covariance = series.covariance
    variance = float(covariance[0, 0] + covariance[k, k] - 2 * covariance[0, k])
    own = math.sqrt(max(variance, 0.0)) / float(series.vergence[k]) ** 2
    return shift, math.hypot(own, SYSTEMATIC_OF_DOF * setup.dof_w_mm, scale_se_relative(setup) * shift)


def scale_se_relative(setup: Setup) -> float:
    """Relative standard error of the scale of depth, which all shifts of a series share."""
    fixed, tilt = SYSTEMATIC_OF_SHIFT
    return math.hypot(fixed, tilt / setup.magnification)


def _shift_um(
    series: SeriesFocus, setup: Setup, k: int, se_mm: float, distance_se_relative: float
) -> tuple[float, float]:
    """The same on the sensor side, where an error of s enters twice."""
    um = shift_um(setup, float(series.vergence[0]), float(series.vergence[k]))
    per_mm = 1e3 * (setup.focal_length_mm / setup.distance_mm) ** 2
    return um, math.hypot(per_mm * se_mm, 2 * distance_se_relative * um)


def static_se_mm(setup: Setup, *, fitted: bool) -> float:
    """Standard error of absolute depth that photos of a series share."""
    fixed_mm, of_dof = STATIC_FITTED if fitted else STATIC_DIRECT
    return math.hypot(fixed_mm, of_dof * setup.dof_w_mm)


def through_focus(curve: FocusCurve, peak: Peak | None, setup: Setup, frequency_lp_mm: float) -> ThroughFocus:
    """The contrast curve for plotting, at most 120 points, depth rising; the fit is NaN outside its zone."""
    squared = curve.mtf_squared[curve.at(frequency_lp_mm)]
    good = np.flatnonzero(np.isfinite(squared) & (curve.weight > 0))
    starts = np.arange(0, good.size, max(1, math.ceil(good.size / _CURVE_POINTS)))
    weight = np.add.reduceat(curve.weight[good], starts)
    vergence = np.add.reduceat(curve.weight[good] * curve.vergence_per_mm[good], starts) / weight
    mean = np.add.reduceat(curve.weight[good] * squared[good], starts) / weight
    fit = np.full(starts.size, np.nan)
    if peak is not None:
        zone = (vergence >= peak.zone_low) & (vergence <= peak.zone_high)
        fit[zone] = np.exp(-peak.log_contrast(vergence[zone]))
    depth = 1 / vergence - setup.distance_mm
    order = np.argsort(depth)
    return ThroughFocus(
        _rounded(depth[order], 3), _rounded(np.sqrt(np.clip(mean, 0, None))[order], 4), _rounded(fit[order], 4)
    )


def _rounded(values: Array, digits: int) -> tuple[float, ...]:
    return tuple(round(float(value), digits) for value in values)
