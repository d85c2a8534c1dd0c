"""One wave-optics model fitted to all photos of a series at once.

Every photo is taken through the same lens, stopped down: five or six numbers (paraxial focus, spherical aberration of
three orders, size of the pupil) explain where contrast peaks, how wide each peak is and how lopsided, at all f-numbers
and frequencies. Photos wide open say where paraxial focus lies to a precision which a stopped-down photo, nearly flat
over the whole chart, never could.

Beside the lens there are nuisances. Each curve of ``L = -ln MTF`` has a constant of its own (pixels, sharpening), the
softness of the print adds ``P f^2 V^2`` to all alike, each iris setting may be a little off, and the field may be
curved. `analysis.focus.wavefit` solves for all of them; several starts keep it out of wrong valleys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.flags import AnalysisError, Quality
from analysis.focus.curve import FocusCurve
from analysis.focus.optics import Setup
from analysis.focus.priors import NOT_TOLD, PRINT_BLUR_SQ, OffAxis, priors, tilt_told
from analysis.focus.pupil import WidestPupil, best_defocus, best_defocus_slopes, half_contrast
from analysis.focus.samples import WINDOW, Samples, take_samples
from analysis.focus.wavefit import (
    ABERRATION,
    IRIS,
    MARKS,
    PARAXIAL,
    PUPIL,
    RIM,
    Problem,
    Solution,
    defocus_waves,
    lens_contrast,
    solve,
    stops,
)

Array = npt.NDArray[np.float64]

NAMED_LP_MM: Final = 20.0
"""Best focus is the peak of contrast at this frequency on the sensor."""
LEAST_F_NUMBERS: Final = 4
LEAST_FAST: Final = 3
FAST_STOPS: Final = 3.4
"""A joint fit takes 4 f-numbers, 3 of them at most 3.3 times the widest, marked f-numbers being rounded."""

_PEAK_STOPS: Final = 5.0
"""Starts come from the peaks of photos up to this many times the widest f-number."""
_LAW_TO_WAVES: Final = (1.0, 0.9, 0.8)
"""Defocus of least variance per wave of W040, W060, W080: regression of the powers on the square of the radius."""
_SEARCH_ROUNDS: Final = 12
_FINAL_ROUNDS: Final = 20


class JointFitRefusedError(AnalysisError):
    """The series does not carry a joint fit."""


@dataclass(frozen=True)
class JointFit:
    """The lens as the whole series shows it. Vergences in 1/mm, of the lens alone: the print's pull is taken off.

    Attributes
    ----------
    f_numbers : (K,) different ones, widest first.
    vergence, covariance : (K,), (K, K) best focus at 20 lp/mm, and its error by noise, paper and priors.
    vergence_10lp, vergence_40lp : (K,) best focus beside it; NaN beyond the cut-off.
    near, far : (K,) where contrast at 20 lp/mm is half its peak; near has the larger vergence. NaN when never.
    slip, slip_se : (n,) per photo, by how much its focus stands off what all other photos say of it (1/mm); NaN for
        a photo without a curve. A refocused photo slips.
    orders : of spherical aberration fitted.
    depth_scale : what vergences from the reference were multiplied by, for a plane of focus that is likely tilted.
    misfit : RMS of the residuals in standard deviations of the points.
    problem, solution : what was solved, and how.
    """

    f_numbers: Array
    vergence: Array
    covariance: Array
    vergence_10lp: Array
    vergence_40lp: Array
    near: Array
    far: Array
    slip: Array
    slip_se: Array
    orders: int
    depth_scale: float
    misfit: float
    problem: Problem
    solution: Solution

    @property
    def print_term(self) -> float:
        """P in ``L = P f^2 V^2``, in mm^4 (f in lp/mm, V in 1/mm)."""
        return self.solution.print_term

    @property
    def print_blur_mm(self) -> float:
        """Standard deviation of the print's blur on paper."""
        return float(np.sqrt(self.print_term / 2) / np.pi / self.problem.pupil.image_distance_mm)

    @property
    def pupil_scale(self) -> float:
        """Size of the widest pupil against nominal."""
        return float(np.exp(self.solution.unknowns[PUPIL]))

    @property
    def iris(self) -> Array:
        """(K,) size of each pupil against its mark, that of the widest being 1."""
        unknowns = self.solution.unknowns
        return np.asarray(np.exp(np.append(0.0, unknowns[MARKS] + unknowns[IRIS:])))

    @property
    def aberration_waves(self) -> Array:
        """W040, W060, W080 at the edge of the widest pupil; positive is undercorrected."""
        return self.solution.unknowns[ABERRATION]

    def contrast(
        self, f_number: float, frequency_lp_mm: float, vergence_per_mm: Array, image_height_mm: Array
    ) -> Array:
        """The fitted contrast at an f-number of the series, print included, the photo's own constant left out."""
        k = int(np.flatnonzero(self.f_numbers == f_number)[0])
        defocus = defocus_waves(self.problem, self.solution.unknowns, vergence_per_mm, image_height_mm)
        lens = lens_contrast(self.problem, self.solution.unknowns, k, frequency_lp_mm, defocus)
        return np.asarray(lens * np.exp(-self.print_term * (frequency_lp_mm * vergence_per_mm) ** 2))


