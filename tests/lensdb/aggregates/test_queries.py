import pytest

from lensdb.aggregates import actions, queries
from lensdb.aggregates.labels import letters
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import PublishedSeriesFactory

pytestmark = pytest.mark.django_db


def measured(lens, shifts_um, **fields):
    series = PublishedSeriesFactory(lens_copy__lens_model=lens, f_numbers=[], **fields)
    return SeriesMeasurementFactory(series=series, result=series_result(shifts_um=shifts_um))


def refresh():
    while actions.refresh_next():
        pass


def test_a_lens_nobody_measured_has_an_empty_plot():
    plot = queries.lens_plot(LensModelFactory(slug="fifty", name="Fifty"))
    assert plot["lens"] == {"slug": "fifty", "name": "Fifty", "widest_f_number": 1.2, "focal_length_mm": 50.0}
    assert (plot["bands"], plot["copies"], plot["model"], plot["updated_at"]) == ([], [], [], None)


def test_the_plot_of_a_lens(django_assert_num_queries):
    lens = LensModelFactory()
    measured(lens, {1.2: 0.0, 2.8: 19.0}, is_simulated=True)
    measured(lens, {1.2: 0.0, 2.8: 21.0})
    refresh()
    with django_assert_num_queries(3):
        plot = queries.lens_plot(lens)
    assert [band["key"] for band in plot["bands"]] == ["0.5"]
    assert [copy["label"] for copy in plot["copies"]] == ["Copy A", "Copy B"]
    assert [point["shift_um"] for copy in plot["copies"] for point in copy["points"]] == [0.0, 19.0, 0.0, 21.0]
    assert [cell["f_number"] for cell in plot["model"]] == [1.2, 2.8]
    cell = plot["model"][1]
    assert (cell["n_copies"], cell["n_series"], cell["mean_um"]) == (2, 2, pytest.approx(20.0, abs=0.01))
    assert cell["low_um"] is cell["pred_high_um"] is None
    assert cell["over_half_dof"]["0.006"] == pytest.approx(cell["mean_mm"] / cell["half_dof_mm"]["0.006"])
    assert cell["half_dof_mm"]["0.030"] == pytest.approx(5 * cell["half_dof_mm"]["0.006"])
    assert plot["simulated"]


def test_nothing_in_the_plot_says_who_owns_a_copy():
    lens = LensModelFactory()
    measurement = measured(lens, {1.2: 0.0, 2.8: 19.0})
    refresh()
    told = repr(queries.lens_plot(lens))
    series = measurement.series
    for private in (series.public_id, series.lens_copy.public_id, series.owner.email, series.owner.display_name):
        assert private not in told


def test_on_a_smaller_format_the_criterion_shrinks_with_it():
    full, small = LensModelFactory(crop_factor=1.0), LensModelFactory(crop_factor=1.5)
    for lens in (full, small):
        measured(lens, {1.2: 0.0, 2.8: 19.0})
    refresh()
    (on_full, *_), (on_small, *_) = (queries.lens_plot(lens)["model"] for lens in (full, small))
    assert on_full["half_dof_mm"]["0.006"] == pytest.approx(1.5 * on_small["half_dof_mm"]["0.006"])


def test_cells_of_many_lenses_come_in_one_query(django_assert_num_queries):
    lenses = [LensModelFactory() for _ in range(3)]
    for lens in lenses[:2]:
        measured(lens, {1.2: 0.0, 2.8: 19.0})
    refresh()
    with django_assert_num_queries(1):
        found = queries.cells_of(lenses)
    assert set(found) == {lens.pk for lens in lenses[:2]}
    assert found[lenses[0].pk] == queries.lens_plot(lenses[0])["model"]


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")]
)
def test_copies_are_lettered(number, expected):
    assert letters(number) == expected
