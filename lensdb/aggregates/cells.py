"""From source rows to cells: pure functions of what they are given.

Series are put together at the sensor, in µm, the only unit in which distances compare; mm are what that is at the
cell's own mean distance.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from statistics import fmean
from typing import Final, NamedTuple

from analysis.copies import (
    CONCLUSIVE_FROM,
    Combined,
    Population,
    Session,
    Spreads,
    combine,
    own_error,
    population,
    spreads_of,
)
from analysis.results import NAN, UNDEFINED, Basis
from analysis.thin_lens import mark_distance_mm, shift_mm, shift_mm_per_um
from lensdb.aggregates.bands import BANDS, band_of
from lensdb.aggregates.models import CopyCell, ModelCell
from lensdb.catalog.models import LensModel

SIXTH_OF_A_STOP: Final = 2 ** (1 / 12)
SAME_FOCAL_LENGTH: Final = 0.05
_BAND_ORDER: Final = {band.key: number for number, band in enumerate(BANDS)}


class Shift(NamedTuple):
    """What one published series says of one f-number. `body` is a camera model."""

    specimen_id: int
    series_id: int
    owner_id: int
    body: str
    batch: str
    f_number: Decimal
    subject_distance_m: float
    focal_length_mm: float
    reference_f_number: float | None
    shift_um: float
    shift_um_se: float
    basis: str
    simulated: bool
    after_service: int = 0

    @property
    def distance_m(self) -> float:
        """From the focal-plane mark."""
        return mark_distance_mm(1e3 * self.subject_distance_m, self.focal_length_mm) / 1e3

    @property
    def band(self) -> str:
        return band_of(self.distance_m).key

    @property
    def unit(self) -> str:
        """What statistics count once."""
        return unit_name(self.specimen_id, self.after_service)


class CopyRow(NamedTuple):
    """A copy cell, as far as model cells are made of it."""

    band: str
    f_number: Decimal
    specimen_id: int
    after_service: int
    batch: str
    subject_distance_m: float
    focal_length_mm: float
    simulated: bool
    series_um: Sequence[float]
    series_um_se: Sequence[float]

    def sessions(self) -> Iterator[Session]:
        """Its series, those without error left out: they are the reference, zero by definition."""
        name = unit_name(self.specimen_id, self.after_service)
        for value, se in zip(self.series_um, self.series_um_se, strict=True):
            if se > 0:
                yield Session(name, value, own_error(value, se), self.batch)


def unit_name(specimen_id: int, after_service: int) -> str:
    """A specimen is another one after it was at a workshop."""
    return f"{specimen_id}/{after_service}" if after_service else str(specimen_id)


def has_reference_of(reference_f_number: float | None, lens: LensModel) -> bool:
    """Whether a series counts its shifts from the lens' widest f-number: from f/1.4 they are not those from f/1.2."""
    if not (lens.widest_f_number and reference_f_number):
        return True
    widest, own = sorted((lens.widest_f_number, reference_f_number))
    return own / widest <= SIXTH_OF_A_STOP


def has_focal_length_of(focal_length_mm: float, lens: LensModel) -> bool:
    """Whether it is the focal length that is shown: of a zoom the longest."""
    return not lens.max_focal_mm or abs(focal_length_mm / lens.max_focal_mm - 1) <= SAME_FOCAL_LENGTH


def is_comparable(shift: Shift, lens: LensModel) -> bool:
    """Whether it can stand beside others of its lens."""
    return has_reference_of(shift.reference_f_number, lens) and has_focal_length_of(shift.focal_length_mm, lens)


def copy_cells(lens: LensModel, shifts: Iterable[Shift]) -> list[CopyCell]:
    """One cell for each specimen, f-number and band: all its series make one estimate. Unsaved, in a fixed order."""
    comparable = [shift for shift in shifts if is_comparable(shift, lens)]
    comparable.sort(key=lambda shift: (*_place_of_shift(shift), shift.series_id))
    groups = itertools.groupby(comparable, key=_place_of_shift)
    return [_copy_cell(lens, list(group)) for _, group in groups]


def row_of(cell: CopyCell, batch: str) -> CopyRow:
    """An unsaved cell as `sources.copy_rows` reads a stored one."""
    return CopyRow(
        cell.band,
        cell.f_number,
        cell.specimen_id,
        cell.after_service,
        batch,
        cell.subject_distance_m,
        cell.focal_length_mm,
        cell.simulated,
        cell.series_um,
        cell.series_um_se,
    )


def model_cells(lens: LensModel, rows: Iterable[CopyRow]) -> list[ModelCell]:
    """One cell for each f-number and band over all series of all specimens. Unsaved, in a fixed order."""
    in_order = sorted(rows, key=lambda row: (*_place_of_row(row), row.specimen_id, row.after_service))
    return [_model_cell(lens, list(group)) for _, group in itertools.groupby(in_order, key=_place_of_row)]


