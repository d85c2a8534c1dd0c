import json
import re

import pytest

from lensdb.aggregates.actions import refresh_next
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import PublishedSeriesFactory
from tests.lensdb.web.markup import Page

pytestmark = pytest.mark.django_db


def measured_lens(slug):
    lens = LensModelFactory(name=f"Canon EF 50mm f/1.2 {slug.title()}", slug=slug)
    SeriesMeasurementFactory(series=PublishedSeriesFactory(lens_copy__lens_model=lens))
    while refresh_next():
        pass
    return lens


def get(client, **asked):
    return client.get("/compare/", asked).content.decode()


def rows(html):
    return re.findall(r'<th scope="row">.*?<a href="/lenses/([\w-]+)/">', html)


def test_two_lenses_stand_in_the_order_asked_for(client):
    measured_lens("alpha")
    measured_lens("beta")
    html = get(client, lens=["beta", "alpha"], distance="0.5", f="2.8", sharp="pixel")
    assert rows(html) == ["beta", "alpha"]
    assert "At 0.5 m and f/2.8, focused wide open, sharp enough for one pixel:" in html
    [text] = re.findall(r'id="compare-plot" type="application/json">(.*?)</script>', html)
    plot = json.loads(text)
    assert [lens["place"] for lens in plot["lenses"]] == [0, 1]
    assert plot["lenses"][0]["points"][3]["um"][0] == 19.0


def test_a_lens_is_added_by_a_few_words_of_its_name(client):
    measured_lens("alpha")
    measured_lens("beta")
    assert rows(get(client, lens="alpha", add="beta")) == ["alpha", "beta"]


def test_words_that_fit_several_lenses_ask_which_one(client):
    for slug in ("alpha", "beta", "gamma"):
        measured_lens(slug)
    html = get(client, lens="alpha", add="canon 50 1.2", distance="0.7")
    assert rows(html) == ["alpha"]
    assert "Which one?" in html
    assert 'href="?lens=alpha&amp;lens=beta&amp;distance=0.7"' in html


def test_words_that_fit_nothing_are_said(client):
    assert "No measured lens is called “xyzzy”." in get(client, add="xyzzy")


def test_without_lenses_the_page_says_what_to_do_and_offers_some(client):
    measured_lens("alpha")
    html = get(client)
    assert "Choose two to six lenses." in html
    assert 'href="?lens=alpha"' in html


def test_six_are_the_most_and_each_stands_once(client):
    slugs = [f"lens-{number}" for number in range(7)]
    for slug in slugs:
        LensModelFactory(name=slug, slug=slug)
    html = get(client, lens=["lens-0", *slugs, "no-such-lens"])
    assert html.count('name="lens"') == 6
    assert "not measured yet." in html


@pytest.mark.parametrize("asked", [{"distance": "-1"}, {"distance": "far"}, {"f": "2.75"}, {"sharp": "very"}])
def test_a_scene_that_makes_no_sense_is_answered_beside_its_field(client, asked):
    measured_lens("alpha")
    html = get(client, lens="alpha", **asked)
    assert 'class="errorlist"' in html
    assert "At 0.5 m and f/2.8" in html


@pytest.mark.parametrize("n_lenses", [2, 6])
def test_six_lenses_ask_as_much_as_two(client, django_assert_num_queries, n_lenses):
    slugs = [measured_lens(f"lens-{number}").slug for number in range(n_lenses)]
    with django_assert_num_queries(5):
        get(client, lens=slugs)


@pytest.mark.parametrize("asked", [{}, {"lens": ["alpha", "beta"]}, {"lens": "alpha", "add": "canon"}])
def test_the_markup_keeps_the_rules(client, asked):
    for slug in ("alpha", "beta", "gamma"):
        measured_lens(slug)
    assert Page(get(client, **asked)).faults() == []


def test_a_merged_entry_is_compared_as_the_one_it_leads_to(client):
    alpha = measured_lens("alpha")
    LensModelFactory(slug="was-alpha", merged_into=alpha)
    measured_lens("beta")
    assert rows(get(client, lens=["was-alpha", "beta", "alpha"])) == ["alpha", "beta"]
