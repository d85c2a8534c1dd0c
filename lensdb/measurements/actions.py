"""Writing measurements."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from analysis.results import SeriesResult
from lensdb.measurements.models import SeriesMeasurement, ShiftMeasurement, ShownVersion
from lensdb.submissions.actions import mark_stale
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series


class ResultIncompleteError(ValueError):
    """The result lacks a number that every recorded series has: `missing` is ``distance`` or ``focal length``."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"The result has no {missing}.")
        self.missing = missing


def record(
    *,
    series: Series,
    analysis_version: str,
    result: SeriesResult,
    pictures: Mapping[str, str],
    attempt: int,
    cpu_seconds: float,
) -> SeriesMeasurement:
    """Store what one analysis version says of a series, once: a second call changes nothing and returns the first.

    Call it in a transaction, which is to hold the lock of the series' row where two might record at once.

    Parameters
    ----------
    pictures : picture name in the result -> SHA-256 under which it lies in the derived storage.
    attempt : the job's fencing number, kept so that a row tells which run wrote it.

    Raises
    ------
    ResultIncompleteError
        When the result has no distance and the owner gave none, or no focal length.
    """
    first = SeriesMeasurement.objects.filter(series=series, analysis_version=analysis_version).first()
    if first is not None:
        return first
    measurement = SeriesMeasurement.objects.create(
        series=series,
        analysis_version=analysis_version,
        result=result.to_json(),
        pictures=dict(pictures),
        flags=int(result.flags),
        subject_distance_m=_subject_distance_m(result, series),
        focal_length_mm=_required(result.focal_length_mm, "focal length"),
        reference_f_number=finite(result.reference_f_number),
        attempt=attempt,
        cpu_seconds=cpu_seconds,
    )
    ShiftMeasurement.objects.bulk_create(_shift_rows(measurement, result))
    if series.standing == Standing.PUBLISHED:  # others count nowhere yet; publishing them marks
        mark_stale(series=series)
    if not ShownVersion.objects.exists():
        ShownVersion.objects.create(version=analysis_version)
    return measurement


def finite(value: float) -> float | None:
    """The number, or None for one that is undefined."""
    return value if math.isfinite(value) else None


def _shift_rows(measurement: SeriesMeasurement, result: SeriesResult) -> list[ShiftMeasurement]:
    return [
        ShiftMeasurement(
            measurement=measurement,
            f_number=Decimal(str(shift.f_number)).quantize(Decimal("0.01")),
            n_photos=shift.n_photos,
            focus_shift_mm=finite(shift.focus_shift_mm),
            focus_shift_mm_se=finite(shift.se_mm),
            focus_shift_um=finite(shift.focus_shift_um),
            focus_shift_um_se=finite(shift.focus_shift_um_se),
            basis=shift.basis or "",
        )
        for shift in result.focus_shift
    ]


def _subject_distance_m(result: SeriesResult, series: Series) -> float:
    """From the entrance pupil: the pose's, else from the owner's distance to the focal-plane mark (thin lens)."""
    if result.pose is not None and math.isfinite(result.pose.distance_mm):
        return result.pose.distance_mm / 1e3
    stated_mm = _required(1e3 * (series.distance_m or math.nan), "distance")
    focal_mm = _required(result.focal_length_mm, "focal length")
    return (stated_mm + math.sqrt(max(0.0, stated_mm**2 - 4 * stated_mm * focal_mm))) / 2e3


def _required(value: float, what: str) -> float:
    if not math.isfinite(value):
        raise ResultIncompleteError(what)
    return value
