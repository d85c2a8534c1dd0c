"""The catalogue in the admin: what lensfun lacks or has wrong is put right here."""

from __future__ import annotations

from django.contrib import admin

from lensdb.catalog.models import BodyAlias, CameraBody, LensAlias, LensModel, Maker, Mount


class LensAliasInline(admin.TabularInline):
    """Strings that cameras write, normalised."""

    model = LensAlias
    extra = 1


class BodyAliasInline(admin.TabularInline):
    """Maker and model as cameras write them, normalised."""

    model = BodyAlias
    extra = 1


@admin.register(Maker, Mount)
class NamedAdmin(admin.ModelAdmin):
    """Makers and mounts."""

    search_fields = ("name",)


@admin.register(LensModel)
class LensModelAdmin(admin.ModelAdmin):
    """Lenses."""

    list_display = ("name", "maker", "min_focal_mm", "max_focal_mm", "widest_f_number", "crop_factor", "merged_into")
    list_filter = (("merged_into", admin.EmptyFieldListFilter), "mounts", "maker")
    list_select_related = ("maker", "merged_into")
    search_fields = ("name", "slug", "aliases__text")
    autocomplete_fields = ("maker", "mounts")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (LensAliasInline,)


@admin.register(CameraBody)
class CameraBodyAdmin(admin.ModelAdmin):
    """Bodies."""

    list_display = ("name", "maker", "mount", "crop_factor", "pixel_pitch_um")
    list_filter = ("mount", "maker")
    list_select_related = ("maker", "mount")
    search_fields = ("name", "aliases__text")
    autocomplete_fields = ("maker", "mount")
    inlines = (BodyAliasInline,)
