"""The last word on a series: the joint fit where it may be trusted, the aperture law through direct peaks elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.flags import Quality
from analysis.focus.checks import Consistent, solve_consistently
from analysis.focus.curve import FocusCurve
from analysis.focus.joint import NAMED_LP_MM, JointFit
from analysis.focus.law import SeriesFocus, solve_series
from analysis.focus.optics import Setup
from analysis.focus.peak import Peak
from analysis.focus.priors import NOT_TOLD, OffAxis
from analysis.focus.samples import WINDOW
from analysis.focus.trust import Trusted, trusted_fit
from analysis.sfr.motion import Motion

Array = npt.NDArray[np.float64]

NARROW_WINDOW: Final = 0.4
"""Window of the joint fit when the tone curve is doubtful: near the peak it does least harm."""


@dataclass(frozen=True)
class Settled:
    """A series settled.

    Attributes
    ----------
    series : best focus per f-number and per photo.
    fit : the joint fit, None where the law had to do.
    peaks : each photo's own peak, movements of the camera taken out.
    photo_flags, series_flags : doubts.
    tried : the joint fit, also when it may not be believed.
    which : (n,) index of each photo's f-number in those of `series`.
    slip, slip_se : (n,) by how much each photo's focus stands off what all others say of it, in 1/mm; NaN when unknown.
    """

    series: SeriesFocus
    fit: JointFit | None
    peaks: tuple[Peak | None, ...]
    photo_flags: tuple[Quality, ...]
    series_flags: Quality
    tried: JointFit | None
    which: npt.NDArray[np.intp]
    slip: Array
    slip_se: Array


def settle(
    f_numbers: Sequence[float],
    peaks: Sequence[Peak | None],
    curves: Sequence[FocusCurve],
    motions: Sequence[Motion | None],
    setup: Setup,
    *,
    image_height_mm: Array | None = None,
    off_axis: OffAxis = NOT_TOLD,
    tone_doubtful: bool = False,
) -> Settled:
    """Settle a series.

    Parameters
    ----------
    f_numbers, peaks, curves, motions : one per photo, in the order they were taken; movements are since the first.
    setup : geometry of the series.
    image_height_mm : (B,) distance of each block from the middle row of the picture; None leaves field curvature out.
    off_axis : what is known of the lens beside its axis.
    tone_doubtful : the photos' tone curve is not what it should be.
    """
    checked = solve_consistently(f_numbers, peaks, motions, setup, NAMED_LP_MM)
    freed = [
        replace(curve, vergence_per_mm=curve.vergence_per_mm + by)
        for curve, by in zip(curves, checked.moved, strict=True)
    ]
    trusted = trusted_fit(
        f_numbers,
        freed,
        setup,
        image_height_mm=None if image_height_mm is None else [image_height_mm] * len(freed),
        off_axis=off_axis,
        window=NARROW_WINDOW if tone_doubtful else WINDOW,
    )
    flags = list(checked.flags)
    if trusted.left_out is not None and trusted.fit is not None:  # the others agree without it
        flags[trusted.left_out] |= Quality.REFOCUSED
    settled = _settled(f_numbers, checked, trusted, tuple(flags), setup)
    widest = min(f_numbers)
    if any(peak is not None for n, peak in zip(f_numbers, peaks, strict=True) if n == widest):
        return settled
    # What nobody saw is no reference, however well the others would tell it.
    unknown = np.where(settled.series.f_numbers == widest, np.nan, settled.series.vergence)
    return replace(settled, series=replace(settled.series, vergence=unknown))


def _settled(
    f_numbers: Sequence[float], checked: Consistent, trusted: Trusted, flags: tuple[Quality, ...], setup: Setup
) -> Settled:
    series, fit = checked.series, trusted.fit
    if any(Quality.REFOCUSED in flag for flag in flags):
        series, fit = solve_series(f_numbers, checked.peaks, setup, NAMED_LP_MM, by_law=False), None
    elif fit is not None:
        series = _by_fit(checked, trusted, fit)
    told = np.isfinite(trusted.slip)
    return Settled(
        series,
        fit,
        checked.peaks,
        flags,
        trusted.flags,
        trusted.tried,
        np.searchsorted(series.f_numbers, np.asarray(f_numbers, dtype=np.float64)),
        np.where(told, trusted.slip, checked.series.innovation),
        np.where(told, trusted.slip_se, checked.series.innovation_se),
    )


def _by_fit(checked: Consistent, trusted: Trusted, fit: JointFit) -> SeriesFocus:
    """The law's series with the joint fit's numbers; an f-number that the fit does not know follows its neighbour."""
    series = checked.series
    at = np.minimum(np.searchsorted(fit.f_numbers, series.f_numbers), fit.f_numbers.size - 1)
    return replace(
        series,
        vergence=fit.vergence[at],
        covariance=fit.covariance[np.ix_(at, at)],
        direct=np.where(np.isfinite(trusted.direct), trusted.direct, series.direct),
        print_term=fit.print_term,
    )
