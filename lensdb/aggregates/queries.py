"""Reading cells, and the source rows they are made of."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from analysis.thin_lens import half_depth_of_field_mm
from lensdb.aggregates.bands import BANDS
from lensdb.aggregates.cells import Shift, in_order
from lensdb.aggregates.models import CopyCell, ModelCell
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import ShiftMeasurement
from lensdb.measurements.queries import shown_version
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import StaleCopy

CRITERIA_MM: Final = {"0.006": 0.006, "0.030": 0.030}
"""Blur criteria of depth of field on full frame, by the names they go by: one pixel, and a print."""


def stale_lenses() -> QuerySet[LensModel]:
    """Lens models with stale marks, that with the oldest mark first."""
    marks = StaleCopy.objects.filter(specimen__lens_model=OuterRef("pk"))
    oldest = Subquery(marks.order_by("id").values("id")[:1])
    return LensModel.objects.filter(Exists(marks)).order_by(oldest)


def shifts_of(lens: LensModel, specimens: Collection[int] | None = None) -> list[Shift]:
    """What the published series of a lens model (or of some of its specimens) say, by the version that is shown."""
    rows = ShiftMeasurement.objects.filter(
        measurement__analysis_version=shown_version(),
        measurement__series__standing=Standing.PUBLISHED,
        measurement__series__lens_copy__specimen__lens_model=lens,
        focus_shift_um__isnull=False,
        focus_shift_um_se__isnull=False,
    )
    if specimens is not None:
        rows = rows.filter(measurement__series__lens_copy__specimen__in=specimens)
    rows = rows.order_by("measurement__series_id", "f_number")
    return [
        Shift(**row)
        for row in rows.values(
            "f_number",
            "basis",
            specimen_id=F("measurement__series__lens_copy__specimen_id"),
            series_id=F("measurement__series_id"),
            subject_distance_m=F("measurement__subject_distance_m"),
            focal_length_mm=F("measurement__focal_length_mm"),
            reference_f_number=F("measurement__reference_f_number"),
            shift_um=F("focus_shift_um"),
            shift_um_se=F("focus_shift_um_se"),
            simulated=F("measurement__series__is_simulated"),
        )
    ]


def cells_of(lenses: Iterable[LensModel]) -> dict[int, list[dict[str, Any]]]:
    """The model cells of many lenses in one query, by lens id, as in `lens_plot`."""
    by_id = {lens.pk: lens for lens in lenses}
    found: dict[int, list[ModelCell]] = defaultdict(list)
    for cell in ModelCell.objects.filter(lens_model__in=by_id):
        found[cell.lens_model_id].append(cell)
    return {pk: [_model_cell(cell, by_id[pk]) for cell in in_order(cells)] for pk, cells in found.items()}


def lens_plot(lens_model: LensModel) -> dict[str, Any]:
    """Everything a lens page draws and tells, from ready cells alone.

    Sensor-side shifts are in µm, those in front of the lens in mm at the cell's own distance, positive behind. Copies
    bear letters: who owns them, and whether two owners share one, is nobody's business.
    """
    models = list(in_order(ModelCell.objects.filter(lens_model=lens_model)))
    copies = list(CopyCell.objects.filter(lens_model=lens_model).order_by("specimen_id", "f_number", "id"))
    with_data = {cell.band for cell in copies}
    return {
        "lens": {
            "slug": lens_model.slug,
            "name": lens_model.name,
            "widest_f_number": lens_model.widest_f_number,
            "focal_length_mm": models[0].focal_length_mm if models else lens_model.max_focal_mm,
        },
        "analysis_version": shown_version(),
        "updated_at": max(cell.updated_at for cell in models).isoformat() if models else None,
        "simulated": any(cell.simulated for cell in models),
        "bands": [
            {"key": band.key, "label": band.label, "low_m": band.low_m, "high_m": band.high_m}
            for band in BANDS
            if band.key in with_data
        ],
        "copies": _copy_curves(copies),
        "model": [_model_cell(cell, lens_model) for cell in models],
    }


def _copy_curves(cells: Iterable[CopyCell]) -> list[dict[str, Any]]:
    by_specimen: dict[int, list[CopyCell]] = defaultdict(list)
    for cell in cells:
        by_specimen[cell.specimen_id].append(cell)
    return [
        {
            "id": f"copy-{number + 1}",
            "label": f"Copy {_letters(number)}",
            "n_series": _series_count(own),
            "points": [_copy_point(cell) for cell in own],
        }
        for number, own in enumerate(by_specimen.values())
    ]


def _series_count(cells: Iterable[CopyCell]) -> int:
    """A series lies in one band and may miss some f-numbers, so the fullest cell of each band counts."""
    fullest: dict[str, int] = defaultdict(int)
    for cell in cells:
        fullest[cell.band] = max(fullest[cell.band], cell.n_series)
    return sum(fullest.values())


def _copy_point(cell: CopyCell) -> dict[str, Any]:
    return {
        "f_number": float(cell.f_number),
        "band": cell.band,
        "distance_m": cell.distance_m,
        "shift_um": cell.shift_um,
        "se_um": cell.shift_um_se,
        "shift_mm": cell.shift_mm,
        "se_mm": cell.shift_mm_se,
        "n_series": cell.n_series,
        "basis": "borrowed" if cell.borrowed else "measured",
    }


def _model_cell(cell: ModelCell, lens: LensModel) -> dict[str, Any]:
    half_dof_mm = {
        name: half_depth_of_field_mm(
            float(cell.f_number), 1e3 * cell.subject_distance_m, cell.focal_length_mm, criterion_mm / lens.crop_factor
        )
        for name, criterion_mm in CRITERIA_MM.items()
    }
    return {
        "f_number": float(cell.f_number),
        "band": cell.band,
        "n_copies": cell.n_copies,
        "n_series": cell.n_series,
        "distance_m": cell.distance_m,
        "focal_length_mm": cell.focal_length_mm,
        "mean_um": cell.mean_um,
        "low_um": cell.low_um,
        "high_um": cell.high_um,
        "pred_low_um": cell.pred_low_um,
        "pred_high_um": cell.pred_high_um,
        "mean_mm": cell.mean_mm,
        "low_mm": cell.low_mm,
        "high_mm": cell.high_mm,
        "half_dof_mm": half_dof_mm,
        "over_half_dof": {name: cell.mean_mm / half for name, half in half_dof_mm.items()},
        "simulated": cell.simulated,
    }


def _letters(number: int) -> str:
    """A, B, … Z, AA, AB, …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = string.ascii_uppercase[rest] + letters
    return letters
