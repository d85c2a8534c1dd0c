"""Statistics over copies: what several copies of a lens say together, and where the next one is expected.

Each copy's value has a known standard error, and copies differ by more than that: one level of random effects. The
variance between copies is estimated by restricted maximum likelihood; the interval is that of Hartung and Knapp with
Student's t, kept from being narrower than the known errors allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from analysis.results import NAN, UNDEFINED, Interval

CONCLUSIVE_FROM: Final = 3
"""Below so many copies they are shown and nothing is concluded of their kind."""

_CONFIDENCE: Final = 0.95
_SPREADS: Final = 40
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combined:
    """Several estimates of one quantity, put together. All values in the unit of the input.

    Attributes
    ----------
    n : estimates combined.
    mean, se : their mean and its standard error.
    interval95 : where the mean of all copies lies; NaN for one copy, which speaks for itself only.
    prediction95 : where the next copy is expected; NaN below three.
    between_sd : standard deviation between copies; NaN for one.
    """

    n: int
    mean: float
    se: float
    interval95: Interval
    prediction95: Interval
    between_sd: float

    @property
    def is_conclusive(self) -> bool:
        """Whether they are enough to say something about their kind."""
        return self.n >= CONCLUSIVE_FROM


def combine(values: Sequence[float], standard_errors: Sequence[float]) -> Combined:
    """Combine estimates of the same quantity from different copies (or of one copy from different series).

    Parameters
    ----------
    values : (k,) estimates.
    standard_errors : (k,) their standard errors, positive.

    Returns
    -------
    Combined
        The order of the input does not matter beyond rounding.

    Raises
    ------
    ValueError
        For no values, unequal lengths, values that are not finite or standard errors that are not positive.

    Notes
    -----
    REML and the modified Hartung-Knapp variance ``max(1, q) / sum(w)`` with t(k-1): IntHout, Ioannidis and Borm (2014),
    Viechtbauer (2005). Prediction with t(k-1): Partlett and Riley (2017).
    """
    y, variances = np.asarray(values, float), np.asarray(standard_errors, float) ** 2
    if y.size == 0 or y.shape != variances.shape:
        raise ValueError("as many standard errors as values are needed, and at least one")
    if not (np.isfinite(y).all() and np.isfinite(variances).all() and (variances > 0).all()):
        raise ValueError("values must be finite and standard errors positive")
    if y.size == 1:
        return Combined(1, float(y[0]), float(np.sqrt(variances[0])), UNDEFINED, UNDEFINED, NAN)
    between = _reml_variance(y, variances)
    weights = 1 / (variances + between)
    mean = float(weights @ y / weights.sum())
    q = float(weights @ (y - mean) ** 2 / (y.size - 1))
    se = float(np.sqrt(max(1.0, q) / weights.sum()))
    reach = float(stats.t.ppf((1 + _CONFIDENCE) / 2, y.size - 1))
    next_copy = _around(mean, reach * float(np.sqrt(between + se**2)))
    return Combined(
        n=y.size,
        mean=mean,
        se=se,
        interval95=_around(mean, reach * se),
        prediction95=next_copy if y.size >= CONCLUSIVE_FROM else UNDEFINED,
        between_sd=float(np.sqrt(between)),
    )


def _around(mean: float, half_width: float) -> Interval:
    return mean - half_width, mean + half_width


def _reml_variance(y: _Array, variances: _Array) -> float:
    """The variance between copies that maximises the restricted likelihood; 0 where that is its best.

    The likelihood may have several maxima, so a coarse grid over all plausible spreads comes first.
    """
    largest = float(np.var(y, ddof=1)) + float(variances.max())
    grid = np.concatenate([[0.0], largest * np.geomspace(1e-6, 1e2, _SPREADS)])
    best = int(np.argmin([_deviance(between, y, variances) for between in grid]))
    if best == 0:
        return 0.0
    refined = optimize.minimize_scalar(
        _deviance,
        bounds=(grid[best - 1], grid[min(best + 1, grid.size - 1)]),
        args=(y, variances),
        method="bounded",
        options={"xatol": 1e-9 * largest},
    )
    return float(refined.x)


def _deviance(between: float, y: _Array, variances: _Array) -> float:
    """Minus twice the restricted log likelihood, up to a constant."""
    total = variances + between
    weights = 1 / total
    mean = weights @ y / weights.sum()
    return float(np.log(total).sum() + np.log(weights.sum()) + weights @ (y - mean) ** 2)
