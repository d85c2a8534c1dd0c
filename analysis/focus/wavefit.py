"""Least squares of the wave-optics model: what the lens adds to L, and the damped Gauss-Newton that finds it.

Unknowns are one vector: `PARAXIAL` (waves from a reference vergence), `ABERRATION` (W040, W060, W080 in waves),
`CURVATURE` (of the field, 1/m), `PUPIL` (logarithm of the size of all pupils against nominal), `RIM` (the same of the
widest alone, which the rims of the lens cut), `TONE` (what the camera's tone curve adds to L, relative), `MARKS` (the
same as `PUPIL` of all but the widest), and from `IRIS` on one for each f-number but the widest. A constant for each
curve and the print's term are linear; they are solved for inside and projected out of every derivative (variable
projection after Kaufman, BIT 15, 1975).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.focus.optics import sag_vergence
from analysis.focus.pupil import Transfer, WidestPupil, transfer
from analysis.focus.samples import Samples

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

PARAXIAL: Final = 0
ABERRATION: Final = slice(1, 4)
CURVATURE: Final = 4
PUPIL: Final = 5
RIM: Final = 6
TONE: Final = 7
MARKS: Final = 8
IRIS: Final = 9

_SOFT: Final = 2.0
"""Residuals beyond this many standard deviations count linearly."""
_FAINT: Final = 0.01
"""Contrast below which the model's logarithm is held."""
_TONE_BEND: Final = 0.28
"""A tone curve too steep in the middle changes L by a share of ``L (1 + 0.28 L)``: worked out for a Gaussian edge, and
within a tenth of what it does to the edge of a blur disc."""
_DAMPING: Final = 1e-3
_MOST_DAMPING: Final = 1e6
_CONVERGED: Final = 1e-5
_TINY: Final = 1e-30


@dataclass(frozen=True)
class Problem:
    """A series to be fitted.

    Attributes
    ----------
    samples : the points.
    pupil : nominal optics.
    reference_per_mm : vergence from which paraxial focus is counted.
    stop : (K,) nominal radius of the pupil at each different f-number, widest first.
    setting : (G,) index into `stop` of each curve.
    prior_mean, prior_sd : of the unknowns, (D,); a standard deviation of 0 holds one at its mean.
    print_prior : mean and standard deviation of the print's term.
    """

    samples: Samples
    pupil: WidestPupil
    reference_per_mm: float
    stop: Array
    setting: npt.NDArray[np.intp]
    prior_mean: Array
    prior_sd: Array
    print_prior: tuple[float, float]

    @property
    def free(self) -> Mask:
        """Unknowns that are fitted."""
        return np.asarray(self.prior_sd > 0)


@dataclass(frozen=True)
class _Linear:
    """Takes constants and the print's shape out of anything that varies over the points."""

    weight: Array
    total: Array
    shape: Array
    power: float
    prior: float

    @classmethod
    def of(cls, samples: Samples, weight: Array, print_prior: tuple[float, float]) -> _Linear:
        total = np.maximum(weight.sum(axis=1, keepdims=True), _TINY)
        shape = (samples.frequency[:, None] * samples.vergence) ** 2
        shape -= (weight * shape).sum(axis=1, keepdims=True) / total
        mean, sd = print_prior
        return cls(weight, total, shape, float((weight * shape**2).sum()) + sd**-2, mean * sd**-2)

    def centred(self, values: Array) -> Array:
        """(..., G, P) without the mean of each curve."""
        return np.asarray(values - (self.weight * values).sum(axis=-1, keepdims=True) / self.total)

    def print_part(self, centred: Array) -> Array:
        """(...) how much of the print's shape lies in centred values, as far as its prior allows."""
        return np.asarray((self.weight * self.shape * centred).sum(axis=(-2, -1)) / self.power)

    def taken(self, values: Array, *, print_free: bool) -> Array:
        """(..., G, P) without what constants, and the print if it is free, could explain."""
        rest = self.centred(values)
        return rest - self.print_part(rest)[..., None, None] * self.shape if print_free else rest


@dataclass(frozen=True)
class Solution:
    """Where a fit stands.

    Attributes
    ----------
    unknowns : (D,).
    cost : sum of soft-L1 losses, in squared standard deviations, priors included.
    print_term : P in ``L = P f^2 V^2``, mm^4; never negative.
    print_pull : (F,) what the prior of the print's term adds to the slope of the cost, once P is solved for.
    residual : (G, P) of L, linear part taken off.
    weight : (G, P) with the robust factor.
    jacobian : (F, G, P) of the model by the free unknowns, linear part taken off.
    focus_slope : (G, P) of the model by waves of defocus.
    """

    unknowns: Array
    cost: float
    print_term: float
    print_pull: Array
    residual: Array
    weight: Array
    jacobian: Array
    focus_slope: Array
    linear: _Linear

    @property
    def misfit(self) -> float:
        """RMS of the residuals in standard deviations, those far off counting less."""
        freedom = int((self.weight > 0).sum()) - self.residual.shape[0] - len(self.jacobian) - 1
        return float(np.sqrt((self.weight * self.residual**2).sum() / max(1, freedom)))

    def normal_matrix(self, problem: Problem) -> Array:
        """(F, F) of the free unknowns, priors included."""
        jacobian = self.jacobian.reshape(len(self.jacobian), -1)
        priors = np.diag(problem.prior_sd[problem.free] ** -2.0)
        return np.asarray((jacobian * self.weight.ravel()) @ jacobian.T + priors)

    def taken(self, values: Array) -> Array:
        """(..., G, P) without what the linear unknowns explain."""
        return self.linear.taken(values, print_free=self.print_term > 0)

    def downhill(self, values: Array) -> Array:
        """(..., F) products of the derivatives with values (..., G, P) over the points."""
        jacobian = self.jacobian.reshape(len(self.jacobian), -1)
        return np.asarray((values * self.weight).reshape(*values.shape[:-2], -1) @ jacobian.T)


