"""The first thing a lens page says, computed from its cells and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.copies import Kind
from lensdb.aggregates.told import VerdictTold
from lensdb.web.presenters.cells import PIXEL, PRINT, Cell, main_band, share, telling_cell
from lensdb.web.presenters.numbers import count, depth_mm, f_number, metres, plain, ratio, signed
from lensdb.web.presenters.verdict import agreement, over_distance

CARES_LITTLE: Final = 0.5
"""Below this share of half the depth of field a shift is not worth a sentence of its own."""


@dataclass(frozen=True, slots=True)
class Headline:
    """`cell` is the one the sentences speak of, None when nothing is measured."""

    sentences: tuple[str, ...]
    cell: Cell | None

    def __str__(self) -> str:
        return " ".join(self.sentences)


def headline(cells: Sequence[Cell], told: VerdictTold | None) -> Headline:
    """How large the shift of a lens is, whose doing it is, and what distance does to it."""
    telling = telling_cell(cells)
    if telling is None:
        return Headline(("Nobody has measured this lens yet.",), None)
    widest = min(cell["f_number"] for cell in cells)
    others = _without_odd(cells, told)
    if others is not None:
        telling = others
        sentences = [f"In most copies, {_stopped_down(telling, widest)}."]
    else:
        sentences = [_shift(telling, widest)]
    if told is not None:
        sentences += [agreement(told), over_distance(told)]
    return Headline(tuple(text for text in sentences if text), telling)


def curve_sentence(cells: Sequence[Cell]) -> str:
    """The curve of the plot in words: the mean shift at each f-number, at the distance most copies speak of."""
    band = main_band(cells)
    here = sorted((cell for cell in cells if cell["band"] == band), key=lambda cell: cell["f_number"])
    if len(here) < 2:
        return ""
    widest, *narrower = here
    most = max(cell["n_copies"] for cell in here)
    values = ", ".join(_value(cell, most) for cell in narrower)
    copies = count(most, "copy", "copies") if most == 1 else f"mean of {most} copies"
    return f"At {metres(widest['distance_m'])} from {f_number(widest['f_number'])}, {copies}: {values}; plus is behind."


def _value(cell: Cell, most_copies: int) -> str:
    """The shift at one f-number, and how many copies say it where those are fewer than elsewhere."""
    fewer = f" ({count(cell['n_copies'], 'copy', 'copies')})" if cell["n_copies"] < most_copies else ""
    return f"{signed(cell['mean_mm'])} mm at {f_number(cell['f_number'])}{fewer}"


def _without_odd(cells: Sequence[Cell], told: VerdictTold | None) -> Cell | None:
    """Where one specimen is unlike the others: what the others do at the verdict's f-number; None elsewhere.

    The mean of all would be nobody's shift.
    """
    if told is None or told["kind"] != Kind.SPECIMEN or told["without_odd"] is None:
        return None
    band, um = main_band(cells), told["without_odd"]["mean_um"]
    for cell in cells:
        if cell["band"] == band and cell["f_number"] == told["f_number"] and cell["mean_um"]:
            part = um / cell["mean_um"]
            shares = {criterion: part * share for criterion, share in cell["over_half_dof"].items()}
            return {**cell, "mean_um": um, "mean_mm": part * cell["mean_mm"], "over_half_dof": shares}
    return None


def _shift(cell: Cell, widest: float) -> str:
    if abs(share(cell, PIXEL)) < CARES_LITTLE:
        return f"Stopping down hardly moves focus: {depth_mm(cell['mean_mm'])} at most {_here(cell)}."
    told = _stopped_down(cell, widest)
    return f"{told[0].upper()}{told[1:]}."


def _stopped_down(cell: Cell, widest: float) -> str:
    return (
        f"stopped down from {f_number(widest)} to {f_number(cell['f_number'])}, focus moves "
        f"{depth_mm(cell['mean_mm'])} {_here(cell)}"
    )


def _here(cell: Cell) -> str:
    return (
        f"at {metres(cell['distance_m'])} ({plain(abs(cell['mean_um']))} µm at the sensor; "
        f"{ratio(share(cell, PIXEL))} × half the depth of field at {f_number(cell['f_number'])} for one pixel, "
        f"{ratio(share(cell, PRINT))} × for a print)"
    )
