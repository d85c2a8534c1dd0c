import json
import re

import pytest

from lensdb.aggregates.actions import refresh_next
from lensdb.web.views import lenses as views
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory
from tests.lensdb.web.markup import Page

pytestmark = pytest.mark.django_db


def measured_lens(*, copies=1, **fields):
    """A lens with published series by so many photographers, its cells up to date."""
    lens = LensModelFactory(**fields)
    for _ in range(copies):
        copy = LensCopyFactory(lens_model=lens)
        SeriesMeasurementFactory(series=PublishedSeriesFactory(owner=copy.owner, lens_copy=copy, is_simulated=True))
    while refresh_next():
        pass
    return lens


def test_the_lens_page_says_it_in_words_and_in_a_table(client):
    lens = measured_lens(copies=3)
    html = client.get(lens.get_absolute_url()).content.decode()
    assert "Stopped down from f/1.2 to f/" in html
    assert "3 copies agree: it is the design." in html
    assert html.count('<th scope="row">f/') == 7
    assert "<caption>3 published series.</caption>" in html
    assert "simulated</span>" in html


def test_the_lens_page_carries_the_payload_of_its_plots(client):
    lens = measured_lens(copies=2)
    html = client.get(lens.get_absolute_url()).content.decode()
    [text] = re.findall(r'<script id="lens-plot" type="application/json">(.*?)</script>', html)
    payload = json.loads(text)
    assert payload["lens"]["slug"] == lens.slug
    assert [copy["label"] for copy in payload["copies"]] == ["Copy A", "Copy B"]
    assert {"shift-by-f-number", "shift-by-distance"} == set(re.findall(r'data-chart="([^"]+)"', html))


def test_a_lens_nobody_measured_invites(client):
    lens = LensModelFactory(name="Zeiss C Sonnar T* 1.5/50 ZM", slug="zeiss-sonnar")
    html = client.get(lens.get_absolute_url()).content.decode()
    assert "Nobody has measured this lens yet." in html
    assert "data-chart" not in html


def test_an_unknown_lens_is_not_found(client):
    response = client.get("/lenses/no-such-lens/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_the_index_lists_measured_lenses_with_their_curves(client):
    measured_lens(name="Canon EF 50mm f/1.2L USM", slug="canon-50")
    LensModelFactory(name="Canon EF 85mm f/1.8 USM", slug="canon-85")
    html = client.get("/lenses/").content.decode()
    assert "canon-50" in html
    assert "canon-85" not in html
    assert html.count('<svg class="small-curve"') == 1


def test_a_long_index_comes_in_pages_that_keep_the_filter(client, monkeypatch):
    monkeypatch.setattr(views, "LENSES_PER_PAGE", 2)
    for name in ("A", "B", "C"):
        measured_lens(name=f"Canon {name}", slug=name.lower())
    first = client.get("/lenses/").content.decode()
    assert [slug for slug in "abc" if f"/lenses/{slug}/" in first] == ["a", "b"]
    assert "3 measured lenses." in first
    assert 'href="?q=&amp;mount=&amp;page=2"' in first
    last = client.get("/lenses/", {"page": "2"}).content.decode()
    assert [slug for slug in "abc" if f"/lenses/{slug}/" in last] == ["c"]


def test_the_search_forgives_typos_and_finds_what_is_not_measured(client):
    LensModelFactory(name="Zeiss C Sonnar T* 1.5/50 ZM", slug="zeiss-sonnar", widest_f_number=1.5)
    html = client.get("/lenses/", {"q": "zeis sonar 50"}).content.decode()
    assert "/lenses/zeiss-sonnar/" in html
    assert "not measured" in html
    assert 'value="zeis sonar 50"' in html


def test_a_search_without_a_hit_says_what_to_do(client):
    html = client.get("/lenses/", {"q": "<b>xyzzy</b>"}).content.decode()
    assert "No lens is called “&lt;b&gt;xyzzy&lt;/b&gt;”" in html


@pytest.mark.parametrize("n_lenses", [1, 3])
def test_the_index_asks_as_much_for_one_lens_as_for_three(client, django_assert_num_queries, n_lenses):
    for _ in range(n_lenses):
        measured_lens()
    with django_assert_num_queries(5):
        client.get("/lenses/")


@pytest.mark.parametrize("copies", [1, 3])
def test_the_lens_page_asks_as_much_for_one_series_as_for_three(client, django_assert_num_queries, copies):
    lens = measured_lens(copies=copies)
    with django_assert_num_queries(6):
        client.get(lens.get_absolute_url())


def test_the_home_page_shows_lenses_worth_seeing_and_the_newest_series(client):
    lens = measured_lens(name="Canon EF 50mm f/1.2L USM", slug="canon-50")
    html = client.get("/").content.decode()
    assert html.count(lens.get_absolute_url()) == 1
    assert "Canon EF 50mm f/1.2L USM at 0.5 m" in html


@pytest.mark.parametrize("path", ["/", "/lenses/", "/lenses/?q=canon", "/lenses/canon-50/"])
def test_the_markup_keeps_the_rules(client, path):
    measured_lens(copies=3, name="Canon EF 50mm f/1.2L USM", slug="canon-50")
    assert Page(client.get(path).content.decode()).faults() == []
