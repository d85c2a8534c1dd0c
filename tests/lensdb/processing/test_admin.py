import pytest

from lensdb.processing import actions
from lensdb.processing.failures import FAILURES
from lensdb.processing.models import Job
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.processing import JobFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/processing/job/"


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
