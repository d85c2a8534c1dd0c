"""Reading submissions. Whoever may not see a thing is told that it does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from lensdb.accounts.models import User
from lensdb.catalog.models import LensModel
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Photo, Series, ServiceEvent

_OF_THE_OWNER: Final = tuple(
    f"owner__{field.attname}"
    for field in User._meta.concrete_fields  # noqa: SLF001 - Django's documented introspection
    if field.attname not in {"id", "trusted"}
)
_PUBLIC_FACTS: Final = (
    "make", "model", "lens", "f_number", "focal_length_mm", "focal_length_35mm", "exposure_s", "iso", "pixel_pitch_um",
    "orientation", "width_px", "height_px", "edited",
)  # fmt: skip
"""What the camera wrote about the picture, and nothing about when it was taken or what edited it."""


def series_with_lens() -> QuerySet[Series]:
    """Series with all that a page says of them in one query."""
    return Series.objects.select_related("owner", "lens_copy__lens_model__maker", "lens_copy__specimen", "body__maker")


def series_to_measure() -> QuerySet[Series]:
    """Series as the measuring may see them: no serial number, no words of the owner, and of the owner only whether they
    are trusted. The dispatcher's database role reads no more than this.
    """
    rows = Series.objects.select_related("owner", "body", "lens_copy__lens_model__maker")
    return rows.defer(
        "note", "begin_key", "lens_copy__label", "lens_copy__serial_cipher", "lens_copy__entered_as", *_OF_THE_OWNER
    )


def visible_to(user: User | AnonymousUser) -> QuerySet[Series]:
    """Published series, one's own, and for moderators every series that was submitted."""
    seen = Q(standing=Standing.PUBLISHED)
    if isinstance(user, User):
        seen |= Q(owner=user)
        if user.is_moderator:
            seen |= Q(submitted_at__isnull=False)
    return series_with_lens().filter(seen)


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A photo as somebody sees it: its owner and moderators as it was sent, everybody else under a neutral name."""

    id: int
    position: int
    file_name: str
    sha256: str | None
    size_bytes: int | None
    f_number: float | None
    facts: Mapping[str, Any]


def shows_files_to(user: User | AnonymousUser, series: Series) -> bool:
    """Whether somebody sees what the files of a series are called, and all that the camera wrote in them."""
    return isinstance(user, User) and (series.owner_id == user.pk or user.is_moderator)


def shown_photos(series: Series, *, to: User | AnonymousUser) -> list[ShownPhoto]:
    """The photos of a series in order. File names, times, software, sizes and digests are its owner's alone."""
    whole = shows_files_to(to, series)
    return [_shown(photo, number, whole=whole) for number, photo in enumerate(series.photos.all(), 1)]


def _shown(photo: Photo, number: int, *, whole: bool) -> ShownPhoto:
    return ShownPhoto(
        id=photo.pk,
        position=photo.position,
        file_name=photo.file_name if whole else neutral_name(number),
        sha256=photo.sha256 if whole else None,
        size_bytes=photo.size_bytes if whole else None,
        f_number=photo.f_number,
        facts=photo.facts if whole else {name: photo.facts[name] for name in _PUBLIC_FACTS if name in photo.facts},
    )


def neutral_name(number: int) -> str:
    """What a photo is called to strangers, by its place in the series from 1."""
    return f"photo {number}"


def owned_by(user: User) -> QuerySet[Series]:
    """Somebody's own series, drafts among them."""
    return series_with_lens().filter(owner=user)


def copies_of(user: User) -> QuerySet[LensCopy]:
    """Somebody's own lens copies."""
    return LensCopy.objects.filter(owner=user).select_related("lens_model__maker").order_by("lens_model__name", "id")


def photographed_on(series: Iterable[int]) -> dict[int, date]:
    """The day each of these series (by id) was photographed: its earliest photo's, else the day it was sent."""
    rows = Series.objects.filter(pk__in=series).annotate(first=Min(KeyTextTransform("taken_at", "photos__facts")))
    return {row.pk: _day(row) for row in rows.only("submitted_at", "created_at")}


def _day(series: Any) -> date:
    with suppress(ValueError):
        return date.fromisoformat((series.first or "")[:10])
    moment: datetime = series.submitted_at or series.created_at
    return moment.date()


def has_published(copy: str) -> Exists:
    """A condition on rows whose field `copy` is a lens copy: that a series of it is published."""
    return Exists(Series.objects.filter(lens_copy=OuterRef(copy), standing=Standing.PUBLISHED))


def counted_services() -> QuerySet[ServiceEvent]:
    """The service days that count.

    Whoever has published nothing of a lens has no say in its record: a serial number can be typed by anybody.
    """
    return ServiceEvent.objects.filter(has_published("lens_copy"), struck_at=None)


def services_of(lens_model: LensModel, *, told_of: LensCopy | None = None) -> dict[int, list[date]]:
    """When each specimen (by id) of a lens model was serviced, oldest first; one that never was is not named.

    Two owners who tell of the same day tell of the same service. With `told_of` only what is told of that copy counts.
    """
    events = counted_services().filter(lens_copy__specimen__lens_model=lens_model).order_by("serviced_on")
    if told_of is not None:
        events = events.filter(lens_copy=told_of)
    found: dict[int, list[date]] = {}
    for specimen, day in events.values_list("lens_copy__specimen_id", "serviced_on"):
        days = found.setdefault(specimen, [])
        if day not in days:
            days.append(day)
    return found


def sent_by(user: User) -> QuerySet[Photo]:
    """The photos somebody has submitted and not withdrawn: what "you have already sent this" is about."""
    return (
        Photo.objects.filter(series__owner=user, series__submitted_at__isnull=False)
        .exclude(series__standing=Standing.WITHDRAWN)
        .select_related("series")
    )


def sent_by_others(series: Series) -> QuerySet[Photo]:
    """Photos of other owners with the same bytes: a silent suspicion, never told to anybody but moderators."""
    same = Photo.objects.filter(sha256__in=series.photos.values("sha256"), series__submitted_at__isnull=False)
    return same.exclude(series__owner=series.owner_id)
