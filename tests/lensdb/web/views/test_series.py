import hashlib
import json
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from analysis.evidence import SeriesEvidence
from analysis.flags import Quality
from analysis.results import Basis, ColourDifference, ColourRow, FirstSafe, Pose, ReelPicture
from lensdb.processing.enums import JobState
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.web.views.series import derived_name
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory, photo_result, series_result
from tests.factories.submissions import PublishedSeriesFactory, SeriesFactory, SubmittedSeriesFactory
from tests.lensdb.web.markup import Page

pytestmark = pytest.mark.django_db

JPEG = b"\xff\xd8\xff\xe0 a picture"


def page(client, series):
    response = client.get(series.get_absolute_url())
    return response.status_code, response.content.decode()


def job(series, **fields):
    return Job.objects.create(series=series, owner=series.owner, analysis_version="2026.11.1", **fields)


def with_picture(series):
    """A measurement whose one photo has a reel, the chart picture kept in the derived storage."""
    digest = hashlib.sha256(JPEG).hexdigest()
    storages["derived"].save(derived_name(digest), ContentFile(JPEG))
    reel = ReelPicture("a-chart.jpg", 9, 6, ((0.0, 9.0), (6.0, -9.0)), "a-crop.jpg", 4, 6, ((0.0, 2.0), (6.0, -2.0)))
    result = series_result(photos=(photo_result(f_number=1.2, best_focus_mm=0.1, reel=reel),))
    return SeriesMeasurementFactory(series=series, result=result, pictures={"a-chart.jpg": digest})


def test_colours_and_the_first_safe_f_number_are_told(client):
    red, blue = ColourDifference(-0.8, 0.1, -8.0, 1.0), ColourDifference(0.5, 0.1, 5.0, 1.0)
    result = series_result(
        longitudinal_colour=(ColourRow(1.2, 1, 20.0, red, blue, Basis.MEASURED),),
        first_safe=(FirstSafe(0.0, "0.006", 5.6), FirstSafe(0.0, "0.030", 1.2)),
    )
    _, html = page(client, SeriesMeasurementFactory(series=PublishedSeriesFactory(), result=result).series)
    assert "red focuses 0.80 mm in front of green" in html
    assert "from f/5.6 on" in html
    assert "AF micro-adjust" in html
    assert Page(html).faults() == []


def test_a_flag_shows_what_it_was_raised_on(client):
    seen = SeriesEvidence(limits={"tilt_low_deg": 35.0, "tilt_high_deg": 60.0})
    result = series_result(flags=Quality.TILT, evidence=seen, pose=Pose(30.0, 500.0, 0.111, 0.0, 0.1, 12))
    _, html = page(client, SeriesMeasurementFactory(series=PublishedSeriesFactory(), result=result).series)
    assert '<figure class="evidence-figure"><svg class="evidence"' in html
    assert Page(html).faults() == []


class TestWhoSeesIt:
    def test_a_published_series_is_everybodys(self, client):
        assert page(client, PublishedSeriesFactory())[0] == 200

    @pytest.mark.parametrize("standing", [Standing.WAITING, Standing.HELD, Standing.REJECTED, Standing.WITHDRAWN])
    def test_another_one_does_not_exist_for_strangers(self, client, standing):
        series = SubmittedSeriesFactory(standing=standing)
        assert page(client, series)[0] == 404
        client.force_login(UserFactory())
        assert page(client, series)[0] == 404

    def test_its_owner_and_moderators_see_it(self, client):
        series = SubmittedSeriesFactory()
        for user in (series.owner, ModeratorFactory()):
            client.force_login(user)
            assert page(client, series)[0] == 200

    def test_the_note_is_the_owners_alone(self, client):
        series = PublishedSeriesFactory(note="on my kitchen table")
        assert "kitchen" not in page(client, series)[1]
        client.force_login(series.owner)
        assert "kitchen" in page(client, series)[1]


class TestState:
    def test_a_queued_series_tells_its_place_and_asks_again(self, client):
        series = PublishedSeriesFactory()
        job(series)
        html = page(client, series)[1]
        assert f'data-live="/api/v1/series/{series.public_id}/status/"' in html
        assert "It is next in the queue." in html
        assert 'http-equiv="refresh"' in html

    def test_a_failed_series_says_why_and_what_to_do(self, client):
        series = PublishedSeriesFactory()
        job(
            series,
            state=JobState.FAILED,
            finished_at=timezone.now(),
            failure_code="NO_CHART",
            failure_sentence="The chart was found in no photo.",
            failure_next_step="Photograph our chart.",
        )
        html = page(client, series)[1]
        assert "The chart was found in no photo." in html
        assert "<strong>Next step:</strong> Photograph our chart." in html
        assert "data-live" not in html

    def test_a_draft_says_that_it_is_one(self, client):
        series = SeriesFactory()
        client.force_login(series.owner)
        assert "This series is a draft" in page(client, series)[1]

    def test_a_held_series_tells_its_owner_what_that_means(self, client):
        measurement = SeriesMeasurementFactory(series=SubmittedSeriesFactory(standing=Standing.HELD))
        client.force_login(measurement.series.owner)
        html = page(client, measurement.series)[1]
        assert "it does not count on the lens page for now" in html


