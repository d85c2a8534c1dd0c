"""The numbers behind the flags, taken together: see `analysis.evidence`."""

from __future__ import annotations

import math

import numpy as np

from analysis.charts.noise import NOISE_REDUCED, PaperNoise
from analysis.charts.tone import TONE_DOUBTFUL
from analysis.evidence import NAN, PhotoEvidence, SeriesEvidence
from analysis.focus.checks import MOVED_PX, MOVED_SCALE
from analysis.focus.exposure import CLIPPED_SHARE, LEAST_CONTRAST, SHARPENED_MTF, Exposure
from analysis.focus.optics import Setup
from analysis.focus.together import Settled
from analysis.focus.trust import DISAGREES_OF_DOF, IRIS_OFF, MISFIT, SLIPPED_OF_DOF
from analysis.sfr.motion import Motion
from analysis.survey import CENTRE_OFF, ROLL_DEG, TILT_DEG, Survey
from analysis.thin_lens import entrance_distance_mm

PRINT_SCALE_WITHIN = 0.05
"""The distance by the chart and by the photographer may differ by this share."""


def photo_evidence(
    settled: Settled, photo: int, setup: Setup, *, motion: Motion | None, exposure: Exposure, noise: PaperNoise
) -> PhotoEvidence:
    """What the photo of this index showed; its movement is since the first photo."""
    off_fit, off_fit_se = _off_fit(settled, photo, setup)
    per_mm = setup.distance_mm**2
    return PhotoEvidence(
        right_px=NAN if motion is None else motion.right_px,
        down_px=NAN if motion is None else motion.down_px,
        growth=NAN if motion is None else motion.scale,
        growth_se=NAN if motion is None else motion.scale_se,
        slip_mm=-per_mm * float(settled.slip[photo]),
        slip_se_mm=per_mm * float(settled.slip_se[photo]),
        off_fit_mm=off_fit,
        off_fit_se_mm=off_fit_se,
        clipped_share=exposure.clipped_share,
        contrast=exposure.contrast,
        edge_mtf=exposure.edge_mtf,
        noise_levels=noise.levels,
        fine_noise_share=noise.fine_share if noise.is_judged else NAN,
    )


def _off_fit(settled: Settled, photo: int, setup: Setup) -> tuple[float, float]:
    """A photo's own peak minus the joint fit, in mm of depth, and the error of the peak."""
    fit, own = settled.tried, float(settled.series.direct[photo])
    if fit is None or not math.isfinite(own):
        return NAN, NAN
    which = int(settled.which[photo])
    at = np.flatnonzero(fit.f_numbers == settled.series.f_numbers[which])
    if not at.size:
        return NAN, NAN
    gap = setup.depth_mm(own) - setup.depth_mm(float(fit.vergence[at[0]]))
    return gap, float(settled.series.direct_se[photo]) * setup.distance_mm**2


def series_evidence(survey: Survey, settled: Settled, setup: Setup, given_distance_mm: float | None) -> SeriesEvidence:
    """What the series as a whole showed; the distance is the photographer's D."""
    view, fit = survey.view, settled.tried
    x, y = view.project(0.0, 0.0)
    iris: tuple[tuple[float, float], ...] = ()
    if fit is not None:
        ratio = np.asarray(fit.iris) * fit.pupil_scale
        iris = tuple(zip(fit.f_numbers.tolist(), ratio.tolist(), strict=True))
    return SeriesEvidence(
        limits=_limits(setup),
        iris=iris,
        depth_scale=1.0 if settled.fit is None else settled.fit.depth_scale,
        misfit=NAN if fit is None else float(fit.misfit),
        tone=survey.tone.steps,
        tone_exponent=survey.tone.exponent,
        centre_x=float(x) / view.width_px,
        centre_y=float(y) / view.height_px,
        print_scale=print_scale(setup, given_distance_mm),
    )


def print_scale(setup: Setup, given_distance_mm: float | None) -> float:
    """Length of the print over the design's: a sheet printed too small looks too far away. NaN without a distance D."""
    if given_distance_mm is None:
        return NAN
    return entrance_distance_mm(given_distance_mm, setup.focal_length_mm) / setup.distance_mm


def _limits(setup: Setup) -> dict[str, float]:
    low, high = TONE_DOUBTFUL
    return {
        "sideways_px": MOVED_PX,
        "growth": MOVED_SCALE,
        "slip_mm": SLIPPED_OF_DOF * setup.dof_w_mm,
        "off_fit_mm": DISAGREES_OF_DOF * setup.dof_w_mm,
        "iris": IRIS_OFF,
        "misfit": MISFIT,
        "clipped_share": CLIPPED_SHARE,
        "contrast": LEAST_CONTRAST,
        "edge_mtf": SHARPENED_MTF,
        "fine_noise_share": NOISE_REDUCED,
        "tone_low": low,
        "tone_high": high,
        "tilt_low_deg": TILT_DEG[0],
        "tilt_high_deg": TILT_DEG[1],
        "roll_deg": ROLL_DEG,
        "centre": CENTRE_OFF,
        "print_scale": PRINT_SCALE_WITHIN,
    }
