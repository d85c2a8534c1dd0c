"""From source rows to cells: pure functions of what they are given.

Series are put together at the sensor, in µm, the only unit in which distances compare; mm are what that is at the
cell's own mean distance.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean
from typing import Final

from analysis.copies import CONCLUSIVE_FROM, Combined, combine
from analysis.results import NAN, UNDEFINED, Basis
from analysis.thin_lens import mark_distance_mm, shift_mm, shift_mm_per_um
from lensdb.aggregates.bands import BANDS, band_of
from lensdb.aggregates.models import CopyCell, ModelCell
from lensdb.catalog.models import LensModel

SIXTH_OF_A_STOP: Final = 2 ** (1 / 12)
SAME_FOCAL_LENGTH: Final = 0.05
_BAND_ORDER: Final = {band.key: number for number, band in enumerate(BANDS)}


@dataclass(frozen=True, slots=True)
class Shift:
    """What one published series says of one f-number."""

    specimen_id: int
    series_id: int
    f_number: Decimal
    subject_distance_m: float
    focal_length_mm: float
    reference_f_number: float | None
    shift_um: float
    shift_um_se: float
    basis: str
    simulated: bool

    @property
    def distance_m(self) -> float:
        """From the focal-plane mark."""
        return mark_distance_mm(1e3 * self.subject_distance_m, self.focal_length_mm) / 1e3


def is_comparable(shift: Shift, lens: LensModel) -> bool:
    """Whether it can stand beside others of its lens: same reference (the lens' widest f-number), same focal length.

    A shift counts from the widest photo of its series: from f/1.4 it is another quantity than from f/1.2. Of a zoom
    the longest focal length is the one that is shown.
    """
    if lens.widest_f_number and shift.reference_f_number:
        widest, own = sorted((lens.widest_f_number, shift.reference_f_number))
        if own / widest > SIXTH_OF_A_STOP:
            return False
    return not lens.max_focal_mm or abs(shift.focal_length_mm / lens.max_focal_mm - 1) <= SAME_FOCAL_LENGTH


def copy_cells(lens: LensModel, shifts: Iterable[Shift]) -> list[CopyCell]:
    """One cell for each specimen, f-number and band: all its series make one estimate. Unsaved, in a fixed order."""
    comparable = [shift for shift in shifts if is_comparable(shift, lens)]
    comparable.sort(key=lambda shift: (*_place_of_shift(shift), shift.series_id))
    groups = itertools.groupby(comparable, key=_place_of_shift)
    return [_copy_cell(lens, list(group)) for _, group in groups]


def model_cells(lens: LensModel, cells: Iterable[CopyCell]) -> list[ModelCell]:
    """One cell for each f-number and band over all specimens. Unsaved, in a fixed order."""
    in_order = sorted(cells, key=lambda cell: (*_place_of_cell(cell), cell.specimen_id))
    return [_model_cell(lens, list(group)) for _, group in itertools.groupby(in_order, key=_place_of_cell)]


def _place_of_shift(shift: Shift) -> tuple[int, int, Decimal]:
    return shift.specimen_id, _BAND_ORDER[band_of(shift.distance_m).key], shift.f_number


def _place_of_cell(cell: CopyCell) -> tuple[int, Decimal]:
    return _BAND_ORDER[cell.band], cell.f_number


def _copy_cell(lens: LensModel, shifts: Sequence[Shift]) -> CopyCell:
    together = _together([shift.shift_um for shift in shifts], [shift.shift_um_se for shift in shifts])
    focal_mm = fmean(shift.focal_length_mm for shift in shifts)
    s_mm = 1e3 * fmean(shift.subject_distance_m for shift in shifts)
    return CopyCell(
        lens_model=lens,
        specimen_id=shifts[0].specimen_id,
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
        borrowed=all(shift.basis == Basis.BORROWED for shift in shifts),
        simulated=any(shift.simulated for shift in shifts),
    )


def _model_cell(lens: LensModel, cells: Sequence[CopyCell]) -> ModelCell:
    together = _together([cell.shift_um for cell in cells], [cell.shift_um_se for cell in cells])
    focal_mm = fmean(cell.focal_length_mm for cell in cells)
    s_mm = 1e3 * fmean(cell.subject_distance_m for cell in cells)
    low_um, high_um = together.interval95 if together.is_conclusive else UNDEFINED
    pred_low_um, pred_high_um = together.prediction95
    return ModelCell(
        lens_model=lens,
        f_number=cells[0].f_number,
        band=cells[0].band,
        n_copies=len(cells),
        n_series=sum(cell.n_series for cell in cells),
        subject_distance_m=s_mm / 1e3,
        distance_m=mark_distance_mm(s_mm, focal_mm) / 1e3,
        focal_length_mm=focal_mm,
        mean_um=together.mean,
        low_um=_stored(low_um),
        high_um=_stored(high_um),
        pred_low_um=_stored(pred_low_um),
        pred_high_um=_stored(pred_high_um),
        mean_mm=shift_mm(together.mean, s_mm, focal_mm),
        low_mm=_stored(shift_mm(low_um, s_mm, focal_mm)),
        high_mm=_stored(shift_mm(high_um, s_mm, focal_mm)),
        simulated=any(cell.simulated for cell in cells),
    )


def _together(values: Sequence[float], standard_errors: Sequence[float]) -> Combined:
    """The estimates combined; those without error are the reference, zero by definition, and agree on it."""
    doubted = [pair for pair in zip(values, standard_errors, strict=True) if pair[1] > 0]
    if doubted:
        return combine(*zip(*doubted, strict=True))
    zero = (0.0, 0.0) if len(values) >= CONCLUSIVE_FROM else UNDEFINED
    return Combined(n=len(values), mean=0.0, se=0.0, interval95=zero, prediction95=zero, between_sd=NAN)


def _stored(value: float) -> float | None:
    """NaN is NULL in a table."""
    return None if math.isnan(value) else value


def in_order(cells: Iterable[ModelCell]) -> Iterator[ModelCell]:
    """Model cells from near to far and from wide to narrow."""
    return iter(sorted(cells, key=lambda cell: (_BAND_ORDER[cell.band], cell.f_number)))