def fit_series(
    f_numbers: Sequence[float],
    curves: Sequence[FocusCurve | None],
    setup: Setup,
    *,
    image_height_mm: Sequence[Array] | None = None,
    off_axis: OffAxis = NOT_TOLD,
    orders: int = 3,
    window: float = WINDOW,
) -> JointFit:
    """Fit one lens to all photos of a series.

    Parameters
    ----------
    f_numbers, curves : one per photo, any order, repeats welcome; None for a photo without a curve.
    setup : geometry of the series.
    image_height_mm : (B,) per photo, distance of each block from the picture's middle row on the sensor; None leaves
        field curvature out.
    off_axis : what is known of the lens beside its axis.
    orders : of spherical aberration.
    window : fitted is contrast down to exp(-window) of its peak; 0.4 keeps more of a doubtful tone curve out.

    Raises
    ------
    JointFitRefusedError
        (FEW_FRAMES) when too few different or too few fast f-numbers show a peak.
    """
    blurs = [setup.focal_length_mm / f_number * setup.image_distance_mm for f_number in f_numbers]
    samples = take_samples(curves, blurs, image_height_mm, window)
    problem = _problem(np.asarray(f_numbers, dtype=np.float64), samples, setup, orders, off_axis)
    search = replace(problem, samples=problem.samples.thinned())
    candidates = [solve(search, start, _SEARCH_ROUNDS) for start in _starts(problem)]
    best = min(candidates, key=lambda found: found.cost)
    solution = solve(problem, best.unknowns, _FINAL_ROUNDS)
    return _conclude(problem, solution, np.asarray(f_numbers, dtype=np.float64), tilt_told(setup.magnification))


def _problem(f_numbers: Array, samples: Samples, setup: Setup, orders: int, off_axis: OffAxis) -> Problem:
    """The series as a least-squares problem."""
    named = f_numbers[samples.photo[samples.frequency == NAMED_LP_MM]]
    distinct = np.unique(named)
    fast = int((distinct <= FAST_STOPS * setup.widest_f_number).sum())
    if distinct.size < LEAST_F_NUMBERS or fast < LEAST_FAST:
        raise JointFitRefusedError(
            "Too few different f-numbers, or too few fast ones, show a peak of sharpness.", flag=Quality.FEW_FRAMES
        )
    samples = samples.of(np.isin(f_numbers[samples.photo], distinct))
    pupil = WidestPupil(setup.focal_length_mm / setup.widest_f_number / 2, setup.image_distance_mm)
    setting = np.searchsorted(distinct, f_numbers[samples.photo])
    mean, sd = priors(
        orders,
        curved=bool(samples.image_height_mm.any()),
        settings=distinct.size,
        magnification=setup.magnification,
        off_axis=off_axis,
    )
    per_blur_sq = 2 * (np.pi * setup.image_distance_mm) ** 2
    return Problem(
        samples=samples,
        pupil=pupil,
        reference_per_mm=1 / setup.distance_mm,
        stop=setup.widest_f_number / distinct,
        setting=setting,
        prior_mean=mean,
        prior_sd=sd,
        print_prior=(PRINT_BLUR_SQ[0] * per_blur_sq, PRINT_BLUR_SQ[1] * per_blur_sq),
    )


def _starts(problem: Problem) -> list[Array]:
    """Unknowns from aperture laws of rising degree through rough peaks."""
    stop = problem.stop[problem.setting]
    use = (problem.samples.frequency == NAMED_LP_MM) & (stop >= stop.max() / _PEAK_STOPS)
    peaks, certainty = _rough_peaks(problem.samples.of(use))
    waves = problem.pupil.waves_per_vergence * (peaks - problem.reference_per_mm)
    starts = []
    for degree in range(1, int(problem.free[ABERRATION].sum()) + 1):
        powers = stop[use, None] ** (2 * np.arange(degree + 1))
        law = np.linalg.lstsq(powers * certainty[:, None], waves * certainty, rcond=None)[0]
        start = problem.prior_mean.copy()
        start[PARAXIAL] = law[0]
        start[1 : 1 + degree] = law[1:] / np.array(_LAW_TO_WAVES[:degree])
        starts.append(start)
    return starts


