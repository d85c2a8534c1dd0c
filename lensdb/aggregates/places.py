"""Where one owner's copy lies among the other copies of its lens.

Only what its owner sent is looked at: were other owners' series of the same specimen in it, a copy's place would tell
that somebody else had the lens too.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.copies import CONCLUSIVE_FROM, CopyEstimate, combine, leave_one_out
from analysis.copies.likelihood import Array
from analysis.statement.case import interval_um
from analysis.statement.words import several
from lensdb.aggregates import sources
from lensdb.aggregates.cells import copy_cells
from lensdb.aggregates.labels import named
from lensdb.aggregates.models import CopyCell, LensVerdict, ModelCell
from lensdb.aggregates.queries import copy_point, named_order
from lensdb.submissions.models import LensCopy

PERCENTILE_FROM: Final = 2
"""Beside fewer others there is no band to lie on."""
_WIDE: Final = 50.0


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """One copy, of one time between services, at one f-number and band of distance among the others of its lens.

    Attributes
    ----------
    after_service : how often it had been at a workshop.
    f_number, band : where it is compared: the verdict's, at the band most others were measured at.
    um, low_um, high_um : its own shift at the sensor.
    n_series, n_others : its own, and the copies it is compared with.
    percentile, percentile_low, percentile_high : per cent of the others with a smaller shift, and what its own interval
        leaves open; None beside fewer than two.
    inside_prediction : whether it lies where the others let the next copy be expected; None beside fewer than three.
    odd : whether it is unlike the others; never said beside fewer than four.
    caution : one sentence.
    points : all its cells, as on the lens page.
    """

    after_service: int
    f_number: float
    band: str
    um: float
    low_um: float
    high_um: float
    n_series: int
    n_others: int
    percentile: float | None
    percentile_low: float | None
    percentile_high: float | None
    inside_prediction: bool | None
    odd: bool
    caution: str
    points: list[dict[str, Any]]


def name_of(copy: LensCopy) -> str | None:
    """The `id` a copy's specimen has in `lens_plot` and in a verdict, for its owner's page to leave out; never shown.

    None while it has no cells. After a service it goes on with a suffix.
    """
    in_order = list(named_order(copy.lens_model).values_list("specimen_id", flat=True))
    return named(in_order.index(copy.specimen_id), 0)["id"] if copy.specimen_id in in_order else None


def copy_places(copy: LensCopy) -> list[CopyPlace]:
    """Where a copy lies among the others: one place for it before and one after each service."""
    verdict = LensVerdict.objects.filter(lens_model=copy.lens_model_id, f_number__isnull=False).first()
    if verdict is None:
        return []
    shifts = sources.shifts_of(copy.lens_model, version=verdict.analysis_version, lens_copy=copy)
    cells = copy_cells(copy.lens_model, shifts)
    groups = itertools.groupby(cells, key=lambda cell: cell.after_service)
    places = (_place(copy, verdict, list(group)) for _, group in groups)
    return [place for place in places if place is not None]


def _place(copy: LensCopy, verdict: LensVerdict, cells: Sequence[CopyCell]) -> CopyPlace | None:
    cell = _told_cell(verdict, cells)
    if cell is None:
        return None
    siblings = CopyCell.objects.filter(lens_model=copy.lens_model_id, band=cell.band, f_number=cell.f_number)
    others = list(siblings.exclude(specimen=copy.specimen_id).order_by("specimen_id", "after_service"))
    low_um, high_um = interval_um(cell.shift_um, cell.shift_um_se)
    values = np.array([other.shift_um for other in others])
    here, low, high = (_percentile(values, um) for um in (cell.shift_um, low_um, high_um))
    return CopyPlace(
        after_service=cell.after_service,
        f_number=float(cell.f_number),
        band=cell.band,
        um=cell.shift_um,
        low_um=low_um,
        high_um=high_um,
        n_series=cell.n_series,
        n_others=len(others),
        percentile=here,
        percentile_low=low,
        percentile_high=high,
        inside_prediction=_is_inside(cell, others),
        odd=_is_odd(cell, others),
        caution=_caution(len(others), low, high),
        points=[copy_point(one) for one in cells],
    )


def _told_cell(verdict: LensVerdict, cells: Sequence[CopyCell]) -> CopyCell | None:
    """Its cell at the verdict's f-number, in the band with the most copies of those it has."""
    here = {cell.band: cell for cell in cells if cell.f_number == verdict.f_number}
    models = ModelCell.objects.filter(lens_model=verdict.lens_model_id, band__in=here)
    fullest = max(
        (cell for cell in models if cell.f_number == verdict.f_number),
        key=lambda cell: (cell.band == verdict.band, cell.n_copies, -cell.distance_m),
        default=None,
    )
    return here[fullest.band] if fullest else None


def _percentile(others_um: Array, um: float) -> float | None:
    return 100 * float((others_um < um).mean()) if others_um.size >= PERCENTILE_FROM else None


def _is_inside(cell: CopyCell, others: Sequence[CopyCell]) -> bool | None:
    """Whether it lies where the others let the next copy be expected."""
    if len(others) < CONCLUSIVE_FROM:
        return None
    low_um, high_um = combine(*zip(*((one.shift_um, one.shift_um_se) for one in others), strict=True)).prediction95
    return low_um <= cell.shift_um <= high_um


def _is_odd(cell: CopyCell, others: Sequence[CopyCell]) -> bool:
    estimates = [CopyEstimate(str(one.pk), "", one.n_series, one.shift_um, one.shift_um_se) for one in (*others, cell)]
    tested = leave_one_out(estimates)
    return bool(tested) and tested[-1].is_odd


def _caution(others: int, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{several(others, 'other copy was', 'other copies were')} measured here: too few to say where one lies."
    if high - low > _WIDE:
        return "Where among them it lies stays open."
    return "These are copies that people chose to measure; a place among them is no grade."
