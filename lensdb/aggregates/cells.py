"""From source rows to cells: pure functions of what they are given; the numbers are `analysis.statement`'s."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from statistics import fmean
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.copies import Combined, combine
from analysis.results import NAN, UNDEFINED, Basis
from analysis.statement import CellNumbers, CopiesHere, Lens, Named, SeriesShift, cell_numbers
from analysis.statement.bands import BANDS, band_of
from analysis.statement.rows import is_comparable
from analysis.thin_lens import mark_distance_mm, shift_mm, shift_mm_per_um
from lensdb.aggregates.labels import named
from lensdb.aggregates.models import CopyCell, ModelCell
from lensdb.catalog.models import LensModel

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_SERVICES: Final = 1 << 16
"""No specimen is serviced as often."""
_BAND_ORDER: Final = {band.key: number for number, band in enumerate(BANDS)}
_NUMBERS: Final = tuple(CellNumbers.__dataclass_fields__)


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
    def band(self) -> str:
        return band_of(mark_distance_mm(1e3 * self.subject_distance_m, self.focal_length_mm) / 1e3).key

    def is_comparable(self, lens: Lens) -> bool:
        """Whether it can stand beside others of its lens."""
        return is_comparable(self.reference_f_number, self.focal_length_mm, lens)

    def for_statement(self) -> SeriesShift:
        """As `analysis.statement` takes it."""
        return SeriesShift(
            unit_name(self.specimen_id, self.after_service),
            self.series_id,
            str(self.owner_id),
            self.body,
            self.batch,
            float(self.f_number),
            1e3 * self.subject_distance_m,
            self.focal_length_mm,
            self.reference_f_number,
            self.shift_um,
            self.shift_um_se,
            self.simulated,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """All copy cells at one f-number in one band of distance, as columns in the order of their copies.

    `units` are those of `units_of`; series stand in the order of their copies.
    """

    band: str
    f_number: Decimal
    units: Integers
    batches: Sequence[str]
    subject_distances_m: Array
    focal_lengths_mm: Array
    n_series: Integers
    first_series: Integers
    series_um: Array
    series_um_se: Array
    simulated: bool

    def for_statement(self) -> CopiesHere:
        """As `analysis.statement` takes it."""
        return CopiesHere(
            batches=self.batches,
            s_mm=1e3 * self.subject_distances_m,
            focal_lengths_mm=self.focal_lengths_mm,
            n_series=self.n_series,
            series_um=self.series_um,
            series_um_se=self.series_um_se,
            simulated=self.simulated,
        )


def units_of(specimen_ids: npt.ArrayLike, after_services: npt.ArrayLike) -> Integers:
    """What statistics count once, as numbers that sort: a specimen is another one after it was at a workshop."""
    return np.asarray(specimen_ids, np.int64) * _SERVICES + np.asarray(after_services, np.int64)


def unit_name(specimen_id: int, after_service: int) -> str:
    """The same for one, as a name."""
    return f"{specimen_id}/{after_service}" if after_service else str(specimen_id)


class Names(Mapping[str, Named]):
    """A public name for every copy of a lens; made when it is asked for.

    Copies are named in the order of their oldest published series. The order of their specimens would tell which of
    them somebody entered without publishing anything.
    """

    def __init__(self, places: Collection[Place]) -> None:
        specimens, after_services = np.divmod(different(place.units for place in places), _SERVICES)
        oldest = _oldest_series(places)
        in_order = {
            specimen: number for number, specimen in enumerate(sorted(oldest, key=lambda one: (oldest[one], one)))
        }
        units = sorted(
            zip(specimens.tolist(), after_services.tolist(), strict=True), key=lambda unit: (in_order[unit[0]], unit[1])
        )
        self._units = {unit_name(*unit): (in_order[unit[0]], unit[1]) for unit in units}
        self.serviced = frozenset(unit_name(*unit) for unit in units if unit[1])

    def __getitem__(self, unit: str) -> Named:
        return named(*self._units[unit])

    def __contains__(self, unit: object) -> bool:
        return unit in self._units

    def __iter__(self) -> Iterator[str]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)


def _oldest_series(places: Iterable[Place]) -> dict[int, int]:
    """The oldest series of each specimen, both by id."""
    oldest: dict[int, int] = {}
    for place in places:
        for specimen, series in zip((place.units // _SERVICES).tolist(), place.first_series.tolist(), strict=True):
            oldest[specimen] = min(series, oldest.get(specimen, series))
    return oldest


def different(units: Iterable[Integers]) -> Integers:
    """All units once, sorted."""
    return np.unique(np.concatenate([np.zeros(0, np.int64), *units]))


def described(lens: LensModel) -> Lens:
    """What statistics must know of a lens model."""
    return Lens(lens.widest_f_number, lens.max_focal_mm, lens.crop_factor)


def copy_cells(lens: LensModel, shifts: Iterable[Shift]) -> list[CopyCell]:
    """One cell for each copy, f-number and band: all its series make one estimate. Unsaved, in a fixed order."""
    comparable = [shift for shift in shifts if shift.is_comparable(described(lens))]
    comparable.sort(key=lambda shift: (*_place_of_shift(shift), shift.series_id))
    groups = itertools.groupby(comparable, key=_place_of_shift)
    return [_copy_cell(lens, list(group)) for _, group in groups]


def places_of(cells: Iterable[CopyCell], batches: Mapping[int, str]) -> list[Place]:
    """Unsaved cells as `sources.places` reads stored ones; `batches` by specimen."""
    in_order = sorted(cells, key=lambda cell: (cell.band, cell.f_number, cell.specimen_id, cell.after_service))
    groups = (list(group) for _, group in itertools.groupby(in_order, key=lambda cell: (cell.band, cell.f_number)))
    return [
        Place(
            band=own[0].band,
            f_number=own[0].f_number,
            units=units_of([cell.specimen_id for cell in own], [cell.after_service for cell in own]),
            batches=[batches[cell.specimen_id] for cell in own],
            subject_distances_m=np.array([cell.subject_distance_m for cell in own]),
            focal_lengths_mm=np.array([cell.focal_length_mm for cell in own]),
            n_series=np.array([cell.n_series for cell in own]),
            first_series=np.array([cell.first_series for cell in own]),
            series_um=np.array([um for cell in own for um in cell.series_um]),
            series_um_se=np.array([se for cell in own for se in cell.series_um_se]),
            simulated=any(cell.simulated for cell in own),
        )
        for own in groups
    ]


def model_cells(lens: LensModel, places: Iterable[Place]) -> list[ModelCell]:
    """One cell for each f-number and band over all series of all copies. Unsaved, in a fixed order."""
    in_order = sorted(places, key=lambda place: (_BAND_ORDER[place.band], place.f_number))
    return [
        ModelCell(
            lens_model=lens,
            f_number=place.f_number,
            band=place.band,
            **asdict(cell_numbers(place.for_statement())),
        )
        for place in in_order
    ]


def numbers_of(cells: Iterable[ModelCell]) -> Mapping[tuple[str, float], CellNumbers]:
    """Model cells by band and f-number, as `analysis.statement` takes them."""
    return {
        (cell.band, float(cell.f_number)): CellNumbers(**{name: getattr(cell, name) for name in _NUMBERS})
        for cell in cells
    }


def _place_of_shift(shift: Shift) -> tuple[int, int, int, Decimal]:
    return shift.specimen_id, shift.after_service, _BAND_ORDER[shift.band], shift.f_number


def _copy_cell(lens: LensModel, shifts: Sequence[Shift]) -> CopyCell:
    together = _together([shift.shift_um for shift in shifts], [shift.shift_um_se for shift in shifts])
    focal_mm = fmean(shift.focal_length_mm for shift in shifts)
    s_mm = 1e3 * fmean(shift.subject_distance_m for shift in shifts)
    return CopyCell(
        lens_model=lens,
        specimen_id=shifts[0].specimen_id,
        after_service=shifts[0].after_service,
        f_number=shifts[0].f_number,
        band=shifts[0].band,
        n_series=len(shifts),
        first_series=min(shift.series_id for shift in shifts),
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


def _together(values: Sequence[float], standard_errors: Sequence[float]) -> Combined:
    """Series of one copy combined; those without error are the reference, zero by definition, and agree on it."""
    doubted = [pair for pair in zip(values, standard_errors, strict=True) if pair[1] > 0]
    if doubted:
        return combine(*zip(*doubted, strict=True))
    return Combined(n=len(values), mean=0.0, se=0.0, interval95=UNDEFINED, prediction95=UNDEFINED, between_sd=NAN)


def in_order(cells: Iterable[ModelCell]) -> Iterator[ModelCell]:
    """Model cells from near to far and from wide to narrow."""
    return iter(sorted(cells, key=lambda cell: (_BAND_ORDER[cell.band], cell.f_number)))
