"""Best focus of a whole series at once.

In vergence best focus follows ``V(N) = Vp + a r^2 + b r^4`` with ``r = N_w / N``: spherical aberration seen through a
pupil that is stopped down. Every photo tells its own peak; the law lets the photos that know (wide open, where the
curve is narrow) speak for those that do not (from about f/8, where it is nearly flat).

What pulls the flat ones most is the print: its softness grows towards the camera, adding ``P f^2 V^2`` to
``L = -ln MTF`` in every photo alike. Near a peak of curvature ``k`` that moves it by ``-2 P f^2 V / k``, so the narrow
photos and the law together also tell ``P``.

Unknowns are solved for in one linear least-squares problem with priors, so that each value comes with a covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.focus.optics import Setup
from analysis.focus.peak import Peak

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEAST_F_NUMBERS: Final = 4
LEAST_FAST: Final = 3
FAST_STOPS: Final = 3.3
"""The law is used with at least 4 f-numbers, 3 of them at most 3.3 times the widest."""
_PRINT_BLUR_SQ: Final = (0.035**2, 0.05**2)
"""Prior of the print's blur, mean and standard deviation of sigma squared in mm^2 on paper."""
_DEPARTURE_OF_SHIFT: Final = 0.015
_DEPARTURE_OF_DOF: Final = 0.007
"""How far wide-open best focus departs from the law: shares of the whole shift and of DoF_w, at the widest."""
_IRIS_SD: Final = 0.03
"""Relative error of an iris against its mark; wide open the blades are out of the way."""
_ZONE_BIAS: Final = 0.003
_ZONE_BIAS_PER_DOF: Final = 0.0006
"""Systematic error of a direct peak: a share of its half-peak zone, and one that grows with the zone in units of DoF_w.

A wide zone takes in more of what bends the curve: a bowed sheet, a curved field, light that falls off.
"""
_WEAK: Final = 1e3


@dataclass(frozen=True)
class SeriesFocus:
    """Best focus at each different f-number of a series, in vergence (1/mm).

    Attributes
    ----------
    f_numbers : (K,) different ones, widest first.
    vergence, covariance : (K,), (K, K) combined estimate.
    direct, direct_se : (n,) per photo, its own peak freed of the print's pull, and its error by scatter and print; NaN
        without a peak.
    print_term : P, in mm^4 per (lp/mm)^2.
    lawful : the law was used.
    misfit : weighted sum of squared residuals and departures; compares ways of reading the same photos.
    innovation, innovation_se : (n,) own peak minus what all other photos say of it.
    """

    f_numbers: Array
    vergence: Array
    covariance: Array
    direct: Array
    direct_se: Array
    print_term: float
    lawful: bool
    misfit: float
    innovation: Array
    innovation_se: Array


@dataclass(frozen=True)
class _Data:
    """Per photo with a peak: which f-number, observed vergence, its error, and what the print blur moves it by.

    ``scatter`` is the part of the error that shows within the photo.
    """

    which: npt.NDArray[np.intp]
    observed: Array
    se: Array
    pull: Array
    scatter: Array

    def without(self, photo: int) -> _Data:
        """All but one."""
        return _Data(*(np.delete(getattr(self, name), photo) for name in self.__dataclass_fields__))


def solve_series(
    f_numbers: Sequence[float],
    peaks: Sequence[Peak | None],
    setup: Setup,
    frequency: float,
    *,
    by_law: bool = True,
) -> SeriesFocus:
    """Combine the peaks of a series.

    Parameters
    ----------
    f_numbers, peaks : one per photo, any order; None where a photo has no peak.
    setup : geometry of the series.
    frequency : of the peaks, lp/mm on the sensor.
    by_law : False when the photos are known not to be of one focus setting, so that each must stand alone.

    Returns
    -------
    SeriesFocus
        Values are NaN at an f-number without a peak when there are too few others for the law.
    """
    distinct, which = np.unique(np.asarray(f_numbers, dtype=np.float64), return_inverse=True)
    have = np.array([peak is not None for peak in peaks])
    data = _data(which, peaks, setup, frequency)
    lawful = by_law and law_applies(distinct[np.unique(data.which)])
    departure = _departures(distinct, setup, 0.0)
    solution = _solve(data, distinct, setup, departure if lawful else None)
    if lawful:
        for _ in range(2):
            departure = _departures(distinct, setup, abs(float(solution.vergence[-1] - solution.vergence[0])))
            solution = _solve(data, distinct, setup, departure)
    direct, direct_se = (
        _full(have, data.observed + data.pull * solution.blur_sq),
        _full(have, np.hypot(data.scatter, data.pull * solution.blur_sq_se)),
    )
    innovation, innovation_se = (
        _innovations(data, distinct, setup, departure) if lawful else (np.full(data.se.size, np.nan),) * 2
    )
    return SeriesFocus(
        f_numbers=distinct,
        vergence=solution.vergence,
        covariance=solution.covariance,
        direct=direct,
        direct_se=direct_se,
        print_term=print_term_of(solution.blur_sq, setup),
        lawful=lawful,
        misfit=solution.misfit,
        innovation=_full(have, innovation),
        innovation_se=_full(have, innovation_se),
    )


