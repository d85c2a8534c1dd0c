"""Rows of the lens index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lensdb.catalog.models import LensModel
from lensdb.web.presenters.cells import PIXEL, Cell, Visibility, share, telling_cell, visibility
from lensdb.web.presenters.curve import Curve, small_curve
from lensdb.web.presenters.numbers import depth_mm, f_number, metres, ratio
from lensdb.web.presenters.verdict import whose_doing


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One lens of the index, as text; the counts are 0 where nothing is measured."""

    lens: LensModel
    mounts: str
    n_copies: int
    n_series: int
    curve: Curve | None
    shift: str
    scene: str
    visibility: Visibility
    whose_doing: str
    weight: float
    is_simulated: bool


def index_row(lens: LensModel, cells: Sequence[Cell], range_um: tuple[float, float], kind: str = "") -> IndexRow:
    told = telling_cell(cells)
    return IndexRow(
        lens=lens,
        mounts=", ".join(mount.name for mount in lens.mounts.all()),
        n_copies=max((cell["n_copies"] for cell in cells), default=0),
        n_series=max((cell["n_series"] for cell in cells), default=0),
        curve=small_curve(cells, range_um),
        shift=f"{depth_mm(told['mean_mm'])}, {ratio(share(told, PIXEL))} × half DoF" if told else "",
        scene=f"{f_number(told['f_number'])} and {metres(told['distance_m'])}" if told else "",
        visibility=visibility(cells),
        whose_doing=whose_doing(kind),
        weight=abs(share(told, PIXEL)) if told else 0.0,
        is_simulated=any(cell["simulated"] for cell in cells),
    )


def typed_cells(cells: Mapping[int, Sequence[Mapping[str, Any]]]) -> dict[int, list[Cell]]:
    """The cells of many lenses under the name of their shape."""
    return {pk: [cast("Cell", cell) for cell in own] for pk, own in cells.items()}


def worth_seeing(rows: Sequence[IndexRow], limit: int) -> list[IndexRow]:
    """The lenses that most copies speak for, the larger shift first among equals."""
    told = [row for row in rows if row.curve is not None]
    return sorted(told, key=lambda row: (-row.n_copies, -row.weight))[:limit]
