"""Writing the backlog. Every write under a claim is fenced by the attempt: a late finisher changes nothing.

A claim is held while the job is claimed under the same attempt number; each function here that takes a claim says
with its return value whether the claim was still held.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from analysis.results import ANALYSIS_VERSION, SeriesResult
from lensdb.accounts.models import User
from lensdb.audit.actions import record as record_act
from lensdb.lib.commits import commit_point
from lensdb.measurements.actions import Recording, record
from lensdb.moderation.actions import Measured, settle_locked
from lensdb.processing import moves, queries
from lensdb.processing.enums import JobState, Priority
from lensdb.processing.failures import FAILURES, Failure, FailureKind
from lensdb.processing.models import Job
from lensdb.submissions import quotas
from lensdb.submissions.actions import check_not_sent
from lensdb.submissions.models import Series
from lensdb.submissions.queries import series_to_measure

CHANNEL: Final = "lensdb_jobs"
"""Where PostgreSQL tells waiting dispatchers that there is work."""

LEASE: Final = timedelta(seconds=settings.LEASE_SECONDS)
BACKOFF: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=180))
"""Waits after the first, second and third passing trouble; the fourth is a failure."""

MACHINE_WAIT: Final = timedelta(seconds=60)
"""Before a series is tried again whose machine was in trouble without it."""

_COUNTING: Final = 0x636C616D
"""The number of PostgreSQL's advisory lock under which dispatchers count what owners hold."""

ATTEMPTS_MAX: Final = 20
"""A job handed out so often and never heard of again takes its dispatcher down: it fails instead of going round."""


class SubmissionError(Exception):
    """A series that cannot be submitted; the message is a sentence for its owner."""


class NotOwnSeriesError(SubmissionError):
    """Somebody else's series."""


class AlreadySubmittedError(SubmissionError):
    """It is not a draft any more."""


class NoPhotosError(SubmissionError):
    """There is nothing to measure."""


class OwnJobError(Exception):
    """An administrator's own job; the message is a sentence for them."""


class MeasuredBeforeError(Exception):
    """Another job of this series has the result of that version: the worker is not of the version it was queued for."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one job's outcome, while `attempt` is the job's."""

    job_id: int
    attempt: int
    series_id: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What was measured under a claim."""

    claim: Claim
    result: SeriesResult
    pictures: Mapping[str, str]
    cpu_seconds: float


@transaction.atomic
def submit_series(*, series: Series, by: User) -> Job:
    """Complete a draft and queue it, in one commit; dispatchers are told when it is done.

    Raises
    ------
    NotOwnSeriesError, AlreadySubmittedError, NoPhotosError, DuplicatePhotoError, TooManySeriesError
    """
    owner = quotas.locked(by)
    locked = Series.objects.select_for_update().filter(pk=series.pk).first()
    if locked is None:
        raise NoPhotosError("This series has been discarded.")
    if locked.owner_id != by.pk:
        raise NotOwnSeriesError("This series is not yours to submit.")
    if locked.submitted_at is not None:
        raise AlreadySubmittedError("This series has been submitted already.")
    if not locked.photos.exists():
        raise NoPhotosError("Add the photos of the series before you submit it.")
    check_not_sent(locked)
    quotas.check_submitted(owner)
    locked.submitted_at = timezone.now()
    locked.save(update_fields=["submitted_at"])
    series.submitted_at = locked.submitted_at
    job = queue(series=locked)
    commit_point("submit")
    return job


@transaction.atomic
def queue(*, series: Series, priority: Priority = Priority.NEW) -> Job:
    """Put a submitted series at the end of its owner's line."""
    User.objects.select_for_update(no_key=True).get(pk=series.owner_id)  # one queueing at a time in one line
    job = Job.objects.create(
        owner_id=series.owner_id,
        series=series,
        analysis_version=ANALYSIS_VERSION,
        priority=priority,
        turn=next_turn(series.owner_id, priority),
    )
    tell_dispatchers()
    return job


