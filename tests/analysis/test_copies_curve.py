"""The smooth model over distance, against truth that is known and against what it must not claim."""

import math

import numpy as np
import pytest

from analysis.copies import DistantSession, curve
from tests.benchmarks.copies_trials import SIZES_AT_MM, try_sizes
from tests.benchmarks.populations import DistanceCell, draw_at_distances


def rows_of(value_at, distances_mm, copies=6, se=0.1):
    """Copies that differ by 0.2 each, every one at all distances."""
    return [
        DistantSession(f"copy {number}", "rig", s_mm, 0.001, value_at(s_mm) + 0.2 * (number - (copies - 1) / 2), se)
        for number in range(copies)
        for s_mm in distances_mm
    ]


def test_a_parabola_in_vergence_is_found_again():
    def value_at(s_mm):
        x = 500.0 / s_mm
        return 4.0 + 20.0 * x - 6.0 * x**2

    found = curve(rows_of(value_at, [500.0, 700.0, 1000.0, 2000.0]), nearest_mm=500.0, shared_scale=0.0)
    for s_mm in (500.0, 800.0, 1500.0):
        value, (low, high) = found.at(s_mm)
        assert value == pytest.approx(value_at(s_mm), abs=0.1)
        assert low < value_at(s_mm) < high


def test_it_need_not_be_monotone():
    found = curve(
        rows_of(lambda s_mm: 20.0 + 4.0 * (s_mm == 800.0), [500.0, 800.0, 2000.0]), nearest_mm=500.0, shared_scale=0.0
    )
    near, middle, far = (found.at(s_mm)[0] for s_mm in (500.0, 800.0, 2000.0))
    assert middle > near + 2
    assert middle > far + 2


def test_where_nothing_was_measured_the_interval_opens_and_says_so():
    found = curve(rows_of(lambda _: 20.0, [500.0]), nearest_mm=500.0)
    widths = [np.diff(found.at(s_mm)[1])[0] for s_mm in (500.0, 1000.0, 3000.0)]
    assert widths[0] < widths[1] / 3 < widths[2] / 3
    assert found.at(3000.0)[0] == pytest.approx(20.0, abs=0.1)
    assert [found.is_extrapolated(s_mm) for s_mm in (500.0, 540.0, 600.0, 450.0)] == [False, False, True, True]


def test_two_copies_are_shown_without_an_interval():
    found = curve(rows_of(lambda _: 20.0, [500.0, 1000.0], copies=2), nearest_mm=500.0)
    value, interval = found.at(500.0)
    assert value == pytest.approx(20.0, abs=0.2)
    assert all(map(math.isnan, interval))


def test_the_shared_error_of_scale_stays():
    many = curve(rows_of(lambda _: 20.0, [500.0, 1000.0, 2000.0], copies=300, se=0.01), nearest_mm=500.0)
    low, high = many.at(1000.0)[1]
    assert (high - low) / 2 >= 1.96 * 0.015 * 20


def test_a_copy_at_one_distance_helps_and_the_order_does_not_matter():
    rows = draw_at_distances(DistanceCell("any", 6, 3), np.random.default_rng(9))
    alone = DistantSession("copy 99", "rig", 1500.0, 0.005, 20.0, 0.5)
    one, other = (curve(drawn, nearest_mm=444.0).at(1500.0) for drawn in ([*rows, alone], [alone, *rows[::-1]]))
    assert one == other
    assert one != curve(rows, nearest_mm=444.0).at(1500.0)


@pytest.mark.parametrize(("copies", "distances", "trend"), [(3, 2, 0.4), (5, 3, 0.0)])
def test_the_typical_size_is_held_near_and_far(copies, distances, trend):
    """Of 60 populations 88 % at least; the seed is fixed, the benchmark has the narrow figures."""
    held = try_sizes(DistanceCell("sizes", copies, distances, trend), 60, seed=2)
    assert len(held) == len(SIZES_AT_MM)
    assert min(rate.percent for rate in held) >= 88


@pytest.mark.parametrize("se", [0.5, 1.0, 1.5])
def test_a_shift_that_all_but_goes_away_is_not_taken_for_scatter(se):
    """Three copies, seven series: 15.5 near, 2.3 far, and nothing between but one series of one copy."""
    shifts = {500.0: 15.5, 950.0: 6.8, 1950.0: 2.3}
    where = [("A", (500.0, 950.0, 1950.0)), ("B", (500.0, 1950.0)), ("C", (500.0, 1950.0))]
    rows = [DistantSession(copy, copy, s_mm, 0.005, shifts[s_mm], se) for copy, places in where for s_mm in places]
    found = curve(rows, nearest_mm=450.0)
    for s_mm, shift in shifts.items():
        assert found.at(s_mm)[0] == pytest.approx(shift, abs=1.2 * se)
