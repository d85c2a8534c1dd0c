"""Reading the backlog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Avg, Min, Q, QuerySet
from django.db.models.functions import Now

from lensdb.measurements.models import SeriesMeasurement
from lensdb.processing.enums import JobState
from lensdb.processing.models import Job
from lensdb.submissions.models import Series

POSITION_MAX: Final = 10_000
"""Positions are counted up to here: who stands further back need not know how far."""

TYPICAL_RECENT: Final = 50
"""How many of the newest measurements say how long one takes."""


@dataclass(frozen=True, slots=True)
class FailureTold:
    """What the owner of a failed series reads."""

    code: str
    sentence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Status:
    """Where a series stands: draft, queued, measuring, measured or failed.

    `position` (1 is next) and `estimated_wait_s` are None unless it is queued; the estimate also while nothing has
    been measured yet.
    """

    state: str
    position: int | None = None
    estimated_wait_s: float | None = None
    failure: FailureTold | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """The health of the backlog, for the status page and the metrics."""

    queued: int
    claimed: int
    oldest_queued_at: datetime | None
    oldest_lease_until: datetime | None
    done_last_hour: int
    failed_last_hour: int
    newest_finished_at: datetime | None


def next_in_line(*, alone: bool = False) -> QuerySet[Job]:
    """Queued jobs that may be claimed now, in the order in which they are served."""
    return Job.objects.filter(
        Q(not_before__isnull=True) | Q(not_before__lte=Now()), state=JobState.QUEUED, alone=alone
    ).order_by("priority", "turn", "id")


def lapsed() -> QuerySet[Job]:
    """Claimed jobs whose claimer has not renewed its lease in time."""
    return Job.objects.filter(state=JobState.CLAIMED, lease_until__lt=Now())


def position(job: Job) -> int:
    """How many jobs are served up to and with this queued one, `POSITION_MAX` at most."""
    ahead = Job.objects.filter(
        Q(priority__lt=job.priority)
        | Q(priority=job.priority, turn__lt=job.turn)
        | Q(priority=job.priority, turn=job.turn, id__lt=job.pk),
        state=JobState.QUEUED,
    )
    return min(ahead.order_by()[:POSITION_MAX].count() + 1, POSITION_MAX)


def estimated_wait_s(place: int) -> float | None:
    """Seconds until the job at this place in the line is measured; None while there is nothing to judge by.

    As many series are measured side by side as half of those handed out, for a dispatcher hands out two per slot.
    """
    newest = SeriesMeasurement.objects.order_by("-id").values("cpu_seconds")[:TYPICAL_RECENT]
    typical_s = newest.aggregate(mean=Avg("cpu_seconds"))["mean"]
    if typical_s is None:
        return None
    handed_out = Job.objects.filter(state=JobState.CLAIMED).count()
    side_by_side = max(1.0, handed_out / 2)
    return float(typical_s * (1 + (place + handed_out - 1) / side_by_side))


def status_of(series: Series) -> Status:
    """Where a series stands, for its owner."""
    if series.submitted_at is None:
        return Status("draft")
    jobs = list(series.jobs.order_by("-id"))
    if any(job.state == JobState.DONE for job in jobs):
        return Status("measured")  # also while it waits to be measured again
    if not jobs:
        return Status("queued")
    newest = jobs[0]
    if newest.state == JobState.FAILED:
        told = FailureTold(newest.failure_code, newest.failure_sentence, newest.failure_next_step)
        return Status("failed", failure=told)
    if newest.state == JobState.CLAIMED:
        return Status("measuring")
    place = position(newest)
    return Status("queued", position=place, estimated_wait_s=estimated_wait_s(place))


def backlog() -> Backlog:
    """What waits, what is being measured, and what was finished in the last hour."""
    states = [JobState.QUEUED, JobState.CLAIMED]
    queued, claimed = (Job.objects.filter(state=state) for state in states)
    finished = Job.objects.filter(finished_at__gte=Now() - timedelta(hours=1))
    return Backlog(
        queued=queued.count(),
        claimed=claimed.count(),
        oldest_queued_at=queued.aggregate(oldest=Min("queued_at"))["oldest"],
        oldest_lease_until=claimed.aggregate(oldest=Min("lease_until"))["oldest"],
        done_last_hour=finished.filter(state=JobState.DONE).count(),
        failed_last_hour=finished.filter(state=JobState.FAILED).count(),
        newest_finished_at=Job.objects.filter(finished_at__isnull=False)
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
        .first(),
    )
