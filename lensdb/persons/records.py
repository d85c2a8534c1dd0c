"""Everything the site knows of a person, as plain dictionaries for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Q

from lensdb.accounts.models import User
from lensdb.audit.actions import actor_code
from lensdb.audit.models import Event
from lensdb.moderation.models import Decision
from lensdb.submissions import serials
from lensdb.submissions.models import LensCopy, Photo, Series

CHUNK: Final = 50
"""Series that are read at once."""


def account(person: User) -> dict[str, Any]:
    """Return the account, without the password's hash."""
    row = _columns(person, without={"password"})
    return row | {"groups": [group.name for group in person.groups.all()]}


def addresses(person: User) -> list[dict[str, Any]]:
    """Return the e-mail addresses."""
    return [_columns(row) for row in EmailAddress.objects.filter(user=person).order_by("pk")]


def tokens(person: User) -> list[dict[str, Any]]:
    """Return the tokens, without what they are recognised by."""
    return [_columns(row, without={"digest", "password_mark"}) for row in person.tokens.order_by("pk")]


def second_factors(person: User) -> list[dict[str, Any]]:
    """Return which second factors there are, without their secrets."""
    return [_columns(row, without={"data"}) for row in Authenticator.objects.filter(user=person).order_by("pk")]


def copies(person: User) -> list[dict[str, Any]]:
    """Return the lens copies with their serial numbers and service days."""
    rows = LensCopy.objects.filter(owner=person).select_related("lens_model").prefetch_related("service_events")
    return [
        {
            "public_id": copy.public_id,
            "lens": copy.lens_model.name,
            "label": copy.label,
            "serial": serials.unseal(copy.serial_cipher),
            "created_at": copy.created_at,
            "services": [_columns(event, without={"id", "lens_copy"}) for event in copy.service_events.all()],
        }
        for copy in rows.order_by("pk")
    ]


def all_series(person: User) -> Iterator[Series]:
    """Yield a person's series, drafts among them, with all that hangs on them; few of them lie in memory at once."""
    rows = Series.objects.filter(owner=person).select_related("lens_copy__lens_model", "body")
    whole = rows.prefetch_related("photos", "measurements", "decisions", "jobs")
    return whole.order_by("pk").iterator(chunk_size=CHUNK)


def series_record(series: Series) -> dict[str, Any]:
    """Return a series with its photos, jobs and what was decided about it. Results are records of their own."""
    return {
        "public_id": series.public_id,
        "lens": series.lens_copy.lens_model.name,
        "copy": series.lens_copy.public_id,
        "body": series.body.name,
        **_columns(series, without={"id", "public_id", "owner", "lens_copy", "body"}),
        "photos": [
            _columns(photo, without={"series"}) | {"in_archive": photo_name(photo)} for photo in series.photos.all()
        ],
        "decisions": [_decision(decision) for decision in series.decisions.all()],
        "jobs": [_columns(job, without={"owner", "series", "claimed_by"}) for job in series.jobs.all()],
    }


def photo_name(photo: Photo) -> str:
    """Return the name of a photo within its series' folder of the archive: unique, and as the owner knows it."""
    return f"photos/{photo.position:03}-{photo.pk}-{photo.file_name.replace('/', '_')}"


def decided(person: User) -> list[dict[str, Any]]:
    """Return what the person decided about other people's series, as a moderator."""
    rows = Decision.objects.filter(by=person).exclude(series__owner=person).select_related("series").order_by("pk")
    return [{"series": row.series.public_id, **_decision(row)} for row in rows]


def events(person: User) -> Iterator[dict[str, Any]]:
    """Yield what the audit log holds by and about the person, the oldest first."""
    about = Q(actor=actor_code(person)) | Q(target_type="accounts.user", target_id=str(person.pk))
    own = LensCopy.objects.filter(owner=person).values_list("public_id", flat=True)
    about |= Q(target_type="submissions.lenscopy", target_public_id__in=list(own))
    series = Series.objects.filter(owner=person).values_list("public_id", flat=True)
    about |= Q(target_type="submissions.series", target_public_id__in=list(series))
    for event in Event.objects.filter(about).order_by("pk").iterator(chunk_size=1000):
        row = _columns(event)
        if event.actor.startswith("user:") and event.actor != actor_code(person):
            row["actor"] = "another person"
        yield row


def _decision(decision: Decision) -> dict[str, Any]:
    return _columns(decision, without={"series", "by"}) | {"by": "a moderator" if decision.is_persons else "a rule"}


def _columns(row: Any, *, without: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]  # never changed
    """Return the columns of a row by name, but for some."""
    fields = row._meta.concrete_fields  # noqa: SLF001 - Django's documented introspection
    return {field.name: getattr(row, field.attname) for field in fields if field.name not in without}
