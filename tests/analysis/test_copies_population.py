"""Copies, sessions and batches together, against a dense likelihood, closed forms and simulated populations."""

import importlib
import math

import numpy as np
import pytest
from scipy import stats

from analysis.copies import (
    Session,
    batch_p_value,
    combine,
    leave_one_out,
    odd_copies,
    own_error,
    population,
    spreads_of,
)
from analysis.copies.table import Table
from tests.benchmarks.copies_trials import try_cell
from tests.benchmarks.populations import Cell, draw

likelihood, population_module = map(
    importlib.import_module, ("analysis.copies.likelihood", "analysis.copies.population")
)
"""The modules: the package has functions of the same names."""


def sessions(values, se=0.5, batches=None):
    """One session of each copy."""
    names = batches or [""] * len(values)
    return [
        Session(f"copy {number:02}", value, se, batch)
        for number, (value, batch) in enumerate(zip(values, names, strict=True))
    ]


def dense_deviance(table, spreads):
    """Minus twice the restricted log likelihood from the whole covariance matrix."""
    names = np.array(table.copies)[table.nest.levels[0].group_of]
    batches = np.array(table.batches)[table.nest.levels[0].group_of]
    copy, batch = (np.equal.outer(of, of).astype(float) for of in (names, batches))
    V = np.diag(table.nest.variances + spreads[0]) + spreads[1] * copy + spreads[2] * batch
    inverse, ones = np.linalg.inv(V), np.ones(names.size)
    weight = ones @ inverse @ ones
    away = table.nest.values - ones @ inverse @ table.nest.values / weight
    return np.linalg.slogdet(V)[1] + math.log(weight) + away @ inverse @ away


def test_the_blocks_are_the_likelihood_of_the_whole_matrix():
    drawn = draw(Cell("batches", 9, batches=3, batch_sd=4.0), np.random.default_rng(3)).sessions
    table = Table.of(drawn)
    tried = np.array([[0.0, 0.0, 0.0], [0.4, 3.0, 12.0], [2.0, 0.1, 0.0], [0.1, 9.0, 1.0]])
    dense = np.array([dense_deviance(table, one) for one in tried])
    found = table.nest.deviance(tried)
    assert found - found[0] == pytest.approx(dense - dense[0], rel=1e-9)


def test_the_likelihood_is_highest_where_it_is_said_to_be():
    table = Table.of(draw(Cell("many", 12), np.random.default_rng(4)).sessions)
    best = table.spreads
    around = best * np.array([[a, b] for a in (0.9, 1.0, 1.1) for b in (0.9, 1.0, 1.1)])
    assert best.min() > 0
    assert table.nest.deviance(around).argmin() == 4


def test_one_session_of_each_copy_is_the_one_level_case():
    values, scale = [17.0, 19.0, 20.0, 24.0, 25.0], 0.0
    found, expected = population(sessions(values), shared_scale=scale), combine(values, [0.5] * 5)
    assert (found.mean, found.copy_sd) == (pytest.approx(expected.mean), pytest.approx(expected.between_sd, rel=1e-3))
    assert found.interval95 == pytest.approx(expected.interval95, rel=1e-4)
    assert found.prediction95 == pytest.approx(expected.prediction95, rel=1e-4)
    assert math.isnan(found.repeat_sd)


def test_the_order_of_sessions_does_not_matter():
    drawn = draw(Cell("any", 8, batches=3), np.random.default_rng(5)).sessions
    assert population(drawn) == population(drawn[::-1])


def test_balanced_sessions_have_the_mean_squares_of_the_analysis_of_variance():
    rng = np.random.default_rng(6)
    values = rng.normal(20, 3, (10, 1)) + rng.normal(0, 1, (10, 3))
    rows = [Session(f"{copy:02}", value, 1e-3) for copy, copies in enumerate(values) for value in copies]
    found = population(rows, shared_scale=0.0)
    within = values.var(axis=1, ddof=1).mean()
    between = values.mean(axis=1).var(ddof=1) - within / 3
    assert found.repeat_sd == pytest.approx(math.sqrt(within), rel=2e-3)
    assert found.copy_sd == pytest.approx(math.sqrt(between), rel=2e-3)
    half = stats.t.ppf(0.975, 9) * math.sqrt(values.mean(axis=1).var(ddof=1) / 10)
    assert (found.interval95[1] - found.interval95[0]) / 2 == pytest.approx(half, rel=2e-3)


def test_one_copy_speaks_for_itself_and_two_are_shown():
    one = population([Session("a", 20.0, 0.5), Session("a", 20.4, 0.5)])
    assert (one.n_copies, one.n_sessions, one.is_conclusive) == (1, 2, False)
    assert math.isnan(one.interval95[0])
    assert math.isnan(one.copy_sd)
    two = population(sessions([18.0, 22.0]))
    assert not two.is_conclusive
    assert two.interval95[0] < 20 < two.interval95[1]
    assert math.isnan(two.prediction95[0])


def test_the_shared_error_of_scale_does_not_average_away():
    """A thousand copies without error still leave 1.5 %."""
    many = population(sessions([20.0] * 1000, se=0.01))
    assert (many.interval95[1] - many.interval95[0]) / 2 == pytest.approx(1.96 * 0.015 * 20, rel=1e-3)
    assert own_error(20.0, 0.5) == pytest.approx(0.4)
    assert own_error(100.0, 0.5) == pytest.approx(0.05)


