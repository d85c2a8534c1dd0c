"""Where one owner's copy lies among the others, and what that must not give away."""

import pytest

from lensdb.aggregates import actions, queries
from lensdb.aggregates.places import copy_places, name_of
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory

pytestmark = pytest.mark.django_db


def published(copy, um, **fields):
    series = PublishedSeriesFactory(lens_copy=copy, owner=copy.owner, f_numbers=[], **fields)
    SeriesMeasurementFactory(series=series, result=series_result(shifts_um={1.2: 0.0, 2.8: um}))
    return series


def copies_of(lens, *values_um):
    copies = [LensCopyFactory(lens_model=lens) for _ in values_um]
    for copy, um in zip(copies, values_um, strict=True):
        published(copy, um)
    return copies


def refresh():
    while actions.refresh_next():
        pass


def test_a_copy_is_ranked_among_the_others():
    copies = copies_of(LensModelFactory(), 10.0, 18.0, 20.0, 22.0, 30.0)
    refresh()
    [place] = copy_places(copies[3])
    assert (place.f_number, place.band, place.um, place.n_series, place.n_others) == (2.8, "0.5", 22.0, 1, 4)
    assert place.percentile_low <= place.percentile == 75.0 <= place.percentile_high
    assert place.inside_prediction
    assert not place.odd
    assert "no grade" in place.caution
    assert [point["f_number"] for point in place.points] == [1.2, 2.8]


def test_a_copy_unlike_the_others_is_told_so():
    copies = copies_of(LensModelFactory(), 0.1, 0.2, 0.0, -0.1, 0.15, 40.0)
    refresh()
    [place] = copy_places(copies[-1])
    assert place.odd
    assert not place.inside_prediction
    assert place.percentile == 100.0


def test_beside_one_other_nothing_is_ranked():
    copies = copies_of(LensModelFactory(), 19.0, 20.0)
    refresh()
    [place] = copy_places(copies[0])
    assert place.percentile is place.percentile_high is place.inside_prediction is None
    assert place.caution == "1 other copy was measured here: too few to say where one lies."


def test_a_copy_nobody_measured_has_no_place():
    assert copy_places(LensCopyFactory()) == []
    assert name_of(LensCopyFactory()) is None


def test_nobody_learns_that_somebody_else_has_the_same_lens():
    lens = LensModelFactory()
    first, *_ = copies_of(lens, 19.0, 10.0, 20.0, 30.0)
    refresh()
    before = copy_places(first)
    same = LensCopyFactory(lens_model=lens, specimen=first.specimen)
    published(same, 35.0)
    refresh()
    assert copy_places(first) == before
    assert [place.n_series for place in copy_places(same)] == [1]


def test_the_name_of_a_copy_is_that_of_the_lens_page():
    lens = LensModelFactory()
    copies = copies_of(lens, 19.0, 10.0)
    refresh()
    names = [copy["id"] for copy in queries.lens_plot(lens)["copies"]]
    assert [name_of(copy) for copy in copies] == names == ["copy-1", "copy-2"]
