"""Reading the backlog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db.models import Avg, Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Now

from lensdb.measurements.models import SeriesMeasurement
from lensdb.processing.enums import JobState, Priority
from lensdb.processing.models import DispatcherBeat, Job
from lensdb.submissions.models import Series

POSITION_MAX: Final = 10_000
"""Positions are counted up to here: who stands further back need not know how far."""

TYPICAL_RECENT: Final = 50
SLOWEST_RECENT: Final = 500
"""How many of the newest measurements say how long one takes, on average and at worst."""

SILENT_AFTER: Final = timedelta(seconds=20)
"""A dispatcher writes every few seconds, starting a cluster anew takes it longest; silent for so long it is dead."""

JUMP_MAX: Final = 0.2
TOLD_REMEMBERED_S: Final = 24 * 3600


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


def held_by_owner() -> Counter[int]:
    """How many new submissions of each owner are handed out, by all dispatchers together."""
    claimed = Job.objects.filter(state=JobState.CLAIMED, priority=Priority.NEW)
    return Counter(dict(claimed.values_list("owner").annotate(n=Count("id")).order_by()))


def without_new_of(line: QuerySet[Job], owner_ids: Collection[int]) -> QuerySet[Job]:
    """The line without the new submissions of these owners; what is measured again is not their doing."""
    return line.exclude(priority=Priority.NEW, owner__in=owner_ids) if owner_ids else line


def is_work_for(most_each: int) -> bool:
    """Whether a job could be claimed now if no owner may hold more new submissions than that."""
    has_enough = [owner_id for owner_id, n in held_by_owner().items() if n >= most_each]
    return without_new_of(next_in_line(), has_enough).exists() or next_in_line(alone=True).exists()


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


def live_dispatchers() -> QuerySet[DispatcherBeat]:
    """Dispatchers that were heard of just now."""
    return DispatcherBeat.objects.filter(seen_at__gte=Now() - SILENT_AFTER)


def slots() -> int:
    """How many series are measured side by side, over all clusters."""
    return int(live_dispatchers().aggregate(slots=Sum("slots"))["slots"] or 0)


def task_seconds_p99() -> float | None:
    """What 99 of the newest 100 measurements stay below; None before the first."""
    newest = sorted(SeriesMeasurement.objects.order_by("-id").values_list("cpu_seconds", flat=True)[:SLOWEST_RECENT])
    return newest[int(0.99 * (len(newest) - 1))] if newest else None


def estimated_wait_s(place: int) -> float | None:
    """Seconds until the job at this place in the line is measured; None while nobody measures or ever has.

    Whoever is ahead, and whatever is handed out, goes through all slots side by side, each as long as the newest took.
    """
    newest = SeriesMeasurement.objects.order_by("-id").values("cpu_seconds")[:TYPICAL_RECENT]
    typical_s = newest.aggregate(mean=Avg("cpu_seconds"))["mean"]
    side_by_side = slots()
    if typical_s is None or not side_by_side:
        return None
    handed_out = Job.objects.filter(state=JobState.CLAIMED).count()
    return float(typical_s * (1 + (place + handed_out - 1) / side_by_side))


def steady(job: Job, place: int, wait_s: float | None) -> tuple[int, float | None]:
    """Place and wait as they are told: never further back than a fifth more than was told before.

    Others may join ahead of an owner's later series, and machines may fall away. What was told is remembered in the
    cache, so that it creeps towards the truth from one look to the next.
    """
    key = f"told-{job.pk}-{job.attempt}"
    told_place, told_wait_s = cache.get(key, (place, wait_s))
    place = min(place, int(told_place * (1 + JUMP_MAX)))
    if wait_s is not None and told_wait_s is not None:
        wait_s = min(wait_s, told_wait_s * (1 + JUMP_MAX))
    cache.set(key, (place, wait_s), timeout=TOLD_REMEMBERED_S)
    return place, wait_s


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
    told_place, wait_s = steady(newest, place, estimated_wait_s(place))
    return Status("queued", position=told_place, estimated_wait_s=wait_s)


def backlog() -> Backlog:
    """What waits, what is being measured, and what was finished in the last hour."""
    queued = Job.objects.filter(state=JobState.QUEUED).aggregate(n=Count("pk"), oldest=Min("queued_at"))
    claimed = Job.objects.filter(state=JobState.CLAIMED).aggregate(n=Count("pk"), oldest=Min("lease_until"))
    finished = Job.objects.filter(finished_at__gte=Now() - timedelta(hours=1)).aggregate(
        done=Count("pk", filter=Q(state=JobState.DONE)), failed=Count("pk", filter=Q(state=JobState.FAILED))
    )
    return Backlog(
        queued=queued["n"],
        claimed=claimed["n"],
        oldest_queued_at=queued["oldest"],
        oldest_lease_until=claimed["oldest"],
        done_last_hour=finished["done"],
        failed_last_hour=finished["failed"],
        newest_finished_at=Job.objects.filter(finished_at__isnull=False)
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
        .first(),
    )
