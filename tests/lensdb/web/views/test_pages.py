import json
import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from analysis.charts.design import PAPERS
from lensdb.processing.models import DispatcherBeat, Job
from lensdb.web.queries import own_series
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import SeriesFactory, SubmittedSeriesFactory
from tests.lensdb.web.markup import Page

pytestmark = pytest.mark.django_db

PUBLIC = ["/", "/lenses/", "/chart/", "/method/", "/status/", "/accounts/login/", "/accounts/signup/", "/nothing-here/"]
OWN = ["/me/", "/submit/", "/accounts/logout/", "/accounts/password/change/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_keep_the_rules_of_markup(client, path):
    response = client.get(path)
    assert response.status_code == (404 if path == "/nothing-here/" else 200)
    assert Page(response.content.decode()).faults() == []


@pytest.mark.parametrize("path", OWN)
def test_own_pages_ask_to_log_in_and_keep_the_rules_of_markup(client, path):
    assert client.get(path).status_code == 302
    client.force_login(UserFactory())
    response = client.get(path)
    assert response.status_code == 200
    assert Page(response.content.decode()).faults() == []


def test_pages_forbid_scripts_and_styles_in_themselves(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_somebody_signs_up_and_lands_on_their_own_page(client):
    form = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", form)["Location"] == "/me/"
    assert "You have not sent a series yet." in client.get("/me/").content.decode()


def test_a_wrong_password_is_said_beside_the_form(client):
    html = client.post("/accounts/login/", {"login": "a@example.org", "password": "wrong"}).content.decode()
    assert 'role="alert"' in html
    assert Page(html).faults() == []


@pytest.mark.parametrize("n_series", [1, 3])
def test_my_page_lists_what_was_sent_with_as_many_questions_for_three_as_for_one(
    client, django_assert_num_queries, n_series
):
    user = UserFactory()
    for _ in range(n_series):
        Job.objects.create(series=SubmittedSeriesFactory(owner=user), owner=user, analysis_version="1")
    SeriesFactory(owner=user)
    client.force_login(user)
    with django_assert_num_queries(5):
        html = client.get("/me/").content.decode()
    assert html.count("waiting for a moderator</span>") == n_series
    assert html.count("my fifty") == n_series + 1


def test_the_submit_page_knows_charts_ways_of_focusing_and_limits(client):
    client.force_login(UserFactory())
    html = client.get("/submit/").content.decode()
    [text] = re.findall(r'id="submit-options" type="application/json">(.*?)</script>', html)
    options = json.loads(text)
    assert [chart["value"] for chart in options["charts"]] == ["auto", *(f"lensdb-{paper.lower()}" for paper in PAPERS)]
    assert options["focusing"][0] == {"value": "", "label": "not said"}
    assert options["photos"] == 60
    assert re.search(r'data-csrf="\w{64}"', html)


@pytest.mark.parametrize("paper", PAPERS)
def test_charts_come_as_svg(client, paper):
    response = client.get(f"/chart/{paper}.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")


def test_charts_come_as_pdf_and_may_be_kept(client):
    response = client.get("/chart/A4.pdf")
    assert response.content.startswith(b"%PDF")
    assert response["Cache-Control"] == "public, max-age=86400"
    assert response["Content-Disposition"] == 'inline; filename="lensdb-a4.pdf"'


@pytest.mark.parametrize("path", ["/chart/A0.pdf", "/chart/A4.exe", "/chart/../A4.pdf"])
def test_other_charts_do_not_exist(client, path):
    assert client.get(path).status_code == 404


def test_the_status_page_counts_what_waits(client):
    series = SubmittedSeriesFactory()
    Job.objects.create(series=series, owner=series.owner, analysis_version="1")
    assert "1 series is waiting or being measured." in client.get("/status/").content.decode()


def test_the_status_page_tells_what_is_wrong_and_that_nothing_is(client):
    assert "No dispatcher has been heard of" in client.get("/status/").content.decode()
    DispatcherBeat.objects.create(name="host-1", slots=2, seen_at=timezone.now())
    page = client.get("/status/").content.decode()
    assert "Everything works." in page
    assert "No dispatcher" not in page


def test_a_series_that_is_measured_again_stays_measured_on_its_owners_page():
    series = SeriesMeasurementFactory().series
    Job.objects.create(
        series=series, owner=series.owner, analysis_version="1", state="done", finished_at=timezone.now()
    )
    Job.objects.create(series=series, owner=series.owner, analysis_version="2")
    (listed,) = own_series(series.owner)
    assert listed.job_state == "done"


def test_ones_drafts_and_when_they_expire(client):
    draft, other = SeriesFactory(f_numbers=[1.2, 2.0]), SeriesFactory()
    then = datetime(2026, 3, 1, 12, tzinfo=UTC)
    draft.photos.update(created_at=then)
    client.force_login(draft.owner)
    page = client.get("/me/").content.decode()
    assert "15 Mar 2026, 12:00 UTC" in page
    assert f"/series/{draft.public_id}/" in page
    assert other.public_id not in page
