"""How often something may be done, and how much an account may hold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Counter(models.Model):
    """How much of a limit has been used up in the current window.

    `key` is a keyed digest of the scope and of whom it counts, so that no address or e-mail stands in the table.
    """

    key = models.CharField(max_length=64, primary_key=True)
    used = models.BigIntegerField()
    until = models.DateTimeField(help_text="End of the window; afterwards the row counts as empty.")

    class Meta:
        indexes = [models.Index(fields=["until"], name="limits_counter_until")]

    def __str__(self) -> str:
        return f"{self.used} until {self.until}"


class Level(models.TextChoices):
    """How far an account is trusted, as far as quotas go."""

    NEW = "new", "new account"
    TRUSTED = "trusted", "trusted photographer"
    MODERATOR = "moderator", "moderator"


class Quota(models.Model):
    """How much an account of one level may hold and send. Changed in the admin, effective at once."""

    level = models.CharField(max_length=10, choices=Level, primary_key=True)
    drafts = models.PositiveIntegerField(help_text="Series begun and not submitted, at the same time.")
    copies = models.PositiveIntegerField(help_text="Lens copies.")
    series_a_day = models.PositiveIntegerField(help_text="Series submitted within 24 hours.")
    bytes_a_day = models.BigIntegerField(help_text="Bytes of photos sent within 24 hours.")
    bytes_kept = models.BigIntegerField(help_text="Bytes of all photos the account keeps here.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="limits_quota_level_known"),
            models.CheckConstraint(
                condition=Q(bytes_a_day__gte=0, bytes_kept__gte=0), name="limits_quota_bytes_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return str(Level(self.level).label)