def _rough_peaks(samples: Samples) -> tuple[Array, Array]:
    """(G,) vertices of parabolas through the points, held inside the window, and how certain they are."""
    low = np.where(samples.weight > 0, samples.vergence, np.inf).min(axis=1)
    high = np.where(samples.weight > 0, samples.vergence, -np.inf).max(axis=1)
    middle, half = (low + high) / 2, (high - low) / 2
    vertex, certainty = np.empty(middle.size), np.empty(middle.size)
    for i, weight in enumerate(samples.weight):
        t = (samples.vergence[i] - middle[i]) / half[i]
        bend, slope, _ = np.polyfit(t, samples.log_contrast[i], 2, w=np.sqrt(weight))
        vertex[i] = np.clip(-slope / (2 * bend), -1, 1) if bend > 0 else -np.sign(slope)
        certainty[i] = max(bend, 1e-3) / half[i]
    return middle + half * vertex, certainty / certainty.max()


def _conclude(problem: Problem, solution: Solution, f_numbers: Array, tilt_share: float) -> JointFit:
    """Best focus and its uncertainty from the fitted unknowns.

    A plane of focus that is tilted against the sensor stretches depth on the chart about the axis, and with it all
    curves, as smaller pupils would: the share of the pupils' size that is likely tilt is taken out of all vergences.
    """
    pupil, unknowns = problem.pupil, solution.unknowns.copy()
    unknowns[RIM] = 0.0  # as it is on the axis
    stop = stops(problem, unknowns)
    shift = {f: np.full(stop.size, pupil.shift(f)) for f in (10.0, NAMED_LP_MM, 40.0)}
    waves = {f: best_defocus(shift[f], stop, unknowns[ABERRATION]) for f in shift}
    limits = half_contrast(shift[NAMED_LP_MM], stop, unknowns[ABERRATION], waves[NAMED_LP_MM])

    depth_scale = float(np.exp(tilt_share * unknowns[PUPIL]))

    def vergence(defocus_waves: Array) -> Array:
        return problem.reference_per_mm + depth_scale * (unknowns[PARAXIAL] + defocus_waves) / pupil.waves_per_vergence

    slopes = best_defocus_slopes(shift[NAMED_LP_MM], stop, unknowns[ABERRATION], waves[NAMED_LP_MM])
    slip, slip_se = _slips(problem, solution, f_numbers.size)
    return JointFit(
        f_numbers=np.unique(f_numbers[problem.samples.photo]),
        vergence=vergence(waves[NAMED_LP_MM]),
        covariance=_covariance(problem, solution, slopes),
        vergence_10lp=vergence(waves[10.0]),
        vergence_40lp=vergence(waves[40.0]),
        near=vergence(limits[1]),
        far=vergence(limits[0]),
        slip=slip / pupil.waves_per_vergence,
        slip_se=slip_se / pupil.waves_per_vergence,
        orders=int(problem.free[ABERRATION].sum()),
        depth_scale=depth_scale,
        misfit=solution.misfit,
        problem=problem,
        solution=solution,
    )


def _covariance(problem: Problem, solution: Solution, slopes: Array) -> Array:
    """(K, K) covariance of best focus: by noise and priors, and by what differs between groups of edges.

    `slopes` are those of `best_defocus_slopes`. The groups (a jackknife, each refit a single step) see what points of
    one curve share, such as the texture of the print.
    """
    gradient = np.zeros((problem.prior_sd.size, problem.stop.size))
    gradient[PARAXIAL] = 1
    gradient[ABERRATION], gradient[PUPIL] = slopes[:3], slopes[3]
    gradient[IRIS:] = np.diag(slopes[3])[1:]
    gradient[MARKS] = gradient[IRIS:].sum(axis=0)
    gradient = gradient[problem.free] / problem.pupil.waves_per_vergence
    of_unknowns = np.linalg.inv(solution.normal_matrix(problem)) * max(1.0, solution.misfit**2)
    groups = len(problem.samples.group_change)
    if groups > 1:
        steps = np.linalg.solve(solution.normal_matrix(problem), solution.downhill(problem.samples.group_change).T).T
        steps -= steps.mean(axis=0)
        of_unknowns += (groups - 1) / groups * steps.T @ steps
    return np.asarray(gradient.T @ of_unknowns @ gradient)


def _slips(problem: Problem, solution: Solution, photos: int) -> tuple[Array, Array]:
    """(n,) waves by which each photo would be focused elsewhere if it could, and the error.

    One step of an unknown of its own beside all others: the part of it that they cannot explain decides.
    """
    slip, error = np.full(photos, np.nan), np.full(photos, np.nan)
    matrix = solution.normal_matrix(problem)
    for photo in np.unique(problem.samples.photo):
        own = solution.taken(np.where((problem.samples.photo == photo)[:, None], solution.focus_slope, 0.0))
        shared = solution.downhill(own)
        information = float((solution.weight * own**2).sum() - shared @ np.linalg.solve(matrix, shared))
        if information <= 0:
            continue
        slip[photo] = float((solution.weight * own * solution.residual).sum()) / information
        error[photo] = max(1.0, solution.misfit) * information**-0.5
    return slip, error
