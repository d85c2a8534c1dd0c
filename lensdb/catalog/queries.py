"""Reading the catalogue."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lensdb.catalog import names
from lensdb.catalog.models import CameraBody, LensModel


def lenses() -> QuerySet[LensModel]:
    """Lenses with their makers and mounts, for lists; without entries that were merged into others."""
    return LensModel.objects.filter(merged_into=None).select_related("maker").prefetch_related("mounts")


def lenses_by_slug() -> QuerySet[LensModel]:
    """Lenses as addresses name them: entries that were merged among them, and `current` says where they lead."""
    return LensModel.objects.select_related("maker", "merged_into__maker")


def bodies_like(text: str) -> QuerySet[CameraBody]:
    """Bodies whose name, or a name that cameras write for them, holds every word of `text`."""
    found = CameraBody.objects.select_related("maker")
    for word in names.fold(text).split():
        plain = "".join(sign for sign in word if sign.isalnum())
        found = found.filter(Q(name__icontains=word) | Q(aliases__text__icontains=plain))
    return found.distinct().order_by("name")
