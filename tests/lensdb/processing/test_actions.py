from datetime import timedelta

import pytest
from django.utils import timezone

from analysis.results import ANALYSIS_VERSION
from lensdb.audit.models import Event
from lensdb.measurements.models import SeriesMeasurement
from lensdb.processing import actions, queries
from lensdb.processing.actions import Finished
from lensdb.processing.enums import JobState, Priority
from lensdb.processing.failures import FAILURES
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series
from tests.factories.accounts import UserFactory
from tests.factories.measurements import series_result
from tests.factories.processing import JobFactory, finish
from tests.factories.submissions import SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db

LOST = FAILURES["worker_lost"]


def draft(owner):
    return SeriesFactory(owner=owner, f_numbers=[1.2, 2.0, 2.8, 4.0])


def claim_one(by="host-1"):
    (claim,) = actions.claim(by=by, limit=1)
    return claim


def test_submitting_completes_the_draft_and_queues_it():
    series = draft(UserFactory())
    job = actions.submit_series(series=series, by=series.owner)
    series.refresh_from_db()
    assert series.submitted_at is not None
    assert (job.series_id, job.state, job.analysis_version) == (series.pk, JobState.QUEUED, ANALYSIS_VERSION)


def test_a_series_is_submitted_once_by_its_owner_and_with_photos():
    series = draft(UserFactory())
    with pytest.raises(actions.NotOwnSeriesError):
        actions.submit_series(series=series, by=UserFactory())
    with pytest.raises(actions.NoPhotosError):
        actions.submit_series(series=SeriesFactory(owner=series.owner), by=series.owner)
    actions.submit_series(series=series, by=series.owner)
    with pytest.raises(actions.AlreadySubmittedError):
        actions.submit_series(series=series, by=series.owner)
    assert Job.objects.count() == 1


def test_an_import_of_many_delays_anothers_single_series_by_one():
    importer, other = UserFactory(), UserFactory()
    for _ in range(6):
        actions.submit_series(series=draft(importer), by=importer)
    claim_one()
    claim_one()
    single = actions.submit_series(series=draft(other), by=other)
    order = [claim.job_id for claim in actions.claim(by="host-1", limit=9)]
    assert order.index(single.pk) <= 1


def test_turns_are_not_saved_up_while_others_work():
    worker, idler = UserFactory(), UserFactory()
    for _ in range(5):
        actions.submit_series(series=draft(worker), by=worker)
        finish(claim_one())
    for _ in range(3):
        actions.submit_series(series=draft(idler), by=idler)
    late = actions.submit_series(series=draft(worker), by=worker)
    order = [claim.job_id for claim in actions.claim(by="host-1", limit=9)]
    assert order.index(late.pk) <= 2


def test_new_submissions_go_before_measuring_again():
    again = actions.queue(series=SubmittedSeriesFactory(), priority=Priority.REMEASURE)
    new = actions.queue(series=SubmittedSeriesFactory())
    assert [claim.job_id for claim in actions.claim(by="host-1", limit=2)] == [new.pk, again.pk]


def test_claiming_takes_a_lease_and_raises_the_attempt():
    job = JobFactory()
    claim = claim_one(by="host-1")
    job.refresh_from_db()
    assert (job.state, job.attempt, job.claimed_by) == (JobState.CLAIMED, 1, "host-1")
    assert claim == actions.Claim(job.pk, 1, job.series_id)
    assert timedelta(seconds=25) < job.lease_until - timezone.now() <= actions.LEASE
    assert actions.claim(by="host-2", limit=1) == []


def test_finishing_records_settles_and_closes_in_one():
    owner = UserFactory(trusted=True)
    series = draft(owner)
    actions.submit_series(series=series, by=owner)
    assert finish(claim_one())
    series.refresh_from_db()
    job = series.jobs.get()
    assert (job.state, series.standing) == (JobState.DONE, Standing.PUBLISHED)
    assert series.measurements.get().attempt == 1


def test_recording_and_publishing_results_takes_few_queries(django_assert_max_num_queries):
    """One dispatcher records a result for each of 64 workers every second."""
    owner = UserFactory(trusted=True)
    for _ in range(10):
        actions.submit_series(series=draft(owner), by=owner)
    finished = [Finished(claim, series_result(), {}, 1.0) for claim in actions.claim(by="host-1", limit=10)]
    with django_assert_max_num_queries(18 + 10):
        assert len(actions.finish(finished=finished)) == 10
    assert Series.objects.filter(standing=Standing.PUBLISHED).count() == 10


