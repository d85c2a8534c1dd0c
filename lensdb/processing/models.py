"""The backlog: one row per series and analysis version. The row is the queue."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from lensdb.processing.enums import JobState, Priority
from lensdb.submissions.models import Series


class Job(models.Model):
    """Work on one series.

    `attempt` is the fencing number: it rises with every claim, and a result is written only under the attempt that
    holds the row. `turn` is the place in the owner's own line, written at queueing, so that claiming in the order of
    (priority, turn, id) serves owners in turn; `owner` repeats the series' own so that the line has an index.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="jobs")
    analysis_version = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NEW)
    turn = models.BigIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    troubles = models.PositiveSmallIntegerField(default=0, help_text="Passing troubles so far; retried at most thrice.")
    alone = models.BooleanField(default=False, help_text="A worker died beside it: measure it by itself.")
    claimed_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_sentence = models.TextField(blank=True)
    failure_next_step = models.TextField(blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "analysis_version"], name="job_once_per_version"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state=JobState.CLAIMED, lease_until__isnull=False)
                | (~Q(state=JobState.CLAIMED) & Q(lease_until__isnull=True)),
                name="job_claimed_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[JobState.DONE, JobState.FAILED], finished_at__isnull=False)
                | Q(state__in=[JobState.QUEUED, JobState.CLAIMED], finished_at__isnull=True),
                name="job_finished_has_time",
            ),
            models.CheckConstraint(condition=Q(state=JobState.FAILED) ^ Q(failure_code=""), name="job_failed_has_code"),
        ]
        indexes = [
            models.Index(fields=["priority", "turn", "id"], condition=Q(state=JobState.QUEUED), name="job_next"),
            models.Index(
                fields=["priority", "turn", "id"], condition=Q(state=JobState.QUEUED, alone=True), name="job_next_alone"
            ),
            models.Index(fields=["owner", "priority", "-turn"], name="job_line_of_owner"),
            models.Index(fields=["priority", "-turn"], condition=Q(attempt__gt=0), name="job_turn_reached"),
            models.Index(fields=["lease_until"], condition=Q(state=JobState.CLAIMED), name="job_leases"),
            models.Index(fields=["-finished_at"], name="job_newest_finished"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} ({self.state})"


class DispatcherBeat(models.Model):
    """What a dispatcher says of itself every few seconds. Gone when it ended cleanly; old when it died."""

    name = models.CharField(max_length=80, unique=True)
    scheduler = models.CharField(max_length=200)
    slots = models.PositiveIntegerField(default=0, help_text="Series its cluster measures side by side.")
    in_flight = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True, help_text="When it last wrote an outcome.")
    recycled = models.PositiveIntegerField(default=0, help_text="Times the watchdog restarted its cluster.")
    trouble = models.CharField(max_length=200, blank=True, help_text="Empty while all is well.")

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="beat_seen")]

    def __str__(self) -> str:
        return self.name