@transaction.atomic
def claim(*, by: str, limit: int, alone: bool = False, most_each: int | None = None) -> list[Claim]:
    """Take up to `limit` jobs from the line for a dispatcher called `by`.

    With `most_each`, no owner comes to hold more new submissions than that, over all dispatchers.
    """
    line = queries.next_in_line(alone=alone)
    if most_each is not None:
        line = Job.objects.filter(pk__in=_shared_out(line, limit, most_each), state=JobState.QUEUED)
    next_jobs = line.order_by("priority", "turn", "id").select_for_update(skip_locked=True)[:limit]
    jobs = list(next_jobs.only("id", "attempt", "series_id"))
    _move(
        Job.objects.filter(pk__in=[job.pk for job in jobs]),
        JobState.QUEUED,
        JobState.CLAIMED,
        attempt=F("attempt") + 1,
        claimed_by=by,
        lease_until=Now() + LEASE,
    )
    if jobs:
        commit_point("claim")
    return [Claim(job.pk, job.attempt + 1, job.series_id) for job in jobs]


def _shared_out(line: QuerySet[Job], limit: int, most_each: int) -> list[int]:
    """Which jobs are next when no owner may hold more than so many new submissions.

    The line is read from its head, as far as there is room, and again without the owners who have enough as long as
    one of them was passed over.
    """
    with connection.cursor() as cursor:  # dispatchers count one after the other, or two would give the same share
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COUNTING])
    held = queries.held_by_owner()
    found: list[int] = []
    while room := limit - len(found):
        has_enough = [owner_id for owner_id, n in held.items() if n >= most_each]
        rest = queries.without_new_of(line, has_enough).exclude(pk__in=found)
        rows = list(rest.values_list("pk", "owner_id", "priority")[:room])
        before = len(found)
        for pk, owner_id, priority in rows:
            if priority != Priority.NEW:
                found.append(pk)
            elif held[owner_id] < most_each:
                held[owner_id] += 1
                found.append(pk)
        if len(found) - before == len(rows):
            break
    return found


@transaction.atomic
def renew(*, claims: Collection[Claim]) -> set[Claim]:
    """Prolong the leases of these claims; the ones that are still held come back."""
    held = _held(*claims)
    held.update(lease_until=Now() + LEASE)
    alive = set(held.values_list("pk", "attempt"))
    commit_point("renew")
    return {claim for claim in claims if (claim.job_id, claim.attempt) in alive}


@transaction.atomic
def finish(*, finished: Sequence[Finished]) -> set[Claim]:
    """Record results, let the suspicion rules settle their series, and close the jobs: all of it or nothing.

    The claims that were still held come back; results under others change nothing. The version written is the one that
    measured, which during an upgrade may not be the one the job was queued for.

    Raises
    ------
    MeasuredBeforeError, ResultIncompleteError
    """
    alive = set(_held(*(one.claim for one in finished)).select_for_update().values_list("pk", "attempt"))
    held = [one for one in finished if (one.claim.job_id, one.claim.attempt) in alive]
    for version in sorted({one.result.analysis_version for one in held}):
        _close([one.claim.job_id for one in held if one.result.analysis_version == version], version)
    rows = series_to_measure().filter(pk__in=[one.claim.series_id for one in held]).order_by("pk")
    series = {row.pk: row for row in rows.select_for_update(of=("self",))}
    recordings = [
        Recording(series[one.claim.series_id], one.result, one.pictures, one.claim.attempt, one.cpu_seconds)
        for one in held
    ]
    measurements = record(recordings=recordings)
    measured = zip(recordings, measurements, strict=True)
    settle_locked(measured=[Measured(one.series, measurement, one.result) for one, measurement in measured])
    if held:
        commit_point("result")
    return {one.claim for one in held}


def _close(jobs: Collection[int], version: str) -> None:
    """These jobs are done, by this version. The caller holds their rows."""
    others = Job.objects.filter(series=OuterRef("series"), analysis_version=version).exclude(pk=OuterRef("pk"))
    closed = _move(
        Job.objects.filter(pk__in=jobs).exclude(Exists(others)),
        JobState.CLAIMED,
        JobState.DONE,
        finished_at=Now(),
        lease_until=None,
        analysis_version=version,
    )
    if closed < len(jobs):
        raise MeasuredBeforeError(version)


@transaction.atomic
def fail(*, claim: Claim, failure: Failure, sentence: str = "") -> bool:
    """Close a job without a result. `sentence` replaces the registry's where the core said more."""
    closed = _move(
        _held(claim),
        JobState.CLAIMED,
        JobState.FAILED,
        finished_at=Now(),
        lease_until=None,
        **_told(failure, sentence),
    )
    commit_point("failure")
    return bool(closed)


