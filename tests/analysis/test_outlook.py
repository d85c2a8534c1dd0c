"""What follows from a series: the first safe f-number, and what autofocus can cure."""

import math

from analysis.outlook import cure_sentence, first_safe, first_safe_f_number
from analysis.results import Basis, DepthOfField, SeriesResult, ShiftResult


def field(near, far):
    return DepthOfField(0.006, near, far)


def test_the_first_safe_f_number_is_safe_from_there_on():
    """The first test's front mark, 2 mm before the centre line, came back into the depth of field at f/8."""
    fields = [
        field(-1.0, 1.0),
        field(0.5, 2.5),
        field(-2.5, 6.0),
        field(-1.0, 5.0),
        field(-3.0, 8.0),
        field(-9.0, math.nan),
    ]
    numbers = [1.2, 2.0, 2.8, 4.0, 8.0, 16.0]
    assert first_safe_f_number(numbers, fields, -2.0) == 8.0
    assert first_safe_f_number(numbers, fields, 0.0) == 2.8
    assert math.isnan(first_safe_f_number(numbers, fields, -20.0))


def test_a_repeat_that_misses_the_depth_makes_its_f_number_unsafe():
    fields = [field(-1.0, 1.0), field(0.5, 2.5), field(-3.0, 3.0)]
    assert first_safe_f_number([2.0, 2.0, 4.0], fields, 0.0) == 4.0


def test_both_depths_are_told_for_every_criterion():
    fields = [(field(-1.0, 1.0), field(-3.0, 3.0)), (field(-2.5, 2.5), field(-9.0, 9.0))]
    found = first_safe([2.0, 4.0], fields, ["0.006", "0.030"])
    assert [(one.criterion, one.depth_mm, one.f_number) for one in found] == [
        ("0.006", 0.0, 2.0),
        ("0.006", -2.0, 4.0),
        ("0.030", 0.0, 2.0),
        ("0.030", -2.0, 2.0),
    ]
    assert first_safe([], [], ["0.006"]) == ()


def series(offset_mm, se_mm, *shifts):
    rows = tuple(
        ShiftResult(n, 1, mm, 0.05, (mm - 0.1, mm + 0.1), Basis.MEASURED, 10 * mm, 0.5, {}) for n, mm in shifts
    )
    return SeriesResult("lensdb-a4", "", "", 50.0, 6.0, None, 1.2, offset_mm, se_mm, (), rows)


def test_autofocus_adjustment_cures_the_offset_and_never_the_shift():
    told = cure_sentence(series(1.4, 0.2, (1.2, 0.0), (2.8, 1.9), (8.0, 2.6)))
    assert "At f/1.2 best focus lay 1.4 mm behind the centre line, give or take 0.4 mm" in told
    assert "AF micro-adjustment can cure that at f/1.2, to within those 0.4 mm" in told
    assert "the lens still focuses 2.6 mm behind the line at f/8" in told


def test_an_offset_within_its_error_is_not_to_be_cured():
    told = cure_sentence(series(-0.3, 0.2, (1.2, 0.0)))
    assert "0.3 mm in front of" in told
    assert "cannot be told from none" in told
    assert cure_sentence(series(math.nan, math.nan, (1.2, 0.0))) == ""
