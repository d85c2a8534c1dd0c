"""Writing measurements."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Recording:
    """What one analysis version, the result's own, says of a series.

    Parameters
    ----------
    pictures : picture name in the result -> SHA-256 under which it lies in the derived storage.
    attempt : the job's fencing number, kept so that a row tells which run wrote it.
    """

    series: Series
    result: SeriesResult
    pictures: Mapping[str, str]
    attempt: int
    cpu_seconds: float

    @property
    def key(self) -> tuple[int, str]:
        """What there is one measurement of."""
        return self.series.pk, self.result.analysis_version


def record(*, recordings: Sequence[Recording]) -> list[SeriesMeasurement]:
    """Store results, each once: where there is a measurement of the series by that version, it stays and is returned.

    Call it in a transaction, which is to hold the locks of the series' rows where two might record at once.

    Raises
    ------
    ResultIncompleteError
        When a result has no distance and the owner gave none, or no focal length. Then nothing is stored.
    """
    stored = {
        (one.series_id, one.analysis_version): one
        for one in SeriesMeasurement.objects.filter(
            series__in=[recording.series for recording in recordings],
            analysis_version__in={recording.result.analysis_version for recording in recordings},
        )
    }
    new = [recording for recording in recordings if recording.key not in stored]
    measurements = SeriesMeasurement.objects.bulk_create([_measurement(recording) for recording in new])
    shifts = [_shift_rows(one, recording.result) for one, recording in zip(measurements, new, strict=True)]
    ShiftMeasurement.objects.bulk_create(itertools.chain.from_iterable(shifts))
    # Others count nowhere yet; publishing them marks.
    mark_stale(series=[one.series for one in new if one.series.standing == Standing.PUBLISHED])
    if new and not ShownVersion.objects.exists():
        ShownVersion.objects.create(version=new[0].result.analysis_version)
    stored |= {one.key: measurement for one, measurement in zip(new, measurements, strict=True)}
    return [stored[recording.key] for recording in recordings]


def finite(value: float) -> float | None:
    """The number, or None for one that is undefined."""
    return value if math.isfinite(value) else None


def _measurement(recording: Recording) -> SeriesMeasurement:
    result = recording.result
    return SeriesMeasurement(
        series=recording.series,
        analysis_version=result.analysis_version,
        result=result.to_json(),
        pictures=dict(recording.pictures),
        flags=int(result.flags),
        subject_distance_m=_subject_distance_m(result, recording.series),
        focal_length_mm=_required(result.focal_length_mm, "focal length"),
        reference_f_number=finite(result.reference_f_number),
        attempt=recording.attempt,
        cpu_seconds=recording.cpu_seconds,
    )


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
