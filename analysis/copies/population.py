"""The copies of a lens together: `y = mu (+ batch) + copy + session(copy) + e`, e with known standard errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from scipy import optimize, special

from analysis.copies.combined import CONCLUSIVE_FROM
from analysis.copies.likelihood import MANY_ROWS, Array, around, curvature, mean_of, most_likely, student95
from analysis.copies.table import BATCH, COPY, SESSION, CopyEstimate, Session, Table
from analysis.results import NAN, UNDEFINED, Interval

SHARED_SCALE: Final = 0.015
"""Error of scale that all series share, as a share of the value: it does not average away."""
NORMAL95: Final = 1.959964

_CHI2_95: Final = float(special.chdtri(1, 0.05))
_LEAST_OWN_ERROR: Final = 0.1


@dataclass(frozen=True, slots=True)
class Spreads:
    """Profile-likelihood intervals (95 %) of the copy and the repeat standard deviation; NaN where undefined."""

    copy_sd95: Interval
    repeat_sd95: Interval


@dataclass(frozen=True)
class Population:
    """What the copies say together. All values in the unit of the input.

    Attributes
    ----------
    n_copies, n_sessions : it rests on.
    mean, se : mean of all copies and its standard error without the shared error of scale.
    interval95 : where the mean of all copies lies; NaN for one copy, which speaks for itself only.
    prediction95 : where the next copy is expected; NaN below three. Both include the shared error of scale.
    copy_sd : standard deviation between copies (of one batch, where batches are separable); NaN for one copy.
    repeat_sd : standard deviation between sessions of one copy beyond their own errors; NaN where no copy has two,
        and then part of `copy_sd`.
    batch_sd : standard deviation between batches; NaN where batches cannot be separated.
    table, variances : the sessions it was made of, and the most likely variances of their levels.
    """

    n_copies: int
    n_sessions: int
    mean: float
    se: float
    interval95: Interval
    prediction95: Interval
    copy_sd: float
    repeat_sd: float
    batch_sd: float
    table: Table = field(repr=False, compare=False)
    variances: Array = field(repr=False, compare=False)

    @cached_property
    def copies(self) -> tuple[CopyEstimate, ...]:
        """One estimate for each copy, sorted."""
        return self.table.estimates(self.variances[SESSION])

    @cached_property
    def spreads(self) -> Spreads:
        """Profile-likelihood intervals of the two standard deviations, without batches."""
        if self.table.separable:
            table = self.table.without_batches()
            return _spreads(table, table.spreads)
        return _spreads(self.table, self.variances)

    @property
    def is_conclusive(self) -> bool:
        """Whether they are enough to say something about their kind."""
        return self.n_copies >= CONCLUSIVE_FROM


def own_error(value: float, se: float, shared_scale: float = SHARED_SCALE) -> float:
    """The standard error of a series without the shared error of scale it includes; never below a tenth of it."""
    return float(own_errors(np.array(value), np.array(se), shared_scale))


def own_errors(values: Array, standard_errors: Array, shared_scale: float = SHARED_SCALE) -> Array:
    """The same of many."""
    own = standard_errors**2 - (shared_scale * values) ** 2
    return np.sqrt(np.maximum(own, (_LEAST_OWN_ERROR * standard_errors) ** 2))


def population(sessions: Sequence[Session], *, shared_scale: float = SHARED_SCALE) -> Population:
    """Fit the model to all sessions of all copies of a lens.

    Parameters
    ----------
    sessions : at least one, in any order.
    shared_scale : error of scale common to all, as a share of the value; see `own_error`.

    Returns
    -------
    Population

    Raises
    ------
    ValueError
        For no sessions, values that are not finite or standard errors that are not positive.

    Notes
    -----
    REML, modified Hartung-Knapp and t(copies - 1), or t(batches - 1) where batches are separable: IntHout, Ioannidis
    and Borm (2014), Viechtbauer (2005); prediction with the same t: Partlett and Riley (2017). A copy of unknown batch
    is a batch of its own. The shared error of scale stays out of the weights and is added in quadrature to both.
    """
    return population_of(Table.of(sessions), shared_scale=shared_scale)


def population_of(table: Table, *, shared_scale: float = SHARED_SCALE) -> Population:
    """The same of sessions laid out."""
    spreads = table.spreads
    found = mean_of(table.nest, spreads)
    scale = NORMAL95 * shared_scale * abs(found.value)

    def interval(se: float, enough: int) -> Interval:
        if table.n_copies < enough:
            return UNDEFINED
        return around(found.value, math.hypot(student95(found.groups - 1) * se, scale))

    return Population(
        n_copies=table.n_copies,
        n_sessions=table.nest.size,
        mean=found.value,
        se=found.se,
        interval95=interval(found.se, 2),
        prediction95=interval(found.next_sd, CONCLUSIVE_FROM),
        copy_sd=math.sqrt(spreads[COPY]) if table.n_copies > 1 else NAN,
        repeat_sd=math.sqrt(spreads[SESSION]) if table.has_repeats else NAN,
        batch_sd=math.sqrt(spreads[BATCH]) if table.separable else NAN,
        table=table,
        variances=spreads,
    )


def spreads_of(sessions: Sequence[Session]) -> Spreads:
    """Profile-likelihood intervals of the copy and the repeat standard deviation, without batches.

    Parameters
    ----------
    sessions : as for `population`.

    Returns
    -------
    Spreads
        The interval of the copies is NaN for one copy, that of the repeats where no copy has two sessions.
    """
    table = Table.of(sessions).without_batches()
    return _spreads(table, table.spreads)


def _spreads(table: Table, best: Array) -> Spreads:
    interval = _quadratic95 if table.nest.size >= MANY_ROWS else _profile95
    return Spreads(
        copy_sd95=interval(table, best, COPY) if table.n_copies > 1 else UNDEFINED,
        repeat_sd95=interval(table, best, SESSION) if table.has_repeats else UNDEFINED,
    )


def _profile95(table: Table, best: Array, level: int) -> Interval:
    """Where the deviance, least over the other variances, exceeds its minimum by the quantile of chi-squared."""
    least = float(table.nest.deviance(best))
    others = [is_free and number != level for number, is_free in enumerate(table.free)]

    def excess(sd: float) -> float:
        fixed = np.zeros(best.size)
        fixed[level] = sd**2
        return float(table.nest.deviance(most_likely(table.nest, others, fixed))) - least - _CHI2_95

    peak = math.sqrt(best[level])
    high = _first_beyond(excess, max(peak, 1e-3 * table.nest.scale))
    low = 0.0 if excess(0.0) <= 0 else _crossing(excess, 0.0, peak)
    return low, _crossing(excess, peak, high)


def _quadratic95(table: Table, best: Array, level: int) -> Interval:
    """The same for many rows: from the curvature, twice the information, and at the border along this variance."""
    if best[level] == 0:
        return 0.0, _border95(table, best, level)
    bent = curvature(table.nest, best, best / math.sqrt(table.nest.size))
    place = int(np.flatnonzero(np.flatnonzero(best) == level)[0])
    half = NORMAL95 * math.sqrt(2 * float(np.linalg.inv(bent)[place, place]))
    return math.sqrt(max(best[level] - half, 0.0)), math.sqrt(best[level] + half)


def _border95(table: Table, best: Array, level: int) -> float:
    """How large a variance that is best at 0 may be, as a standard deviation, the others being what they are."""
    least = float(table.nest.deviance(best))

    def excess(sd: float) -> float:
        tried = best.copy()
        tried[level] = sd**2
        return float(table.nest.deviance(tried)) - least - _CHI2_95

    return _crossing(excess, 0.0, _first_beyond(excess, 1e-3 * table.nest.scale))


def _first_beyond(excess: Callable[[float], float], high: float) -> float:
    """Doubled until it is beyond the crossing."""
    while excess(high) < 0:
        high *= 2
    return high


def _crossing(excess: Callable[[float], float], low: float, high: float) -> float:
    return float(optimize.brentq(excess, low, high, xtol=1e-4 * high))
