"""The dispatcher watches its cluster and says how it fares. The cluster is the test's, the rows are real."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from lensdb.processing import actions, supervision
from lensdb.processing.cluster import ClusterLostError
from lensdb.processing.dispatcher import Dispatcher
from lensdb.processing.enums import JobState
from lensdb.processing.models import DispatcherBeat, Job
from lensdb.processing.watchdog import Watchdog
from tests.factories.processing import JobFactory
from tests.lensdb.processing.test_dispatcher import TestCluster, good, look_now, states

pytestmark = pytest.mark.django_db


def test_patience_ends_and_begins_anew_with_every_finish():
    watchdog = Watchdog(0.0)
    assert not watchdog.is_stalled(120.0, 120.0)
    assert watchdog.is_stalled(120.1, 120.0)
    assert not watchdog.is_stalled(120.1, 800.0)
    watchdog.progress(100.0)
    assert not watchdog.is_stalled(219.0, 120.0)
    watchdog.idle(300.0)
    assert not watchdog.is_stalled(419.0, 120.0)


def test_after_a_recycling_patience_is_doubled_until_something_is_finished():
    watchdog = Watchdog(0.0)
    watchdog.recycled(121.0)
    assert not watchdog.is_stalled(121.0 + 239.0, 120.0)
    assert watchdog.is_stalled(121.0 + 241.0, 120.0)
    watchdog.recycled(400.0)
    assert (watchdog.is_stalled(400.0 + 470.0, 120.0), watchdog.recycled_in_a_row) == (False, 2)
    watchdog.progress(500.0)
    assert (watchdog.is_stalled(500.0 + 121.0, 120.0), watchdog.recycled_in_a_row) == (True, 0)


class Clock:
    def __init__(self):
        self.now = time.monotonic()

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("lensdb.processing.dispatcher.time.monotonic", clock)
    return clock


@pytest.fixture
def cluster():
    return TestCluster()


@pytest.fixture
def dispatcher(cluster, clock):
    return Dispatcher(name="here", connect=lambda: cluster, scheduler="tcp://there")


def beat():
    return DispatcherBeat.objects.get()


def wait(dispatcher, clock, seconds):
    clock.now += seconds
    look_now(dispatcher)


def test_a_dispatcher_says_how_it_fares_and_leaves_no_trace_when_it_ends(dispatcher, cluster, clock):
    job = JobFactory()
    dispatcher.turn()
    wait(dispatcher, clock, 3)
    said = beat()
    assert (said.name, said.scheduler, said.slots, said.in_flight, said.trouble) == ("here", "tcp://there", 2, 1, "")
    cluster.handed[f"measure-{job.pk}-1"].end = good()
    dispatcher.turn()
    wait(dispatcher, clock, 3)
    assert beat().finished_at is not None
    dispatcher.drain(0)
    assert not DispatcherBeat.objects.exists()


def test_a_cluster_that_finishes_nothing_is_started_anew_and_its_series_go_back(dispatcher, cluster, clock):
    held, waiting = JobFactory(), JobFactory()
    dispatcher.turn()
    cluster.held = {f"measure-{held.pk}-1"}  # by a worker that is well; the other series lies on a stopped one
    wait(dispatcher, clock, 119)
    assert cluster.recycled == []
    wait(dispatcher, clock, 2)
    assert cluster.recycled == [False]
    said = beat()
    assert (said.recycled, said.trouble) == (1, "nothing got done, so all workers were started anew")
    held.refresh_from_db()
    waiting.refresh_from_db()
    assert (held.troubles, waiting.troubles) == (1, 0)
    assert f"measure-{waiting.pk}-2" in cluster.handed
    wait(dispatcher, clock, 239)
    assert cluster.recycled == [False]
    wait(dispatcher, clock, 2)
    assert cluster.recycled == [False, True]  # the second time scheduler and all
    cluster.handed[f"measure-{waiting.pk}-3"].end = good()
    dispatcher.turn()
    wait(dispatcher, clock, 3)
    assert beat().trouble == ""


def test_a_series_that_stalls_whatever_measures_it_fails_in_the_end(dispatcher, cluster, clock):
    job = JobFactory()
    for attempt in range(1, 5):
        Job.objects.update(not_before=None)
        dispatcher.turn()
        cluster.held = {f"measure-{job.pk}-{attempt}"}
        wait(dispatcher, clock, 4000)
    job.refresh_from_db()
    assert (job.state, job.failure_code, job.attempt) == (JobState.FAILED, "worker_stalled", 4)


def test_with_nothing_to_do_nothing_stalls(dispatcher, cluster, clock):
    for _ in range(5):
        wait(dispatcher, clock, 100)
    JobFactory()
    wait(dispatcher, clock, 3)
    wait(dispatcher, clock, 100)
    assert cluster.recycled == []


def test_a_cluster_without_workers_is_told_and_in_the_end_started_anew(clock):
    cluster = TestCluster(slots=0)
    dispatcher = Dispatcher(name="here", connect=lambda: cluster)
    JobFactory()
    dispatcher.turn()
    assert beat().trouble == "no workers"
    wait(dispatcher, clock, 121)
    assert cluster.recycled == [False]


def test_a_scheduler_that_is_gone_is_told(dispatcher, cluster, clock):
    JobFactory()
    dispatcher.turn()
    cluster.alive = False
    wait(dispatcher, clock, 3)
    assert (beat().trouble, beat().slots, states()) == ("no scheduler answers", 0, ["queued"])
    cluster.alive = True
    wait(dispatcher, clock, 3)
    assert beat().trouble == ""


def test_a_scheduler_that_does_not_survive_being_started_anew_costs_nothing(dispatcher, cluster, clock, monkeypatch):
    job = JobFactory()
    dispatcher.turn()

    def fail(*, hard):
        raise ClusterLostError("gone")

    monkeypatch.setattr(cluster, "recycle", fail)
    wait(dispatcher, clock, 121)
    job.refresh_from_db()
    assert (job.state, job.troubles, dispatcher.flights) == (JobState.QUEUED, 0, {})


def test_two_dispatchers_with_clusters_of_their_own_share_one_backlog():
    clusters = [TestCluster(), TestCluster()]
    pair = [Dispatcher(name=f"host-{n}", connect=lambda one=one: one) for n, one in enumerate(clusters)]
    for _ in range(20):
        JobFactory(series__f_numbers=[1.2])
    while Job.objects.exclude(state=JobState.DONE).exists():
        for dispatcher, cluster in zip(pair, clusters, strict=True):
            dispatcher.turn()
            for handed in cluster.handed.values():
                handed.end = good()
    shares = [{key.split("-")[1] for key in cluster.handed} for cluster in clusters]
    assert len(shares[0]) + len(shares[1]) == 20
    assert not shares[0] & shares[1]
    assert min(map(len, shares)) >= 8
    assert set(Job.objects.values_list("attempt", flat=True)) == {1}
    assert actions.claim(by="host-3", limit=1) == []


def test_a_dispatcher_that_was_killed_is_forgotten_when_another_has_its_cluster(cluster):
    names = ["vm:1:a", "vm:2:b", "other:1:a"]
    for name in names:
        supervision.beat(
            name=name, scheduler="tcp://there", slots=2, in_flight=0, finished_at=None, recycled=0, trouble="no workers"
        )
    DispatcherBeat.objects.filter(name__in=["vm:1:a", "other:1:a"]).update(
        seen_at=timezone.now() - timedelta(seconds=9)
    )
    dispatcher = Dispatcher(name="vm:3:c", connect=lambda: cluster, scheduler="tcp://there")
    dispatcher.turn()
    assert set(DispatcherBeat.objects.values_list("name", flat=True)) == {"vm:2:b", "other:1:a", "vm:3:c"}
