"""The turns of the dispatcher's loop, with a cluster whose tasks end as the test says. The rows are real."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from analysis.results import ANALYSIS_VERSION
from lensdb.measurements.models import SeriesMeasurement
from lensdb.moderation import actions as moderation
from lensdb.processing import actions
from lensdb.processing.cluster import ClusterLostError, TaskLostError, TaskTroubleError, WorkerDiedError
from lensdb.processing.dispatcher import Dispatcher
from lensdb.processing.enums import JobState
from lensdb.processing.health import troubles
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from tests.factories.accounts import UserFactory
from tests.factories.measurements import SeriesMeasurementFactory, photo_result, series_result
from tests.factories.processing import JobFactory

pytestmark = pytest.mark.django_db


class Handed:
    """A task in the test's hands."""

    def __init__(self, task):
        self.task = task
        self.end = None
        self.forgotten = False

    def is_over(self):
        return self.end is not None

    def report(self):
        if isinstance(self.end, Exception):
            raise self.end
        return self.end

    def forget(self):
        self.forgotten = True


class TestCluster:
    __test__ = False

    def __init__(self, slots=2):
        self.handed = {}
        self.alive = True
        self.closed = False
        self.held = set()
        self.recycled = []
        self._slots = slots

    def slots(self):
        if not self.alive:
            raise ClusterLostError("no answer")
        return self._slots

    def submit(self, tasks):
        assert not tasks.keys() & self.handed.keys(), "a key is used once"
        handed = {key: Handed(task) for key, task in tasks.items()}
        self.handed |= handed
        return handed

    def fetch(self, handles):
        assert all(handle.is_over() for handle in handles)

    def stuck(self):
        return self.held

    def recycle(self, *, hard):
        self.recycled.append(hard)

    def close(self):
        self.closed = True


@pytest.fixture
def cluster():
    return TestCluster()


@pytest.fixture
def dispatcher(cluster):
    return Dispatcher(name="here", connect=lambda: cluster)


def report(result=None, **fields):
    """What a worker answers."""
    plain = {"result": None, "pictures": {}, "failure": "", "sentence": "", "detail": "", "cpu_seconds": 4.0}
    return plain | ({} if result is None else {"result": result.to_json()}) | fields


def good():
    return report(series_result())


def states():
    return sorted(Job.objects.values_list("state", flat=True))


def look_now(dispatcher):
    dispatcher._looked_at = float("-inf")
    dispatcher.turn()


def test_two_for_each_slot_are_handed_out_and_the_rest_stays_in_the_table(dispatcher, cluster):
    for _ in range(6):
        JobFactory()
    dispatcher.turn()
    assert len(cluster.handed) == 4
    assert states() == ["claimed"] * 4 + ["queued"] * 2


def test_a_result_is_recorded_and_makes_room(dispatcher, cluster):
    jobs = [JobFactory() for _ in range(5)]
    dispatcher.turn()
    first = cluster.handed[f"measure-{jobs[0].pk}-1"]
    first.end = good()
    dispatcher.turn()
    measurement = SeriesMeasurement.objects.get()
    assert (measurement.series_id, measurement.attempt, measurement.cpu_seconds) == (jobs[0].series_id, 1, 4.0)
    assert first.forgotten
    assert states() == ["claimed"] * 4 + ["done"]


def test_a_trusted_owners_series_is_published_by_the_same_commit(dispatcher, cluster):
    job = JobFactory(series__owner=UserFactory(trusted=True))
    dispatcher.turn()
    cluster.handed[f"measure-{job.pk}-1"].end = good()
    dispatcher.turn()
    job.series.refresh_from_db()
    assert job.series.standing == Standing.PUBLISHED


def test_owners_file_names_stay_at_home_and_come_back_in_the_result(dispatcher, cluster):
    job = JobFactory(series__f_numbers=[])
    names = ["Anna's lens.JPG", "second.jpeg", "photo.of Anna", "Anna"]
    for position, name in enumerate(names):
        job.series.photos.create(position=position, file_name=name, sha256=str(position), size_bytes=1, f_number=1.2)
    dispatcher.turn()
    (handed,) = cluster.handed.values()
    neutral = [photo["name"] for photo in handed.task["photos"]]
    assert neutral == ["photo-001.jpg", "photo-002.jpg", "photo-003", "photo-004"]
    assert "Anna" not in repr(handed.task)
    photo = photo_result(f_number=1.2, best_focus_mm=0.1, file="photo-001.jpg")
    handed.end = report(series_result(photos=(photo,)))
    dispatcher.turn()
    assert SeriesMeasurement.objects.get().result["photos"][0]["file"] == "Anna's lens.JPG"


