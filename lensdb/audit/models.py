"""The audit log: who did what to which row, when, and what changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One act. Rows are only added: a trigger in the database refuses to change or delete them.

    The log holds ids, codes and numbers only, and no foreign keys, so that it outlives what it is about and names
    nobody. `actor` is ``user:12``, ``rule:camera moved/1`` or ``command:sweep``; `target_type` is
    ``submissions.series`` and the like. `before` and `after` hold what the act changed.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=60)
    actor = models.CharField(max_length=80)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    target_public_id = models.CharField(max_length=20, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "-id"], name="audit_of_target"),
            models.Index(fields=["actor", "-id"], name="audit_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_type} {self.target_public_id or self.target_id}"
