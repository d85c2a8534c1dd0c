"""Ready cells that public pages read. All of it can be rebuilt from measurements."""

from __future__ import annotations

from django.db import models

from lensdb.catalog.models import LensModel
from lensdb.submissions.models import Specimen


class CopyCell(models.Model):
    """What one specimen says at one f-number in one distance band: all its published series make one estimate."""

    lens_model = models.ForeignKey(LensModel, on_delete=models.CASCADE, related_name="copy_cells")
    specimen = models.ForeignKey(Specimen, on_delete=models.CASCADE, related_name="cells")
    f_number = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=8, help_text="Key of the distance band, its nominal distance in m.")
    n_series = models.PositiveIntegerField()
    distance_m = models.FloatField(help_text="From the focal-plane mark.")
    subject_distance_m = models.FloatField(help_text="From the entrance pupil.")
    focal_length_mm = models.FloatField()
    shift_um = models.FloatField()
    shift_um_se = models.FloatField()
    shift_mm = models.FloatField()
    shift_mm_se = models.FloatField()
    borrowed = models.BooleanField(help_text="No series measured it in a frame of its own.")
    simulated = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["specimen", "f_number", "band"], name="copy_cell_once")]
        indexes = [models.Index(fields=["lens_model", "band", "f_number"], name="copy_cell_of_lens")]

    def __str__(self) -> str:
        return f"{self.specimen} f/{self.f_number} {self.band} m"


class ModelCell(models.Model):
    """What the specimens of one lens model say together at one f-number in one distance band.

    `low_*` to `high_*` is where the mean of all copies lies, `pred_*` where the next copy is expected (95 %); None
    below three copies, from which nothing is concluded. `updated_at` is when its numbers last changed.
    """

    lens_model = models.ForeignKey(LensModel, on_delete=models.CASCADE, related_name="model_cells")
    f_number = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=8)
    n_copies = models.PositiveIntegerField()
    n_series = models.PositiveIntegerField()
    distance_m = models.FloatField(help_text="From the focal-plane mark.")
    subject_distance_m = models.FloatField(help_text="From the entrance pupil.")
    focal_length_mm = models.FloatField()
    mean_um = models.FloatField()
    low_um = models.FloatField(null=True, blank=True)
    high_um = models.FloatField(null=True, blank=True)
    pred_low_um = models.FloatField(null=True, blank=True)
    pred_high_um = models.FloatField(null=True, blank=True)
    mean_mm = models.FloatField()
    low_mm = models.FloatField(null=True, blank=True)
    high_mm = models.FloatField(null=True, blank=True)
    simulated = models.BooleanField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lens_model", "f_number", "band"], name="model_cell_once")]

    def __str__(self) -> str:
        return f"{self.lens_model} f/{self.f_number} {self.band} m"
