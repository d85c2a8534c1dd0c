"""From series to all that is told of a lens: a pure function of what it is given."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from analysis.copies import CONCLUSIVE_FROM, Population, verdict
from analysis.statement import evidence
from analysis.statement.bands import BANDS
from analysis.statement.case import Case, f_number_of_verdict, interval_um
from analysis.statement.cells import CellNumbers, CopiesHere, cell_numbers, mean_told, spread_told
from analysis.statement.distances import curve_of, distance_told, drawn, points, sizes, tested, worst
from analysis.statement.rows import Lens, SeriesShift, is_comparable
from analysis.statement.told import BandName, LeftOff, Named, Summary, Told

Cells = Mapping[tuple[str, float], CellNumbers]
"""Model cells by band and f-number."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything the series of a lens say: `told` is None where none of them shifts or can be compared."""

    cells: Cells
    told: Told | None
    left_off: list[LeftOff]


def lens_statement(shifts: Iterable[SeriesShift], lens: Lens, names: Mapping[str, Named]) -> Statement:
    """Everything from the rows of all series at all f-numbers, in any order; `names` has every copy."""
    rows = sorted(shifts, key=lambda row: (row.copy, row.series, row.f_number))
    left_off = evidence.left_off(lens, _counted(rows))
    comparable = [row for row in rows if is_comparable(row.reference_f_number, row.focal_length_mm, lens)]
    cells = _cells(comparable)
    measured = {(row.copy, row.f_number) for row in comparable if row.se_um > 0}
    f_number = f_number_of_verdict(lens, Counter(f_number for _, f_number in measured))
    if f_number is None:
        return Statement(cells, None, left_off)
    here = [row for row in comparable if row.f_number == f_number and row.se_um > 0]
    serviced = frozenset(copy for copy, name in names.items() if name["after_service"])
    return Statement(cells, judged(Case(lens, f_number, here, names, serviced), cells, left_off), left_off)


def _counted(rows: Iterable[SeriesShift]) -> list[tuple[float | None, float, int]]:
    series = {row.series: (row.reference_f_number, row.focal_length_mm) for row in rows}
    return [(*kind, n_series) for kind, n_series in Counter(series.values()).items()]


def _cells(rows: Iterable[SeriesShift]) -> dict[tuple[str, float], CellNumbers]:
    groups: dict[tuple[str, float], list[SeriesShift]] = defaultdict(list)
    for row in rows:
        groups[row.band, row.f_number].append(row)
    order = {band.key: number for number, band in enumerate(BANDS)}
    places = sorted(groups, key=lambda place: (order[place[0]], place[1]))
    return {place: cell_numbers(_copies_here(groups[place])) for place in places}


def _copies_here(rows: Sequence[SeriesShift]) -> CopiesHere:
    """In columns; `rows` stand in the order of their copies."""
    groups = [list(group) for _, group in itertools.groupby(rows, key=lambda row: row.copy)]
    return CopiesHere(
        batches=[own[0].batch for own in groups],
        s_mm=np.array([fmean(row.s_mm for row in own) for own in groups]),
        focal_lengths_mm=np.array([fmean(row.focal_length_mm for row in own) for own in groups]),
        n_series=np.array([len(own) for own in groups]),
        series_um=np.array([row.shift_um for row in rows]),
        series_um_se=np.array([row.se_um for row in rows]),
        simulated=any(row.simulated for row in rows),
    )


def judged(case: Case, cells: Cells, left_off: list[LeftOff]) -> Told:
    """Judge a lens from all its series at the verdict's f-number.

    Series at all distances count together while the test does not refute that the shift is the same at all of them;
    else those of the band with the most copies do, and `at` names it.
    """
    test, line = tested(case), curve_of(case)
    at = _fullest_band(case) if test.changes else None
    here = case.at(at["key"]) if at else case
    found = verdict(here.sessions(), case.f_number, crop_factor=case.lens.crop_factor)
    return {
        **_summary(found.together),
        **spread_told(found.together),
        "kind": found.kind,
        "reason": found.reason,
        "f_number": case.f_number,
        "at": at,
        "n_series": found.n_sessions,
        "n_owners": len({shift.owner for shift in here.shifts}),
        "n_serviced": len(case.serviced.intersection(shift.copy for shift in here.shifts)),
        "simulated": any(shift.simulated for shift in here.shifts),
        "direction": _direction(found.together),
        "without_odd": _summary(found.rest) if found.rest else None,
        "focal_length_mm": case.focal_mm,
        "sizes": sizes(case, line),
        "curve": drawn(case, line),
        "points": points(case),
        "worst": worst(cells, case.lens.crop_factor),
        "distance": distance_told(case, test, line),
        "copies": evidence.copies_told(here, found),
        "odd": evidence.odd_told(here, found.oddities),
        "batches": evidence.batches_told(case, found),
        "repeats": evidence.repeats_told(here, found),
        "bodies": evidence.bodies_told(case),
        "left_off": left_off,
    }


def _fullest_band(case: Case) -> BandName:
    """The band with the most copies, then series; the nearest of several."""
    here: dict[str, list[SeriesShift]] = defaultdict(list)
    for shift in case.shifts:
        here[shift.band].append(shift)
    there = [band for band in BANDS if band.key in here]
    band = max(there, key=lambda band: (len({shift.copy for shift in here[band.key]}), len(here[band.key])))
    return {"key": band.key, "label": band.label}


def _summary(found: Population) -> Summary:
    return {"n_copies": found.n_copies, **mean_told(found)}


def _direction(found: Population) -> str:
    """Which way focus moves, where that is beyond doubt; one copy or two speak for themselves."""
    low, high = found.interval95 if found.n_copies >= CONCLUSIVE_FROM else interval_um(found.mean, found.se)
    if low > 0:
        return "behind"
    return "in front" if high < 0 else ""
