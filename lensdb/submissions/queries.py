"""Reading submissions. Whoever may not see a thing is told that it does not exist."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from lensdb.accounts.models import User
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Photo, Series


def series_with_lens() -> QuerySet[Series]:
    """Series with all that a page says of them in one query."""
    return Series.objects.select_related("owner", "lens_copy__lens_model__maker", "lens_copy__specimen", "body__maker")


def visible_to(user: User | AnonymousUser) -> QuerySet[Series]:
    """Published series, one's own, and for moderators every series that was submitted."""
    seen = Q(standing=Standing.PUBLISHED)
    if isinstance(user, User):
        seen |= Q(owner=user)
        if user.is_moderator:
            seen |= Q(submitted_at__isnull=False)
    return series_with_lens().filter(seen)


def owned_by(user: User) -> QuerySet[Series]:
    """Somebody's own series, drafts among them."""
    return series_with_lens().filter(owner=user)


def copies_of(user: User) -> QuerySet[LensCopy]:
    """Somebody's own lens copies."""
    return LensCopy.objects.filter(owner=user).select_related("lens_model__maker").order_by("lens_model__name", "id")


def sent_by(user: User) -> QuerySet[Photo]:
    """The photos somebody has submitted and not withdrawn: what "you have already sent this" is about."""
    return (
        Photo.objects.filter(series__owner=user, series__submitted_at__isnull=False)
        .exclude(series__standing=Standing.WITHDRAWN)
        .select_related("series")
    )


def sent_by_others(series: Series, digests: Iterable[str]) -> QuerySet[Photo]:
    """Photos of other owners with the same bytes: a silent suspicion, never told to anybody but moderators."""
    return Photo.objects.filter(sha256__in=list(digests), series__submitted_at__isnull=False).exclude(
        series__owner=series.owner_id
    )
