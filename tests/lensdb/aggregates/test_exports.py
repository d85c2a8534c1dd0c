import json
from datetime import date

import pytest

from analysis.statement import Lens, SeriesShift, lens_statement
from lensdb.aggregates import actions, queries
from lensdb.aggregates.exports import exported
from lensdb.submissions.services import record_service
from tests.factories.accounts import UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import PhotoFactory, PublishedSeriesFactory, SpecimenFactory

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


def lens_with_batches(**sizes):
    lens = LensModelFactory()
    for batch, n_copies in sizes.items():
        for number in range(n_copies):
            specimen = SpecimenFactory(lens_model=lens, batch=batch)
            series = PublishedSeriesFactory(
                lens_copy__lens_model=lens, lens_copy__specimen=specimen, f_numbers=[], owner=UserFactory()
            )
            result = series_result(shifts_um={1.2: 0.0, 2.8: 20.0 + 10 * n_copies + number})
            SeriesMeasurementFactory(series=series, result=result)
    while actions.refresh_next():
        pass
    return lens


def test_a_batch_is_told_only_where_five_copies_share_it(client):
    lens = lens_with_batches(UA1=2, UB2=4, UC3=5)
    told = [(row["copy"], row["batch"]) for row in exported(lens)["shifts"] if row["f_number"] == 2.8]
    assert [batch for _, batch in told] == [""] * 6 + ["batch-1"] * 5
    verdict = queries.lens_verdict(lens)
    assert verdict["batches"]["separable"]
    assert {copy["batch"] for copy in verdict["copies"]} == {"", "UC3"}
    assert [row["label"] for row in verdict["batches"]["rows"]] == ["UC3"]
    for address in ("/lenses/{}/", "/lenses/{}/series.csv", "/lenses/{}/figures.csv", "/api/v1/lenses/{}/shifts/"):
        page = client.get(address.format(lens.slug)).content.decode()
        assert "UA1" not in page
        assert "UB2" not in page
        assert "atch-2" not in page


def test_a_copy_that_was_serviced_counts_once_for_its_batch():
    lens = lens_with_batches(UA1=4, UB2=2, UC3=2)
    serviced = lens.copies.filter(specimen__batch="UA1").first()
    later = PublishedSeriesFactory(owner=serviced.owner, lens_copy=serviced, f_numbers=[])
    SeriesMeasurementFactory(series=later, result=series_result(shifts_um={1.2: 0.0, 2.8: 5.0}))
    PhotoFactory(series=serviced.series.first(), facts={"taken_at": "2024-01-01 12:00:00"})
    PhotoFactory(series=serviced.series.last(), facts={"taken_at": "2026-01-01 12:00:00"})
    record_service(by=serviced.owner, lens_copy=serviced, serviced_on=date(2025, 1, 1))
    while actions.refresh_next():
        pass
    assert queries.lens_verdict(lens)["n_copies"] == 9
    assert "UA1" not in repr(queries.lens_verdict(lens))
    assert {row["batch"] for row in exported(lens)["shifts"]} == {""}
