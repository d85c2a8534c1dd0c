"""What a verdict tells of distance: the typical size anywhere, and whether the shift changes on the way."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

import numpy as np

from analysis.copies import Curve, DistanceTest, curve, distance_test
from analysis.statement.case import Case, interval_um
from analysis.statement.cells import CellNumbers, finite
from analysis.statement.rows import SeriesShift
from analysis.statement.told import Contrast, DistanceTold, SeriesPoint, TypicalSize, Worst
from analysis.statement.words import metres, micrometres, p_text, several
from analysis.thin_lens import entrance_distance_mm, half_depth_of_field_mm, mark_distance_mm, shift_mm

CRITERIA_MM: Final = {"0.006": 0.006, "0.030": 0.030}
"""Blur criteria of depth of field on full frame, by the names they go by: one pixel, and a print."""
SIZES_AT_M: Final = (0.5, 1.0, 2.0, 3.0)
POINTS_MAX: Final = 400

_CURVE_M: Final = (0.3, 5.0)
_CURVE_POINTS: Final = 30
_NEAREST_FOCAL_LENGTHS: Final = 10.0
"""Ordinary lenses focus as near as ten focal lengths."""
_NEAREST_DRAWN: Final = 8.0
_SAME_DISTANCE: Final = 1.1
_CONTRASTS_MAX: Final = 60


def curve_of(case: Case) -> Curve:
    """The smooth model through all series of the case."""
    nearest_mm = min(shift.s_mm for shift in case.shifts)
    return curve(case.distant, nearest_mm=min(nearest_mm, _NEAREST_FOCAL_LENGTHS * case.focal_mm))


def sizes(case: Case, found: Curve) -> list[TypicalSize]:
    """The typical size at the distances a page names, as far as the lens can be used there."""
    return [_size(case, found, distance_m) for distance_m in SIZES_AT_M if _is_focusable(case, distance_m)]


def drawn(case: Case, found: Curve) -> list[TypicalSize]:
    """The same at the distances a plot draws, those measured among them."""
    near, far = (mark_distance_mm(s_mm, case.focal_mm) / 1e3 for s_mm in (found.near_mm, found.far_mm))
    low = min(near, max(_CURVE_M[0], _NEAREST_DRAWN * case.focal_mm / 1e3))
    at_m = np.geomspace(low, max(far, _CURVE_M[1]), _CURVE_POINTS).tolist()
    return [_size(case, found, distance_m) for distance_m in at_m]


def _is_focusable(case: Case, distance_m: float) -> bool:
    return not math.isnan(entrance_distance_mm(1e3 * distance_m, case.focal_mm))


def _size(case: Case, found: Curve, distance_m: float) -> TypicalSize:
    s_mm = entrance_distance_mm(1e3 * distance_m, case.focal_mm)
    um, (low_um, high_um) = found.at(s_mm)
    mm, low_mm, high_mm = (shift_mm(value, s_mm, case.focal_mm) for value in (um, low_um, high_um))
    half_dof_mm = half_dofs_mm(case, s_mm)
    return {
        "distance_m": distance_m,
        "um": um,
        "low_um": finite(low_um),
        "high_um": finite(high_um),
        "mm": mm,
        "low_mm": finite(low_mm),
        "high_mm": finite(high_mm),
        "extrapolated": found.is_extrapolated(s_mm),
        "half_dof_mm": half_dof_mm,
        "over_half_dof": {name: mm / half for name, half in half_dof_mm.items()},
        "matters": {name: _matters(low_mm, high_mm, half) for name, half in half_dof_mm.items()},
    }


def half_dofs_mm(case: Case, s_mm: float) -> dict[str, float]:
    """Half the depth of field by the name of its criterion."""
    return {
        name: half_depth_of_field_mm(case.f_number, s_mm, case.focal_mm, criterion_mm / case.lens.crop_factor)
        for name, criterion_mm in CRITERIA_MM.items()
    }


def _matters(low_mm: float, high_mm: float, half_mm: float) -> bool | None:
    """Whether the shift leaves the depth of field; None where the interval holds both, or is not known."""
    if low_mm > half_mm or high_mm < -half_mm:
        return True
    return False if -half_mm <= low_mm and high_mm <= half_mm else None


def points(case: Case) -> list[SeriesPoint]:
    """Every series; of very many every n-th."""
    step = math.ceil(len(case.shifts) / POINTS_MAX)
    found: list[SeriesPoint] = []
    for shift in case.shifts[::step]:
        s_mm, focal_mm = shift.s_mm, shift.focal_length_mm
        low_um, high_um = interval_um(shift.shift_um, shift.se_um)
        found.append(
            {
                **case.names[shift.copy],
                "distance_m": shift.distance_m,
                "um": shift.shift_um,
                "low_um": low_um,
                "high_um": high_um,
                "mm": shift_mm(shift.shift_um, s_mm, focal_mm),
                "low_mm": shift_mm(low_um, s_mm, focal_mm),
                "high_mm": shift_mm(high_um, s_mm, focal_mm),
                "body": shift.body,
            }
        )
    return found


def worst(cells: Mapping[tuple[str, float], CellNumbers], crop_factor: float) -> Worst | None:
    """The f-number at which the shift is largest against half the depth of field, where most copies were measured.

    `cells` are keyed by band and f-number.
    """
    band, _ = max(cells, key=lambda key: (cells[key].n_copies, cells[key].n_series, -cells[key].distance_m))
    here = {f_number: cell for (at, f_number), cell in cells.items() if at == band and cell.mean_um}
    over = {f_number: _over_half_dof(f_number, cell, crop_factor) for f_number, cell in here.items()}
    if not over:
        return None
    f_number = max(over, key=lambda f_number: (abs(over[f_number]["0.006"]), -f_number))
    return {"f_number": f_number, "distance_m": here[f_number].distance_m, "over_half_dof": over[f_number]}


def _over_half_dof(f_number: float, cell: CellNumbers, crop_factor: float) -> dict[str, float]:
    s_mm = 1e3 * cell.subject_distance_m
    return {
        name: cell.mean_mm / half_depth_of_field_mm(f_number, s_mm, cell.focal_length_mm, criterion_mm / crop_factor)
        for name, criterion_mm in CRITERIA_MM.items()
    }


def tested(case: Case) -> DistanceTest:
    """Is the shift at the sensor the same at all distances?"""
    return distance_test(case.distant)


def distance_told(case: Case, test: DistanceTest, found: Curve) -> DistanceTold:
    """The test's outcome, in words and by copy."""
    near_m, far_m = (_mark_m(case, s_mm) for s_mm in (test.near_mm, test.far_mm))
    return {
        "tested": test.is_tested,
        "changes": test.changes,
        "p_value": finite(test.p_value),
        "n_copies": test.n_copies,
        "n_series": test.n_sessions,
        "near_m": near_m,
        "far_m": far_m,
        "statement": _statement(case, test, found),
        "contrasts": _contrasts(case),
    }


