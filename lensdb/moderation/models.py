"""Decisions about series."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from lensdb.moderation.enums import Reason, Verdict
from lensdb.submissions.models import Series


class Decision(models.Model):
    """One decision about one series: what, why, who and when are one fact.

    Made by a person, who may be gone since, or by a named suspicion rule; never by both, never by nobody. Rows are only
    added.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_former = models.BooleanField(default=False, help_text="Made by a moderator whose account was erased since.")
    rule = models.CharField(max_length=60, blank=True, help_text="The suspicion rule and its version.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        permissions = [("decide", "Can accept, hold and reject series")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, by_former=False, rule="")
                | Q(by__isnull=True, by_former=True, rule="")
                | (Q(by__isnull=True, by_former=False) & ~Q(rule="")),
                name="decision_by_person_or_rule",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.ACCEPT) | ~Q(reason=Reason.NONE), name="decision_against_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.series}"

    @property
    def is_persons(self) -> bool:
        """Whether a person decided, and not a rule."""
        return not self.rule
