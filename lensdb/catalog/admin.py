"""The catalogue in the admin: what lensfun lacks or has wrong is put right here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from lensdb.catalog.actions import revise
from lensdb.catalog.models import BodyAlias, CameraBody, LensAlias, LensModel, Maker, Mount


class LensAliasInline(admin.TabularInline):
    """Strings that cameras write, normalised."""

    model = LensAlias
    extra = 1


class BodyAliasInline(admin.TabularInline):
    """Maker and model as cameras write them, normalised."""

    model = BodyAlias
    extra = 1


class CatalogAdmin(admin.ModelAdmin):
    """An entry of the catalogue: saving or deleting one revises the catalogue in the same transaction."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """The last step of saving an entry, inside the admin's transaction."""
        super().save_related(request, form, formsets, change)
        revise()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with transaction.atomic():
            super().delete_model(request, obj)
            revise()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            revise()


@admin.register(Maker, Mount)
class NamedAdmin(CatalogAdmin):
    """Makers and mounts."""

    search_fields = ("name",)


@admin.register(LensModel)
class LensModelAdmin(CatalogAdmin):
    """Lenses."""

    list_display = ("name", "maker", "min_focal_mm", "max_focal_mm", "widest_f_number", "crop_factor", "merged_into")
    list_filter = (("merged_into", admin.EmptyFieldListFilter), "mounts", "maker")
    list_select_related = ("maker", "merged_into")
    search_fields = ("name", "slug", "aliases__text")
    autocomplete_fields = ("maker", "mounts")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (LensAliasInline,)


@admin.register(CameraBody)
class CameraBodyAdmin(CatalogAdmin):
    """Bodies."""

    list_display = ("name", "maker", "mount", "crop_factor", "pixel_pitch_um")
    list_filter = ("mount", "maker")
    list_select_related = ("maker", "mount")
    search_fields = ("name", "aliases__text")
    autocomplete_fields = ("maker", "mount")
    inlines = (BodyAliasInline,)
