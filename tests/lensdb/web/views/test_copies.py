import json
import re

import pytest

from lensdb.aggregates.actions import refresh_next
from lensdb.submissions.models import StaleCopy
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory
from tests.lensdb.web.markup import Page

pytestmark = pytest.mark.django_db


def refresh():
    while refresh_next():
        pass


def measured_copy(lens, *, specimen=None):
    fields = {"specimen": specimen} if specimen else {}
    copy = LensCopyFactory(lens_model=lens, label="my fifty", **fields)
    SeriesMeasurementFactory(series=PublishedSeriesFactory(owner=copy.owner, lens_copy=copy))
    refresh()
    return copy


def page_of(client, copy):
    client.force_login(copy.owner)
    return client.get(f"/copies/{copy.public_id}/").content.decode()


def payload(html, name):
    [text] = re.findall(rf'<script id="{name}" type="application/json">(.*?)</script>', html)
    return json.loads(text)


def test_ones_copy_is_shown_among_the_others(client):
    lens = LensModelFactory()
    mine, *_ = [measured_copy(lens) for _ in range(4)]
    html = page_of(client, mine)
    assert "“my fifty”" in html
    assert "of 3 other copies" in html
    assert "<strong>As the others are</strong>" in html
    assert [own["label"] for own in payload(html, "lens-plot")["own"]] == ["Your copy"]
    assert len(payload(html, "lens-plot")["copies"]) == 3
    assert len(payload(html, "lens-verdict")["copies"]) == 3


def test_nobody_learns_that_another_owner_measured_the_same_lens(client):
    lens = LensModelFactory()
    mine, *_ = [measured_copy(lens) for _ in range(4)]

    def told():
        html = page_of(client, mine)
        section = re.search(r'<dl class="cards-of-answers">.*?</dl>', html, re.DOTALL)
        return section and section[0], payload(html, "lens-plot")["copies"], payload(html, "lens-plot")["own"]

    before = told()
    measured_copy(lens, specimen=mine.specimen)
    assert told() == before


def test_what_to_do_is_worked_out_for_ones_own_copy(client):
    copy = measured_copy(LensModelFactory())
    client.force_login(copy.owner)
    html = client.get(f"/copies/{copy.public_id}/", {"distance": "1", "f": "4", "sharp": "print"}).content.decode()
    assert "Focused wide open at 1 m and shot at f/4" in html


def test_a_copy_without_a_published_series_says_what_is_missing(client):
    copy = LensCopyFactory()
    html = page_of(client, copy)
    assert "None of your series counts on the lens page yet" in html
    assert "data-chart" not in html
    assert Page(html).faults() == []


def test_a_service_is_noted_and_taken_back(client):
    copy = measured_copy(LensModelFactory())
    client.force_login(copy.owner)
    address = f"/copies/{copy.public_id}/"
    client.post(f"{address}services/", {"serviced_on": "2026-01-31"})
    assert "31 Jan 2026" in client.get(address).content.decode()
    assert StaleCopy.objects.count() == 1
    client.post(f"{address}services/{copy.service_events.get().pk}/remove/")
    assert not copy.service_events.exists()


@pytest.mark.parametrize(
    ("day", "words"), [("soon", "Say the day as year"), ("2999-01-01", "That day is still to come.")]
)
def test_a_day_that_cannot_be_is_sent_back(client, day, words):
    copy = LensCopyFactory()
    client.force_login(copy.owner)
    response = client.post(f"/copies/{copy.public_id}/services/", {"serviced_on": day}, follow=True)
    assert words in response.content.decode()
    assert not copy.service_events.exists()


@pytest.mark.parametrize("others", [1, 4])
def test_the_page_asks_as_much_beside_four_copies_as_beside_one(client, django_assert_max_num_queries, others):
    lens = LensModelFactory()
    mine, *_ = [measured_copy(lens) for _ in range(1 + others)]
    client.force_login(mine.owner)
    with django_assert_max_num_queries(20):
        html = client.get(f"/copies/{mine.public_id}/").content.decode()
    assert Page(html).faults() == []
