"""Whether the site says the truth about itself: each trouble is made, seen in words, and gone again."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from lensdb.aggregates.models import CellCheck
from lensdb.processing import actions, health, supervision
from lensdb.processing.models import DispatcherBeat, Job
from lensdb.submissions.models import StaleCopy
from tests.factories.accounts import UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.processing import JobFactory, finish
from tests.factories.submissions import SpecimenFactory

pytestmark = pytest.mark.django_db


def beat(name="host-1", *, trouble="", slots=2):
    supervision.beat(
        name=name, scheduler="tcp://here", slots=slots, in_flight=0, finished_at=None, recycled=0, trouble=trouble
    )


def earlier(queryset, **columns):
    queryset.update(**{name: timezone.now() - timedelta(seconds=age) for name, age in columns.items()})


def troubles():
    return {trouble.code: trouble.sentence for trouble in health.troubles()}


def asked(client, path="/healthz", **headers):
    answer = client.get(path, headers=headers)
    return answer.status_code, answer.content.decode()


def test_all_is_well(client):
    beat()
    JobFactory()
    assert asked(client) == (200, "healthy\n")
    assert asked(client, "/livez") == (200, "alive\n")
    assert asked(client, "/readyz") == (200, "ready\n")


def test_no_dispatcher_is_told_and_for_how_long(client):
    assert asked(client)[0] == 503
    beat()
    earlier(DispatcherBeat.objects.all(), seen_at=90)
    status, told = asked(client)
    assert (status, told) == (
        503, "no_dispatcher: No dispatcher has been heard of for 90 seconds: nothing is being measured.\n"
    )  # fmt: skip
    assert asked(client, "/readyz")[0] == 200  # the pages still work
    supervision.leave(name="host-1")
    assert "no_dispatcher" in troubles()


def test_what_a_dispatcher_says_of_its_cluster_is_told_without_names(client):
    beat("a-host-of-ours", trouble="no workers")
    assert asked(client) == (503, "dispatcher: A dispatcher says: no workers.\n")


def test_beats_of_the_dead_are_forgotten_after_an_hour():
    beat("dead")
    earlier(DispatcherBeat.objects.all(), seen_at=3700)
    beat("alive")
    assert [found.name for found in DispatcherBeat.objects.all()] == ["alive"]


def test_a_stall_is_judged_by_what_gets_finished():
    beat()
    job, other = JobFactory(), JobFactory()
    assert "stalled" not in troubles()
    earlier(Job.objects.all(), queued_at=130)
    assert "none has been finished for 2 minutes" in troubles()["stalled"]
    (claim,) = actions.claim(by="host-1", limit=1)
    assert "stalled" in troubles()  # being claimed is not being finished
    finish(claim)
    assert "stalled" not in troubles()
    earlier(Job.objects.filter(pk=job.pk), finished_at=130)
    assert "stalled" in troubles()
    earlier(Job.objects.filter(pk=other.pk), not_before=-60)
    assert "stalled" not in troubles()  # it waits because it was told to


def test_patience_goes_by_the_slowest_tasks():
    assert health.patience_s() == 120
    for _ in range(3):
        SeriesMeasurementFactory(cpu_seconds=20.0)
    assert health.patience_s() == 120
    SeriesMeasurementFactory(cpu_seconds=400.0)
    SeriesMeasurementFactory(cpu_seconds=500.0)
    assert health.patience_s() == 800


def test_cells_that_lag_or_differ_are_told():
    beat()
    StaleCopy.objects.create(specimen=SpecimenFactory())
    CellCheck.objects.create(lenses=5, differing=0)
    assert troubles() == {}
    earlier(StaleCopy.objects.all(), created_at=300)
    CellCheck.objects.create(lenses=5, differing=3)
    assert troubles() == {
        "cells_behind": "The figures of lenses are 5 minutes behind.",
        "cells_differ": "3 figures differed from a rebuild when compared 0 seconds ago.",
    }


def test_a_database_that_is_away_is_told_and_not_an_error(client, monkeypatch):
    def refuse(*arguments, **options):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", refuse)
    for path in ("/readyz", "/healthz"):
        assert asked(client, path) == (503, "no_database: The database does not answer.\n")
    assert asked(client, "/livez")[0] == 200


def test_metrics_tell_the_backlog_to_staff_and_to_prometheus(client, settings):
    settings.METRICS_TOKEN = "a long token"
    beat()
    for _ in range(3):
        JobFactory()
    (claim,) = actions.claim(by="host-1", limit=1)
    actions.fail(claim=claim, failure=actions.FAILURES["no_chart"])
    status, told = asked(client, "/metrics", authorization="Bearer a long token")
    assert status == 200
    assert {
        'lensdb_jobs{priority="new",state="queued"} 2.0',
        'lensdb_failures{code="no_chart"} 1.0',
        'lensdb_finished{outcome="failed",window="last 5 minutes"} 1.0',
        "lensdb_dispatchers 1.0",
        "lensdb_slots 2.0",
    } <= set(told.splitlines())
    assert "lensdb_trouble{" not in told
    assert asked(client, "/metrics", authorization="Bearer another token")[0] == 403
    settings.METRICS_TOKEN = ""
    assert asked(client, "/metrics", authorization="Bearer ")[0] == 403
    client.force_login(UserFactory(is_staff=True))
    DispatcherBeat.objects.all().delete()
    assert 'lensdb_trouble{code="no_dispatcher"} 1.0' in asked(client, "/metrics")[1]
