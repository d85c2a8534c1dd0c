"""Rows of aggregates as the cells that sentences, tables and small curves are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lensdb.aggregates.models import ModelCell
from lensdb.web.presenters.lens import PIXEL, PRINT, Cell


def cells_by_lens(rows: Iterable[ModelCell]) -> dict[int, list[Cell]]:
    """The cells of each lens, by its primary key."""
    found: dict[int, list[Cell]] = defaultdict(list)
    for row in rows:
        found[row.lens_model_id].append(cell_of(row))
    return found


def cell_of(row: ModelCell) -> Cell:
    half_dof = {
        name: half_depth_of_field_mm(float(row.f_number), float(name), row.distance_m, row.focal_length_mm)
        for name in (PIXEL, PRINT)
    }
    return Cell(
        f_number=float(row.f_number),
        band=row.band,
        n_copies=row.n_copies,
        n_series=row.n_series,
        distance_m=row.distance_m,
        mean_um=row.mean_um,
        low_um=row.low_um,
        high_um=row.high_um,
        pred_low_um=row.pred_low_um,
        pred_high_um=row.pred_high_um,
        mean_mm=row.mean_mm,
        low_mm=row.low_mm,
        high_mm=row.high_mm,
        half_dof_mm=half_dof,
        over_half_dof={name: row.mean_mm / half for name, half in half_dof.items()},
        simulated=row.simulated,
    )


def half_depth_of_field_mm(f_number: float, criterion_mm: float, distance_m: float, focal_length_mm: float) -> float:
    """Half of 2 N c (m + 1) / m², with m = f / (s − f) and s the distance from the entrance pupil."""
    magnification = focal_length_mm / (1000 * distance_m - focal_length_mm)
    return f_number * criterion_mm * (magnification + 1) / magnification**2
