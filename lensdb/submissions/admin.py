"""Lens copies in the admin. Series are decided about, so their page is moderation's. No page shows a serial."""

from __future__ import annotations

from django.contrib import admin

from lensdb.lib.admin import ReadOnlyAdmin, ReadOnlyInline
from lensdb.submissions.models import LensCopy, Photo


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


@admin.register(LensCopy)
class LensCopyAdmin(ReadOnlyAdmin):
    """Whose copy is which."""

    list_display = ("public_id", "lens_model", "owner", "created_at")
    list_select_related = ("lens_model", "owner")
    search_fields = ("public_id", "lens_model__name", "owner__email")
    fields = ("public_id", "lens_model", "owner", "created_at")
