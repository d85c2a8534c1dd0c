"""The ready cells of a lens as pages read them: which one says most, whether it shows, and their table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypedDict

from lensdb.web.presenters.numbers import f_number, interval, metres, signed

PIXEL: Final = "0.006"
PRINT: Final = "0.030"


class Cell(TypedDict):
    """What the copies of a lens say together at one f-number in one band of distance."""

    f_number: float
    band: str
    n_copies: int
    n_series: int
    distance_m: float
    focal_length_mm: float
    mean_um: float
    low_um: float | None
    high_um: float | None
    pred_low_um: float | None
    pred_high_um: float | None
    mean_mm: float
    low_mm: float | None
    high_mm: float | None
    half_dof_mm: dict[str, float]
    over_half_dof: dict[str, float]
    simulated: bool


class Visibility(StrEnum):
    """Whether the shift matters in a picture."""

    IN_PRINT = "visible in a print"
    AT_PIXELS = "visible at 100 %"
    NOT_VISIBLE = "not visible"
    UNKNOWN = "not measured"


def telling_cell(cells: Sequence[Cell]) -> Cell | None:
    """The cell that says most: in the band with the most copies, where the shift is largest against one pixel."""
    narrower = [cell for cell in cells if cell["mean_um"] != 0]
    best_known = main_band(narrower or cells)
    here = [cell for cell in (narrower or cells) if cell["band"] == best_known]
    return max(here, key=lambda cell: (abs(share(cell, PIXEL)), cell["f_number"]), default=None)


def main_band(cells: Iterable[Cell]) -> str:
    """The band of distance with the most copies, then series; the nearer one when equal."""
    return max(cells, key=lambda cell: (cell["n_copies"], cell["n_series"], -cell["distance_m"]), default={"band": ""})[
        "band"
    ]


def share(cell: Cell, criterion: str) -> float:
    """Shift over half the depth of field; 0 when it is not known."""
    value = cell["over_half_dof"].get(criterion)
    return value if value is not None and math.isfinite(value) else 0.0


def visibility(cells: Sequence[Cell]) -> Visibility:
    """Whether the largest shift of any f-number and distance shows."""
    if not cells:
        return Visibility.UNKNOWN
    if max(abs(share(cell, PRINT)) for cell in cells) >= 1:
        return Visibility.IN_PRINT
    if max(abs(share(cell, PIXEL)) for cell in cells) >= 1:
        return Visibility.AT_PIXELS
    return Visibility.NOT_VISIBLE


@dataclass(frozen=True, slots=True)
class CellRow:
    """One row of a lens page's table, as text."""

    distance: str
    f_number: str
    shift_mm: str
    interval_mm: str
    shift_um: str
    interval_um: str
    prediction_um: str
    of_pixel: str
    of_print: str
    n_copies: int
    n_series: int


def cell_row(cell: Cell) -> CellRow:
    return CellRow(
        distance=metres(cell["distance_m"]),
        f_number=f_number(cell["f_number"]),
        shift_mm=signed(cell["mean_mm"]),
        interval_mm=interval(cell["low_mm"], cell["high_mm"]),
        shift_um=signed(cell["mean_um"]),
        interval_um=interval(cell["low_um"], cell["high_um"]),
        prediction_um=interval(cell["pred_low_um"], cell["pred_high_um"]),
        of_pixel=signed(cell["over_half_dof"].get(PIXEL)),
        of_print=signed(cell["over_half_dof"].get(PRINT)),
        n_copies=cell["n_copies"],
        n_series=cell["n_series"],
    )
