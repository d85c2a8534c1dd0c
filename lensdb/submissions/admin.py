"""Photos in the admin. Series and copies are decided about, so their pages are moderation's. None shows a serial."""

from __future__ import annotations

from django.contrib import admin

from lensdb.lib.admin import ReadOnlyInline
from lensdb.submissions.models import Photo


class PhotoInline(ReadOnlyInline):
    """The photos of a series, as their cameras described them."""

    model = Photo
    fields = ("position", "file_name", "f_number", "camera", "size_bytes")
    readonly_fields = ("camera",)
    ordering = ("position", "id")

    @admin.display(description="the camera says")
    def camera(self, photo: Photo) -> str:
        facts = photo.facts
        focal = f"{facts['focal_length_mm']:g} mm" if facts.get("focal_length_mm") else ""
        return " · ".join(str(text) for text in (facts.get("model"), facts.get("lens"), focal) if text)
