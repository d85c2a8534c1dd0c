"""What follows from a series for a photographer: colours, the first safe f-number, and what autofocus could cure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.flags import Quality
from analysis.results import ColourDifference, ColourRow, SeriesResult
from lensdb.web.presenters.cells import PIXEL, PRINT
from lensdb.web.presenters.numbers import UNKNOWN, depth_mm, f_number, interval, plain, signed

Z95 = 1.96


@dataclass(frozen=True, slots=True)
class ColourTold:
    """Red and blue against green at one f-number, as text."""

    f_number: str
    red_mm: str
    red_interval: str
    red_um: str
    blue_mm: str
    blue_interval: str
    blue_um: str
    basis: str


@dataclass(frozen=True, slots=True)
class ColoursTold:
    """Longitudinal colour: one sentence, its rows, and what makes them doubtful. Without rows nothing is told."""

    sentence: str
    rows: tuple[ColourTold, ...]
    remark: str


def colours_told(result: SeriesResult) -> ColoursTold:
    rows = sorted(result.longitudinal_colour, key=lambda row: row.f_number)
    if not rows:
        return ColoursTold("", (), "")
    frequencies = ", ".join(f"{value:g}" for value in sorted({row.frequency_lp_mm for row in rows}))
    remark = f"Compared at {frequencies} lp/mm on the sensor."
    if any(Quality.CHROMA_SUBSAMPLED in row.flags for row in rows):
        remark += " The files hold colour more coarsely than light, so differences may be up to a quarter too small."
    return ColoursTold(_widest_sentence(rows[0]), tuple(_colour_told(row) for row in rows), remark)


def _widest_sentence(row: ColourRow) -> str:
    where = f"At {f_number(row.f_number)}"
    known = [(name, value.mm) for name, value in (("red", row.red), ("blue", row.blue)) if math.isfinite(value.mm)]
    if not known:
        return f"{where} colours could not be compared."
    told = " and ".join(f"{name} focuses {_from_green(mm)}" for name, mm in known)
    return f"{where} {told}."


def _from_green(mm: float) -> str:
    told = depth_mm(mm)
    if told.startswith("0 "):
        return "where green does"
    return f"{told} {'' if mm > 0 else 'of '}green"


def _colour_told(row: ColourRow) -> ColourTold:
    return ColourTold(
        f_number=f_number(row.f_number),
        red_mm=signed(row.red.mm),
        red_interval=_interval_mm(row.red),
        red_um=signed(row.red.um),
        blue_mm=signed(row.blue.mm),
        blue_interval=_interval_mm(row.blue),
        blue_um=signed(row.blue.um),
        basis=row.basis or UNKNOWN,
    )


def _interval_mm(difference: ColourDifference) -> str:
    return interval(difference.mm - Z95 * difference.se_mm, difference.mm + Z95 * difference.se_mm)


@dataclass(frozen=True, slots=True)
class SafeRow:
    """From which f-number on a depth stays sharp, for both criteria, as text."""

    place: str
    pixel: str
    paper: str


def safe_rows(result: SeriesResult) -> list[SafeRow]:
    """One row for each depth that was asked about, the subject's own first."""
    found = {(safe.depth_mm, safe.criterion): safe.f_number for safe in result.first_safe}
    depths = dict.fromkeys(safe.depth_mm for safe in result.first_safe)
    return [
        SafeRow(_place(depth), *(_from_on(found.get((depth, name))) for name in (PIXEL, PRINT))) for depth in depths
    ]


def _place(depth: float) -> str:
    return (
        "the centre line" if depth == 0 else f"{plain(abs(depth), 0)} mm {'behind' if depth > 0 else 'in front of'} it"
    )


def _from_on(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"from {f_number(value)} on" if math.isfinite(value) else "at no f-number of the series"
