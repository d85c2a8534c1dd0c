"""From series to the verdict of a lens, with all that a page tells beside it: a pure function of what it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.copies import CONCLUSIVE_FROM, Kind, Population, spreads_of, verdict
from lensdb.aggregates import evidence
from lensdb.aggregates.case import Case, finite, interval_um
from lensdb.aggregates.cells import sds_in_um, told_in_um
from lensdb.aggregates.distances import curve_of, distance_told, drawn, points, sizes, tested, worst
from lensdb.aggregates.models import LensVerdict, ModelCell
from lensdb.aggregates.told import LeftOff, Summary
from lensdb.catalog.models import LensModel

NOTHING_COMPARABLE: Final = "No published series can be compared with others of this lens yet."


def lens_verdict(case: Case, cells: Sequence[ModelCell], left_off: list[LeftOff], *, version: str) -> LensVerdict:
    """Judge a lens from all its series at the verdict's f-number. Unsaved.

    Series at all distances count together while the test does not refute that the shift is the same at all of them;
    else those of the band with the most copies do, and the row names it.
    """
    test, line = tested(case), curve_of(case)
    band = _fullest_band(case) if test.changes else ""
    here = case.at(band) if band else case
    sessions = here.sessions()
    found, spreads = verdict(sessions, float(case.f_number), crop_factor=case.lens.crop_factor), spreads_of(sessions)
    return LensVerdict(
        lens_model=case.lens,
        analysis_version=version,
        kind=found.kind,
        reason=found.reason,
        f_number=case.f_number,
        band=band,
        n_copies=found.n_copies,
        n_series=found.n_sessions,
        n_owners=len({shift.owner_id for shift in here.shifts}),
        simulated=any(shift.simulated for shift in here.shifts),
        left_off=left_off,
        told={
            **_summary(found.together),
            **{name: finite(value) for name, value in sds_in_um(found.together, spreads).items()},
            "n_serviced": len({shift.unit for shift in here.shifts if shift.after_service}),
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
            "batches": evidence.batches_told(found),
            "repeats": evidence.repeats_told(here, found, spreads),
            "bodies": evidence.bodies_told(case),
        },
    )


def no_verdict(lens: LensModel, left_off: list[LeftOff], *, version: str) -> LensVerdict:
    """The row of a lens of which nothing comparable was published. Unsaved."""
    return LensVerdict(
        lens_model=lens,
        analysis_version=version,
        kind=Kind.UNDECIDED,
        reason=NOTHING_COMPARABLE,
        n_copies=0,
        n_series=0,
        n_owners=0,
        simulated=False,
        left_off=left_off,
    )


def _fullest_band(case: Case) -> str:
    """The band with the most copies, then series; the nearest of several."""
    bands: dict[str, list[Any]] = {}
    for shift in case.shifts:
        bands.setdefault(shift.band, []).append(shift)

    def fullness(band: str) -> tuple[int, int, float]:
        here = bands[band]
        return len({shift.unit for shift in here}), len(here), -here[0].distance_m

    return max(bands, key=fullness)


def _summary(found: Population) -> Summary:
    um: Mapping[str, Any] = {name: finite(value) for name, value in told_in_um(found).items()}
    return {"n_copies": found.n_copies, **um}  # type: ignore[typeddict-item]  # the keys are Summary's


def _direction(found: Population) -> str:
    """Which way focus moves, where that is beyond doubt; one copy or two speak for themselves."""
    low, high = found.interval95 if found.n_copies >= CONCLUSIVE_FROM else interval_um(found.mean, found.se)
    if low > 0:
        return "behind"
    return "in front" if high < 0 else ""