def test_the_task_says_what_catalogue_and_owner_know(dispatcher, cluster):
    job = JobFactory(series__distance_m=0.7, series__chart="lensdb-a5")
    dispatcher.turn()
    (handed,) = cluster.handed.values()
    assert handed.task["label"] == f"series={job.series_id} job={job.pk} attempt=1"
    assert handed.task["options"] == {
        "chart": "lensdb-a5",
        "distance_mm": 700.0,
        "pixel_pitch_um": 6.0,
        "focal_length_mm": 50.0,
        "crop_factor": 1.0,
    }


def test_pictures_are_recorded_where_they_were_found(dispatcher, cluster):
    job = JobFactory()
    storages["derived"].save("aa/aa11.jpg", ContentFile(b"picture"))
    dispatcher.turn()
    cluster.handed[f"measure-{job.pk}-1"].end = good() | {"pictures": {"there.jpg": "aa11", "not.jpg": "bb22"}}
    dispatcher.turn()
    storages["derived"].delete("aa/aa11.jpg")
    assert SeriesMeasurement.objects.get().pictures == {"there.jpg": "aa11"}


def test_a_failure_is_written_with_what_the_core_said_of_the_owners_files(dispatcher, cluster):
    job = JobFactory(series__f_numbers=[1.2])
    dispatcher.turn()
    sentence = "No photo could be measured. photo-001.jpg: no chart."
    cluster.handed[f"measure-{job.pk}-1"].end = report(failure="no_chart", sentence=sentence)
    dispatcher.turn()
    job.refresh_from_db()
    assert (job.state, job.failure_code) == (JobState.FAILED, "no_chart")
    assert job.failure_sentence == "No photo could be measured. IMG_0000.JPG: no chart."


@pytest.mark.parametrize(
    "end",
    [report(failure="worker_trouble"), report(failure="photo_missing"), TaskTroubleError("no such module"), {"odd": 1}],
)
def test_trouble_of_a_worker_is_charged_and_tried_again_later(dispatcher, cluster, end):
    job = JobFactory()
    dispatcher.turn()
    cluster.handed[f"measure-{job.pk}-1"].end = end
    dispatcher.turn()
    job.refresh_from_db()
    assert (job.state, job.troubles, job.alone) == (JobState.QUEUED, 1, False)
    assert job.not_before > timezone.now()


@pytest.mark.parametrize(
    ("code", "told"),
    [("worker_storage", "cannot read or write its folders"), ("worker_unsealed", "no Landlock or no seccomp")],
)
def test_a_machine_in_trouble_is_told_and_no_series_is_charged_however_long_it_lasts(dispatcher, cluster, code, told):
    job = JobFactory()
    for attempt in range(1, 7):
        dispatcher.turn()
        cluster.handed[f"measure-{job.pk}-{attempt}"].end = report(failure=code)
        dispatcher.turn()
        job.refresh_from_db()
        assert (job.state, job.troubles) == (JobState.QUEUED, 0)
        assert job.not_before > timezone.now()
        Job.objects.update(not_before=None)
    look_now(dispatcher)
    assert [told in trouble.sentence for trouble in troubles() if trouble.code == "dispatcher"] == [True]
    dispatcher._machine_trouble_at = float("-inf")
    look_now(dispatcher)
    assert [trouble for trouble in troubles() if trouble.code == "dispatcher"] == []


def test_one_owner_gets_half_of_the_slots_and_others_the_rest(dispatcher, cluster):
    owner, other = UserFactory(), UserFactory()
    many = [JobFactory(series__owner=owner, turn=turn) for turn in range(5)]
    dispatcher.turn()
    assert [claim.job_id for claim in dispatcher.flights] == [many[0].pk]  # two slots
    single = JobFactory(series__owner=other, turn=1)
    dispatcher.turn()
    assert {claim.job_id for claim in dispatcher.flights} == {many[0].pk, single.pk}
    cluster.handed[f"measure-{many[0].pk}-1"].end = good()
    dispatcher.turn()
    assert {claim.job_id for claim in dispatcher.flights} == {many[1].pk, single.pk}


