"""Is the backlog being worked off? Read from rows alone, so that it tells the truth whoever has died."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Q
from django.db.models.functions import Now
from django.utils import timezone

from lensdb.aggregates.queries import last_check
from lensdb.processing.enums import JobState
from lensdb.processing.models import DispatcherBeat, Job
from lensdb.processing.queries import live_dispatchers, task_seconds_p99
from lensdb.submissions.models import StaleCopy

STALL_SECONDS: Final = 120.0
CELLS_BEHIND_AFTER: Final = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: a stable code for machines, a sentence for people."""

    code: str
    sentence: str


def patience_s(least_s: float = STALL_SECONDS) -> float:
    """How long nothing may be finished while something waits: twice what the slowest tasks take (p99)."""
    return max(2 * (task_seconds_p99() or 0.0), least_s)


def troubles() -> list[Trouble]:
    """What is wrong, the cause before its consequences; empty when all is well."""
    return [*_of_dispatchers(), *_of_the_backlog(), *_of_the_cells()]


def _of_dispatchers() -> list[Trouble]:
    live = list(live_dispatchers().order_by("name"))
    if not live:
        last = DispatcherBeat.objects.aggregate(last=Max("seen_at"))["last"]
        silence = f" for {_time_since(last)}" if last else ""
        return [Trouble("no_dispatcher", f"No dispatcher has been heard of{silence}: nothing is being measured.")]
    return [Trouble("dispatcher", f"A dispatcher says: {beat.trouble}.") for beat in live if beat.trouble]


def _of_the_backlog() -> list[Trouble]:
    """Judged by finishes, not by heartbeats: whoever claims to be alive may still get nothing done."""
    since = stalled_since()
    if since is None:
        return []
    return [Trouble("stalled", f"Stalled: series wait, and none has been finished for {_time_since(since)}.")]


def stalled_since() -> datetime | None:
    """Since when nothing was finished although something could have been; None while things move."""
    patience = timedelta(seconds=patience_s())
    finished = Job.objects.filter(finished_at__isnull=False).order_by("-finished_at")
    newest = finished.values_list("finished_at", flat=True).first()
    if newest is not None and timezone.now() - newest <= patience:
        return None
    ready = Q(not_before__isnull=True) | Q(not_before__lte=Now() - patience)
    old = Job.objects.filter(ready, queued_at__lte=Now() - patience)
    waits, runs = (old.filter(state=state) for state in (JobState.QUEUED, JobState.CLAIMED))
    waiting = waits.order_by("priority", "turn", "id").first() or runs.first()
    return None if waiting is None else max(filter(None, [waiting.queued_at, waiting.not_before, newest]))


def _of_the_cells() -> list[Trouble]:
    found = []
    oldest = StaleCopy.objects.order_by("id").values_list("created_at", flat=True).first()
    if oldest is not None and timezone.now() - oldest > CELLS_BEHIND_AFTER:
        found.append(Trouble("cells_behind", f"The figures of lenses are {_time_since(oldest)} behind."))
    check = last_check()
    if check is not None and check.differing:
        told = f"{check.differing} figures differed from a rebuild when compared {_time_since(check.at)} ago."
        found.append(Trouble("cells_differ", told))
    return found


def _time_since(moment: datetime) -> str:
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
