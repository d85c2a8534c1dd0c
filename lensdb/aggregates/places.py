"""Where one copy lies among its siblings."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q

from lensdb.aggregates.case import interval_um
from lensdb.aggregates.labels import named
from lensdb.aggregates.models import CopyCell, LensVerdict, ModelCell
from lensdb.aggregates.queries import copy_point
from lensdb.aggregates.words import several
from lensdb.catalog.models import LensModel
from lensdb.submissions.models import LensCopy

PERCENTILE_FROM: Final = 3
"""Below so many copies there is no band to lie on."""
_WIDE: Final = 50.0


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """One copy (of one time between services) at one f-number and band of distance, among all copies of its lens.

    Attributes
    ----------
    id, label, after_service : as on the lens page.
    f_number, band : where it is compared: the verdict's, at the band most of its siblings were measured at.
    um, low_um, high_um : its own shift at the sensor.
    n_series, n_copies : its own, and those it is compared with, itself among them.
    percentile, percentile_low, percentile_high : per cent of copies with a smaller shift, and what its own interval
        leaves open; None below three copies.
    inside_prediction : whether it lies where the next copy is expected; None below three copies.
    odd : whether the verdict calls it unlike the others.
    caution : one sentence.
    points : all its cells, as on the lens page.
    """

    id: str
    label: str
    after_service: int
    f_number: float
    band: str
    um: float
    low_um: float
    high_um: float
    n_series: int
    n_copies: int
    percentile: float | None
    percentile_low: float | None
    percentile_high: float | None
    inside_prediction: bool | None
    odd: bool
    caution: str
    points: list[dict[str, Any]]


def copy_places(copy: LensCopy) -> list[CopyPlace]:
    """Where a copy lies among its siblings: one place for it before and one after each service."""
    own = CopyCell.objects.filter(specimen=copy.specimen_id).order_by("after_service", "f_number", "id")
    places = []
    for after_service, group in itertools.groupby(own, key=lambda cell: cell.after_service):
        cells = list(group)
        told = _told_cell(copy.lens_model, cells)
        if told is not None:
            places.append(_place(copy.lens_model, after_service, told, cells))
    return places


def _told_cell(lens: LensModel, cells: list[CopyCell]) -> tuple[CopyCell, ModelCell] | None:
    """The cell at the verdict's f-number that most siblings can be compared with, and theirs."""
    verdict = LensVerdict.objects.filter(lens_model=lens).only("f_number", "band").first()
    if verdict is None or verdict.f_number is None:
        return None
    here = {cell.band: cell for cell in cells if cell.f_number == verdict.f_number}
    models = ModelCell.objects.filter(lens_model=lens, f_number=verdict.f_number, band__in=here)
    fullest = max(models, key=lambda cell: (cell.band == verdict.band, cell.n_copies, -cell.distance_m), default=None)
    return (here[fullest.band], fullest) if fullest else None


def _place(lens: LensModel, after_service: int, told: tuple[CopyCell, ModelCell], cells: list[CopyCell]) -> CopyPlace:
    cell, model = told
    low_um, high_um = interval_um(cell.shift_um, cell.shift_um_se)
    ranks = _ranks(cell, model.n_copies, low_um, high_um)
    name = named(_number(lens, cell.specimen_id), after_service)
    return CopyPlace(
        **name,
        f_number=float(cell.f_number),
        band=cell.band,
        um=cell.shift_um,
        low_um=low_um,
        high_um=high_um,
        n_series=cell.n_series,
        n_copies=model.n_copies,
        percentile=ranks[0] if ranks else None,
        percentile_low=ranks[1] if ranks else None,
        percentile_high=ranks[2] if ranks else None,
        inside_prediction=_is_inside(cell, model),
        odd=_is_odd(lens, name["id"]),
        caution=_caution(model.n_copies, ranks),
        points=[copy_point(one) for one in cells],
    )


def _ranks(cell: CopyCell, n_copies: int, low_um: float, high_um: float) -> tuple[float, float, float] | None:
    """Per cent of copies with a smaller shift than this one's, and than the ends of its interval; itself is half."""
    if n_copies < PERCENTILE_FROM:
        return None
    others = CopyCell.objects.filter(lens_model=cell.lens_model_id, band=cell.band, f_number=cell.f_number)
    below = others.exclude(pk=cell.pk).aggregate(
        here=Count("pk", filter=Q(shift_um__lt=cell.shift_um)),
        low=Count("pk", filter=Q(shift_um__lt=low_um)),
        high=Count("pk", filter=Q(shift_um__lt=high_um)),
    )
    here, low, high = (100 * (below[name] + 0.5) / n_copies for name in ("here", "low", "high"))
    return here, low, high


def _is_inside(cell: CopyCell, model: ModelCell) -> bool | None:
    if model.pred_low_um is None or model.pred_high_um is None:
        return None
    return model.pred_low_um <= cell.shift_um <= model.pred_high_um


def _is_odd(lens: LensModel, name: str) -> bool:
    odd = LensVerdict.objects.values_list("told__odd", flat=True).get(lens_model=lens)
    return any(one["id"] == name for one in odd)


def _caution(n_copies: int, ranks: tuple[float, float, float] | None) -> str:
    if ranks is None:
        return f"{several(n_copies, 'copy was', 'copies were')} measured here: too few to say where one of them lies."
    _, low, high = ranks
    if high - low > _WIDE:
        return f"Its own error leaves it anywhere between {low:.0f} and {high:.0f} per cent of {n_copies} copies."
    return f"Among the {n_copies} copies people chose to measure; a place among them is no grade."


def _number(lens: LensModel, specimen_id: int) -> int:
    """The place of a specimen among those of its lens that have cells, from which its letter comes."""
    before = CopyCell.objects.filter(lens_model=lens, specimen_id__lt=specimen_id)
    return before.values("specimen_id").distinct().count()
