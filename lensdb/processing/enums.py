"""Choices of the backlog."""

from django.db import models


class JobState(models.TextChoices):
    """Where the work on a series stands."""

    QUEUED = "queued", "queued"
    CLAIMED = "claimed", "being measured"
    DONE = "done", "measured"
    FAILED = "failed", "failed"


class Priority(models.IntegerChoices):
    """New submissions go before re-measuring."""

    NEW = 0, "new submission"
    REMEASURE = 10, "measuring again"
