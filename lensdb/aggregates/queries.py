"""Reading ready cells: what pages and the API show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from django.db.models import Min, QuerySet

from analysis.statement.bands import BANDS
from analysis.statement.distances import CRITERIA_MM
from analysis.thin_lens import half_depth_of_field_mm
from lensdb.aggregates.cells import in_order
from lensdb.aggregates.labels import named
from lensdb.aggregates.models import CellCheck, CopyCell, LensVerdict, ModelCell
from lensdb.aggregates.told import LeftOff, VerdictTold
from lensdb.catalog.models import LensModel
from lensdb.measurements.queries import shown_version

CURVES_MAX: Final = 100
"""So many copies of a lens are drawn one by one; with more, the bands of its model cells tell of them."""


_MODEL_CELL: Final = tuple(
    field.attname
    for field in ModelCell._meta.concrete_fields  # noqa: SLF001 - Django's documented introspection
    if not field.primary_key
)
"""Read as plain rows: hundreds of cells are on a page, and making a model of each takes longer than reading it."""


class DrawnCell(NamedTuple):
    """What is drawn of a copy cell."""

    specimen_id: int
    first_series: int
    after_service: int
    f_number: Decimal
    band: str
    n_series: int
    distance_m: float
    shift_um: float
    shift_um_se: float
    shift_mm: float
    shift_mm_se: float
    borrowed: bool


def cells_of(lenses: Iterable[LensModel]) -> dict[int, list[dict[str, Any]]]:
    """The model cells of many lenses in one query, by lens id, as in `lens_plot`."""
    by_id = {lens.pk: lens for lens in lenses}
    found: dict[int, list[Any]] = defaultdict(list)
    for cell in ModelCell.objects.filter(lens_model__in=by_id).values_list(*_MODEL_CELL, named=True):
        found[cell.lens_model_id].append(cell)
    return {pk: [_model_cell(cell, by_id[pk]) for cell in in_order(cells)] for pk, cells in found.items()}


def lens_verdict(lens: LensModel) -> VerdictTold | None:
    """What the copies of a lens say of its kind, and all that is told beside it; None before there is anything."""
    return _verdict(_row_of_verdict(lens))


def _row_of_verdict(lens: LensModel) -> LensVerdict | None:
    return LensVerdict.objects.filter(lens_model=lens).first()


def _verdict(row: LensVerdict | None) -> VerdictTold | None:
    if row is None or row.told is None:
        return None
    stamp = {"analysis_version": row.analysis_version, "updated_at": row.updated_at.isoformat()}
    return cast("VerdictTold", row.told | stamp)


def left_off(lens: LensModel) -> list[LeftOff]:
    """Published series that cannot stand beside the others of their lens, and why; also where there is no verdict."""
    row = LensVerdict.objects.filter(lens_model=lens).only("left_off").first()
    return row.left_off if row else []


def last_check() -> CellCheck | None:
    """The newest comparison of all cells with a rebuild; None before the first."""
    return CellCheck.objects.first()


def lens_plot(lens_model: LensModel) -> dict[str, Any]:
    """Everything a lens page draws and tells, from ready cells alone.

    Sensor-side shifts are in µm, those in front of the lens in mm at the cell's own distance, positive behind. Copies
    bear letters: who owns them, and whether two owners share one, is nobody's business.
    """
    return _plot(lens_model, _row_of_verdict(lens_model))


def plot_and_verdict(lens: LensModel) -> tuple[dict[str, Any], VerdictTold | None]:
    """`lens_plot` and `lens_verdict`, for pages that show both, with a query less."""
    row = _row_of_verdict(lens)
    return _plot(lens, row), _verdict(row)


def _plot(lens_model: LensModel, verdict: LensVerdict | None) -> dict[str, Any]:
    cells: Any = ModelCell.objects.filter(lens_model=lens_model).values_list(*_MODEL_CELL, named=True)
    models = list(in_order(cells))
    with_data = {cell.band for cell in models}
    return {
        "lens": {
            "slug": lens_model.slug,
            "name": lens_model.name,
            "widest_f_number": lens_model.widest_f_number,
            "focal_length_mm": models[0].focal_length_mm if models else lens_model.max_focal_mm,
        },
        "analysis_version": verdict.analysis_version if verdict else shown_version(),
        "updated_at": max(cell.updated_at for cell in models).isoformat() if models else None,
        "simulated": any(cell.simulated for cell in models),
        "bands": [
            {"key": band.key, "label": band.label, "low_m": band.low_m, "high_m": band.high_m}
            for band in BANDS
            if band.key in with_data
        ],
        "copies": _copy_curves(_first_copies(lens_model)),
        "model": [_model_cell(cell, lens_model) for cell in models],
    }


def named_order(lens: LensModel) -> QuerySet[CopyCell, Any]:
    """The specimens of a lens in the order of their names: `cells.Names` has the same."""
    specimens = CopyCell.objects.filter(lens_model=lens).values("specimen_id").annotate(oldest=Min("first_series"))
    return specimens.order_by("oldest", "specimen_id")


def _first_copies(lens: LensModel) -> list[DrawnCell]:
    """The cells of as many copies as are drawn, in the order of their names."""
    shown = named_order(lens).values("specimen_id")[:CURVES_MAX]
    found = CopyCell.objects.filter(lens_model=lens, specimen__in=shown).order_by("after_service", "f_number", "id")
    cells = cast("list[DrawnCell]", list(found.values_list(*DrawnCell._fields, named=True)))
    oldest: dict[int, int] = {}
    for cell in cells:
        oldest[cell.specimen_id] = min(cell.first_series, oldest.get(cell.specimen_id, cell.first_series))
    return sorted(cells, key=lambda cell: (oldest[cell.specimen_id], cell.specimen_id))


def _copy_curves(cells: Iterable[DrawnCell]) -> list[dict[str, Any]]:
    by_copy: dict[tuple[int, int], list[DrawnCell]] = defaultdict(list)
    for cell in cells:
        by_copy[cell.specimen_id, cell.after_service].append(cell)
    numbers = {specimen: number for number, specimen in enumerate(dict.fromkeys(key[0] for key in by_copy))}
    return [
        {
            **named(numbers[specimen], after_service),
            "n_series": _series_count(own),
            "points": [copy_point(cell) for cell in own],
        }
        for (specimen, after_service), own in by_copy.items()
    ]


def _series_count(cells: Iterable[DrawnCell]) -> int:
    """A series lies in one band and may miss some f-numbers, so the fullest cell of each band counts."""
    fullest: dict[str, int] = defaultdict(int)
    for cell in cells:
        fullest[cell.band] = max(fullest[cell.band], cell.n_series)
    return sum(fullest.values())


def copy_point(cell: CopyCell | DrawnCell) -> dict[str, Any]:
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


def _model_cell(cell: Any, lens: LensModel) -> dict[str, Any]:
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
        "copy_sd_um": cell.copy_sd_um,
        "copy_sd_low_um": cell.copy_sd_low_um,
        "copy_sd_high_um": cell.copy_sd_high_um,
        "repeat_sd_um": cell.repeat_sd_um,
        "repeat_sd_low_um": cell.repeat_sd_low_um,
        "repeat_sd_high_um": cell.repeat_sd_high_um,
        "mean_mm": cell.mean_mm,
        "low_mm": cell.low_mm,
        "high_mm": cell.high_mm,
        "half_dof_mm": half_dof_mm,
        "over_half_dof": {name: cell.mean_mm / half for name, half in half_dof_mm.items()},
        "simulated": cell.simulated,
    }