class TestResult:
    def test_it_reads_without_a_script(self, client):
        result = series_result(flags=Quality.TILT)
        measurement = SeriesMeasurementFactory(series=PublishedSeriesFactory(), result=result)
        html = page(client, measurement.series)[1]
        assert "Stopped down from f/1.2 to f/8, focus moved 2.1 mm behind" in html
        assert "The chart&#x27;s tilt is far from 45 degrees." in html
        assert html.count("<td>borrowed</td>") == 1

    def test_it_carries_the_payload_of_its_plots(self, client):
        measurement = with_picture(PublishedSeriesFactory(is_simulated=True))
        public_id = measurement.series.public_id
        [text] = re.findall(
            r'id="series-result" type="application/json">(.*?)</script>', page(client, measurement.series)[1]
        )
        payload = json.loads(text)
        assert payload["result"]["focus_shift"] == measurement.result["focus_shift"]
        assert [photo["file"] for photo in payload["result"]["photos"]] == ["photo 1"]
        assert payload["pictures"] == {"a-chart.jpg": f"/media/derived/{public_id}/a-chart.jpg"}
        assert payload["simulated"] is True

    def test_a_measured_series_of_photos_sent_again_keeps_showing_its_result(self, client):
        measurement = SeriesMeasurementFactory(series=PublishedSeriesFactory())
        job(measurement.series)
        html = page(client, measurement.series)[1]
        assert "data-live" not in html
        assert "series-result" in html


class TestPicture:
    def test_it_is_a_jpeg_and_nothing_else(self, client):
        measurement = with_picture(PublishedSeriesFactory())
        response = client.get(f"/media/derived/{measurement.series.public_id}/a-chart.jpg")
        assert response.getvalue() == JPEG
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        again = client.get(response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304

    def test_where_the_proxy_sends_the_bytes_it_is_told_which_and_under_the_same_rules(self, client, settings):
        settings.DERIVED_HANDOFF = "/handed-off/"
        measurement = with_picture(PublishedSeriesFactory())
        response = client.get(f"/media/derived/{measurement.series.public_id}/a-chart.jpg")
        assert response.content == b""
        assert response["X-Accel-Redirect"] == f"/handed-off/{derived_name(hashlib.sha256(JPEG).hexdigest())}"
        hidden = with_picture(SubmittedSeriesFactory(standing=Standing.HELD))
        assert client.get(f"/media/derived/{hidden.series.public_id}/a-chart.jpg").status_code == 404

    @pytest.mark.parametrize("name", ["other.jpg", "..%2Fa-chart.jpg"])
    def test_other_names_do_not_exist(self, client, name):
        measurement = with_picture(PublishedSeriesFactory())
        assert client.get(f"/media/derived/{measurement.series.public_id}/{name}").status_code == 404

    def test_it_follows_the_standing_of_its_series(self, client):
        measurement = with_picture(SubmittedSeriesFactory())
        path = f"/media/derived/{measurement.series.public_id}/a-chart.jpg"
        assert client.get(path).status_code == 404
        client.force_login(measurement.series.owner)
        response = client.get(path)
        assert response.status_code == 200
        response.close()


class TestWithdraw:
    def test_the_owner_takes_it_out(self, client):
        series = PublishedSeriesFactory()
        client.force_login(series.owner)
        response = client.post(f"/series/{series.public_id}/withdraw/")
        assert response["Location"] == series.get_absolute_url()
        series.refresh_from_db()
        assert series.standing == Standing.WITHDRAWN

    def test_nobody_else_can(self, client):
        series = PublishedSeriesFactory()
        assert client.post(f"/series/{series.public_id}/withdraw/").status_code == 302
        client.force_login(UserFactory())
        assert client.post(f"/series/{series.public_id}/withdraw/").status_code == 404
        client.force_login(series.owner)
        assert client.get(f"/series/{series.public_id}/withdraw/").status_code == 405
        series.refresh_from_db()
        assert series.standing == Standing.PUBLISHED


def test_the_markup_keeps_the_rules(client):
    measurement = with_picture(PublishedSeriesFactory())
    waiting = PublishedSeriesFactory(owner=measurement.series.owner, lens_copy=measurement.series.lens_copy)
    client.force_login(measurement.series.owner)
    for series in (measurement.series, waiting):
        assert Page(page(client, series)[1]).faults() == []
