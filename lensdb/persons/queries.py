"""What the site holds of a person, and what is gone."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet, Sum
from django.http import Http404

from lensdb.accounts.models import User
from lensdb.measurements.models import SeriesMeasurement
from lensdb.moderation.enums import Verdict
from lensdb.moderation.models import Decision
from lensdb.persons.models import Tombstone
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Photo, Series, ServiceEvent
from lensdb.submissions.queries import visible_to


class ErasedError(Exception):
    """The series was erased; the message is a sentence for whoever asks for it."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much the site holds of a person.

    Attributes
    ----------
    counted : series that statistics have counted; a tombstone of each remains.
    decided : decisions about other people's series; they remain, by "a former moderator".
    """

    addresses: int
    tokens: int
    factors: int
    copies: int
    services: int
    series: int
    photos: int
    photo_bytes: int
    results: int
    counted: int
    decided: int


def holdings(person: User) -> Holdings:
    """Return how much the site holds of a person."""
    photos = Photo.objects.filter(series__owner=person)
    return Holdings(
        addresses=EmailAddress.objects.filter(user=person).count(),
        tokens=person.tokens.count(),
        factors=Authenticator.objects.filter(user=person).count(),
        copies=LensCopy.objects.filter(owner=person).count(),
        services=ServiceEvent.objects.filter(lens_copy__owner=person).count(),
        series=Series.objects.filter(owner=person).count(),
        photos=photos.count(),
        photo_bytes=photos.aggregate(total=Sum("size_bytes"))["total"] or 0,
        results=SeriesMeasurement.objects.filter(series__owner=person).count(),
        counted=counted_series(person).count(),
        decided=Decision.objects.filter(by=person).exclude(series__owner=person).count(),
    )


def counted_series(person: User) -> QuerySet[Series]:
    """Return the series of a person that are, or once were, published."""
    accepted = Decision.objects.filter(verdict=Verdict.ACCEPT, series__owner=person).values("series")
    return Series.objects.filter(Q(standing=Standing.PUBLISHED) | Q(pk__in=accepted), owner=person)


def series_seen_by(user: User | AnonymousUser, public_id: str, *, with_photos: bool = False) -> Series:
    """Return a series that this user may see.

    Raises
    ------
    ErasedError, Http404
    """
    visible = visible_to(user).filter(public_id=public_id)
    series = (visible.prefetch_related("photos") if with_photos else visible).first()
    if series is not None:
        return series
    if Tombstone.objects.filter(series=public_id).exists():
        raise ErasedError("This series was erased at its owner's wish. It counts in no figure any more.")
    raise Http404