def test_a_dispatcher_whose_share_is_used_up_elsewhere_has_nothing_to_do(cluster):
    owner = UserFactory()
    for turn in range(3):
        JobFactory(series__owner=owner, turn=turn)
    actions.claim(by="elsewhere", limit=1)
    dispatcher = Dispatcher(name="here", connect=lambda: cluster, stall_seconds=0)
    for _ in range(3):
        look_now(dispatcher)
    assert (dispatcher.flights, cluster.recycled) == ({}, [])


def test_after_a_dead_worker_the_series_is_tried_again_alone(dispatcher, cluster):
    suspect, innocent = JobFactory(), JobFactory()
    dispatcher.turn()
    cluster.handed[f"measure-{suspect.pk}-1"].end = WorkerDiedError()
    dispatcher.turn()
    Job.objects.update(not_before=None)
    waiting = JobFactory()
    dispatcher.turn()
    assert set(cluster.handed) == {f"measure-{suspect.pk}-1", f"measure-{innocent.pk}-1"}  # drains first
    cluster.handed[f"measure-{innocent.pk}-1"].end = good()
    dispatcher.turn()
    dispatcher.turn()
    assert list(dispatcher.flights) == [actions.Claim(suspect.pk, 2, suspect.series_id)]
    cluster.handed[f"measure-{suspect.pk}-2"].end = good()
    dispatcher.turn()
    assert [claim.job_id for claim in dispatcher.flights] == [waiting.pk]


def test_a_task_the_cluster_lost_goes_back_uncharged(dispatcher, cluster):
    job = JobFactory()
    dispatcher.turn()
    cluster.handed[f"measure-{job.pk}-1"].end = TaskLostError("cancelled")
    dispatcher.turn()
    job.refresh_from_db()
    assert (job.state, job.troubles) == (JobState.QUEUED, 0)
    dispatcher.turn()
    assert f"measure-{job.pk}-2" in cluster.handed


def test_a_dead_scheduler_costs_nothing_and_the_next_one_gets_the_work(cluster):
    second = TestCluster()
    clusters = iter([cluster, second])
    dispatcher = Dispatcher(name="here", connect=lambda: next(clusters))
    job = JobFactory()
    dispatcher.turn()
    cluster.alive = False
    look_now(dispatcher)
    job.refresh_from_db()
    assert (job.state, job.troubles, dispatcher.flights) == (JobState.QUEUED, 0, {})
    assert cluster.closed
    look_now(dispatcher)
    assert list(second.handed) == [f"measure-{job.pk}-2"]


@pytest.mark.parametrize("alone", [False, True])
def test_a_scheduler_that_dies_while_work_is_handed_over_costs_nothing(dispatcher, cluster, monkeypatch, alone):
    for _ in range(3):
        JobFactory(alone=alone)

    def die(_tasks):
        raise ClusterLostError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(cluster, "submit", die)
        dispatcher.turn()
    assert states() == ["queued"] * 3
    assert dispatcher.flights == {}
    look_now(dispatcher)
    assert len(cluster.handed) == (1 if alone else 3)


def test_a_result_that_is_refused_stops_no_other(dispatcher, cluster):
    jobs = [JobFactory() for _ in range(3)]
    dispatcher.turn()
    ends = [good(), report(series_result(focal_length_mm=float("nan"))), good()]
    for job, end in zip(jobs, ends, strict=True):
        cluster.handed[f"measure-{job.pk}-1"].end = end
    dispatcher.turn()
    assert [Job.objects.get(pk=job.pk).failure_code for job in jobs] == ["", "no_focal_length", ""]
    assert set(SeriesMeasurement.objects.values_list("series", flat=True)) == {jobs[0].series_id, jobs[2].series_id}


def test_of_results_that_come_together_only_those_of_held_claims_are_written(dispatcher, cluster):
    jobs = [JobFactory() for _ in range(3)]
    dispatcher.turn()
    Job.objects.filter(pk=jobs[1].pk).update(attempt=2)
    for handed in cluster.handed.values():
        handed.end = good()
    dispatcher.turn()
    assert [Job.objects.get(pk=job.pk).state for job in jobs] == ["done", "claimed", "done"]
    assert SeriesMeasurement.objects.count() == 2


def test_while_no_scheduler_answers_nothing_is_claimed():
    def refuse():
        raise ClusterLostError("nobody there")

    JobFactory()
    dispatcher = Dispatcher(name="here", connect=refuse)
    dispatcher.turn()
    assert states() == ["queued"]


