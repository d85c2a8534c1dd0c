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
    assert "At 0.56 m from f/1.2, mean of 3 copies: +" in html
    assert "<dt>Whose doing is it?</dt><dd><strong>The design</strong>" in html
    assert "<dt>Does it go away with distance?</dt><dd><strong>Not known yet</strong>" in html
    assert "<caption>3 published series.</caption>" in html
    assert "simulated</span>" in html


def test_the_lens_page_carries_the_payload_of_its_plots(client):
    lens = measured_lens(copies=2)
    html = client.get(lens.get_absolute_url()).content.decode()
    [text] = re.findall(r'<script id="lens-plot" type="application/json">(.*?)</script>', html)
    payload = json.loads(text)
    assert payload["lens"]["slug"] == lens.slug
    assert [copy["label"] for copy in payload["copies"]] == ["Copy A", "Copy B"]
    assert {"shift-by-f-number", "shift-by-distance", "copies"} == set(re.findall(r'data-chart="([^"]+)"', html))
    [text] = re.findall(r'<script id="lens-verdict" type="application/json">(.*?)</script>', html)
    assert [copy["label"] for copy in json.loads(text)["copies"]] == ["Copy A", "Copy B"]


def test_every_plot_of_the_lens_page_has_a_sentence_and_a_table(client):
    html = client.get(measured_lens(copies=3).get_absolute_url()).content.decode()
    sections = re.findall(r"<section.*?</section>", html, re.DOTALL)
    plots = [section for section in sections if "data-chart" in section]
    assert len(plots) == 3
    for section in plots:
        assert re.search(r"<p>.*?\w", section)
        assert "<caption>" in section


def test_the_lens_page_says_what_to_do_without_a_script(client):
    lens = measured_lens(copies=3)
    html = client.get(lens.get_absolute_url()).content.decode()
    assert "Focused wide open at 0.56 m and shot at f/2" in html
    asked = {"distance": "1", "f": "4", "sharp": "print", "step": "trial", "moved": "10", "steps": "5"}
    html = client.get(lens.get_absolute_url(), asked).content.decode()
    assert "Focused wide open at 1 m and shot at f/4" in html
    assert "by your own trial" in html
    assert 'value="1"' in html


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"distance": "-3"}, "Ensure this value is greater than or equal to 0.05."),
        ({"step": "trial"}, "Say how far focus moved, and over how many steps; or choose the maker&#39;s rule."),
        ({"step": "trial", "moved": "-4", "steps": "4"}, "A step must move focus"),
        ({"f": "3.14"}, "Select a valid choice."),
        ({"distance": "0.1"}, "No 50 mm lens focuses at 0.1 m."),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_where_it_was_asked(client, asked, words):
    html = client.get(measured_lens().get_absolute_url(), asked).content.decode()
    assert words in html
    assert Page(html).faults() == []


def test_the_lens_page_leads_to_comparing_and_to_ones_own_copy(client):
    lens = measured_lens()
    copy = lens.copies.get()
    address = f"/copies/{copy.public_id}/"
    assert f"/compare/?lens={lens.slug}" in client.get(lens.get_absolute_url()).content.decode()
    assert address not in client.get(lens.get_absolute_url()).content.decode()
    client.force_login(copy.owner)
    assert address in client.get(lens.get_absolute_url()).content.decode()


def test_series_the_shown_version_has_not_measured_are_counted(client):
    lens = measured_lens()
    PublishedSeriesFactory(lens_copy__lens_model=lens)
    html = client.get(lens.get_absolute_url()).content.decode()
    assert "2 published series. 1 of them is not in the figures above yet" in html


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


def test_the_index_offers_to_compare_and_says_whose_doing_it_is(client):
    lens = measured_lens(copies=3)
    html = client.get("/lenses/").content.decode()
    assert '<form action="/compare/"' in html
    assert f'<input type="checkbox" name="lens" value="{lens.slug}"' in html
    assert '<td role="cell" data-label="Whose doing">The design</td>' in html


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
    with django_assert_num_queries(6):
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


def test_the_page_of_a_merged_entry_leads_to_the_one_that_was_kept(client):
    kept = LensModelFactory(name="Samyang 50mm f/1.2")
    merged = LensModelFactory(name="Rokinon 50mm f/1.2", merged_into=kept)
    answer = client.get(merged.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, kept.get_absolute_url())
    found = client.get("/lenses/", {"q": "50mm 1.2"}).content.decode()
    assert kept.name in found
    assert merged.name not in found
