"""Does something beside the lens change its shift, such as the body? Compared within copies, like with like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.copies.combined import combine
from analysis.copies.distance import ANOTHER_DISTANCE
from analysis.results import NAN, UNDEFINED, Interval


class BodySession(NamedTuple):
    """One series of one copy on one body. `value` and `se` are at the sensor, in any unit."""

    copy: str
    body: str
    s_mm: float
    value: float
    se: float


@dataclass(frozen=True, slots=True)
class BodyDifference:
    """One body against the usual one.

    Attributes
    ----------
    body : which.
    n_pairs : copies that were measured on both at the same distance.
    difference, interval95 : its shift less that on the usual body; the interval is NaN below two pairs.
    p_value : of no difference; NaN below two pairs.
    """

    body: str
    n_pairs: int
    difference: float
    interval95: Interval
    p_value: float


def usual_body(sessions: Sequence[BodySession]) -> str:
    """The body with the most series; of several the first by name."""
    counts = Counter(row.body for row in sessions)
    return min(counts, key=lambda body: (-counts[body], body))


def body_differences(sessions: Sequence[BodySession]) -> tuple[BodyDifference, ...]:
    """Every body but the usual one, sorted by name, from copies measured on both at the same distance.

    Notes
    -----
    Each copy and distance gives one difference of means; differences are put together with a variance between them of
    their own (`combine`), so that scatter from one mounting to the next does not pass for a difference.
    """
    if not sessions:
        return ()
    sizes = Counter(row.copy for row in sessions)
    usual, set_ups = usual_body(sessions), _set_ups([row for row in sessions if sizes[row.copy] > 1])
    others = sorted({row.body for row in sessions} - {usual})
    return tuple(_difference(body, usual, set_ups) for body in others)


def _set_ups(sessions: Sequence[BodySession]) -> list[list[BodySession]]:
    """Series of one copy at one distance each."""
    found: list[list[BodySession]] = []
    for row in sorted(sessions, key=lambda row: (row.copy, row.s_mm, row.body, row.value, row.se)):
        last = found[-1][0] if found else None
        if last and last.copy == row.copy and row.s_mm <= ANOTHER_DISTANCE * last.s_mm:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _difference(body: str, usual: str, set_ups: Sequence[Sequence[BodySession]]) -> BodyDifference:
    pairs: dict[str, list[tuple[float, float]]] = {}
    for rows in set_ups:
        here, there = ([row for row in rows if row.body == one] for one in (body, usual))
        if here and there:
            (one, one_se), (other, other_se) = _mean(here), _mean(there)
            pairs.setdefault(rows[0].copy, []).append((one - other, math.hypot(one_se, other_se)))
    of_copies = [combine(*zip(*found, strict=True)) for found in pairs.values()]
    if not of_copies:
        return BodyDifference(body, 0, NAN, UNDEFINED, NAN)
    together = combine([one.mean for one in of_copies], [one.se for one in of_copies])
    p_value = 2 * float(special.stdtr(together.n - 1, -abs(together.mean) / together.se)) if together.n > 1 else NAN
    return BodyDifference(body, together.n, together.mean, together.interval95, p_value)


def _mean(rows: Sequence[BodySession]) -> tuple[float, float]:
    """Plain mean and its standard error: repeats of one set-up count the same."""
    errors = np.array([row.se for row in rows])
    return float(np.mean([row.value for row in rows])), float(np.sqrt((errors**2).sum()) / errors.size)
