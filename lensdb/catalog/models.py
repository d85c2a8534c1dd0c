"""What exists: makers, mounts, lens models, camera bodies, and the names cameras write for them."""

from __future__ import annotations

from django.db import models


class Maker(models.Model):
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Mount(models.Model):
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LensModel(models.Model):
    """A lens as its maker sells it. `name` carries the maker: "Canon EF 50mm f/1.2L USM".

    `merged_into` is set where another entry stands for the same design; this one then only leads there.
    """

    slug = models.SlugField(max_length=120, unique=True)
    maker = models.ForeignKey(Maker, on_delete=models.PROTECT, related_name="lenses")
    name = models.CharField(max_length=160, unique=True)
    mounts = models.ManyToManyField(Mount, related_name="lenses", blank=True)
    min_focal_mm = models.FloatField(null=True, blank=True)
    max_focal_mm = models.FloatField(null=True, blank=True)
    widest_f_number = models.FloatField(null=True, blank=True)
    crop_factor = models.FloatField(default=1.0, help_text="Of the format the lens was made for.")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/lenses/{self.slug}/"

    @property
    def current(self) -> LensModel:
        """The entry that stands for this design: this one, unless it was merged into another."""
        lens = self
        while lens.merged_into is not None:
            lens = lens.merged_into
        return lens


class LensAlias(models.Model):
    """A string a camera writes for a lens, normalised by `lensdb.catalog.names.normalise`."""

    lens_model = models.ForeignKey(LensModel, on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=200, db_index=True)

    class Meta:
        verbose_name_plural = "lens aliases"
        constraints = [models.UniqueConstraint(fields=["lens_model", "text"], name="lens_alias_once")]

    def __str__(self) -> str:
        return self.text


class CameraBody(models.Model):
    """A camera model. `pixel_pitch_um` is None where nobody has said it yet."""

    maker = models.ForeignKey(Maker, on_delete=models.PROTECT, related_name="bodies")
    name = models.CharField(max_length=160, unique=True)
    mount = models.ForeignKey(Mount, on_delete=models.PROTECT, related_name="bodies", null=True, blank=True)
    crop_factor = models.FloatField()
    pixel_pitch_um = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "camera bodies"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BodyAlias(models.Model):
    """Maker and model as a camera writes them, normalised and joined by a space."""

    body = models.ForeignKey(CameraBody, on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=200, unique=True)

    class Meta:
        verbose_name_plural = "body aliases"

    def __str__(self) -> str:
        return self.text


class CatalogRevision(models.Model):
    """One row, whose number grows with every change of the catalogue: pages that show its names are new from then on.

    A counter in a row rather than a sequence: whoever edits holds it until the commit, so a reader who sees a number
    sees every change up to it.
    """

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