def test_a_result_that_cannot_be_recorded_leaves_the_claim_as_it_was():
    JobFactory(series__distance_m=None)
    claim = claim_one()
    with pytest.raises(ValueError, match="no focal length"):
        finish(claim, series_result(focal_length_mm=float("nan")))
    assert Job.objects.get().state == JobState.CLAIMED
    assert actions.renew(claims=[claim]) == {claim}


def test_a_late_finisher_changes_nothing():
    JobFactory()
    late = claim_one(by="stopped")
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.rescue() == 1
    current = claim_one(by="other")
    assert current.attempt == late.attempt + 1
    before = Job.objects.values().get()
    assert not finish(late)
    assert not actions.fail(claim=late, failure=FAILURES["no_chart"])
    assert not actions.again(claim=late, failure=LOST)
    assert actions.give_back(claims=[late]) == 0
    assert actions.renew(claims=[late]) == set()
    assert Job.objects.values().get() == before
    assert not SeriesMeasurement.objects.exists()
    assert finish(current)
    assert not finish(late)
    assert SeriesMeasurement.objects.get().attempt == 2


def test_a_failure_is_told_with_code_sentence_and_next_step():
    JobFactory()
    actions.fail(claim=claim_one(), failure=FAILURES["no_chart"], sentence="No chart in IMG_1.JPG.")
    job = Job.objects.get()
    assert (job.state, job.failure_code, job.failure_sentence) == ("failed", "no_chart", "No chart in IMG_1.JPG.")
    assert job.failure_next_step == FAILURES["no_chart"].next_step


def test_a_passing_trouble_is_tried_again_three_times_after_longer_and_longer_waits():
    job = JobFactory()
    waits = []
    for _ in range(3):
        assert actions.again(claim=claim_one(), failure=LOST)
        assert actions.claim(by="host-1", limit=1) == []
        job.refresh_from_db()
        waits.append(job.not_before - timezone.now())
        Job.objects.update(not_before=timezone.now())
    assert sorted(waits) == waits
    assert actions.again(claim=claim_one(), failure=LOST)
    job.refresh_from_db()
    assert (job.state, job.failure_code, job.attempt) == (JobState.FAILED, "worker_lost", 4)


def test_what_does_not_pass_is_never_tried_again():
    JobFactory()
    with pytest.raises(ValueError, match="no_chart does not pass"):
        actions.again(claim=claim_one(), failure=FAILURES["no_chart"])


def test_alone_means_claimed_by_itself():
    JobFactory()
    actions.again(claim=claim_one(), failure=LOST, alone=True)
    Job.objects.update(not_before=None)
    assert actions.claim(by="host-1", limit=1) == []
    assert len(actions.claim(by="host-1", limit=1, alone=True)) == 1


def test_giving_back_and_rescuing_charge_nothing():
    job = JobFactory()
    actions.give_back(claims=[claim_one()])
    claim_one()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    actions.rescue()
    job.refresh_from_db()
    assert (job.state, job.troubles, job.attempt, job.not_before) == (JobState.QUEUED, 0, 2, None)


def test_a_job_that_takes_every_dispatcher_down_fails_in_the_end():
    JobFactory(state=JobState.CLAIMED, attempt=actions.ATTEMPTS_MAX, lease_until=timezone.now() - timedelta(seconds=1))
    actions.rescue()
    assert Job.objects.get().failure_code == "worker_lost"


def test_a_person_can_send_a_failed_job_back_and_it_is_on_record():
    staff = UserFactory(is_staff=True)
    job = JobFactory()
    actions.fail(claim=claim_one(), failure=FAILURES["no_chart"])
    job.refresh_from_db()
    assert actions.try_again(job=job, by=staff)
    assert not actions.try_again(job=job, by=staff)
    assert queries.status_of(job.series).state == "queued"
    event = Event.objects.get(kind="job.requeue")
    assert (event.before["failure"], event.actor) == ("no_chart", f"user:{staff.pk}")