def _mark_m(case: Case, s_mm: float) -> float | None:
    return None if math.isnan(s_mm) else mark_distance_mm(s_mm, case.focal_mm) / 1e3


def _statement(case: Case, test: DistanceTest, found: Curve) -> str:
    if not test.n_copies:
        return "No copy was measured at two distances: whether the shift changes with distance is not known."
    of = f"{several(test.n_copies, 'copy', 'copies')}, {several(test.n_sessions, 'series', 'series')}"
    if not test.is_tested:
        return f"Too few series to test whether the shift changes with distance ({of} at several distances)."
    near_m, far_m = (metres(mark_distance_mm(s_mm, case.focal_mm) / 1e3) for s_mm in (test.near_mm, test.far_mm))
    near, far = (found.at(s_mm)[0] for s_mm in (test.near_mm, test.far_mm))
    within = f"within {of}, p {p_text(test.p_value)}"
    if test.changes:
        eases = abs(far) < abs(near)
        return (
            f"The shift {'eases' if eases else 'grows'} with distance: {micrometres(near)} at the sensor at {near_m}, "
            f"{micrometres(far)} at {far_m} (compared {within})."
        )
    low, high = test.change(test.far_mm)[1]
    unseen = max(abs(low), abs(high))
    return (
        f"At the sensor no change between {near_m} and {far_m} is seen (compared {within}); more than "
        f"{unseen:.1f} µm would have been."
    )


def _contrasts(case: Case) -> list[Contrast]:
    """Each copy with several distances: its series at the farthest less those at the nearest."""
    groups = (sorted(own, key=lambda shift: (shift.distance_m, shift.series)) for own in case.of_several.values())
    ranging = (group for group in groups if group[-1].distance_m > _SAME_DISTANCE * group[0].distance_m)
    return [_contrast(case, group) for group in itertools.islice(ranging, _CONTRASTS_MAX)]


def _contrast(case: Case, shifts: Sequence[SeriesShift]) -> Contrast:
    near_m, far_m = shifts[0].distance_m, shifts[-1].distance_m
    near = [shift for shift in shifts if shift.distance_m <= _SAME_DISTANCE * near_m]
    far = [shift for shift in shifts if shift.distance_m * _SAME_DISTANCE >= far_m]
    difference_um = fmean(shift.shift_um for shift in far) - fmean(shift.shift_um for shift in near)
    low_um, high_um = interval_um(difference_um, math.hypot(_se_of_mean(near), _se_of_mean(far)))
    return {
        **case.names[shifts[0].copy],
        "near_m": near_m,
        "far_m": far_m,
        "difference_um": difference_um,
        "low_um": low_um,
        "high_um": high_um,
    }


def _se_of_mean(shifts: Sequence[SeriesShift]) -> float:
    return math.hypot(*(shift.se_um for shift in shifts)) / len(shifts)
