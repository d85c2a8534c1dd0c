"""One level: estimates of one quantity put together, such as one copy's series or one estimate of each copy.

Each has a known standard error, and they differ by more than that. The variance between them is estimated by
restricted maximum likelihood; the interval is that of Hartung and Knapp with Student's t, kept from being narrower than
the known errors allow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.copies.likelihood import Array, Level, Nest, around, mean_of, most_likely, student95
from analysis.results import NAN, UNDEFINED, Interval

CONCLUSIVE_FROM: Final = 3
"""Below so many copies they are shown and nothing is concluded of their kind."""


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
    Viechtbauer (2005). Prediction with t(k-1): Partlett and Riley (2017), and `mean_of`.
    """
    y, variances = check(values, standard_errors)
    if y.size == 1:
        return Combined(1, float(y[0]), float(np.sqrt(variances[0])), UNDEFINED, UNDEFINED, NAN)
    nest = Nest(y, variances, (Level.all(y.size),))
    spreads = most_likely(nest, [True])
    found = mean_of(nest, spreads)
    reach = student95(y.size - 1)
    next_copy = around(found.value, reach * found.next_sd)
    return Combined(
        n=y.size,
        mean=found.value,
        se=found.se,
        interval95=around(found.value, reach * found.se),
        prediction95=next_copy if y.size >= CONCLUSIVE_FROM else UNDEFINED,
        between_sd=math.sqrt(spreads[0]),
    )


def check(values: npt.ArrayLike, standard_errors: npt.ArrayLike) -> tuple[Array, Array]:
    """Values and variances as arrays; `ValueError` where they are no estimates."""
    y, variances = np.asarray(values, float), np.asarray(standard_errors, float) ** 2
    if y.size == 0 or y.shape != variances.shape:
        raise ValueError("as many standard errors as values are needed, and at least one")
    if not (np.isfinite(y).all() and np.isfinite(variances).all() and (variances > 0).all()):
        raise ValueError("values must be finite and standard errors positive")
    return y, variances
