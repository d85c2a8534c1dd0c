"""What a verdict is made of: the comparable series of one lens at one f-number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean
from typing import Final

import numpy as np

from analysis.copies import SHARED_SCALE, BodySession, DistantSession, Session, own_errors, verdict_f_number
from analysis.statement.rows import Lens, SeriesShift
from analysis.statement.told import Named

NORMAL95: Final = 1.96
_ONE_RIG: Final = ""
_S_SE_RELATIVE: Final = SHARED_SCALE / 2
"""An error of s over s enters a shift twice. The error of scale that all series share may be another one at another
distance, so between distances it counts as that of one rig, which everybody used: it does not average away either."""
_MEASURED_ON: Final = 0.5
"""An f-number counts as measured when it was on this share of the copies that the commonest one was measured on."""


@dataclass(frozen=True)
class Case:
    """The series of a lens at the verdict's f-number.

    Attributes
    ----------
    shifts : at least one, comparable, with an error, in a fixed order.
    names : public name of every copy.
    serviced : the copies that had been at a workshop.
    """

    lens: Lens
    f_number: float
    shifts: Sequence[SeriesShift]
    names: Mapping[str, Named]
    serviced: frozenset[str] = frozenset()

    @cached_property
    def focal_mm(self) -> float:
        return fmean(shift.focal_length_mm for shift in self.shifts)

    @cached_property
    def own_se_um(self) -> list[float]:
        """Standard errors without the error of scale that all series share."""
        values, errors = ([shift.shift_um for shift in self.shifts], [shift.se_um for shift in self.shifts])
        own: list[float] = own_errors(np.array(values), np.array(errors)).tolist()
        return own

    @cached_property
    def of_several(self) -> dict[str, list[SeriesShift]]:
        """The series of each copy that has several, in the order of their names."""
        sizes = Counter(shift.copy for shift in self.shifts)
        found: dict[str, list[SeriesShift]] = {copy: [] for copy in sorted(sizes) if sizes[copy] > 1}
        for shift in self.shifts:
            if shift.copy in found:
                found[shift.copy].append(shift)
        return found

    def at(self, band: str) -> Case:
        """Only the series of one band."""
        return replace(self, shifts=[shift for shift in self.shifts if shift.band == band])

    def sessions(self) -> list[Session]:
        return [Session(shift.copy, shift.shift_um, own, shift.batch) for shift, own in self._with_own()]

    @cached_property
    def distant(self) -> list[DistantSession]:
        """With their distances."""
        return [
            DistantSession(shift.copy, _ONE_RIG, shift.s_mm, _S_SE_RELATIVE, shift.shift_um, own)
            for shift, own in self._with_own()
        ]

    def on_bodies(self) -> list[BodySession]:
        return [BodySession(shift.copy, shift.body, shift.s_mm, shift.shift_um, own) for shift, own in self._with_own()]

    def _with_own(self) -> Iterator[tuple[SeriesShift, float]]:
        return zip(self.shifts, self.own_se_um, strict=True)


def f_number_of_verdict(lens: Lens, copies: Mapping[float, int]) -> float | None:
    """The f-number a verdict is computed at, of those measured on most copies; None for none.

    Parameters
    ----------
    lens : its widest f-number fixes it in advance.
    copies : how many were measured at each f-number, but for the reference.
    """
    if not copies:
        return None
    common = [f_number for f_number, count in copies.items() if count >= _MEASURED_ON * max(copies.values())]
    return verdict_f_number(common, lens.widest_f_number or min(copies))


def interval_um(value: float, se: float) -> tuple[float, float]:
    """95 % about one estimate whose error is known."""
    return value - NORMAL95 * se, value + NORMAL95 * se
