"""Is one copy unlike the others; do batches differ? Tests that keep their size at few copies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from analysis.copies.combined import combine
from analysis.copies.likelihood import student95
from analysis.copies.population import population
from analysis.copies.table import CopyEstimate, Session, Table
from analysis.results import NAN

LEVEL: Final = 0.05
ODD_FROM: Final = 5
"""Below so many copies none is called odd by its value."""


@dataclass(frozen=True, slots=True)
class OddCopy:
    """One copy against all others.

    Attributes
    ----------
    copy : which.
    difference : its value less the mean of the others.
    t : difference over its standard error, the spread of the others included.
    p_value : two-sided, times the number of copies looked at (Bonferroni), at most 1.
    """

    copy: str
    difference: float
    t: float
    p_value: float

    @property
    def is_odd(self) -> bool:
        return self.p_value < LEVEL


def leave_one_out(copies: Sequence[CopyEstimate]) -> tuple[OddCopy, ...]:
    """Each copy against all others, in the order given; empty below five copies.

    Parameters
    ----------
    copies : as a `Population` lists them.

    Returns
    -------
    tuple of OddCopy
        t has (copies - 2) degrees of freedom. A copy's own scatter does not widen what it is held against, as it does
        in a rule on all copies' median deviation, which accuses one clean set in seven.
    """
    if len(copies) < ODD_FROM:
        return ()
    return tuple(_against(copy, [other for other in copies if other is not copy]) for copy in copies)


def odd_copies(copies: Sequence[CopyEstimate]) -> tuple[str, ...]:
    """The copies that are odd, one after the other: the oddest is set aside and the rest looked at anew."""
    rest, odd = list(copies), []
    while found := [one for one in leave_one_out(rest) if one.is_odd]:
        worst = min(found, key=lambda one: (one.p_value, one.copy))
        odd.append(worst.copy)
        rest = [copy for copy in rest if copy.copy != worst.copy]
    return tuple(odd)


def _against(copy: CopyEstimate, others: Sequence[CopyEstimate]) -> OddCopy:
    rest = combine([other.value for other in others], [other.se for other in others])
    difference = copy.value - rest.mean
    next_sd = (rest.prediction95[1] - rest.mean) / student95(rest.n - 1)
    t = difference / math.hypot(copy.se, next_sd)
    p_value = 2 * float(stats.t.sf(abs(t), len(others) - 1)) * (len(others) + 1)
    return OddCopy(copy.copy, difference, t, min(p_value, 1.0))


def batch_p_value(sessions: Sequence[Session]) -> float:
    """Do the means of batches differ more than copies of one batch do?

    Parameters
    ----------
    sessions : all; only batches of at least two copies are looked at.

    Returns
    -------
    float
        p of the F test over the copies' estimates with (batches - 1, copies - batches) degrees of freedom, their
        scatter within batches kept from being smaller than their own errors allow; NaN where batches cannot be
        separated.

    Notes
    -----
    Every copy counts the same: weights from estimated variances raise the size of the test from 5 to 6 to 8 %.
    """
    table = Table.of(sessions)
    separable = table.separable
    if not separable:
        return NAN
    of_batch = {copy for copy, batch in zip(table.copies, table.batches, strict=True) if batch in separable}
    copies = population([row for row in sessions if row.copy in of_batch]).copies
    batches = [np.array([copy.value for copy in copies if copy.batch == batch]) for batch in sorted(separable)]
    freedom = len(copies) - len(batches)
    own = float(np.mean([copy.se**2 for copy in copies]))
    within = max(sum(batch.size * float(batch.var()) for batch in batches) / freedom, own)
    grand = float(np.mean([copy.value for copy in copies]))
    between = sum(batch.size * float(batch.mean() - grand) ** 2 for batch in batches) / (len(batches) - 1)
    return float(stats.f.sf(between / within, len(batches) - 1, freedom))