@transaction.atomic
def again(*, claim: Claim, failure: Failure, alone: bool = False) -> bool:
    """A passing trouble: back into the line after a while, or failed when it was one too many."""
    if failure.kind is not FailureKind.PASSING:
        raise ValueError(f"{failure.code} does not pass, so it is not tried again")
    job = _held(claim).select_for_update().first()
    if job is None:
        return False
    if job.troubles >= len(BACKOFF):
        return fail(claim=claim, failure=failure)
    _move(
        _held(claim),
        JobState.CLAIMED,
        JobState.QUEUED,
        lease_until=None,
        claimed_by="",
        troubles=job.troubles + 1,
        alone=job.alone or alone,
        not_before=Now() + BACKOFF[job.troubles],
    )
    commit_point("again")
    return True


@transaction.atomic
def postpone(*, claim: Claim) -> bool:
    """A machine was in trouble in which the series had no part: back into the line after a while, uncharged."""
    moved = _move(
        _held(claim),
        JobState.CLAIMED,
        JobState.QUEUED,
        lease_until=None,
        claimed_by="",
        not_before=Now() + MACHINE_WAIT,
    )
    commit_point("postpone")
    return bool(moved)


@transaction.atomic
def give_back(*, claims: Collection[Claim]) -> int:
    """Back into the line at once and uncharged: the dispatcher stops, or its cluster is gone."""
    moved = _move(_held(*claims), JobState.CLAIMED, JobState.QUEUED, lease_until=None, claimed_by="")
    if moved:
        tell_dispatchers()
    commit_point("give-back")
    return moved


@transaction.atomic
def rescue() -> int:
    """Bring back jobs whose dispatcher was not heard of for a lease; not charged, for the series did nothing."""
    lost = FAILURES["worker_lost"]
    _move(
        queries.lapsed().filter(attempt__gte=ATTEMPTS_MAX),
        JobState.CLAIMED,
        JobState.FAILED,
        finished_at=Now(),
        lease_until=None,
        **_told(lost),
    )
    rescued = _move(queries.lapsed(), JobState.CLAIMED, JobState.QUEUED, lease_until=None, claimed_by="")
    if rescued:
        commit_point("rescue")
    return rescued


@transaction.atomic
def try_again(*, job: Job, by: User) -> bool:
    """A person sends somebody else's failed job back into the line; False when it has moved on meanwhile.

    Raises
    ------
    OwnJobError
    """
    if job.owner_id == by.pk:
        raise OwnJobError(
            f"Series {job.series.public_id} is yours, so another administrator sends it back into the line."
        )
    moved = _move(
        Job.objects.filter(pk=job.pk),
        JobState.FAILED,
        JobState.QUEUED,
        finished_at=None,
        troubles=0,
        not_before=None,
        failure_code="",
        failure_sentence="",
        failure_next_step="",
    )
    if moved:
        record_act(
            kind="job.requeue",
            actor=by,
            target=job.series,
            before={"state": JobState.FAILED, "failure": job.failure_code},
            after={"state": JobState.QUEUED},
        )
        tell_dispatchers()
    return bool(moved)


def _held(*claims: Claim) -> QuerySet[Job]:
    """The rows these claims still hold."""
    each = [Q(pk=claim.job_id, attempt=claim.attempt) for claim in claims]
    return Job.objects.filter(Q.create([Q(pk__in=[]), *each], connector=Q.OR), state=JobState.CLAIMED)


def _move(jobs: QuerySet[Job], old: JobState, new: JobState, **fields: Any) -> int:
    """The only place that writes a state: how many of `jobs` were in `old` and are now in `new`."""
    moves.check(old, new)
    return jobs.filter(state=old).update(state=new, **fields)


def _told(failure: Failure, sentence: str = "") -> dict[str, str]:
    return {
        "failure_code": failure.code,
        "failure_sentence": sentence or failure.sentence,
        "failure_next_step": failure.next_step,
    }


def next_turn(owner_id: int, priority: Priority) -> int:
    """One behind the owner's last, and never behind the turn that has been reached: nobody saves up turns."""
    line = Job.objects.filter(priority=priority)
    own_last = line.filter(owner_id=owner_id).aggregate(last=Max("turn"))["last"]
    reached = line.filter(attempt__gt=0).aggregate(reached=Max("turn"))["reached"]
    return max(0 if own_last is None else own_last + 1, reached or 0)


def tell_dispatchers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
