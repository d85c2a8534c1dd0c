"""Each suspicion rule finds what it is for, and nothing in a sound series."""

import math
from typing import Any

import pytest

from analysis.flags import FAILS, Quality
from analysis.results import SeriesResult
from lensdb.catalog.models import LensAlias
from lensdb.moderation.enums import Reason, Verdict
from lensdb.moderation.rules import Judgement, judge
from lensdb.submissions.models import Series
from tests.factories.accounts import UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import photo_result, series_result
from tests.factories.submissions import PhotoFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db
CANON_50 = {"make": "Canon", "lens": "EF50mm f/1.2L USM", "focal_length_mm": 50.0, "f_number": 1.2}


@pytest.fixture
def series() -> Series:
    return SubmittedSeriesFactory(owner=UserFactory(trusted=True))


def judged(series: Series, result: SeriesResult | None = None, **fact: Any) -> Judgement:
    return judge(series=series, result=result or series_result(), facts=[CANON_50, {**CANON_50, **fact}])


def test_a_sound_series_of_a_trusted_owner_is_accepted(series: Series) -> None:
    assert judged(series).verdict == Verdict.ACCEPT


def test_a_sound_series_of_a_new_account_waits() -> None:
    judgement = judged(SubmittedSeriesFactory())
    assert (judgement.verdict, judgement.reason) == (None, Reason.NEW_ACCOUNT)


def test_every_fail_flag_holds_a_series(series: Series) -> None:
    for flag in FAILS:
        assert judged(series, series_result(flags=flag)).verdict == Verdict.HOLD, flag.name


@pytest.mark.parametrize(
    ("flag", "reason"),
    [
        (Quality.CAMERA_MOVED, Reason.CAMERA_MOVED),
        (Quality.CAMERA_MOVED_AXIS, Reason.CAMERA_MOVED),
        (Quality.REFOCUSED, Reason.REFOCUSED),
        (Quality.UNREADABLE, Reason.UNREADABLE),
        (Quality.FEW_FRAMES, Reason.FEW_FRAMES),
        (Quality.NO_REFERENCE, Reason.OTHER),
        (Quality.MODEL_DISAGREES, Reason.OTHER),
        (Quality.IRIS, Reason.OTHER),
        (Quality.CLIPPED, Reason.OTHER),
    ],
)
def test_a_flag_of_the_series_or_of_one_photo_holds_it(series: Series, flag: Quality, reason: Reason) -> None:
    sound = photo_result(f_number=1.2, best_focus_mm=0.0)
    spoilt = photo_result(f_number=2.0, best_focus_mm=math.nan, flags=flag)
    for result in (series_result(flags=flag), series_result(photos=(sound, spoilt))):
        judgement = judged(series, result)
        assert (judgement.verdict, judgement.reason) == (Verdict.HOLD, reason)
        assert judgement.note
        assert judgement.rule.endswith("/1")


@pytest.mark.parametrize("flag", [Quality.TILT, Quality.EDITED, Quality.SHARPENED, Quality.NO_PEAK])
def test_doubt_about_quality_is_no_suspicion(series: Series, flag: Quality) -> None:
    assert judged(series, series_result(flags=flag)).verdict == Verdict.ACCEPT


def test_a_camera_that_names_another_lens_is_told_before_all_else(series: Series) -> None:
    other = LensModelFactory(name="Canon EF 135mm f/2L USM", min_focal_mm=135, max_focal_mm=135)
    LensAlias.objects.create(lens_model=other, text="ef135mmf2lusm")
    judgement = judged(series, series_result(flags=Quality.CAMERA_MOVED), lens="EF135mm f/2L USM")
    assert judgement.reason == Reason.WRONG_LENS
    assert "EF135mm f/2L USM" in judgement.note


def test_another_focal_length_is_another_lens(series: Series) -> None:
    assert judged(series, lens=None, focal_length_mm=85.0).reason == Reason.WRONG_LENS


def test_a_camera_that_names_no_lens_says_nothing(series: Series) -> None:
    assert judged(series, lens=None, focal_length_mm=None, make=None).verdict == Verdict.ACCEPT


def test_an_f_number_the_lens_does_not_have_holds_it(series: Series) -> None:
    assert judged(series, series_result(shifts_um={1.16: 0.0, 2.0: 10.0})).verdict == Verdict.ACCEPT
    assert judged(series, series_result(shifts_um={0.95: 0.0, 2.0: 10.0})).reason == Reason.WRONG_LENS


def test_a_shift_beyond_all_lenses_holds_it_and_an_undefined_one_does_not(series: Series) -> None:
    assert judged(series, series_result(shifts_um={1.2: 0.0, 2.0: -400.0})).reason == Reason.IMPLAUSIBLE
    assert judged(series, series_result(shifts_um={1.2: math.nan, 2.0: 400.0})).reason == Reason.IMPLAUSIBLE
    assert judged(series, series_result(shifts_um={1.2: 0.0, 2.0: math.nan})).verdict == Verdict.ACCEPT


def test_the_same_bytes_from_another_owner_hold_it_without_saying_so(series: Series) -> None:
    theirs = SubmittedSeriesFactory(f_numbers=[])
    PhotoFactory(series=theirs, sha256=series.photos.first().sha256)
    judgement = judged(series)
    assert (judgement.verdict, judgement.reason) == (Verdict.HOLD, Reason.OTHER)
    assert "same" not in (judgement.note + judgement.rule).lower()
