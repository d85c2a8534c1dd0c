"""Whether the joint fit may speak for a series: it is held against the direct peak of every fast photo.

A direct peak knows nothing of the lens, but a polynomial through a lopsided curve has a bias of its own. So the same
polynomial goes through the fitted curve, and the two peaks are compared: what the estimator does to both cancels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.flags import FINE, Quality
from analysis.focus.curve import FocusCurve
from analysis.focus.joint import NAMED_LP_MM, JointFit, JointFitRefusedError, fit_series
from analysis.focus.optics import Setup
from analysis.focus.peak import find_peak
from analysis.focus.priors import NOT_TOLD, TILTED_PLANE, OffAxis
from analysis.focus.samples import WINDOW

Array = npt.NDArray[np.float64]

CHECKED_SETTINGS: Final = 4
"""Photos at the widest four f-numbers are compared; further on direct peaks say little."""
DISAGREES_OF_DOF: Final = 0.05
DISAGREES_SIGMAS: Final = 3.0
SLIPPED_OF_DOF: Final = 0.05
SLIPPED_SIGMAS: Final = 4.0
JUDGED_STOPS: Final = 5.0
"""Slips and irises are judged up to this many times the widest f-number. Further on curves are so flat that tones pass
for an iris, and a wrong f-number does no harm: best focus moves no more."""
IRIS_OFF: Final = 0.125
"""An iris so far off its mark is a wrong f-number: good series come up to 0.12, and half a stop is 0.19."""
PUPIL_OFF: Final = 0.05
"""The same for all f-numbers together, twice what a tilted plane of focus feigns added; part of what is wrong is then
taken for tones."""
MISFIT: Final = 1.5
"""RMS of the residuals, in their standard deviations, from which the model does not describe the photos."""


@dataclass(frozen=True)
class Trusted:
    """The joint fit as far as it may be believed.

    Attributes
    ----------
    fit : None when the aperture law through direct peaks must do.
    tried : the same, also when it may not be believed; None when nothing could be fitted.
    flags : of the series: FEW_FRAMES, MODEL_DISAGREES, MISFIT, IRIS.
    left_out : index of the photo the fit goes without because it slipped.
    slip, slip_se : (n,) per photo, by how much its focus stands off what all others say of it, in 1/mm; NaN when not
        known.
    direct, direct_se : (n,) per photo, its own peak at 20 lp/mm freed of the print's pull and of the bias of the
        polynomial, 1/mm; NaN without a peak on the chart, without a fit, and for a photo left out.
    """

    fit: JointFit | None
    tried: JointFit | None
    flags: Quality
    left_out: int | None
    slip: Array
    slip_se: Array
    direct: Array
    direct_se: Array


def trusted_fit(
    f_numbers: Sequence[float],
    curves: Sequence[FocusCurve | None],
    setup: Setup,
    *,
    image_height_mm: Sequence[Array] | None = None,
    off_axis: OffAxis = NOT_TOLD,
    window: float = WINDOW,
) -> Trusted:
    """Fit a series, hold the fit against the direct peaks, and fall back in order: without a photo, with an order less.

    Parameters are those of `analysis.focus.joint.fit_series`; nothing is raised.
    """
    nothing = np.full(len(f_numbers), np.nan)
    slip, slip_se = nothing, nothing

    def fit_without(photo: int | None, orders: int = 3) -> JointFit:
        kept = [None if i == photo else curve for i, curve in enumerate(curves)]
        return fit_series(
            f_numbers,
            kept,
            setup,
            image_height_mm=image_height_mm,
            off_axis=off_axis,
            orders=orders,
            window=window,
        )

    try:
        fit, left_out = fit_without(None), None
        slip, slip_se = fit.slip, fit.slip_se
        # Next to a slipped photo its neighbour may look as bad; what fits best without it tells which it was.
        trials = {photo: fit_without(photo) for photo in _suspects(fit, f_numbers, setup)}
        if trials:
            left_out = min(trials, key=lambda photo: trials[photo].misfit)
            fit = trials[left_out]
        direct, direct_se = direct_peaks(fit, f_numbers, curves, image_height_mm, left_out)
        if _disagrees(fit, f_numbers, direct, direct_se, setup):
            fit = fit_without(left_out, fit.orders - 1)
            direct, direct_se = direct_peaks(fit, f_numbers, curves, image_height_mm, left_out)
    except JointFitRefusedError as refusal:
        slipped = Quality.MODEL_DISAGREES if np.isfinite(slip).any() else FINE
        return Trusted(None, None, refusal.flag | slipped, None, slip, slip_se, nothing, nothing)
    doubts = Quality.MISFIT if fit.misfit > MISFIT else FINE
    if _disagrees(fit, f_numbers, direct, direct_se, setup):
        doubts |= Quality.MODEL_DISAGREES
    pupil_off = math.hypot(PUPIL_OFF, 2 * TILTED_PLANE / setup.magnification)
    judged = fit.f_numbers <= JUDGED_STOPS * setup.widest_f_number
    off = abs(fit.pupil_scale - 1) > pupil_off or bool((np.abs(fit.iris - 1)[judged] > IRIS_OFF).any())
    flags = doubts | Quality.IRIS if off else doubts
    return Trusted(None if doubts else fit, fit, flags, left_out, slip, slip_se, direct, direct_se)


def direct_peaks(
    fit: JointFit,
    f_numbers: Sequence[float],
    curves: Sequence[FocusCurve | None],
    image_height_mm: Sequence[Array] | None = None,
    left_out: int | None = None,
) -> tuple[Array, Array]:
    """(n,), (n,) each photo's own peak and its error, corrected by what the estimator does to the fitted curve."""
    peak, error = np.full(len(curves), np.nan), np.full(len(curves), np.nan)
    heights_mm = [np.zeros(1)] * len(curves) if image_height_mm is None else image_height_mm
    for i, (f_number, curve) in enumerate(zip(f_numbers, curves, strict=True)):
        k = np.flatnonzero(fit.f_numbers == f_number)
        if curve is None or not k.size or i == left_out:
            continue
        seen = find_peak(curve, NAMED_LP_MM, fit.print_term)
        expected = find_peak(_fitted_curve(fit, f_number, curve, heights_mm[i]), NAMED_LP_MM, fit.print_term)
        if seen is not None and expected is not None and seen.inside:
            peak[i] = fit.vergence[k[0]] + seen.vergence_per_mm - expected.vergence_per_mm
            error[i] = seen.se_per_mm
    return peak, error


