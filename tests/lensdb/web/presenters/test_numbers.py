import math

import pytest

from lensdb.web.presenters import numbers

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123, "0.12"), (1.94, "1.9"), (19.4, "19"), (9.96, "10"), (-0.5, f"{MINUS}0.50"), (None, "–"), (math.nan, "–")],
)
def test_about_two_figures_remain_and_the_minus_is_one(value, text):
    assert numbers.plain(value) == text


@pytest.mark.parametrize(("value", "text"), [(1.94, "+1.9"), (0.0, "0.00"), (-2.0, f"{MINUS}2.0"), (None, "–")])
def test_signs_are_written(value, text):
    assert numbers.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.95, "f/0.95"), (1.2, "f/1.2"), (2.0, "f/2"), (11.0, "f/11"), (None, "f/?")]
)
def test_f_numbers_are_written_as_lenses_do(value, text):
    assert numbers.f_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.9, "1.9 mm behind"), (-0.3, "0.30 mm in front"), (0.001, "0 mm"), (math.nan, "not known")],
)
def test_a_depth_names_its_side(value, text):
    assert numbers.depth_mm(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5 m"), (0.85, "0.85 m"), (2.0, "2 m"), (12.3, "12 m"), (None, "–")]
)
def test_distances_keep_no_idle_digits(value, text):
    assert numbers.metres(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.28, "0.28"), (-1.4, "1.4"), (1.04, "1.04"), (0.997, "1.00"), (0.002, "under 0.01"), (0.0, "0.00"), (None, "–")],
)
def test_a_share_tells_on_which_side_of_one_it_lies(value, text):
    assert numbers.ratio(value) == text


def test_an_interval_needs_both_ends():
    assert numbers.interval(-0.1, 2.0) == f"{MINUS}0.10 to +2.0"
    assert numbers.interval(None, 2.0) == "–"


def test_counting_and_listing():
    assert [numbers.count(n, "copy", "copies") for n in (1, 2)] == ["1 copy", "2 copies"]
    assert [numbers.listed(items) for items in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
