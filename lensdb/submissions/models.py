"""What photographers send: their lens copies, and series of photos taken with them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from lensdb.catalog.models import CameraBody, LensModel
from lensdb.lib.ids import public_id
from lensdb.submissions.enums import FocusingMethod, Standing


class Specimen(models.Model):
    """One physical lens, whoever owns it. Private: joins the copies of several owners so that statistics count it once.

    `serial_mac` is an HMAC over maker and normalised serial with a key outside the database; None when the owner gave
    no serial. `merged_into` is set by a moderator who found that two specimens are one lens: see `specimens`.
    """

    lens_model = models.ForeignKey(LensModel, on_delete=models.PROTECT, related_name="specimens")
    serial_mac = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 - NULLs are distinct in the constraint
    batch = models.CharField(max_length=20, blank=True, help_text="Date code, or the serial prefix cut at intake.")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lens_model", "serial_mac"], name="specimen_once_per_serial")]

    def __str__(self) -> str:
        return f"specimen {self.pk}"


class LensCopy(models.Model):
    """One owner's record of a physical lens.

    `entered_as` is the specimen that its serial number or label names, `specimen` the one that statistics count it as:
    another one only where a moderator has merged the two.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lens_copies")
    lens_model = models.ForeignKey(LensModel, on_delete=models.PROTECT, related_name="copies")
    specimen = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="copies")
    entered_as = models.ForeignKey(Specimen, on_delete=models.PROTECT, related_name="entered")
    label = models.CharField(max_length=60, blank=True, help_text="What you call it; only you see it.")
    serial_cipher = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "lens copies"
        constraints = [models.UniqueConstraint(fields=["owner", "entered_as"], name="copy_once_per_owner")]

    def __str__(self) -> str:
        return f"{self.lens_model} · {self.public_id}"


class ServiceEvent(models.Model):
    """A lens was at a workshop. From that day on its series are those of another lens, for whoever owns it.

    It counts while its copy has a published series and no moderator has struck it: see `queries.counted_services`.
    """

    lens_copy = models.ForeignKey(LensCopy, on_delete=models.CASCADE, related_name="service_events")
    serviced_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True, help_text="When a moderator took it back.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["serviced_on", "id"]
        constraints = [models.UniqueConstraint(fields=["lens_copy", "serviced_on"], name="service_once_a_day")]

    def __str__(self) -> str:
        return f"{self.lens_copy} serviced on {self.serviced_on}"


class Series(models.Model):
    """Photos of one chart by one copy on one body at one focus distance, focus untouched, several f-numbers.

    A draft until `submitted_at` is set. `distance_m` is the photographer's distance from the focal-plane mark.
    `begin_key` is the client's own name for the series: whoever begins it again with that key gets the same series.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="series")
    lens_copy = models.ForeignKey(LensCopy, on_delete=models.PROTECT, related_name="series")
    body = models.ForeignKey(CameraBody, on_delete=models.PROTECT, related_name="series")
    chart = models.CharField(max_length=40, default="auto")
    distance_m = models.FloatField(null=True, blank=True)
    focusing_method = models.CharField(max_length=20, choices=FocusingMethod, blank=True)
    af_micro_adjust = models.SmallIntegerField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.WAITING)
    is_simulated = models.BooleanField(default=False, help_text="Rendered, not photographed; marked so everywhere.")
    begin_key = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "series"
        ordering = ["-submitted_at", "-id"]
        indexes = [models.Index(fields=["standing", "-submitted_at"], name="series_standing_newest")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "begin_key"], name="series_once_per_key"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="series_standing_known"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=False) | ~Q(standing=Standing.PUBLISHED),
                name="series_published_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(distance_m__isnull=True) | Q(distance_m__gt=0), name="series_distance_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"series {self.public_id}"

    def get_absolute_url(self) -> str:
        return series_address(self.public_id)


def series_address(public_id: str) -> str:
    """The page of a series."""
    return f"/series/{public_id}/"


class Photo(models.Model):
    """An uploaded file. Its bytes lie in the originals storage under `storage_name`, found by digest.

    `facts` is what the camera wrote, serial numbers and place removed. `f_number` is the one to use: the camera's, or
    the owner's where the camera wrote none.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.PositiveBigIntegerField()
    f_number = models.FloatField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "sha256"], name="photo_once_per_series"),
            models.CheckConstraint(
                condition=Q(f_number__isnull=True) | Q(f_number__gt=0), name="photo_f_number_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def storage_name(self) -> str:
        return f"{self.sha256[:2]}/{self.sha256}"


class StaleCopy(models.Model):
    """A mark that what a specimen says may have changed. Always a plain insert; the refresher deletes what it used."""

    specimen = models.ForeignKey(Specimen, on_delete=models.CASCADE, related_name="stale_marks")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "stale copies"

    def __str__(self) -> str:
        return f"stale {self.specimen_id}"
