"""What files say and what the caller knows better."""

import math

import pytest

from analysis import gather
from analysis.flags import ConfigurationError, Quality
from analysis.gather import MeasureOptions, PhotoSource, Shot, gather_facts, gather_shots
from analysis.photos.exif import CameraFacts

FACTS = CameraFacts(
    model="EOS R6",
    lens="EF50mm f/1.2L USM",
    f_number=1.2,
    focal_length_mm=50.0,
    pixel_pitch_um=6.0,
    width_px=6000,
    height_px=4000,
)


def shots(*facts):
    return [Shot(PhotoSource(f"{i}.jpg", b""), one, one.f_number or math.nan) for i, one in enumerate(facts)]


def test_facts_of_the_files():
    given = gather_facts(shots(FACTS, FACTS), MeasureOptions(), 6000, 4000)
    assert (given.lens, given.body) == ("EF50mm f/1.2L USM", "EOS R6")
    assert (given.focal_length_mm, given.pixel_pitch_um) == (50.0, 6.0)
    assert given.crop_factor == pytest.approx(1.0, abs=0.001)
    assert given.flags == Quality(0)


def test_the_caller_knows_better():
    options = MeasureOptions(pixel_pitch_um=4.0, focal_length_mm=85.0, lens="Mine", crop_factor=1.6)
    given = gather_facts(shots(FACTS), options, 6000, 4000)
    assert (given.lens, given.focal_length_mm, given.pixel_pitch_um, given.crop_factor) == ("Mine", 85.0, 4.0, 1.6)


def test_a_smaller_picture_is_a_smaller_format():
    assert gather_facts(shots(FACTS), MeasureOptions(), 3000, 2000).crop_factor == pytest.approx(2.0, rel=1e-3)


def test_two_lenses_in_one_series_contradict():
    other = CameraFacts(model="EOS R6", lens="Another", focal_length_mm=50.0, pixel_pitch_um=6.0)
    assert gather_facts(shots(FACTS, other), MeasureOptions(), 6000, 4000).flags == Quality.EXIF_CONFLICT


@pytest.mark.parametrize(
    ("facts", "flag"),
    [
        (CameraFacts(focal_length_mm=50.0), Quality.NO_PIXEL_PITCH),
        (CameraFacts(pixel_pitch_um=6.0), Quality.EXIF_CONFLICT),
    ],
)
def test_what_nothing_tells_is_asked_for(facts, flag):
    with pytest.raises(ConfigurationError) as caught:
        gather_facts(shots(facts), MeasureOptions(), 6000, 4000)
    assert caught.value.flag is flag


def test_a_given_f_number_wins_and_a_contradiction_is_marked(monkeypatch):
    monkeypatch.setattr(gather, "read_facts", lambda data: FACTS)
    same, other, silent = gather_shots(
        [PhotoSource("a", b"", 1.2), PhotoSource("b", b"", 2.0), PhotoSource("c", lambda: b"")]
    )
    assert (same.f_number, same.flags) == (1.2, Quality(0))
    assert (other.f_number, other.flags) == (2.0, Quality.EXIF_CONFLICT)
    assert silent.f_number == 1.2
