"""What copies say together at one f-number in one band of distance.

Series are put together at the sensor, in µm, the only unit in which distances compare; mm are what that is at the
cell's own mean distance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import numpy.typing as npt

from analysis.copies import CONCLUSIVE_FROM, Population, Table, own_errors, population_of
from analysis.copies.likelihood import Array
from analysis.results import NAN, UNDEFINED, Interval
from analysis.statement.told import MeanTold, SpreadTold
from analysis.thin_lens import mark_distance_mm, shift_mm


@dataclass(frozen=True, slots=True, eq=False)
class CopiesHere:
    """The copies at one f-number in one band of distance, as columns: a lens may have very many.

    Attributes
    ----------
    batches, s_mm, focal_lengths_mm, n_series : of each copy, the distances and focal lengths its means.
    series_um, series_um_se : of all series, those of the first copy first.
    simulated : whether any is.
    """

    batches: Sequence[str]
    s_mm: Array
    focal_lengths_mm: Array
    n_series: npt.NDArray[np.int64]
    series_um: Array
    series_um_se: Array
    simulated: bool

    def table(self) -> Table | None:
        """The series with an error: those without are the reference, zero by definition. None where all are."""
        um, se = self.series_um, self.series_um_se
        doubted = se > 0
        if not doubted.any():
            return None
        sizes = np.add.reduceat(doubted, np.cumsum(self.n_series) - self.n_series, dtype=int)
        kept = np.flatnonzero(sizes)
        return Table.laid_out(
            [str(place) for place in kept.tolist()],
            [self.batches[place] for place in kept.tolist()],
            sizes[kept],
            um[doubted],
            own_errors(um[doubted], se[doubted]),
        )


@dataclass(frozen=True, slots=True)
class CellNumbers:
    """A model cell: what `MeanTold` and `SpreadTold` say, the mean also in front of the lens; None is undefined."""

    n_copies: int
    n_series: int
    subject_distance_m: float
    distance_m: float
    focal_length_mm: float
    mean_um: float
    low_um: float | None
    high_um: float | None
    pred_low_um: float | None
    pred_high_um: float | None
    copy_sd_um: float | None
    copy_sd_low_um: float | None
    copy_sd_high_um: float | None
    repeat_sd_um: float | None
    repeat_sd_low_um: float | None
    repeat_sd_high_um: float | None
    mean_mm: float
    low_mm: float | None
    high_mm: float | None
    simulated: bool


def cell_numbers(copies: CopiesHere) -> CellNumbers:
    """All series of all copies together; the order of copies changes no more than rounding."""
    focal_mm, s_mm = fmean(copies.focal_lengths_mm.tolist()), fmean(copies.s_mm.tolist())
    mean, spread = _together(copies)
    low_mm, high_mm = (None if um is None else shift_mm(um, s_mm, focal_mm) for um in (mean["low_um"], mean["high_um"]))
    return CellNumbers(
        n_copies=copies.n_series.size,
        n_series=copies.series_um.size,
        subject_distance_m=s_mm / 1e3,
        distance_m=mark_distance_mm(s_mm, focal_mm) / 1e3,
        focal_length_mm=focal_mm,
        mean_mm=shift_mm(mean["mean_um"], s_mm, focal_mm),
        low_mm=low_mm,
        high_mm=high_mm,
        simulated=copies.simulated,
        **mean,
        **spread,
    )


def _together(copies: CopiesHere) -> tuple[MeanTold, SpreadTold]:
    """The mean and the spread; where all are the reference they agree on zero, from as many as are conclusive."""
    table = copies.table()
    if table is not None:
        found = population_of(table)
        return mean_told(found), spread_told(found)
    about = 0.0 if copies.n_series.size >= CONCLUSIVE_FROM else None
    return (
        {"mean_um": 0.0, "low_um": about, "high_um": about, "pred_low_um": about, "pred_high_um": about},
        _spread_told(NAN, UNDEFINED, NAN, UNDEFINED),
    )


def mean_told(found: Population) -> MeanTold:
    """The mean of copies; its interval is told when they are conclusive."""
    low_um, high_um = found.interval95 if found.is_conclusive else UNDEFINED
    pred_low_um, pred_high_um = found.prediction95
    return {
        "mean_um": found.mean,
        "low_um": finite(low_um),
        "high_um": finite(high_um),
        "pred_low_um": finite(pred_low_um),
        "pred_high_um": finite(pred_high_um),
    }


def spread_told(found: Population) -> SpreadTold:
    """How far copies differ, and series of one copy."""
    return _spread_told(found.copy_sd, found.spreads.copy_sd95, found.repeat_sd, found.spreads.repeat_sd95)


def _spread_told(copy_sd: float, copy_sd95: Interval, repeat_sd: float, repeat_sd95: Interval) -> SpreadTold:
    return {
        "copy_sd_um": finite(copy_sd),
        "copy_sd_low_um": finite(copy_sd95[0]),
        "copy_sd_high_um": finite(copy_sd95[1]),
        "repeat_sd_um": finite(repeat_sd),
        "repeat_sd_low_um": finite(repeat_sd95[0]),
        "repeat_sd_high_um": finite(repeat_sd95[1]),
    }


def finite(value: float) -> float | None:
    """NaN is null in JSON and in a table."""
    return None if math.isnan(value) else value
