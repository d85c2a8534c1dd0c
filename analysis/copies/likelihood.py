"""Nested random effects with known errors: the restricted likelihood in closed-form blocks, and its maximum.

Rows lie in groups, groups in groups, all under one mean. Going up one level turns the rows of a group into their
weighted mean with the variance that mean has; what the level says of the spread is left behind as deviance. The
variance of the next level is then simply added. So no matrix is ever built, and a whole grid of candidate variances is
computed at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from analysis.results import Interval

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_CONFIDENCE: Final = 0.95
_FIRST_STEPS: Final = 14
_STEPS: Final = np.linspace(0, 1, 9)
_ROUNDS: Final = 10
_FURTHEST: Final = 10.0
MANY_ROWS: Final = 400
"""From so many rows on the likelihood is as good as quadratic about its one maximum."""
_STEP: Final = 1e-4
_CORNERS: Final = ((1, 1), (1, -1), (-1, 1), (-1, -1))
_SIGNS: Final = np.array([1.0, -1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Which rows make a group: where each group starts, and the group of each row."""

    starts: Places
    group_of: Places

    @classmethod
    def of(cls, keys: npt.ArrayLike) -> Level:
        """Equal neighbours are of one group."""
        named = np.asarray(keys)
        is_first = np.concatenate([[True], named[1:] != named[:-1]])
        return cls(np.flatnonzero(is_first), np.cumsum(is_first) - 1)

    @classmethod
    def all(cls, rows: int) -> Level:
        """One group of everything."""
        return cls(np.zeros(1, np.intp), np.zeros(rows, np.intp))

    @property
    def size(self) -> int:
        """Number of groups."""
        return self.starts.size


@dataclass(frozen=True, slots=True)
class Gathered:
    """Groups after going up one level.

    Attributes
    ----------
    mean, variance : (..., groups) weighted mean of each group and its variance.
    deviance : (...) minus twice the log likelihood of the rows about the means, up to a constant.
    scatter : (...) weighted sum of squares of the rows about the means; chi-squared where the variances are right.
    """

    mean: Array
    variance: Array
    deviance: Array
    scatter: Array


def gather(mean: Array, variance: Array, level: Level) -> Gathered:
    """Go up one level.

    Parameters
    ----------
    mean, variance : (..., rows) rows in the order of their groups, with their variances.
    level : their groups.

    Returns
    -------
    Gathered
        With a group effect of variance t, ``V = diag(v) + t 11'`` has ``log|V| = sum(log v) + log W + log(1/W + t)``
        with ``W = sum(1/v)``; the last term is the next level's, the others are in the deviance. Groups of one row each
        leave nothing behind.
    """
    if level.size == level.group_of.size:
        nothing = np.zeros(variance.shape[:-1])
        return Gathered(np.broadcast_to(mean, variance.shape), variance, nothing, nothing)
    weights = 1 / variance
    total = np.add.reduceat(weights, level.starts, axis=-1)
    centre = np.add.reduceat(weights * mean, level.starts, axis=-1) / total
    away = mean - centre[..., level.group_of]
    scatter = (weights * away * away).sum(axis=-1)
    return Gathered(centre, 1 / total, np.log(variance).sum(axis=-1) + np.log(total).sum(axis=-1) + scatter, scatter)


@dataclass(frozen=True, slots=True)
class Nest:
    """Rows and the levels they lie in.

    Attributes
    ----------
    values, variances : (rows,) the rows and their known variances, in the order of their groups.
    levels : from the lowest: groups of rows, groups of these, and so on. The last level is fixed: each of its groups
        has a mean of its own.
    """

    values: Array
    variances: Array
    levels: tuple[Level, ...]

    def climb(self, spreads: Array) -> tuple[Gathered, Array]:
        """The last level and the deviance of all, for variances (..., levels) added before each level's gathering."""
        mean, variance, deviance = self.values, self.variances, np.zeros(spreads.shape[:-1])
        for number, level in enumerate(self.levels):
            found = gather(mean, variance + spreads[..., number, None], level)
            mean, variance, deviance = found.mean, found.variance, deviance + found.deviance
        return found, deviance

    def deviance(self, spreads: Array) -> Array:
        """Minus twice the restricted log likelihood, up to a constant, for each row of (..., levels) variances."""
        return self.climb(spreads)[1]

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.values.size

    @property
    def scale(self) -> float:
        """A standard deviation no smaller than what the rows can show."""
        spread = float(np.var(self.values, ddof=1)) if self.values.size > 1 else 0.0
        return float(np.sqrt(spread + self.variances.max()))


class Likelihood(Protocol):
    """What `most_likely` searches: a deviance over variances of so many rows, and the standard deviation they show."""

    @property
    def size(self) -> int: ...

    @property
    def scale(self) -> float: ...

    def deviance(self, spreads: Array) -> Array: ...