def test_batches_count_only_when_three_have_two_copies():
    values = [10.0, 11.0, 20.0, 21.0, 30.0, 31.0]
    three, two = list("aabbcc"), list("aabbbb")
    assert population(sessions(values, batches=three)).batch_sd == pytest.approx(10, rel=0.1)
    assert batch_p_value(sessions(values, batches=three)) < 0.001
    for batches in (two, list("aabbcd"), [""] * 6):
        assert math.isnan(population(sessions(values, batches=batches)).batch_sd)
        assert math.isnan(batch_p_value(sessions(values, batches=batches)))


def test_a_batch_named_by_some_sessions_of_a_copy_is_the_copys():
    values, batches = [10.0, 11.0, 20.0, 21.0, 30.0, 31.0], list("aabbcc")
    rows = sessions(values, batches=batches)
    nameless = [row._replace(batch="") for row in rows]
    assert population(rows + nameless) == population(rows + rows)
    assert batch_p_value(nameless + rows) == batch_p_value(rows + rows)


def test_the_batch_test_is_the_f_test_where_errors_are_negligible():
    values, batches = [10.0, 12.0, 13.0, 14.0, 15.0, 11.0], list("aabbcc")
    groups = [values[0:2], values[2:4], values[4:6]]
    expected = stats.f_oneway(*groups).pvalue
    assert batch_p_value(sessions(values, se=1e-3, batches=batches)) == pytest.approx(expected, rel=1e-3)


def test_an_odd_copy_is_found_and_below_five_none_is_accused():
    values = [20.0, 20.5, 19.5, 20.2, 19.8, 40.0]
    copies = population(sessions(values)).copies
    assert odd_copies(copies) == ("copy 05",)
    assert [one.copy for one in leave_one_out(copies) if one.is_odd] == ["copy 05"]
    assert odd_copies(population(sessions(values[2:])).copies) == ()


def test_leave_one_out_is_the_t_test_of_a_new_observation():
    values = [20.0, 21.0, 19.0, 20.5, 18.5, 25.0]
    last = leave_one_out(population(sessions(values, se=1e-3)).copies)[-1]
    rest = np.array(values[:-1])
    t = (25.0 - rest.mean()) / (rest.std(ddof=1) * math.sqrt(1 + 1 / 5))
    assert last.t == pytest.approx(t, rel=1e-3)
    assert last.p_value == pytest.approx(min(1, 6 * 2 * stats.t.sf(t, 4)), rel=5e-3)


def test_profile_intervals_are_defined_where_the_sessions_can_tell():
    one_each = spreads_of(sessions([18.0, 20.0, 25.0, 21.0]))
    assert math.isnan(one_each.repeat_sd95[0])
    found = population(sessions([18.0, 20.0, 25.0, 21.0])).copy_sd
    assert one_each.copy_sd95[0] < found < one_each.copy_sd95[1]
    assert math.isnan(spreads_of([Session("a", 20.0, 0.5)]).copy_sd95[0])


def test_the_profile_interval_ends_where_the_deviance_has_risen_by_chi_squared():
    rows = sessions([14.0, 18.0, 20.0, 25.0, 21.0])
    low, high = spreads_of(rows).copy_sd95
    table = Table.of(rows)
    least = table.nest.deviance(table.spreads)
    for sd in (low, high):
        assert table.nest.deviance(np.array([0.0, sd**2])) - least == pytest.approx(3.841, abs=0.01)


@pytest.mark.parametrize("copy_sd", [2.0, 0.0])
def test_of_many_copies_the_short_way_ends_where_the_long_one_does(monkeypatch, copy_sd):
    rows = draw(Cell("many", 300, copy_sd=copy_sd), np.random.default_rng(1)).sessions
    short, short_spreads = population(rows), spreads_of(rows)
    for module in (likelihood, population_module):
        monkeypatch.setattr(module, "MANY_ROWS", math.inf)
    long, long_spreads = population(rows), spreads_of(rows)
    assert (short.copy_sd, short.repeat_sd) == pytest.approx((long.copy_sd, long.repeat_sd), rel=1e-3)
    assert short_spreads.copy_sd95 == pytest.approx(long_spreads.copy_sd95, rel=0.02, abs=0.02)
    assert short_spreads.repeat_sd95 == pytest.approx(long_spreads.repeat_sd95, rel=0.02)


@pytest.mark.parametrize("n", [12, 500])
def test_copies_that_scatter_less_than_their_errors_have_no_spread(n):
    found = spreads_of(sessions([20.0 + 0.01 * (-1) ** number for number in range(n)], se=0.5))
    assert found.copy_sd95[0] == 0
    assert 0 < found.copy_sd95[1] < 0.5


@pytest.mark.parametrize("bad", [{"value": math.nan}, {"se": 0.0}, {"se": math.inf}])
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError, match="standard errors"):
        population([Session("a", 1.0, 1.0)._replace(**bad)])
    with pytest.raises(ValueError, match="standard errors"):
        population([])


@pytest.mark.parametrize(("copies", "copy_sd", "claimed"), [(3, 2.0, 1.0), (8, 2.0, 0.5), (5, 0.0, 2.0)])
def test_intervals_cover_what_they_claim(copies, copy_sd, claimed):
    """Of 120 populations the mean is held in 90 % and the next copy in 86 % at least; at most 10 % have an odd copy.

    An honest 95 % falls below 90 % of 120 in 1 % of seeds; the seed is fixed. The benchmark has the narrow figures.
    """
    found = try_cell(Cell("test", copies, copy_sd=copy_sd, claimed=claimed), 120, seed=7)
    assert found.mean.percent >= 90
    assert found.next_copy.percent >= 86
    if copies >= 5:
        assert found.odd.percent <= 10
