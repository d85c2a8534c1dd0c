"""Reading the catalogue."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from lensdb.catalog import names
from lensdb.catalog.models import BodyAlias, CameraBody, LensModel

MOST_WORDS: Final = 8
"""Words of a query that are looked for; the longest name of a body has half as many."""


def lenses() -> QuerySet[LensModel]:
    """Lenses with their makers and mounts, for lists; without entries that were merged into others."""
    return LensModel.objects.filter(merged_into=None).select_related("maker").prefetch_related("mounts")


def lenses_by_slug() -> QuerySet[LensModel]:
    """Lenses as addresses name them: entries that were merged among them, and `current` says where they lead."""
    return LensModel.objects.select_related("maker", "merged_into__maker")


def bodies_like(text: str) -> QuerySet[CameraBody]:
    """Bodies whose name, or a name that cameras write for them, holds every word of `text`, the first `MOST_WORDS`."""
    found = CameraBody.objects.select_related("maker")
    for word in list(dict.fromkeys(names.fold(text).split()))[:MOST_WORDS]:
        plain = "".join(sign for sign in word if sign.isalnum())
        written = BodyAlias.objects.filter(body=OuterRef("pk"), text__icontains=plain)
        found = found.filter(Q(name__icontains=word) | Q(Exists(written)))
    return found.order_by("name")
