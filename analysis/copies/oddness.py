"""Is one copy unlike the others; do batches differ? Tests that keep their size at few copies.

In both every copy counts the same: weights from estimated variances raise the size of a test from 5 to 6 to 8 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from analysis.copies.likelihood import Array
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

    Notes
    -----
    The spread of the others is their scatter, kept from being smaller than their own errors allow; a copy whose own
    error is larger than theirs is given the difference.
    """
    if len(copies) < ODD_FROM:
        return ()
    difference, t = _against_others(
        np.array([copy.value for copy in copies]), np.array([copy.se for copy in copies]) ** 2
    )
    columns = ([copy.copy for copy in copies], difference.tolist(), t.tolist(), _p_value(t).tolist())
    return tuple(map(OddCopy, *columns))


def _against_others(values: Array, variances: Array) -> tuple[Array, Array]:
    """Difference from the mean of the others, and t, for each: sums over all less its own."""
    others = values.size - 1
    away = values - values.mean()
    scatter = (away**2).sum() - away**2 * (1 + 1 / others)
    own = (variances.sum() - variances) / others
    spread = np.maximum(scatter / (others - 1), own)
    difference = away * (1 + 1 / others)
    return difference, difference / np.sqrt(spread * (1 + 1 / others) + np.maximum(variances - own, 0.0))


def _p_value(t: Array) -> Array:
    """Two-sided, corrected for the number of copies."""
    found: Array = np.minimum(1.0, 2 * t.size * special.stdtr(t.size - 2, -np.abs(t)))
    return found


def oddities(copies: Sequence[CopyEstimate]) -> tuple[OddCopy, ...]:
    """The copies that are odd, one after the other: the oddest is set aside and the rest looked at anew."""
    names = np.array([copy.copy for copy in copies])
    values, variances = np.array([copy.value for copy in copies]), np.array([copy.se for copy in copies]) ** 2
    odd: list[OddCopy] = []
    while values.size >= ODD_FROM:
        difference, t = _against_others(values, variances)
        place = int(np.argmax(np.abs(t)))
        worst = OddCopy(str(names[place]), float(difference[place]), float(t[place]), float(_p_value(t)[place]))
        if not worst.is_odd:
            break
        odd.append(worst)
        names, values, variances = (np.delete(array, place) for array in (names, values, variances))
    return tuple(odd)


def odd_copies(copies: Sequence[CopyEstimate]) -> tuple[str, ...]:
    """Their names."""
    return tuple(one.copy for one in oddities(copies))


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
    """
    table = Table.of(sessions) if any(row.batch for row in sessions) else None
    if table is None or not table.separable:
        return NAN
    separable = table.separable
    of_batch = {copy for copy, batch in zip(table.copies, table.batches, strict=True) if batch in separable}
    copies = population([row for row in sessions if row.copy in of_batch]).copies
    batches = [np.array([copy.value for copy in copies if copy.batch == batch]) for batch in sorted(separable)]
    freedom = len(copies) - len(batches)
    own = float(np.mean([copy.se**2 for copy in copies]))
    within = max(sum(batch.size * float(batch.var()) for batch in batches) / freedom, own)
    grand = float(np.mean([copy.value for copy in copies]))
    between = sum(batch.size * float(batch.mean() - grand) ** 2 for batch in batches) / (len(batches) - 1)
    return float(special.fdtrc(len(batches) - 1, freedom, between / within))
