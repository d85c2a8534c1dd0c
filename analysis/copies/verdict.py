"""What the copies of a lens say of its kind: design, specimen, batch, no shift, or undecided; with the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analysis.copies.combined import CONCLUSIVE_FROM
from analysis.copies.oddness import LEVEL, OddCopy, batch_p_value, oddities
from analysis.copies.population import SHARED_SCALE, Population, population
from analysis.copies.table import Session
from analysis.results import Interval

PIXEL_UM: Final = 6.0
"""`c_pixel`: one pixel of 24 MP full frame, divided by the crop factor on smaller formats."""


class Kind(StrEnum):
    """Whose doing the shift is."""

    NO_SHIFT = "no shift"
    DESIGN = "design"
    SPECIMEN = "specimen"
    BATCH = "batch"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, why, and from how much.

    Attributes
    ----------
    kind : the answer.
    reason : one sentence for people, in µm at the sensor.
    n_copies, n_sessions : it rests on.
    oddities : the copies unlike the others, whatever the kind.
    batch_p : of the test whether batches differ; NaN where they cannot be separated from copies.
    together : all copies.
    rest : those that are not odd; None where none is. Nothing is deleted: both are told.
    """

    kind: Kind
    reason: str
    n_copies: int
    n_sessions: int
    oddities: tuple[OddCopy, ...]
    batch_p: float
    together: Population
    rest: Population | None

    @property
    def odd(self) -> tuple[str, ...]:
        """The names of the odd copies."""
        return tuple(one.copy for one in self.oddities)


def verdict_f_number(f_numbers: Iterable[float], widest: float) -> float:
    """The f-number a verdict is computed at, fixed in advance: nearest two stops below the widest, the wider of two.

    Parameters
    ----------
    f_numbers : those measured, at least one.
    widest : of the lens.
    """
    return min(f_numbers, key=lambda n: (round(abs(math.log(n / (2 * widest))), 6), n))


def verdict(
    sessions: Sequence[Session], f_number: float, *, crop_factor: float = 1.0, shared_scale: float = SHARED_SCALE
) -> Verdict:
    """Judge a lens at one f-number.

    Parameters
    ----------
    sessions : focus shift at the sensor in µm at that f-number, see `population`.
    f_number : at which; see `verdict_f_number`.
    crop_factor : of the sensor the shift is to matter on.
    shared_scale : error of scale common to all.

    Returns
    -------
    Verdict
        The first that holds. No shift: the next copy is expected within half a pixel's depth of focus, ``N c / 2``.
        Design: mean and next copy both exclude 0, from three copies. Specimen: one copy is odd, the rest agree, from
        five. Batch: p < 0.05, from three batches of two copies. Else undecided.
    """
    found = population(sessions, shared_scale=shared_scale)
    odd, batch_p = oddities(found.copies), batch_p_value(sessions)
    names = {one.copy for one in odd}
    rest = population([row for row in sessions if row.copy not in names], shared_scale=shared_scale) if odd else None
    kind, reason = _judge(found, rest, batch_p, f_number * PIXEL_UM / crop_factor / 2)
    return Verdict(kind, reason, found.n_copies, found.n_sessions, odd, batch_p, found, rest)


def _judge(found: Population, rest: Population | None, batch_p: float, limit_um: float) -> tuple[Kind, str]:
    if not found.is_conclusive:
        return Kind.UNDECIDED, _too_few(found.n_copies)
    told = f"the next copy is expected at {_span(found.prediction95)} µm"
    low, high = found.prediction95
    if -limit_um <= low and high <= limit_um:
        return Kind.NO_SHIFT, f"{found.n_copies} copies: {told}, within the ±{limit_um:.1f} µm that stay unseen."
    if _excludes_zero(found.interval95) and _excludes_zero(found.prediction95):
        return Kind.DESIGN, f"{found.n_copies} copies shift by {_signed(found.mean)} µm on average, and {told}."
    if rest and rest.n_copies == found.n_copies - 1:
        return (
            Kind.SPECIMEN,
            f"One of {found.n_copies} copies is unlike the others, which agree on {_signed(rest.mean)} µm.",
        )
    if batch_p < LEVEL:
        return Kind.BATCH, f"Batches differ by more than copies of one batch do (p {_p_text(batch_p)})."
    return Kind.UNDECIDED, f"{found.n_copies} copies differ or are too few: {told}."


def _too_few(n_copies: int) -> str:
    if n_copies == 1:
        return "One copy: it speaks for this specimen only."
    return f"Two copies: shown, but design and specimen need {CONCLUSIVE_FROM} to be told apart."


def _excludes_zero(interval: Interval) -> bool:
    return interval[0] > 0 or interval[1] < 0


def _span(interval: Interval) -> str:
    return f"{_signed(interval[0])} to {_signed(interval[1])}"


def _signed(um: float) -> str:
    return f"{um:+.1f}".replace("-", "\N{MINUS SIGN}")


def _p_text(p_value: float) -> str:
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.2g}"
