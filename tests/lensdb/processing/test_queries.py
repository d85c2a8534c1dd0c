import itertools
import random
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from lensdb.processing import actions, queries
from lensdb.processing.failures import FAILURES
from lensdb.processing.models import DispatcherBeat, Job
from tests.factories.accounts import UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.processing import JobFactory, finish
from tests.factories.submissions import SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db


def test_a_draft_is_a_draft():
    assert queries.status_of(SeriesFactory()) == queries.Status("draft")


def test_the_way_of_a_measured_series():
    series = SubmittedSeriesFactory()
    actions.queue(series=series)
    assert queries.status_of(series).state == "queued"
    (claim,) = actions.claim(by="host-1", limit=1)
    assert queries.status_of(series) == queries.Status("measuring")
    finish(claim)
    assert queries.status_of(series) == queries.Status("measured")


def test_a_measured_series_stays_measured_while_it_is_measured_again():
    series = JobFactory(state="done", finished_at=timezone.now()).series
    JobFactory(series=series, analysis_version="next")
    assert queries.status_of(series).state == "measured"


def test_a_failed_series_says_why_and_what_to_do():
    series = JobFactory().series
    (claim,) = actions.claim(by="host-1", limit=1)
    actions.fail(claim=claim, failure=FAILURES["no_chart"])
    failure = FAILURES["no_chart"]
    told = queries.FailureTold("no_chart", failure.sentence, failure.next_step)
    assert queries.status_of(series) == queries.Status("failed", failure=told)


def test_position_counts_those_served_before():
    first, second, behind = JobFactory(turn=1), JobFactory(turn=1), JobFactory(turn=2)
    again = JobFactory(turn=0, priority=10)
    assert [queries.position(job) for job in (first, second, behind, again)] == [1, 2, 3, 4]


def test_no_estimate_before_anything_was_measured():
    JobFactory()
    assert queries.estimated_wait_s(1) is None


def test_the_estimate_counts_what_is_handed_out_and_who_measures_side_by_side():
    SeriesMeasurementFactory(cpu_seconds=10.0)
    assert queries.estimated_wait_s(1) is None  # nobody measures
    heard_of("host-1", slots=1)
    heard_of("host-2", slots=1)
    heard_of("dead", slots=8, seconds_ago=40)
    assert queries.estimated_wait_s(1) == 10.0
    for _ in range(4):
        JobFactory()
    actions.claim(by="host-1", limit=4)
    assert queries.estimated_wait_s(1) == 30.0
    assert queries.estimated_wait_s(3) == 40.0


def test_what_an_owner_is_told_never_jumps_back_by_more_than_a_fifth():
    """A patient owner looks after everything that happens: joins, finishes, machines that come and go."""
    cache.clear()
    SeriesMeasurementFactory(cpu_seconds=10.0)
    owner = UserFactory()
    mine = [actions.queue(series=SubmittedSeriesFactory(owner=owner)) for _ in range(12)][-1].series
    chance, told = random.Random(5), []
    for _ in range(120):
        event = chance.choices(["join", "finish", "slots"], weights=[5, 3, 1])[0]
        if event == "join":
            actions.queue(series=SubmittedSeriesFactory(f_numbers=[]))
        elif event == "slots":
            heard_of("host-1", slots=chance.choice([1, 2, 4, 8]))
        else:
            for claim in actions.claim(by="host-1", limit=1):
                finish(claim, cpu_seconds=chance.uniform(5, 20))
        told.append(queries.status_of(mine))
        if told[-1].state != "queued":
            break
    places = [status.position for status in told if status.position]
    waits = [status.estimated_wait_s for status in told if status.estimated_wait_s]
    assert len(places) > 40
    assert all(later <= 1.2 * earlier for earlier, later in itertools.pairwise(places))
    assert all(later <= 1.2 * earlier * (1 + 1e-9) for earlier, later in itertools.pairwise(waits))
    assert max(itertools.starmap(lambda a, b: b - a, itertools.pairwise(places))) >= 1  # it told of those who joined


def test_what_is_told_creeps_towards_the_truth():
    cache.clear()
    job = JobFactory()
    assert queries.steady(job, 10, 100.0) == (10, 100.0)
    assert queries.steady(job, 100, 1000.0) == (12, 120.0)
    told = [queries.steady(job, 100, 1000.0) for _ in range(20)]
    assert told[-1] == (100, 1000.0)
    assert queries.steady(job, 3, 5.0) == (3, 5.0)  # good news is told at once


def heard_of(name, *, slots, seconds_ago=0):
    seen_at = timezone.now() - timedelta(seconds=seconds_ago)
    DispatcherBeat.objects.update_or_create(name=name, defaults={"slots": slots, "seen_at": seen_at})


def test_the_backlog_counts_what_waits_runs_and_is_done():
    for _ in range(5):
        JobFactory()
    claims = actions.claim(by="host-1", limit=3)
    finish(claims[0])
    actions.fail(claim=claims[1], failure=FAILURES["no_chart"])
    backlog = queries.backlog()
    assert (backlog.queued, backlog.claimed, backlog.done_last_hour, backlog.failed_last_hour) == (2, 1, 1, 1)
    assert backlog.oldest_queued_at == Job.objects.filter(state="queued").earliest("queued_at").queued_at
    assert backlog.oldest_lease_until > timezone.now()
