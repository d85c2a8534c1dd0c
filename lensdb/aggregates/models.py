"""Ready cells that public pages read. All of it can be rebuilt from measurements."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lensdb.catalog.models import LensModel
from lensdb.submissions.models import Specimen


class CopyCell(models.Model):
    """What one specimen says at one f-number in one distance band: all its published series make one estimate.

    A specimen that was at a workshop is another one after it. `series_um` and `series_um_se` are the series themselves,
    of which model cells are made.
    """

    lens_model = models.ForeignKey(LensModel, on_delete=models.CASCADE, related_name="copy_cells")
    specimen = models.ForeignKey(Specimen, on_delete=models.CASCADE, related_name="cells")
    after_service = models.PositiveSmallIntegerField(default=0, help_text="How often it had been at a workshop.")
    f_number = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=8, help_text="Key of the distance band, its nominal distance in m.")
    n_series = models.PositiveIntegerField()
    first_series = models.BigIntegerField(
        default=0, help_text="The oldest of its series; copies are named in that order, published series alone count."
    )
    distance_m = models.FloatField(help_text="From the focal-plane mark.")
    subject_distance_m = models.FloatField(help_text="From the entrance pupil.")
    focal_length_mm = models.FloatField()
    shift_um = models.FloatField()
    shift_um_se = models.FloatField()
    shift_mm = models.FloatField()
    shift_mm_se = models.FloatField()
    series_um = ArrayField(models.FloatField(), default=list)
    series_um_se = ArrayField(models.FloatField(), default=list)
    borrowed = models.BooleanField(help_text="No series measured it in a frame of its own.")
    simulated = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["specimen", "after_service", "f_number", "band"], name="copy_cell_once")
        ]
        indexes = [models.Index(fields=["lens_model", "band", "f_number"], name="copy_cell_of_lens")]

    def __str__(self) -> str:
        return f"{self.specimen} f/{self.f_number} {self.band} m"


class ModelCell(models.Model):
    """What the specimens of one lens model say together at one f-number in one distance band.

    `low_*` to `high_*` is where the mean of all copies lies, `pred_*` where the next copy is expected (95 %); None
    below three copies, from which nothing is concluded. `copy_sd_*` is how far copies differ, `repeat_sd_*` how far the
    series of one copy do beyond their own errors, with 95 % intervals; None where there is no second one to compare.
    `updated_at` is when its numbers last changed.
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
    copy_sd_um = models.FloatField(null=True, blank=True)
    copy_sd_low_um = models.FloatField(null=True, blank=True)
    copy_sd_high_um = models.FloatField(null=True, blank=True)
    repeat_sd_um = models.FloatField(null=True, blank=True)
    repeat_sd_low_um = models.FloatField(null=True, blank=True)
    repeat_sd_high_um = models.FloatField(null=True, blank=True)
    mean_mm = models.FloatField()
    low_mm = models.FloatField(null=True, blank=True)
    high_mm = models.FloatField(null=True, blank=True)
    simulated = models.BooleanField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lens_model", "f_number", "band"], name="model_cell_once")]

    def __str__(self) -> str:
        return f"{self.lens_model} f/{self.f_number} {self.band} m"


class LensVerdict(models.Model):
    """What the copies of a lens say of its kind, at one f-number fixed in advance; one for each lens with series.

    `told` is everything a page tells, `analysis.statement.Told`; None where nothing comparable was published. The other
    columns are copies of what queries need.
    `analysis_version` is the one that measured what all cells of this lens are made of.
    """

    lens_model = models.OneToOneField(LensModel, on_delete=models.CASCADE, related_name="verdict")
    analysis_version = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, blank=True, help_text="`analysis.copies.Kind`.")
    reason = models.TextField(blank=True)
    f_number = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    band = models.CharField(max_length=8, blank=True, help_text="Empty for series at all distances together.")
    n_copies = models.PositiveIntegerField(default=0)
    n_series = models.PositiveIntegerField(default=0)
    n_owners = models.PositiveIntegerField(default=0)
    simulated = models.BooleanField(default=False)
    left_off = models.JSONField(help_text="Series that cannot stand beside the others, and why.")
    told = models.JSONField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.lens_model}: {self.kind}"


class LensRevision(models.Model):
    """How often the cells of a lens were written; counted up in the same transaction, under the lens's lock.

    Together with the marks that wait it says whether anything may have changed: see `lensdb.aggregates.revisions`.
    """

    lens_model = models.OneToOneField(LensModel, on_delete=models.CASCADE, primary_key=True, related_name="revision")
    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.lens_model} at {self.number}"


class CellCheck(models.Model):
    """The outcome of one comparison of all cells with a rebuild."""

    at = models.DateTimeField(auto_now_add=True)
    lenses = models.PositiveIntegerField(help_text="Compared.")
    differing = models.PositiveIntegerField(help_text="Cells that a rebuild would change.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.lenses} lenses, {self.differing} cells differ"
