"""Does another body change it? Only like is compared with like."""

import math

import pytest
from scipy import stats

from analysis.copies import BodySession, body_differences, usual_body


def row(copy, body, value, s_mm=500.0, se=0.1):
    return BodySession(f"copy {copy}", body, s_mm, value, se)


def test_the_usual_body_has_the_most_series():
    assert usual_body([row(1, "b", 20.0), row(2, "b", 20.0), row(1, "a", 20.0)]) == "b"
    assert usual_body([row(1, "b", 20.0), row(1, "a", 20.0)]) == "a"


def test_a_difference_between_bodies_is_that_within_copies():
    """The copies are far apart, which is not the body's doing."""
    rows = [row(copy, "a", 10.0 * copy) for copy in range(4)]
    rows += [row(copy, "b", 10.0 * copy + difference) for copy, difference in enumerate((2.9, 3.1, 3.0))]
    [found] = body_differences(rows)
    assert (found.body, found.n_pairs) == ("b", 3)
    assert found.difference == pytest.approx(3.0)
    assert found.interval95[0] > 0
    assert found.p_value < 0.01


def test_bodies_that_change_nothing_are_found_so():
    rows = [row(copy, body, 10.0 * copy + scatter) for copy in range(4) for body, scatter in (("a", 0.0), ("b", 0.1))]
    rows += [row(3, "b", 29.8)]
    [found] = body_differences(rows)
    assert found.p_value > 0.05


def test_another_distance_is_not_compared():
    [found] = body_differences([row(1, "a", 20.0), row(2, "a", 20.0), row(1, "b", 5.0, s_mm=2000.0)])
    assert found.n_pairs == 0
    assert math.isnan(found.difference)


def test_one_pair_is_shown_without_conclusion():
    [found] = body_differences([row(1, "a", 20.0), row(2, "a", 20.0), row(1, "b", 23.0)])
    assert (found.n_pairs, found.difference) == (1, pytest.approx(3.0))
    assert math.isnan(found.p_value)
    assert math.isnan(found.interval95[0])


def test_with_negligible_errors_it_is_the_paired_t_test():
    differences = [1.0, 1.6, 0.7, 1.3]
    rows = [row(copy, "a", 5.0 * copy, se=1e-4) for copy in range(4)]
    rows += [row(copy, "b", 5.0 * copy + difference, se=1e-4) for copy, difference in enumerate(differences)]
    [found] = body_differences(rows)
    assert found.p_value == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, rel=1e-3)


def test_nothing_is_compared_with_nothing():
    assert body_differences([]) == ()
    assert body_differences([row(1, "a", 20.0)]) == ()
