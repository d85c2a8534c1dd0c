import math

import pytest

from analysis.flags import FINE, Quality
from analysis.results import Basis, ColourDifference, ColourRow, FirstSafe
from lensdb.web.presenters.series_outlook import colours_told, safe_rows
from tests.factories.measurements import series_result

UNSEEN = ColourDifference(math.nan, math.nan, math.nan, math.nan)


def colour_row(f_number=1.2, red_mm=-0.8, blue_mm=0.5, flags=FINE):
    red = ColourDifference(red_mm, 0.1, 10 * red_mm, 1.0)
    blue = ColourDifference(blue_mm, 0.1, 10 * blue_mm, 1.0)
    return ColourRow(f_number, 1, 20.0, red, blue, Basis.MEASURED, flags)


def test_colours_are_told_against_green_at_the_widest_f_number():
    told = colours_told(series_result(longitudinal_colour=(colour_row(4.0), colour_row(1.2))))
    assert told.sentence == "At f/1.2 red focuses 0.80 mm in front of green and blue focuses 0.50 mm behind green."
    assert [row.f_number for row in told.rows] == ["f/1.2", "f/4"]
    assert (told.rows[0].red_mm, told.rows[0].blue_interval) == ("\N{MINUS SIGN}0.80", "+0.30 to +0.70")
    assert told.remark == "Compared at 20 lp/mm on the sensor."


def test_coarse_colour_is_said_without_alarm():
    told = colours_told(series_result(longitudinal_colour=(colour_row(flags=Quality.CHROMA_SUBSAMPLED),)))
    assert "up to a quarter too small" in told.remark


def test_a_colour_that_was_not_seen_is_not_told():
    unseen = ColourRow(1.2, 1, 20.0, UNSEEN, UNSEEN, None, Quality.NO_COLOUR_PEAK)
    told = colours_told(series_result(longitudinal_colour=(unseen,)))
    assert told.sentence == "At f/1.2 colours could not be compared."
    assert (told.rows[0].red_mm, told.rows[0].red_interval, told.rows[0].basis) == ("–", "–", "–")


def test_a_series_whose_colours_were_not_compared_has_no_table():
    assert colours_told(series_result()).rows == ()


@pytest.mark.parametrize(("f_number", "words"), [(5.6, "from f/5.6 on"), (math.nan, "at no f-number of the series")])
def test_the_first_safe_f_number_is_told_for_the_line_and_the_mark_before_it(f_number, words):
    safe = (
        FirstSafe(0.0, "0.006", f_number),
        FirstSafe(-2.0, "0.006", 8.0),
        FirstSafe(0.0, "0.030", 1.2),
        FirstSafe(-2.0, "0.030", 2.0),
    )
    line, mark = safe_rows(series_result(first_safe=safe))
    assert (line.place, line.pixel, line.paper) == ("the centre line", words, "from f/1.2 on")
    assert (mark.place, mark.pixel) == ("2 mm in front of it", "from f/8 on")
