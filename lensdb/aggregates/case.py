"""What a verdict is made of: the comparable series of one lens at one f-number."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean
from typing import Final

from analysis.copies import BodySession, DistantSession, Session, own_error, verdict_f_number
from lensdb.aggregates.cells import CopyRow, Shift, unit_name
from lensdb.aggregates.labels import named
from lensdb.aggregates.told import Named
from lensdb.catalog.models import LensModel

NORMAL95: Final = 1.96
S_SE_RELATIVE: Final = 0.005
"""Standard error of a series' distance over the distance, shared by what one photographer sets up at that distance."""
_MEASURED_ON: Final = 0.5
"""An f-number counts as measured when it was on this share of the copies that the commonest one was measured on."""


@dataclass(frozen=True, slots=True)
class Case:
    """The series of a lens at the verdict's f-number.

    Attributes
    ----------
    shifts : comparable, with an error, in a fixed order.
    names : public name of every copy, by its unit.
    """

    lens: LensModel
    f_number: Decimal
    shifts: Sequence[Shift]
    names: Mapping[str, Named]

    @property
    def focal_mm(self) -> float:
        return fmean(shift.focal_length_mm for shift in self.shifts)

    def at(self, band: str) -> Case:
        """Only the series of one band."""
        return Case(self.lens, self.f_number, [shift for shift in self.shifts if shift.band == band], self.names)

    def sessions(self) -> list[Session]:
        return [Session(shift.unit, shift.shift_um, _own(shift), shift.batch) for shift in self.shifts]

    def distant(self) -> list[DistantSession]:
        """With their distances; a photographer is a rig."""
        return [
            DistantSession(
                shift.unit,
                str(shift.owner_id),
                1e3 * shift.subject_distance_m,
                S_SE_RELATIVE,
                shift.shift_um,
                _own(shift),
            )
            for shift in self.shifts
        ]

    def on_bodies(self) -> list[BodySession]:
        return [
            BodySession(shift.unit, shift.body, 1e3 * shift.subject_distance_m, shift.shift_um, _own(shift))
            for shift in self.shifts
        ]


def _own(shift: Shift) -> float:
    return own_error(shift.shift_um, shift.shift_um_se)


def names_of(rows: Iterable[CopyRow]) -> dict[str, Named]:
    """A public name for every copy of a lens, in the order of its specimens."""
    units = sorted({(row.specimen_id, row.after_service) for row in rows})
    numbers = {specimen: number for number, specimen in enumerate(dict.fromkeys(unit[0] for unit in units))}
    return {unit_name(*unit): named(numbers[unit[0]], unit[1]) for unit in units}


def f_number_of_verdict(lens: LensModel, rows: Sequence[CopyRow]) -> Decimal | None:
    """The f-number a verdict is computed at, of those measured on most copies; None when nothing shifts but zero."""
    copies = Counter(f_number for _, f_number in {(_unit(row), row.f_number) for row in rows if any(row.series_um_se)})
    if not copies:
        return None
    common = [f_number for f_number, count in copies.items() if count >= _MEASURED_ON * max(copies.values())]
    widest = lens.widest_f_number or float(min(row.f_number for row in rows))
    by_value = {float(f_number): f_number for f_number in common}
    return by_value[verdict_f_number(by_value, widest)]


def _unit(row: CopyRow) -> tuple[int, int]:
    return row.specimen_id, row.after_service


def interval_um(value: float, se: float) -> tuple[float, float]:
    """95 % about one estimate whose error is known."""
    return value - NORMAL95 * se, value + NORMAL95 * se


def finite(value: float) -> float | None:
    """NaN is null in JSON."""
    return None if math.isnan(value) else value