def _fitted_curve(fit: JointFit, f_number: float, curve: FocusCurve, image_height_mm: Array) -> FocusCurve:
    """What the photo would have shown had it been as fitted, without noise."""
    height_mm = np.nan_to_num(image_height_mm)  # nothing is seen where it is not known
    squared = fit.contrast(f_number, NAMED_LP_MM, curve.vergence_per_mm, height_mm)[None] ** 2
    squared = np.where(np.isfinite(curve.mtf_squared[curve.at(NAMED_LP_MM)]), squared, np.nan)
    groups = np.repeat(squared[None], 2, axis=0)
    return replace(curve, frequencies_lp_mm=(NAMED_LP_MM,), mtf_squared=squared, group_mtf_squared=groups)


def _disagrees(fit: JointFit, f_numbers: Sequence[float], direct: Array, direct_se: Array, setup: Setup) -> bool:
    """Whether a direct peak at one of the widest f-numbers lies off the fit."""
    k = np.searchsorted(fit.f_numbers, np.asarray(f_numbers, dtype=np.float64))
    checked = np.isfinite(direct) & (k < CHECKED_SETTINGS)
    k = k[checked]
    combined = np.sqrt(direct_se[checked] ** 2 + np.diag(fit.covariance)[k])
    allowed = np.maximum(DISAGREES_OF_DOF * setup.dof_w_per_mm, DISAGREES_SIGMAS * combined)
    return bool((np.abs(direct[checked] - fit.vergence[k]) > allowed).any())


def _suspects(fit: JointFit, f_numbers: Sequence[float], setup: Setup) -> list[int]:
    """The two photos that stand furthest off the others, as far as they do so beyond doubt."""
    allowed = np.maximum(SLIPPED_OF_DOF * setup.dof_w_per_mm, SLIPPED_SIGMAS * fit.slip_se)
    fast = np.asarray(f_numbers, dtype=np.float64) <= JUDGED_STOPS * setup.widest_f_number
    sigmas = np.where(fast & (np.abs(fit.slip) > allowed), np.abs(fit.slip) / fit.slip_se, 0.0)
    return [int(i) for i in np.argsort(-sigmas)[:2] if sigmas[i] > 0]
