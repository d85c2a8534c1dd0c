"""What a lens page says in words: one headline computed from its cells, and the verdict word of the index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypedDict

from lensdb.web.presenters.numbers import UNKNOWN, count, depth_mm, f_number, interval, metres, plain, signed

PIXEL: Final = "0.006"
PRINT: Final = "0.030"

CARES_LITTLE: Final = 0.5
"""Below this share of half the depth of field a shift is not worth a sentence of its own."""
Z95: Final = 1.96
EASES: Final = 0.7
"""A shift that falls below this part of itself with distance has eased; above its inverse it has grown."""


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


class CopyPoint(TypedDict):
    """What one copy says at one f-number in one band of distance."""

    f_number: float
    band: str
    distance_m: float
    shift_um: float
    se_um: float
    shift_mm: float
    se_mm: float
    n_series: int
    basis: str


class Copy(TypedDict):
    """One copy of a lens under its public label."""

    id: str
    label: str
    n_series: int
    points: list[CopyPoint]


class Verdict(StrEnum):
    """Whether the shift matters in a picture."""

    IN_PRINT = "visible in a print"
    AT_PIXELS = "visible at 100 %"
    NOT_VISIBLE = "not visible"
    UNKNOWN = "not measured"


@dataclass(frozen=True, slots=True)
class Headline:
    """The first thing a lens page says. `cell` is the one the sentences speak of, None when nothing is measured."""

    sentences: tuple[str, ...]
    verdict: Verdict
    cell: Cell | None

    def __str__(self) -> str:
        return " ".join(self.sentences)


def headline(cells: Sequence[Cell]) -> Headline:
    """The sentences for a lens, from all its cells."""
    telling = telling_cell(cells)
    if telling is None:
        return Headline(("Nobody has measured this lens yet.",), Verdict.UNKNOWN, None)
    widest = min(cell["f_number"] for cell in cells)
    sentences = (_shift(telling, widest), _agreement(telling), _distance(telling, cells))
    return Headline(tuple(text for text in sentences if text), verdict(cells), telling)


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


def verdict(cells: Sequence[Cell]) -> Verdict:
    """Whether the largest shift of any f-number and distance shows."""
    if not cells:
        return Verdict.UNKNOWN
    if max(abs(share(cell, PRINT)) for cell in cells) >= 1:
        return Verdict.IN_PRINT
    if max(abs(share(cell, PIXEL)) for cell in cells) >= 1:
        return Verdict.AT_PIXELS
    return Verdict.NOT_VISIBLE


def _shift(cell: Cell, widest: float) -> str:
    here = f"at {metres(cell['distance_m'])}"
    parts = (
        f"{plain(abs(cell['mean_um']))} µm at the sensor; {plain(abs(share(cell, PIXEL)))} × half the depth of field "
        f"at {f_number(cell['f_number'])} for one pixel, {plain(abs(share(cell, PRINT)))} × for a print"
    )
    if abs(share(cell, PIXEL)) < CARES_LITTLE:
        return f"Stopping down hardly moves focus: {depth_mm(cell['mean_mm'])} at most {here} ({parts})."
    return (
        f"Stopped down from {f_number(widest)} to {f_number(cell['f_number'])}, focus moves "
        f"{depth_mm(cell['mean_mm'])} {here} ({parts})."
    )


def _agreement(cell: Cell) -> str:
    copies = cell["n_copies"]
    if copies == 1:
        series = count(cell["n_series"], "series", "series")
        return f"One copy at this distance, {series}: this says it of this specimen only."
    if copies == 2:
        return "Two copies at this distance: too few to tell the design from the specimens."
    low, high = cell["pred_low_um"], cell["pred_high_um"]
    if low is None or high is None:
        return f"{copies} copies."
    if low * high > 0:
        return f"{copies} copies agree: it is the design."
    return (
        f"{copies} copies differ: the next one is expected anywhere from {interval(low, high)} µm at the sensor, "
        "so it is the specimen as much as the design."
    )


def _distance(cell: Cell, cells: Sequence[Cell]) -> str:
    """How the shift in a picture changes with distance, from the farthest band beyond the one told."""
    farther = [
        other
        for other in cells
        if other["f_number"] == cell["f_number"] and other["distance_m"] > 1.3 * cell["distance_m"]
    ]
    if not farther or abs(share(cell, PIXEL)) < CARES_LITTLE:
        return ""
    far = max(farther, key=lambda other: other["distance_m"])
    ratio = share(far, PIXEL) / share(cell, PIXEL)
    told = f"at {metres(far['distance_m'])} it is"
    of_copies = f"{plain(abs(share(far, PIXEL)))} × ({count(far['n_copies'], 'copy', 'copies')})"
    if ratio < EASES:
        return f"Stepping back eases it: {told} {of_copies}."
    if ratio > 1 / EASES:
        return f"Stepping back makes it worse: {told} {of_copies}."
    return f"Stepping back does not cure it: {told} still {of_copies}."


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


def telling_row(cell: Cell | None) -> dict[str, str]:
    """Where the cell of the headline lies, for the caption of the copies."""
    return {"f_number": f_number(cell["f_number"]), "scene": metres(cell["distance_m"])} if cell else {}


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy at the f-number and distance of the headline, as text."""

    label: str
    n_series: int
    shift_um: str
    interval_um: str
    basis: str


def copy_rows(copies: Sequence[Copy], cell: Cell | None) -> list[CopyRow]:
    """Every copy; dashes for one that was not measured where the headline looks."""
    return [_copy_row(copy, cell) for copy in copies]


def _copy_row(copy: Copy, cell: Cell | None) -> CopyRow:
    here = [
        point
        for point in copy["points"]
        if cell is not None and point["f_number"] == cell["f_number"] and point["band"] == cell["band"]
    ]
    if not here:
        return CopyRow(copy["label"], copy["n_series"], UNKNOWN, UNKNOWN, UNKNOWN)
    [point] = here
    margin = Z95 * point["se_um"]
    return CopyRow(
        label=copy["label"],
        n_series=copy["n_series"],
        shift_um=signed(point["shift_um"]),
        interval_um=interval(point["shift_um"] - margin, point["shift_um"] + margin),
        basis=point["basis"],
    )
