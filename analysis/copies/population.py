"""The copies of a lens together: `y = mu (+ batch) + copy + session(copy) + e`, e with known standard errors."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import optimize, stats

from analysis.copies.combined import CONCLUSIVE_FROM, check
from analysis.copies.likelihood import Array, Level, Nest, around, mean_of, most_likely, student95
from analysis.results import NAN, UNDEFINED, Interval

SHARED_SCALE: Final = 0.015
"""Error of scale that all series share, as a share of the value: it does not average away."""
SEPARABLE_BATCHES: Final = 3
COPIES_OF_A_BATCH: Final = 2
"""So many batches of so many copies each, or batch and copy cannot be separated."""

_NORMAL95: Final = 1.959964
_CHI2_95: Final = float(stats.chi2.ppf(0.95, 1))
_LEAST_OWN_ERROR: Final = 0.1
SESSION, COPY, BATCH = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Session:
    """What one series says of one copy, in any unit; the same for all.

    Attributes
    ----------
    copy : which copy; sorts and compares.
    value, se : the estimate and its standard error, without the error of scale that all series share.
    batch : which batch the copy is of; empty when unknown.
    """

    copy: str
    value: float
    se: float
    batch: str = ""


@dataclass(frozen=True, slots=True)
class CopyEstimate:
    """One copy: the estimate of all its sessions, not drawn towards the others. `se` includes the repeat scatter."""

    copy: str
    batch: str
    n_sessions: int
    value: float
    se: float


@dataclass(frozen=True, slots=True)
class Population:
    """What the copies say together. All values in the unit of the input.

    Attributes
    ----------
    copies : one estimate for each copy, sorted.
    n_sessions : of all copies.
    mean, se : mean of all copies and its standard error without the shared error of scale.
    interval95 : where the mean of all copies lies; NaN for one copy, which speaks for itself only.
    prediction95 : where the next copy is expected; NaN below three. Both include the shared error of scale.
    copy_sd : standard deviation between copies (of one batch, where batches are separable); NaN for one copy.
    repeat_sd : standard deviation between sessions of one copy beyond their own errors; NaN where no copy has two,
        and then part of `copy_sd`.
    batch_sd : standard deviation between batches; NaN where batches cannot be separated.
    """

    copies: tuple[CopyEstimate, ...]
    n_sessions: int
    mean: float
    se: float
    interval95: Interval
    prediction95: Interval
    copy_sd: float
    repeat_sd: float
    batch_sd: float

    @property
    def n_copies(self) -> int:
        return len(self.copies)

    @property
    def is_conclusive(self) -> bool:
        """Whether they are enough to say something about their kind."""
        return self.n_copies >= CONCLUSIVE_FROM


@dataclass(frozen=True, slots=True)
class Spreads:
    """Profile-likelihood intervals (95 %) of the copy and the repeat standard deviation; NaN where undefined."""

    copy_sd95: Interval
    repeat_sd95: Interval


def own_error(value: float, se: float, shared_scale: float = SHARED_SCALE) -> float:
    """The standard error of a series without the shared error of scale it includes; never below a tenth of it."""
    return math.sqrt(max(se**2 - (shared_scale * value) ** 2, (_LEAST_OWN_ERROR * se) ** 2))


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
    table = Table.of(sessions)
    spreads = table.spreads
    found = mean_of(table.nest, spreads)
    scale = _NORMAL95 * shared_scale * abs(found.value)

    def interval(se: float, enough: int) -> Interval:
        if table.n_copies < enough:
            return UNDEFINED
        return around(found.value, math.hypot(student95(found.groups - 1) * se, scale))

    return Population(
        copies=table.estimates(spreads[SESSION]),
        n_sessions=len(sessions),
        mean=found.value,
        se=found.se,
        interval95=interval(found.se, 2),
        prediction95=interval(found.next_sd, CONCLUSIVE_FROM),
        copy_sd=math.sqrt(spreads[COPY]) if table.n_copies > 1 else NAN,
        repeat_sd=math.sqrt(spreads[SESSION]) if table.has_repeats else NAN,
        batch_sd=math.sqrt(spreads[BATCH]) if table.has_batches else NAN,
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
    table = Table.of([Session(row.copy, row.value, row.se) for row in sessions])
    best = table.spreads
    return Spreads(
        copy_sd95=_profile95(table, best, COPY) if table.n_copies > 1 else UNDEFINED,
        repeat_sd95=_profile95(table, best, SESSION) if table.has_repeats else UNDEFINED,
    )


def batch_of_copy(sessions: Sequence[Session]) -> dict[str, str]:
    """The batch of each copy, even where only some of its sessions name it."""
    return {row.copy: row.batch for row in sorted(sessions, key=lambda row: (row.copy, row.batch))}


def separable_batches(batch_of_copy: Sequence[str]) -> frozenset[str]:
    """The batches of at least two copies; none where they are fewer than three, and batch and copy inseparable."""
    known = Counter(batch for batch in batch_of_copy if batch)
    large = frozenset(batch for batch, copies in known.items() if copies >= COPIES_OF_A_BATCH)
    return large if len(large) >= SEPARABLE_BATCHES else frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """Sessions in the order of batch and copy, and where each of these starts.

    The levels of `nest` are copies, batches where they are separable (a copy outside them is its own), and all.
    """

    sessions: tuple[Session, ...]
    nest: Nest
    has_batches: bool

    @classmethod
    def of(cls, sessions: Sequence[Session]) -> Table:
        """Sort and check."""
        batch_of = batch_of_copy(sessions)
        separable = separable_batches(list(batch_of.values()))

        def key(row: Session) -> tuple[str, str]:
            batch = batch_of[row.copy]
            return (batch if batch in separable else "", row.copy)

        named = [replace(row, batch=batch_of[row.copy]) for row in sessions]
        rows = tuple(sorted(named, key=lambda row: (*key(row), row.value, row.se)))
        values, variances = check([row.value for row in rows], [row.se for row in rows])
        copies = [key(row) for row in rows]
        of_copy = list(dict.fromkeys(copies))
        levels = [Level.of(copies)]
        if separable:
            levels.append(Level.of([batch or f"\0{copy}" for batch, copy in of_copy]))
        levels.append(Level.all(levels[-1].size))
        return cls(rows, Nest(values, variances, tuple(levels)), bool(separable))

    @property
    def n_copies(self) -> int:
        return self.nest.levels[SESSION].size

    @property
    def has_repeats(self) -> bool:
        """Whether any copy has two sessions, without which repeat and copy cannot be told apart."""
        return len(self.sessions) > self.n_copies

    @property
    def spreads(self) -> Array:
        """Variances between sessions, between copies and, where they are separable, between batches."""
        return most_likely(self.nest, self.free)

    @property
    def free(self) -> tuple[bool, ...]:
        """Which variances the sessions can tell."""
        return (self.has_repeats, self.n_copies > 1, True)[: len(self.nest.levels)]

    def estimates(self, repeat_variance: float) -> tuple[CopyEstimate, ...]:
        """Each copy by itself, sorted by name."""
        lone = Nest(self.nest.values, self.nest.variances, self.nest.levels[:1])
        found = lone.climb(np.array([repeat_variance]))[0]
        groups = [list(group) for _, group in itertools.groupby(self.sessions, key=lambda row: row.copy)]
        together = zip(groups, found.mean.tolist(), np.sqrt(found.variance).tolist(), strict=True)
        made = [CopyEstimate(rows[0].copy, rows[0].batch, len(rows), value, se) for rows, value, se in together]
        return tuple(sorted(made, key=lambda copy: copy.copy))


def _profile95(table: Table, best: Array, level: int) -> Interval:
    """Where the deviance, least over the other variances, exceeds its minimum by the quantile of chi-squared."""
    least = float(table.nest.deviance(best))
    others = [is_free and number != level for number, is_free in enumerate(table.free)]

    def excess(sd: float) -> float:
        fixed = np.zeros(best.size)
        fixed[level] = sd**2
        return float(table.nest.deviance(most_likely(table.nest, others, fixed))) - least - _CHI2_95

    peak = math.sqrt(best[level])
    high = max(peak, 1e-3 * table.nest.scale)
    while excess(high) < 0:
        high *= 2
    low = 0.0 if excess(0.0) <= 0 else _crossing(excess, 0.0, peak)
    return low, _crossing(excess, peak, high)


def _crossing(excess: Callable[[float], float], low: float, high: float) -> float:
    return float(optimize.brentq(excess, low, high, xtol=1e-4 * high))
