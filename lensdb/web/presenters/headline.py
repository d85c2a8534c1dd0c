"""The first thing a lens page says, computed from its cells and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lensdb.aggregates.told import VerdictTold
from lensdb.web.presenters.cells import PIXEL, PRINT, Cell, main_band, share, telling_cell
from lensdb.web.presenters.numbers import count, depth_mm, f_number, metres, plain, signed
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
    sentences = [_shift(telling, min(cell["f_number"] for cell in cells))]
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
    values = ", ".join(f"{signed(cell['mean_mm'])} mm at {f_number(cell['f_number'])}" for cell in narrower)
    copies = count(max(cell["n_copies"] for cell in here), "copy", "copies")
    return f"At {metres(widest['distance_m'])} from {f_number(widest['f_number'])}, {copies}: {values}; plus is behind."


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
