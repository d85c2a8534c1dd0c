"""What was measured: immutable rows, one set per series and analysis version."""

from __future__ import annotations

from django.db import models

from lensdb.submissions.models import Series


class ShownVersion(models.Model):
    """The analysis version the pages show, from this moment on. The newest row counts; rows are only added.

    The first result ever recorded writes the first row, so that new code alone never changes what pages show.
    """

    version = models.CharField(max_length=20)
    since = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=80, blank=True, help_text="Who chose it; empty for the first.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.version


class SeriesMeasurement(models.Model):
    """What one analysis version says of one series. Never changed once written.

    `result` is the JSON contract of `analysis.results.SeriesResult`; the columns beside it are copies of what queries
    need. `flags` are the bits of `analysis.flags.Quality` of the series itself.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="measurements")
    analysis_version = models.CharField(max_length=20)
    result = models.JSONField()
    pictures = models.JSONField(default=dict, help_text="Picture name -> SHA-256 in the derived storage.")
    flags = models.PositiveBigIntegerField(default=0)
    subject_distance_m = models.FloatField(help_text="From the entrance pupil to the chart's centre line.")
    focal_length_mm = models.FloatField()
    reference_f_number = models.FloatField(null=True, blank=True)
    attempt = models.PositiveIntegerField()
    cpu_seconds = models.FloatField()
    measured_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "analysis_version"], name="measured_once_per_version"),
        ]
        indexes = [models.Index(fields=["analysis_version"], name="measured_by_version")]

    def __str__(self) -> str:
        return f"{self.series} at {self.analysis_version}"


class ShiftMeasurement(models.Model):
    """Focus shift of one series at one f-number; None where there is no value (the flags in `result` say why)."""

    measurement = models.ForeignKey(SeriesMeasurement, on_delete=models.CASCADE, related_name="shifts")
    f_number = models.DecimalField(max_digits=5, decimal_places=2)
    n_photos = models.PositiveSmallIntegerField()
    focus_shift_mm = models.FloatField(null=True, blank=True)
    focus_shift_mm_se = models.FloatField(null=True, blank=True)
    focus_shift_um = models.FloatField(null=True, blank=True)
    focus_shift_um_se = models.FloatField(null=True, blank=True)
    basis = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["f_number"]
        constraints = [models.UniqueConstraint(fields=["measurement", "f_number"], name="shift_once_per_f_number")]

    def __str__(self) -> str:
        return f"f/{self.f_number}: {self.focus_shift_mm} mm"
