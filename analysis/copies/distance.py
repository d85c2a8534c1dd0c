"""Does the shift at the sensor change with distance? Tested within copies, so that no copy stands for a distance.

A lens whose aberration does not depend on distance has one and the same shift at the sensor, whatever the millimetres
in front of it do. What changes it is smooth in vergence, so the alternative is a parabola in `1/s`, not bins.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy import linalg, optimize, special

from analysis.copies.combined import check
from analysis.copies.likelihood import Array, around, student95
from analysis.copies.oddness import LEVEL
from analysis.results import NAN, UNDEFINED, Interval

ANOTHER_DISTANCE: Final = 1.1
"""Distances nearer to each other than this ratio are one and the same set-up."""
_MOST_COPIES: Final = 60
"""The copies with the widest range speak for a lens that has more: the cost is cubic."""
_MOST_SESSIONS: Final = 300
_SPARE_FOR_A_CURVE: Final = 5
"""With fewer sessions beyond one for each copy the trend is a straight line in vergence."""
_LARGEST_SPREAD: Final = 3.0


class DistantSession(NamedTuple):
    """One series of one copy at one distance.

    Attributes
    ----------
    copy : which copy.
    rig : who set it up; the error of a rig's distance is shared by all its series at that distance.
    s_mm : distance from the entrance pupil.
    s_se_relative : standard error of s over s, which enters the shift at the sensor twice.
    value, se : shift at the sensor and its standard error without that of s and of the scale all series share.
    """

    copy: str
    rig: str
    s_mm: float
    s_se_relative: float
    value: float
    se: float


@dataclass(frozen=True, slots=True, eq=False)
class DistanceTest:
    """Whether the shift at the sensor is constant, from contrasts within copies.

    Attributes
    ----------
    n_copies, n_sessions : with at least two distances; others say nothing of it.
    near_mm, far_mm : their range of s; NaN when there are none.
    p_value : of constancy; NaN where it cannot be tested.
    coefficients, covariance : of the parabola in ``x = near/s - 1``, without a constant; empty where untested.
    freedom : degrees of freedom of its error.
    """

    n_copies: int
    n_sessions: int
    near_mm: float
    far_mm: float
    p_value: float
    coefficients: Array
    covariance: Array
    freedom: int

    @property
    def is_tested(self) -> bool:
        return not math.isnan(self.p_value)

    @property
    def changes(self) -> bool:
        """Whether constancy is refuted. If not, `change` tells what could have stayed unnoticed."""
        return self.p_value < LEVEL

    def change(self, s_mm: float) -> tuple[float, Interval]:
        """Shift at s less the shift at the nearest distance, with its 95 % interval; NaN where untested."""
        if not self.is_tested:
            return NAN, UNDEFINED
        x = _basis(np.array([s_mm]), self.near_mm, self.coefficients.size)[0]
        value, se = float(x @ self.coefficients), math.sqrt(float(x @ self.covariance @ x))
        return value, around(value, student95(self.freedom) * se)


def distance_test(sessions: Sequence[DistantSession]) -> DistanceTest:
    """Test whether the shift at the sensor is the same at all distances.

    Parameters
    ----------
    sessions : of all copies, in any order; those of a copy at one distance only are left out.

    Returns
    -------
    DistanceTest
        Untested without a copy at two distances (a tenth apart at least), or without a degree of freedom.

    Raises
    ------
    ValueError
        For values that are not finite or standard errors that are not positive.

    Notes
    -----
    Generalised least squares with a constant for each copy and REML for the variance between sessions; F test with
    ``rows - parameters`` degrees of freedom and ``max(1, q)`` as in the modified Hartung-Knapp method. A rig's error
    ``2 se(s)/s`` of the copy's shift is common to its series at one distance and does not average over copies.
    """
    rows = _telling(sessions)
    if not rows:
        return DistanceTest(0, 0, NAN, NAN, NAN, np.empty(0), np.empty((0, 0)), 0)
    s_mm = np.array([row.s_mm for row in rows])
    near, far = float(s_mm.min()), float(s_mm.max())
    copies = sorted({row.copy for row in rows})
    spare = len(rows) - len(copies)
    curved = len(_set_ups(s_mm.tolist())) > 2 and spare >= _SPARE_FOR_A_CURVE
    trend = _basis(s_mm, near, 2 if curved else 1)
    design = np.hstack([np.array([[row.copy == copy for copy in copies] for row in rows], float), trend])
    freedom = spare - trend.shape[1]
    if freedom < 1 or np.linalg.matrix_rank(design) < design.shape[1]:
        return DistanceTest(len(copies), len(rows), near, far, NAN, np.empty(0), np.empty((0, 0)), freedom)
    coefficients, covariance = _fit(rows, design, freedom)
    beta, doubt = coefficients[len(copies) :], covariance[len(copies) :, len(copies) :]
    f = float(beta @ np.linalg.solve(doubt, beta)) / beta.size
    p_value = float(special.fdtrc(beta.size, freedom, f))
    return DistanceTest(len(copies), len(rows), near, far, p_value, beta, doubt, freedom)


def _telling(sessions: Sequence[DistantSession]) -> list[DistantSession]:
    """Sessions of the copies with several distances, the widest ranges first, in a fixed order."""
    sizes = Counter(row.copy for row in sessions)
    in_order = sorted(
        (row for row in sessions if sizes[row.copy] > 1),
        key=lambda row: (row.copy, row.s_mm, row.rig, row.value, row.se),
    )
    groups = [list(group) for _, group in itertools.groupby(in_order, key=lambda row: row.copy)]
    groups = [group for group in groups if group[-1].s_mm > ANOTHER_DISTANCE * group[0].s_mm]
    groups.sort(key=lambda group: (-group[-1].s_mm / group[0].s_mm, group[0].copy))
    return [row for group in groups[:_MOST_COPIES] for row in group][:_MOST_SESSIONS]


def _set_ups(s_mm: Sequence[float]) -> list[float]:
    """Distances that differ, from near to far."""
    found: list[float] = []
    for s in sorted(s_mm):
        if not found or s > ANOTHER_DISTANCE * found[-1]:
            found.append(s)
    return found


def _basis(s_mm: Array, near_mm: float, degree: int) -> Array:
    x = near_mm / s_mm - 1
    return np.stack([x**power for power in range(1, degree + 1)], axis=-1)


def _fit(rows: Sequence[DistantSession], design: Array, freedom: int) -> tuple[Array, Array]:
    """Coefficients and their covariance, at the most likely variance between sessions."""
    values, variances = check([row.value for row in rows], [row.se for row in rows])
    shared = _shared_by_rigs(rows, values)
    largest = _LARGEST_SPREAD * float(np.std(values) + np.sqrt(variances.max()))

    def deviance(spread: float) -> float:
        return _least_squares(values, design, np.diag(variances + spread**2) + shared)[2]

    grid = np.concatenate([[0.0], largest * np.geomspace(1e-3, 1, 12)])
    place = int(np.argmin([deviance(spread) for spread in grid]))
    bounds = grid[max(place - 1, 0)], grid[min(place + 1, grid.size - 1)]
    best = optimize.minimize_scalar(deviance, bounds=bounds, method="bounded", options={"xatol": 1e-4 * bounds[1]})
    spread = float(best.x) if best.fun < deviance(0.0) else 0.0
    coefficients, covariance, _, chi2 = _least_squares(values, design, np.diag(variances + spread**2) + shared)
    return coefficients, covariance * max(1.0, chi2 / freedom)


def _shared_by_rigs(rows: Sequence[DistantSession], values: Array) -> Array:
    """Covariance of the sessions through the error of s of their rig: that of the copy's mean shift, twice."""
    copies = np.array([row.copy for row in rows])
    mean = np.array([float(values[copies == copy].mean()) for copy in copies])
    error = 2 * np.array([row.s_se_relative for row in rows]) * mean
    set_ups = np.array(_set_ups([row.s_mm for row in rows]))
    place = np.searchsorted(set_ups, [row.s_mm for row in rows], side="right")
    rigs = [(row.rig, int(number)) for row, number in zip(rows, place, strict=True)]
    common = np.array([[one == other for other in rigs] for one in rigs], float)
    return common * error[:, None] * error


def _least_squares(values: Array, design: Array, covariance: Array) -> tuple[Array, Array, float, float]:
    """Coefficients, their covariance, minus twice the restricted log likelihood, and chi-squared."""
    root = linalg.cholesky(covariance, lower=True)
    y, x = (linalg.solve_triangular(root, array, lower=True) for array in (values, design))
    q, r = linalg.qr(x, mode="economic")
    inverse = linalg.solve_triangular(r, np.eye(r.shape[0]))
    coefficients = inverse @ (q.T @ y)
    chi2 = float(((y - x @ coefficients) ** 2).sum())
    log_size = float(np.log(np.diag(root)).sum() + np.log(np.abs(np.diag(r))).sum())
    return coefficients, inverse @ inverse.T, 2 * log_size + chi2, chi2