def _place_of_shift(shift: Shift) -> tuple[int, int, int, Decimal]:
    return shift.specimen_id, shift.after_service, _BAND_ORDER[band_of(shift.distance_m).key], shift.f_number


def _place_of_row(row: CopyRow) -> tuple[int, Decimal]:
    return _BAND_ORDER[row.band], row.f_number


def _copy_cell(lens: LensModel, shifts: Sequence[Shift]) -> CopyCell:
    together = _of_one_copy([shift.shift_um for shift in shifts], [shift.shift_um_se for shift in shifts])
    focal_mm = fmean(shift.focal_length_mm for shift in shifts)
    s_mm = 1e3 * fmean(shift.subject_distance_m for shift in shifts)
    return CopyCell(
        lens_model=lens,
        specimen_id=shifts[0].specimen_id,
        after_service=shifts[0].after_service,
        f_number=shifts[0].f_number,
        band=band_of(shifts[0].distance_m).key,
        n_series=len(shifts),
        subject_distance_m=s_mm / 1e3,
        distance_m=mark_distance_mm(s_mm, focal_mm) / 1e3,
        focal_length_mm=focal_mm,
        shift_um=together.mean,
        shift_um_se=together.se,
        shift_mm=shift_mm(together.mean, s_mm, focal_mm),
        shift_mm_se=together.se * shift_mm_per_um(together.mean, s_mm, focal_mm),
        series_um=[shift.shift_um for shift in shifts],
        series_um_se=[shift.shift_um_se for shift in shifts],
        borrowed=all(shift.basis == Basis.BORROWED for shift in shifts),
        simulated=any(shift.simulated for shift in shifts),
    )


def _model_cell(lens: LensModel, rows: Sequence[CopyRow]) -> ModelCell:
    focal_mm = fmean(row.focal_length_mm for row in rows)
    s_mm = 1e3 * fmean(row.subject_distance_m for row in rows)
    together = _of_all_copies(rows)
    in_front = {
        name: stored(shift_mm(together.get(f"{name}_um", NAN), s_mm, focal_mm)) for name in ("mean", "low", "high")
    }
    return ModelCell(
        lens_model=lens,
        f_number=rows[0].f_number,
        band=rows[0].band,
        n_copies=len(rows),
        n_series=sum(len(row.series_um) for row in rows),
        subject_distance_m=s_mm / 1e3,
        distance_m=mark_distance_mm(s_mm, focal_mm) / 1e3,
        focal_length_mm=focal_mm,
        **{name: stored(value) for name, value in together.items()},
        **{f"{name}_mm": value for name, value in in_front.items()},
        simulated=any(row.simulated for row in rows),
    )


def _of_one_copy(values: Sequence[float], standard_errors: Sequence[float]) -> Combined:
    """Series of one copy combined; those without error are the reference, zero by definition, and agree on it."""
    doubted = [pair for pair in zip(values, standard_errors, strict=True) if pair[1] > 0]
    if doubted:
        return combine(*zip(*doubted, strict=True))
    return Combined(n=len(values), mean=0.0, se=0.0, interval95=UNDEFINED, prediction95=UNDEFINED, between_sd=NAN)


def _of_all_copies(rows: Sequence[CopyRow]) -> dict[str, float]:
    """All series of all copies together, in the columns of a model cell; NaN or absent is NULL."""
    sessions = [session for row in rows for session in row.sessions()]
    if sessions:
        found = population(sessions)
        return told_in_um(found) | sds_in_um(found, spreads_of(sessions))
    if len(rows) < CONCLUSIVE_FROM:
        return {"mean_um": 0.0}
    return dict.fromkeys(("mean_um", "low_um", "high_um", "pred_low_um", "pred_high_um"), 0.0)


def told_in_um(found: Population) -> dict[str, float]:
    """The mean of copies, and what to expect of the next one; nothing is concluded below three copies."""
    low_um, high_um = found.interval95 if found.is_conclusive else UNDEFINED
    pred_low_um, pred_high_um = found.prediction95
    return {
        "mean_um": found.mean,
        "low_um": low_um,
        "high_um": high_um,
        "pred_low_um": pred_low_um,
        "pred_high_um": pred_high_um,
    }


def sds_in_um(found: Population, spreads: Spreads) -> dict[str, float]:
    """How far copies differ, and series of one copy, with their intervals."""
    return {
        "copy_sd_um": found.copy_sd,
        "copy_sd_low_um": spreads.copy_sd95[0],
        "copy_sd_high_um": spreads.copy_sd95[1],
        "repeat_sd_um": found.repeat_sd,
        "repeat_sd_low_um": spreads.repeat_sd95[0],
        "repeat_sd_high_um": spreads.repeat_sd95[1],
    }


def stored(value: float) -> float | None:
    """NaN is NULL in a table."""
    return None if math.isnan(value) else value


def in_order(cells: Iterable[ModelCell]) -> Iterator[ModelCell]:
    """Model cells from near to far and from wide to narrow."""
    return iter(sorted(cells, key=lambda cell: (_BAND_ORDER[cell.band], cell.f_number)))
