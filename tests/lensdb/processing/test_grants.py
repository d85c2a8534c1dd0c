"""The dispatcher under a database role of its own: its whole work succeeds, and nothing beside it."""

import io

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from lensdb.audit.models import Event
from lensdb.measurements.models import SeriesMeasurement
from lensdb.moderation import actions as moderation
from lensdb.processing import actions, health
from lensdb.processing.cluster import WorkerDiedError
from lensdb.processing.dispatcher import Dispatcher
from lensdb.processing.models import DispatcherBeat, Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import StaleCopy
from tests.factories.accounts import UserFactory
from tests.factories.processing import JobFactory
from tests.lensdb.processing.test_dispatcher import TestCluster, good, report

pytestmark = pytest.mark.django_db

ROLE = "lensdb_dispatch_under_test"


@pytest.fixture
def as_dispatcher():
    """From now on the test's connection may do what the dispatcher's role may do."""
    out = io.StringIO()
    call_command("dispatcher_grants", ROLE, stdout=out)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(out.getvalue())
        cursor.execute(out.getvalue())  # again after the next migration

    def become(*, dispatcher: bool = True):
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {ROLE}" if dispatcher else "RESET ROLE")

    yield become
    become(dispatcher=False)


def test_all_of_the_dispatchers_work_succeeds(as_dispatcher):
    trusted = JobFactory(series__owner=UserFactory(trusted=True))
    untrusted, bad, dying, withdrawn, lost = (JobFactory() for _ in range(5))
    moderation.withdraw(series=withdrawn.series, by=withdrawn.owner)
    trusted.series.photos.update(facts={"make": "Canon", "lens": "EF50mm f/1.2L USM"})
    cluster = TestCluster(slots=3)
    as_dispatcher()
    dispatcher = Dispatcher(name="here", connect=lambda: cluster)
    dispatcher.turn()
    for job, end in (
        (trusted, good()),
        (untrusted, good()),
        (bad, report(failure="no_chart")),
        (dying, WorkerDiedError()),
    ):
        cluster.handed[f"measure-{job.pk}-1"].end = end
    dispatcher._renewed_at = dispatcher._looked_at = float("-inf")
    dispatcher.turn()
    assert health.patience_s() == 120
    actions.rescue()
    dispatcher.drain(0)
    as_dispatcher(dispatcher=False)
    assert dict(Job.objects.values_list("pk", "state")) == {
        trusted.pk: "done", untrusted.pk: "done", bad.pk: "failed", dying.pk: "queued", withdrawn.pk: "failed",
        lost.pk: "queued",
    }  # fmt: skip
    trusted.series.refresh_from_db()
    assert trusted.series.standing == Standing.PUBLISHED
    assert SeriesMeasurement.objects.count() == 2
    assert StaleCopy.objects.exists()
    assert Event.objects.filter(kind="series.accept").exists()
    assert not DispatcherBeat.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password FROM accounts_user",
        "SELECT email FROM accounts_user",
        "SELECT digest FROM accounts_apitoken",
        "SELECT serial_cipher FROM submissions_lenscopy",
        "SELECT serial_mac FROM submissions_specimen",
        "SELECT note FROM submissions_series",
        "SELECT actor FROM audit_event",
        "UPDATE submissions_series SET owner_id = 1",
        "UPDATE accounts_user SET is_superuser = true",
        "UPDATE measurements_seriesmeasurement SET result = '{}'",
        "UPDATE moderation_decision SET verdict = 'accept'",
        "INSERT INTO processing_job (owner_id) VALUES (1)",
        "DELETE FROM processing_job",
        "DELETE FROM submissions_stalecopy",
        "DELETE FROM measurements_seriesmeasurement",
        "SELECT 1 FROM django_session",
    ],
)
def test_nothing_else_does(as_dispatcher, statement):
    as_dispatcher()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
