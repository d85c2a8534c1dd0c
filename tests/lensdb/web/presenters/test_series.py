import math
from dataclasses import replace

import pytest

from analysis.flags import Quality
from analysis.results import DepthOfField, ReelPicture
from lensdb.web.presenters import series as told
from tests.factories.measurements import photo_result, series_result


def test_the_sentence_is_about_the_largest_shift_against_one_pixel():
    assert told.sentence(series_result(shifts_um={1.2: 0.0, 2.8: 19.0})) == (
        "Stopped down from f/1.2 to f/2.8, focus moved 1.9 mm behind (95 %: +1.8 to +2.0 mm; 19 µm at the sensor; "
        "1.3 × half the depth of field for one pixel, 0.25 × for a print)."
    )


def test_a_series_without_a_shift_says_so():
    assert told.sentence(series_result(shifts_um={1.2: 0.0})) == "No focus shift could be measured in this series."


def test_each_flag_stands_once_with_where_it_was_seen():
    photos = tuple(
        photo_result(f_number=2.0, best_focus_mm=1.0, position=position, flags=flag)
        for position, flag in enumerate([Quality.CLIPPED, Quality.CLIPPED | Quality.NO_PEAK])
    )
    flags = told.flags_told(series_result(photos=photos, flags=Quality.TILT))
    assert [(flag.name, flag.where) for flag in flags] == [
        ("NO_PEAK", "IMG_0001.JPG"),
        ("CLIPPED", "IMG_0000.JPG, IMG_0001.JPG"),
        ("TILT", "the series"),
    ]
    assert flags[2].meaning == "The chart's tilt is far from 45 degrees."


def test_rows_run_wide_to_narrow_and_name_their_basis():
    rows = told.shift_rows(series_result(shifts_um={8.0: 21.5, 1.2: 0.0}))
    assert [(row.f_number, row.shift_um, row.basis) for row in rows] == [
        ("f/1.2", "0.00", "measured"),
        ("f/8", "+22", "borrowed"),
    ]


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"exposure_s": 0.008, "iso": 100, "focal_length_mm": 50.0}, "1/125 s · ISO 100 · 50 mm"),
        ({"exposure_s": 1.5, "iso": None, "focal_length_mm": None}, "1.5 s"),
        ({}, ""),
    ],
)
def test_what_the_camera_wrote(facts, text):
    assert told.written(facts) == text


def test_depth_of_field_has_a_row_an_f_number_strict_before_loose():
    rows = told.depth_rows(series_result(shifts_um={1.2: 0.0, 2.8: 19.0}))
    assert [(row.f_number, row.best_focus, row.pixel, row.print) for row in rows] == [
        ("f/1.2", "+0.10", "\N{MINUS SIGN}0.50 to +0.70", "\N{MINUS SIGN}2.9 to +3.1"),
        ("f/2.8", "+2.0", "+0.60 to +3.4", "\N{MINUS SIGN}5.0 to +9.0"),
    ]


def test_what_was_worked_out_beyond_the_chart_is_marked():
    zones = (DepthOfField(0.006, -0.5, 0.7), DepthOfField(0.030, -3.0, math.nan, near_extrapolated=True))
    photo = photo_result(f_number=8.0, best_focus_mm=0.1, dof=zones)
    [row] = told.depth_rows(series_result(photos=(photo,)))
    assert (row.pixel, row.print) == ("\N{MINUS SIGN}0.50 to +0.70", "\N{MINUS SIGN}3.0 to infinity*")


def test_stills_are_the_crops_that_were_kept():
    reel = ReelPicture("a-chart.jpg", 9, 6, (), "a-crop.jpg", 480, 640, ())
    photos = (
        photo_result(f_number=2.8, best_focus_mm=1.9, reel=reel),
        photo_result(f_number=1.2, best_focus_mm=math.nan, reel=replace(reel, crop_name="b-crop.jpg")),
        photo_result(f_number=4.0, best_focus_mm=2.0, reel=replace(reel, crop_name="lost.jpg")),
    )
    found = told.stills(series_result(photos=photos), {"a-crop.jpg": "/a", "b-crop.jpg": "/b", "a-chart.jpg": "/c"})
    assert [(still.url, still.caption) for still in found] == [
        ("/b", "f/1.2: no best focus"),
        ("/a", "f/2.8: best focus 1.9 mm behind"),
    ]
