import json

import pytest

from analysis.statement import Lens, SeriesShift, lens_statement
from lensdb.aggregates import actions, queries
from lensdb.aggregates.exports import exported
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import PublishedSeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lens():
    lens = LensModelFactory(name="Fifty", slug="fifty")
    for shift_um in (18.0, 20.0, 22.0):
        series = PublishedSeriesFactory(lens_copy__lens_model=lens, f_numbers=[])
        SeriesMeasurementFactory(series=series, result=series_result(shifts_um={1.2: 0.0, 2.8: shift_um}))
    while actions.refresh_next():
        pass
    return lens


def test_the_statistics_of_an_export_are_those_of_the_page(lens):
    export = json.loads(json.dumps(exported(lens)))
    names = {name["id"]: name for name in export["copies"]}
    told = lens_statement(
        [SeriesShift(**row) for row in export["shifts"]], Lens(**export["lens"]["optics"]), names
    ).told
    shown = queries.lens_verdict(lens)
    assert told is not None
    assert shown is not None
    assert told["n_copies"] == 3
    assert {key: shown[key] for key in told} == told


def test_nothing_in_an_export_says_who_owns_a_copy(lens):
    text = repr(exported(lens))
    for copy in lens.copies.all():
        for private in (copy.public_id, copy.owner.email, copy.owner.display_name, f"'copy': '{copy.specimen_id}'"):
            assert private not in text


def test_a_lens_nobody_measured_exports_nothing():
    assert exported(LensModelFactory())["shifts"] == []
