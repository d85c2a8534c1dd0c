"""What an operator watches: for the operator's page and the metrics. Reads indexes, never the whole archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Now

from lensdb.processing.enums import JobState, Priority
from lensdb.processing.models import DispatcherBeat, Job

WINDOWS: Final = {
    "last 5 minutes": timedelta(minutes=5),
    "last hour": timedelta(hours=1),
    "last day": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Throughput:
    """What was finished in a window of time."""

    window: str
    measured: int
    failed: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Jobs of one priority that are not finished."""

    priority: Priority
    queued: int
    claimed: int
    oldest_queued_at: datetime | None


def waiting() -> list[Waiting]:
    """The backlog, by priority."""
    found = []
    for priority in Priority:
        jobs = Job.objects.filter(priority=priority)
        queued = jobs.filter(state=JobState.QUEUED).aggregate(count=Count("pk"), oldest=Min("queued_at"))
        claimed = jobs.filter(state=JobState.CLAIMED).count()
        found.append(Waiting(priority, queued["count"], claimed, queued["oldest"]))
    return found


def oldest_lease_until() -> datetime | None:
    """When the first lease lapses, if nobody renews it; in the past where nobody is left to notice."""
    oldest: datetime | None = Job.objects.filter(state=JobState.CLAIMED).aggregate(oldest=Min("lease_until"))["oldest"]
    return oldest


def throughput() -> list[Throughput]:
    """Finished jobs in each window."""
    return [Throughput(window, _finished(JobState.DONE, age), _finished(JobState.FAILED, age))
            for window, age in WINDOWS.items()]  # fmt: skip


def failures(age: timedelta = WINDOWS["last day"]) -> list[tuple[str, int]]:
    """Failures by code, the most frequent first."""
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gte=Now() - age)
    counted = failed.values("failure_code").annotate(n=Count("pk")).order_by("-n", "failure_code")
    return [(row["failure_code"], row["n"]) for row in counted]


def dispatchers() -> QuerySet[DispatcherBeat]:
    """All that were heard of in the last hour and did not end cleanly, the newest first."""
    return DispatcherBeat.objects.order_by("-seen_at")


def _finished(state: JobState, age: timedelta) -> int:
    return Job.objects.filter(state=state, finished_at__gte=Now() - age).count()