def most_likely(nest: Likelihood, free: Sequence[bool], fixed: Array | None = None) -> Array:
    """The variances of the levels that maximise the restricted likelihood; 0 where that is best.

    Parameters
    ----------
    nest : rows and levels.
    free : which level's variance is sought.
    fixed : (levels,) the others; 0 by default.

    Returns
    -------
    array (levels,)

    Notes
    -----
    Of few rows the likelihood may have several maxima and flat ridges, so the search begins at the best point of a grid
    over all plausible standard deviations; of many rows it has one maximum.
    """
    best = np.zeros(len(free)) if fixed is None else np.array(fixed, float)
    where = np.flatnonzero(free)
    if not where.size:
        return best
    if nest.size >= MANY_ROWS:
        best[where] = nest.scale**2 / (2 * where.size)
        return _descent(nest, where, best)
    first = np.concatenate([[0.0], nest.scale * np.geomspace(1e-3, _FURTHEST, _FIRST_STEPS)])
    if where.size == 1:
        return _closing_in(nest, where[0], best, first)
    return _descent(nest, where, _best_of(nest, where, best, [first for _ in where]))


def _best_of(nest: Likelihood, where: Places, best: Array, axes: Sequence[Array]) -> Array:
    """The best point of a grid of standard deviations."""
    grid = np.meshgrid(*axes, indexing="ij", copy=False)
    tried = np.tile(best, (grid[0].size, 1))
    for level, sd in zip(where, grid, strict=True):
        tried[:, level] = sd.ravel() ** 2
    found: Array = tried[int(np.argmin(nest.deviance(tried)))]
    return found


def _closing_in(nest: Likelihood, level: np.intp, best: Array, axis: Array) -> Array:
    """One variance alone: a grid that closes in on its best point."""
    for _ in range(_ROUNDS):
        best = _best_of(nest, np.array([level]), best, [axis])
        place = int(np.argmin(np.abs(axis - np.sqrt(best[level]))))
        low, high = max(place - 1, 0), min(place + 1, axis.size - 1)
        axis = axis[low] + (axis[high] - axis[low]) * _STEPS
    return best


def _descent(nest: Likelihood, where: Places, start: Array) -> Array:
    """From there downhill by a quasi-Newton method, the slope from differences."""
    unit = nest.scale**2

    def slope(shares: Array) -> tuple[float, Array]:
        steps = np.maximum(_STEP * shares, _STEP**2)
        tried = np.tile(start, (1 + where.size, 1))
        tried[:, where] = unit * (shares + np.vstack([np.zeros(where.size), np.diag(steps)]))
        found = nest.deviance(tried)
        return float(found[0]), (found[1:] - found[0]) / steps

    bounds = [(0.0, _FURTHEST**2)] * where.size
    found = optimize.minimize(slope, start[where] / unit, jac=True, method="L-BFGS-B", bounds=bounds)
    best = start.copy()
    best[where] = unit * found.x
    return best


def curvature(nest: Likelihood, at: Array, steps: Array) -> Array:
    """Second derivatives of the deviance by differences, of the variances whose step is not 0 among themselves."""
    own = np.diag(steps)[steps > 0]
    corners = np.array([at + one * a + other * b for a in own for b in own for one, other in _CORNERS])
    found = nest.deviance(corners).reshape(len(own), len(own), len(_CORNERS)) @ _SIGNS
    return np.asarray(found / np.outer(2 * steps[steps > 0], 2 * steps[steps > 0]))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of groups.

    Attributes
    ----------
    value, se : the mean and its standard error, on `groups` - 1 degrees of freedom.
    next_sd : standard error of the mean as a guess of the next one's true value; NaN for one group.
    groups : how many.
    """

    value: float
    se: float
    next_sd: float
    groups: int


def mean_of(nest: Nest, spreads: Array) -> Mean:
    """The mean of all rows and what is to be expected next, for a nest whose last level is one group.

    Parameters
    ----------
    nest : rows and levels.
    spreads : (levels,) variances. The next one differs by all but the lowest, or by the only one.

    Notes
    -----
    The variance of the mean is the modified Hartung-Knapp one, ``max(1, q) / sum(w)``, q the mean square of the groups
    about it. The spread between groups is what is left of their scatter after their own errors v, and so less certain
    than Student's t on the scatter supposes: ``v / sqrt(2 (groups - 1))``, half of what v adds to the standard error
    of that spread, is added to the variance of the next one. Without it 95 % cover 90 to 92 at 3 to 15 copies.
    """
    top = nest.climb(spreads)[0]
    groups = nest.levels[-1].group_of.size
    if groups == 1:
        return Mean(float(top.mean[0]), math.sqrt(top.variance[0]), math.nan, 1)
    variance = max(1.0, float(top.scatter) / (groups - 1)) * float(top.variance[0])
    own = max(groups * float(top.variance[0]) - float(spreads[-1]), 0.0)
    between = float(spreads[-max(1, len(nest.levels) - 1) :].sum())
    next_variance = between + variance + own / math.sqrt(2 * (groups - 1))
    return Mean(float(top.mean[0]), math.sqrt(variance), math.sqrt(next_variance), groups)


def student95(freedom: int) -> float:
    """Half the width of a 95 % interval in standard errors."""
    return float(special.stdtrit(freedom, (1 + _CONFIDENCE) / 2))


def around(centre: float, half_width: float) -> Interval:
    """The interval centred there."""
    return centre - half_width, centre + half_width