def _departures(distinct: Array, setup: Setup, shift_per_mm: float) -> Array:
    """(K,) standard deviation of what the law leaves out: its form wide open, and an iris that is not as marked.

    An error e of the iris moves best focus as ``2 e r^2`` of the shift.
    """
    ratio_sq = (distinct[0] / distinct) ** 2
    form = np.hypot(_DEPARTURE_OF_DOF * setup.dof_w_per_mm, _DEPARTURE_OF_SHIFT * shift_per_mm)
    iris = np.where(distinct > distinct[0], 2 * _IRIS_SD * shift_per_mm, 0.0)
    return np.asarray(ratio_sq * np.hypot(form, iris))


def law_applies(f_numbers: Array) -> bool:
    """Whether so many and so fast different f-numbers determine the law."""
    if f_numbers.size < LEAST_F_NUMBERS:
        return False
    return int((f_numbers <= FAST_STOPS * f_numbers.min()).sum()) >= LEAST_FAST


def print_term_of(blur_sq_mm2: float, setup: Setup) -> float:
    """P in ``L = P f^2 V^2``: a Gaussian blur on paper, seen at magnification ``v0 V``."""
    return 2 * np.pi**2 * blur_sq_mm2 * setup.image_distance_mm**2


def _data(which: npt.NDArray[np.intp], peaks: Sequence[Peak | None], setup: Setup, frequency: float) -> _Data:
    rows = []
    for k, peak in zip(which, peaks, strict=True):
        if peak is None:
            continue
        bias = _bias(peak, setup)
        pull = 2 * print_term_of(1.0, setup) * frequency**2 * peak.vergence_per_mm / peak.curvature
        rows.append((k, peak.vergence_per_mm, np.hypot(peak.se_per_mm, bias), pull, peak.se_per_mm))
    which_k, *columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    return _Data(which_k.astype(np.intp), *columns)


def _bias(peak: Peak, setup: Setup) -> float:
    """Systematic error of a direct peak, in 1/mm: it grows with the zone, the more when the chart shows only part."""
    width = 2 * np.sqrt(2 * np.log(2) / peak.curvature)  # of the parabola with this curvature
    shown = peak.zone_high - peak.zone_low
    share = np.hypot(_ZONE_BIAS, _ZONE_BIAS_PER_DOF * width / setup.dof_w_per_mm)
    return float(width * share * max(1.0, width / shown))


@dataclass(frozen=True)
class _Solution:
    vergence: Array
    covariance: Array
    blur_sq: float
    blur_sq_se: float
    misfit: float


def _solve(data: _Data, distinct: Array, setup: Setup, departure: Array | None) -> _Solution:
    """Weighted least squares with priors; unknowns are (blur_sq, Vp, a, b, departures of each f-number).

    Vergence is counted from that of the chart's centre in units of DoF_w, so that all unknowns are of order one.
    Without the law (`departure` None) each f-number stands alone.
    """
    unit, zero = setup.dof_w_per_mm, 1 / setup.distance_mm
    n_k = distinct.size
    ratio_sq = (distinct[0] / distinct) ** 2
    law = np.stack([np.ones(n_k), ratio_sq, ratio_sq**2], axis=1) if departure is not None else np.zeros((n_k, 3))
    values = np.hstack([np.zeros((n_k, 1)), law, np.eye(n_k)])
    mean, sd = _PRINT_BLUR_SQ
    departures = np.full(n_k, _WEAK) if departure is None else np.maximum(departure / unit, 1e-6)
    prior_sd = np.concatenate([[sd], np.full(3, _WEAK), departures])
    prior_mean = np.concatenate([[mean], np.zeros(3 + n_k)])
    design = values[data.which].copy()
    design[:, 0] = -data.pull / unit
    observed = (data.observed - zero) / unit
    weight = unit / data.se
    rows = np.vstack([design * weight[:, None], np.diag(1 / prior_sd)])
    right = np.concatenate([observed * weight, prior_mean / prior_sd])
    covariance = np.linalg.inv(rows.T @ rows)
    unknown = covariance @ (rows.T @ right)
    vergence = zero + unit * (values @ unknown)
    spread = unit**2 * (values @ covariance @ values.T)
    if departure is None:
        vergence[~np.isin(np.arange(n_k), data.which)] = np.nan
    misfit = float(((rows @ unknown - right) ** 2).sum())
    return _Solution(vergence, spread, float(unknown[0]), float(np.sqrt(covariance[0, 0])), misfit)


def _innovations(data: _Data, distinct: Array, setup: Setup, departure: Array) -> tuple[Array, Array]:
    """Each photo's own peak minus the prediction by all others, and the standard error of that difference."""
    n = data.observed.size
    difference, error = np.full(n, np.nan), np.full(n, np.nan)
    for i in range(n):
        rest = data.without(i)
        if not law_applies(distinct[np.unique(rest.which)]):
            continue
        solution = _solve(rest, distinct, setup, departure)
        k = data.which[i]
        difference[i] = data.observed[i] + data.pull[i] * solution.blur_sq - solution.vergence[k]
        error[i] = np.sqrt(data.se[i] ** 2 + (data.pull[i] * solution.blur_sq_se) ** 2 + solution.covariance[k, k])
    return difference, error


def _full(have: Mask, values: Array) -> Array:
    """Values of the photos with a peak, spread over all photos; NaN elsewhere."""
    full = np.full(have.size, np.nan)
    full[have] = values
    return full
