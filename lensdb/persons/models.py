"""What remains of a series that was erased."""

from __future__ import annotations

from django.db import models


class Tombstone(models.Model):
    """Says that a series which statistics had counted is gone, for whoever took its numbers home.

    It names no owner.
    """

    series = models.CharField(max_length=12, unique=True, help_text="Public id the series had.")
    lens = models.CharField(max_length=255, help_text="Slug of the lens it was of.")
    erased_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"series {self.series}, erased"