def test_a_cluster_without_workers_is_handed_nothing():
    dispatcher = Dispatcher(name="here", connect=lambda: TestCluster(slots=0))
    JobFactory()
    dispatcher.turn()
    assert states() == ["queued"]


def test_leases_are_renewed_while_it_works(dispatcher):
    JobFactory()
    dispatcher.turn()
    Job.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
    dispatcher._renewed_at = float("-inf")
    dispatcher.turn()
    assert Job.objects.get().lease_until > timezone.now() + timedelta(seconds=20)


def test_a_dispatcher_that_slept_past_its_lease_writes_nothing(dispatcher, cluster):
    job = JobFactory()
    dispatcher.turn()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    other_cluster = TestCluster()
    other = Dispatcher(name="other", connect=lambda: other_cluster)
    other.turn()
    assert list(other_cluster.handed) == [f"measure-{job.pk}-2"]
    cluster.handed[f"measure-{job.pk}-1"].end = good()
    dispatcher.turn()
    assert not SeriesMeasurement.objects.exists()
    other_cluster.handed[f"measure-{job.pk}-2"].end = good()
    other.turn()
    assert SeriesMeasurement.objects.get().attempt == 2


def test_it_lets_go_of_what_it_lost(dispatcher, cluster):
    job = JobFactory()
    dispatcher.turn()
    job.series.delete()  # the owner erased it meanwhile
    dispatcher._renewed_at = float("-inf")
    dispatcher.turn()
    assert dispatcher.flights == {}
    assert cluster.handed[f"measure-{job.pk}-1"].forgotten


def test_a_result_that_cannot_be_recorded_fails_alone(dispatcher, cluster):
    bad, fine = JobFactory(series__distance_m=None), JobFactory()
    dispatcher.turn()
    cluster.handed[f"measure-{bad.pk}-1"].end = report(series_result(focal_length_mm=float("nan")))
    cluster.handed[f"measure-{fine.pk}-1"].end = good()
    dispatcher.turn()
    bad.refresh_from_db()
    fine.refresh_from_db()
    assert (bad.failure_code, fine.state) == ("no_focal_length", JobState.DONE)
    assert bad.failure_next_step.startswith("Choose the lens")


def test_a_report_that_makes_no_sense_fails_alone(dispatcher, cluster):
    bad, fine = JobFactory(), JobFactory()
    dispatcher.turn()
    cluster.handed[f"measure-{bad.pk}-1"].end = report() | {"result": {"series": "nonsense"}}
    cluster.handed[f"measure-{fine.pk}-1"].end = good()
    dispatcher.turn()
    bad.refresh_from_db()
    fine.refresh_from_db()
    assert (bad.failure_code, fine.state) == ("measuring_failed", JobState.DONE)


@pytest.mark.parametrize("alone", [False, True])
def test_a_series_withdrawn_meanwhile_is_not_measured(dispatcher, cluster, alone):
    withdrawn, other = JobFactory(alone=alone), JobFactory()
    moderation.withdraw(series=withdrawn.series, by=withdrawn.owner)
    dispatcher.turn()
    dispatcher.turn()
    withdrawn.refresh_from_db()
    assert (withdrawn.state, withdrawn.failure_code) == (JobState.FAILED, "withdrawn")
    assert list(cluster.handed) == [f"measure-{other.pk}-1"]


def test_a_worker_of_an_older_version_is_asked_again_later(dispatcher, cluster):
    measured = SeriesMeasurementFactory(analysis_version="old")
    JobFactory(series=measured.series, analysis_version="old", state="done", finished_at=timezone.now())
    again = JobFactory(series=measured.series)
    dispatcher.turn()
    cluster.handed[f"measure-{again.pk}-1"].end = report(series_result(analysis_version="old"))
    dispatcher.turn()
    again.refresh_from_db()
    assert (again.state, again.troubles, again.analysis_version) == (JobState.QUEUED, 1, ANALYSIS_VERSION)
    assert list(measured.series.measurements.all()) == [measured]


def test_draining_waits_for_what_is_nearly_done_and_gives_the_rest_back(dispatcher, cluster):
    done, slow = JobFactory(), JobFactory()
    dispatcher.turn()
    cluster.handed[f"measure-{done.pk}-1"].end = good()
    dispatcher.drain(0.2)
    done.refresh_from_db()
    slow.refresh_from_db()
    assert (done.state, slow.state, slow.troubles) == (JobState.DONE, JobState.QUEUED, 0)
    assert cluster.closed
    assert cluster.handed[f"measure-{slow.pk}-1"].forgotten