def solve(problem: Problem, start: Array, rounds: int) -> Solution:
    """Damped Gauss-Newton from a start, for a number of rounds or until nothing changes."""
    here = _look(problem, start, problem.samples.weight)
    damping, free = _DAMPING, problem.free
    for _ in range(rounds):
        matrix = here.normal_matrix(problem)
        matrix[np.diag_indices_from(matrix)] *= 1 + damping
        uphill = (here.unknowns - problem.prior_mean)[free] / problem.prior_sd[free] ** 2
        unknowns = here.unknowns.copy()
        unknowns[free] += np.linalg.solve(matrix, here.downhill(here.residual) + here.print_pull - uphill)
        there = _look(problem, unknowns, here.weight)
        gain = here.cost - there.cost
        if gain > 0:
            here, damping = there, damping / 5
        else:
            damping = max(damping, 1e-4) * 8
        if abs(gain) < _CONVERGED * here.cost or damping > _MOST_DAMPING:
            break
    return here


def stops(problem: Problem, unknowns: Array) -> Array:
    """(K,) radius of the pupil at each f-number."""
    own = np.append(unknowns[RIM], unknowns[MARKS] + unknowns[IRIS:])
    return np.asarray(problem.stop * np.exp(unknowns[PUPIL] + own))


def defocus_waves(problem: Problem, unknowns: Array, vergence_per_mm: Array, image_height_mm: Array) -> Array:
    """W020 of places on the chart: by their distance and the curvature of the field."""
    pupil = problem.pupil
    along = vergence_per_mm - problem.reference_per_mm
    bent = sag_vergence(image_height_mm, 1e-3 * unknowns[CURVATURE], pupil.image_distance_mm)
    return np.asarray(pupil.waves_per_vergence * (along - bent) - unknowns[PARAXIAL])


def lens_contrast(problem: Problem, unknowns: Array, k: int, frequency_lp_mm: float, defocus: Array) -> Array:
    """(B,) contrast at setting `k` for defocuses in waves, as the lens and the tone curve make it."""
    stop = stops(problem, unknowns)[k : k + 1]
    shift = np.atleast_1d(problem.pupil.shift(frequency_lp_mm))
    log_contrast = _log(transfer(shift, stop, unknowns[ABERRATION], defocus[None]))[0]
    return np.asarray(np.exp(-log_contrast - unknowns[TONE] * _toned(log_contrast)))


def _look(problem: Problem, unknowns: Array, weight: Array) -> Solution:
    """Model, derivatives and linear unknowns at a place; `weight` holds the robust factor to start from."""
    samples, (mean, sd) = problem.samples, problem.print_prior
    model, slopes, focus_slope = _lens(problem, unknowns)
    for _ in range(2):
        linear = _Linear.of(samples, weight, problem.print_prior)
        residual = linear.centred(samples.log_contrast - model)
        print_term = max(0.0, float(linear.print_part(residual)) + linear.prior / linear.power)
        residual -= print_term * linear.shape
        stretch = np.sqrt(1 + samples.weight * residual**2 / _SOFT**2)
        weight = samples.weight / stretch
    free, pull = problem.free, (print_term - mean) / sd**2 if print_term > 0 else 0.0
    pulled = linear.print_part(linear.centred(slopes)) * pull
    slopes = linear.taken(slopes, print_free=print_term > 0)
    priors = np.append((unknowns - problem.prior_mean)[free] / problem.prior_sd[free], (print_term - mean) / sd)
    cost = 2 * _SOFT**2 * float((stretch - 1).sum()) + float((priors**2).sum())
    return Solution(unknowns, cost, print_term, pulled, residual, weight, slopes, focus_slope, linear)


def _lens(problem: Problem, unknowns: Array) -> tuple[Array, Array, Array]:
    """L of lens and tone curve (G, P), its derivatives by the free unknowns (F, G, P), and by waves of focus (G, P)."""
    samples, pupil = problem.samples, problem.pupil
    shift, stop = pupil.shift(samples.frequency), stops(problem, unknowns)[problem.setting]
    bent = pupil.waves_per_vergence * sag_vergence(samples.image_height_mm, 1e-3, pupil.image_distance_mm)
    defocus = defocus_waves(problem, unknowns, samples.vergence, samples.image_height_mm)
    seen = transfer(shift, stop, unknowns[ABERRATION], defocus)
    lens = _log(seen)
    gain = 1 + unknowns[TONE] * (1 + 2 * _TONE_BEND * lens)
    steepness = -gain * seen.value / (seen.value**2 + _FAINT**2)
    by_focus = -steepness * seen.by_defocus
    by_pupil = steepness * seen.by_stop
    by_setting = np.where(problem.setting[:, None] == np.arange(problem.stop.size)[:, None, None], by_pupil, 0.0)
    slopes = np.concatenate(
        [
            by_focus[None],
            steepness * seen.by_aberration,
            (by_focus * bent)[None],
            by_pupil[None],
            by_setting[:1],
            _toned(lens)[None],
            by_setting[1:].sum(axis=0)[None],
            by_setting[1:],
        ]
    )
    return lens + unknowns[TONE] * _toned(lens), slopes[problem.free], by_focus


def _toned(log_contrast: Array) -> Array:
    """What a tone curve adds to L for each unit of `TONE`."""
    return log_contrast * (1 + _TONE_BEND * log_contrast)


def _log(seen: Transfer) -> Array:
    return np.asarray(-0.5 * np.log(seen.value**2 + _FAINT**2))
