import pytest

from lensdb.audit.models import Event
from lensdb.measurements.models import ShownVersion
from lensdb.measurements.queries import shown_version
from lensdb.processing import actions, supervision
from lensdb.processing.failures import FAILURES
from lensdb.processing.models import Job
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.processing import JobFactory
from tests.factories.submissions import PublishedSeriesFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/processing/job/"
VERSIONS = "/admin/measurements/shownversion/"


@pytest.fixture
def failed():
    job = JobFactory()
    (claim,) = actions.claim(by="host-1", limit=1)
    actions.fail(claim=claim, failure=FAILURES["no_chart"])
    return job


def again(client, *jobs):
    return client.post(PAGE, {"action": "try_again", "_selected_action": [job.pk for job in jobs]}, follow=True)


def test_an_administrator_sends_failed_jobs_back_and_only_those(client, failed):
    waiting = JobFactory()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    page = again(client, failed, waiting).content.decode()
    assert "1 sent back into the line." in page
    assert "1 had not failed and stay as they are." in page
    assert set(Job.objects.values_list("state", flat=True)) == {"queued"}


def test_a_moderator_does_not(client, failed):
    client.force_login(ModeratorFactory())
    again(client, failed)
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_nobody_changes_a_job_by_hand(client, failed):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(f"{PAGE}{failed.pk}/change/").status_code == 200
    assert client.post(f"{PAGE}{failed.pk}/change/", {"state": "done"}).status_code == 403
    assert client.post(f"{PAGE}{failed.pk}/delete/", {"post": "yes"}).status_code == 403


def administrator():
    return UserFactory(is_staff=True, is_superuser=True)


def test_the_operators_page_shows_the_backlog_its_failures_and_who_works(client, failed):
    JobFactory()
    supervision.beat(
        name="host-7", scheduler="tcp://there", slots=3, in_flight=2, finished_at=None, recycled=1, trouble="no workers"
    )
    client.force_login(ModeratorFactory())
    assert f"{PAGE}backlog/" in client.get(PAGE).content.decode()
    page = client.get(f"{PAGE}backlog/").content.decode()
    for words in ("A dispatcher says: no workers.", "no_chart", "host-7", "tcp://there", "new submission"):
        assert words in page
    assert "All is well." not in page


def test_the_version_shown_is_switched_and_switched_back_in_the_admin(client):
    series = PublishedSeriesFactory()
    other = PublishedSeriesFactory()
    for measured in (series, other):
        SeriesMeasurementFactory(series=measured, analysis_version="old")
    SeriesMeasurementFactory(series=series, analysis_version="new")
    by = administrator()
    client.force_login(by)
    page = client.post(f"{VERSIONS}add/", {"version": "new"}).content.decode()
    assert "new has not measured 1 of 2 published series yet" in page
    assert shown_version() == "old"
    assert client.post(f"{VERSIONS}add/", {"version": "new", "incomplete": "on"}).status_code == 302
    assert (shown_version(), Event.objects.get(kind="version.show").actor) == ("new", f"user:{by.pk}")
    assert client.post(f"{VERSIONS}add/", {"version": "old"}).status_code == 302
    assert shown_version() == "old"
    assert list(ShownVersion.objects.values_list("version", flat=True)) == ["old", "new", "old"]
    listed = client.get(VERSIONS).content.decode()
    assert by.email in listed


def test_a_moderator_does_not_switch_versions(client):
    SeriesMeasurementFactory(analysis_version="old")
    SeriesMeasurementFactory(analysis_version="new")
    client.force_login(ModeratorFactory())
    assert client.post(f"{VERSIONS}add/", {"version": "new", "incomplete": "on"}).status_code == 403
    assert shown_version() == "old"
