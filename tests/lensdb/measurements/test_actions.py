"""A measurement is written once, with everything the pages and statistics need."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from analysis.flags import Quality
from analysis.results import SeriesResult
from lensdb.measurements import actions
from lensdb.measurements.models import SeriesMeasurement, ShiftMeasurement
from lensdb.submissions.models import Series, StaleCopy
from tests.factories.measurements import series_result
from tests.factories.submissions import PublishedSeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db


def record(series: Series, result: SeriesResult, attempt: int = 1) -> SeriesMeasurement:
    recording = actions.Recording(series, result, pictures={"reel-1": "ab" * 32}, attempt=attempt, cpu_seconds=5.0)
    return actions.record(recordings=[recording])[0]


def test_record_keeps_the_result_and_a_row_for_each_f_number() -> None:
    result = series_result(shifts_um={1.2: 0.0, 2.8: 19.0}, flags=Quality.TILT)
    measurement = record(SubmittedSeriesFactory(), result)
    measurement.refresh_from_db()
    assert SeriesResult.from_json(measurement.result) == result
    assert Quality(measurement.flags) == Quality.TILT
    assert measurement.subject_distance_m == 0.5
    assert list(measurement.shifts.values_list("f_number", "focus_shift_um", "focus_shift_mm", "basis")) == [
        (Decimal("1.20"), 0.0, 0.0, "measured"),
        (Decimal("2.80"), 19.0, pytest.approx(1.9), "measured"),
    ]


def test_undefined_numbers_are_null_in_the_database() -> None:
    result = series_result(shifts_um={1.2: math.nan}, reference_f_number=math.nan)
    shift = record(SubmittedSeriesFactory(), result).shifts.get()
    assert (shift.focus_shift_um, shift.focus_shift_mm) == (None, None)
    assert shift.measurement.reference_f_number is None


def test_recording_twice_keeps_the_first() -> None:
    series = SubmittedSeriesFactory()
    first = record(series, series_result())
    second = record(series, series_result(shifts_um={1.2: 0.0}), attempt=2)
    assert second == first
    assert second.attempt == 1
    assert ShiftMeasurement.objects.count() == 7


def test_recording_marks_the_specimen_of_a_published_series_stale_once() -> None:
    record(SubmittedSeriesFactory(), series_result())
    series = PublishedSeriesFactory()
    record(series, series_result())
    record(series, series_result())
    assert list(StaleCopy.objects.values_list("specimen", flat=True)) == [series.lens_copy.specimen_id]


def test_without_a_pose_the_owners_distance_counts_from_the_entrance_pupil() -> None:
    measurement = record(SubmittedSeriesFactory(distance_m=0.5), replace(series_result(), pose=None))
    assert measurement.subject_distance_m == pytest.approx(0.4436, abs=1e-4)


def test_without_any_distance_nothing_is_recorded() -> None:
    with pytest.raises(actions.ResultIncompleteError, match="no distance"):
        record(SubmittedSeriesFactory(distance_m=None), replace(series_result(), pose=None))
    assert not SeriesMeasurement.objects.exists()
