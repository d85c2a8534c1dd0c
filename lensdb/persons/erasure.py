"""Erasing a person: the account and everything that hangs on it, in one transaction; files after its commit."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from functools import partial
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import Error, OperationalError, models, transaction
from django.db.models import Q

from lensdb.accounts.models import ApiToken, User
from lensdb.accounts.sessions import end_sessions
from lensdb.audit.actions import record
from lensdb.measurements.models import SeriesMeasurement
from lensdb.moderation.models import Decision
from lensdb.persons.files import delete_files
from lensdb.persons.models import Tombstone
from lensdb.persons.queries import Holdings, counted_series, holdings
from lensdb.processing.models import Job
from lensdb.submissions import serials, specimens
from lensdb.submissions.models import LensCopy, Photo, Series, ServiceEvent, Specimen, StaleCopy

_TRIES: Final = 5
_DEADLOCK: Final = "40P01"


class ErasureError(Exception):
    """A person who cannot be erased; the message is a sentence for whoever asked."""


class AlreadyErasedError(ErasureError):
    """There is no such account any more."""


class LastAdministratorError(ErasureError):
    """Nobody would be left to run the site."""


def erase(*, person: User, by: User | str) -> Holdings:
    """Erase a person with everything the site holds of them, and return how much that was.

    What others decided or measured stays. Decisions of the person about others stay without their name. Of series that
    statistics had counted a tombstone remains, and the figures follow within seconds. Work on their series
    that is under way changes nothing when it ends.

    Parameters
    ----------
    by : the person, or the code of a command.

    Raises
    ------
    AlreadyErasedError, LastAdministratorError
    """
    for _ in range(_TRIES - 1):
        try:
            return _erase(person, by)
        except OperationalError as error:
            if not _is_deadlock(error):
                raise
    return _erase(person, by)


@transaction.atomic
def _erase(person: User, by: User | str) -> Holdings:
    found = _lock(person)
    if isinstance(by, User) and found.is_superuser and not _other_administrators(found).exists():
        raise LastAdministratorError("You are the last administrator: appoint another one first.")
    held = holdings(found)
    originals = set(Photo.objects.filter(series__owner=found).values_list("sha256", flat=True))
    pictures = {
        digest
        for of_series in SeriesMeasurement.objects.filter(series__owner=found).values_list("pictures", flat=True)
        for digest in of_series.values()
    }
    record(kind="user.erase", actor=by, target=found, before=dataclasses.asdict(held))
    _leave_tombstones(found)
    _mark_stale(found)
    _forget_serials(found)
    _admin_log_of(found).delete()
    Decision.objects.filter(by=found).update(by=None, by_former=True)
    end_sessions(found)
    Series.objects.filter(owner=found).delete()
    LensCopy.objects.filter(owner=found).delete()
    found.delete()
    transaction.on_commit(partial(delete_files, originals=originals, pictures=pictures))
    return held


def _lock(person: User) -> User:
    """Hold everything of a person, in the order in which others take locks, and the account at last.

    From then on nobody can add to it: every row of theirs refers to the account.
    """
    specimens.begin_moving()
    list(LensCopy.objects.select_for_update().filter(owner=person).order_by("pk"))
    list(Job.objects.select_for_update(of=("self",)).filter(owner=person).order_by("pk").only("pk"))
    list(Series.objects.select_for_update(of=("self",)).filter(owner=person).order_by("pk").only("pk"))
    found = User.objects.select_for_update().filter(pk=person.pk).first()
    if found is None:
        raise AlreadyErasedError("This account is erased already.")
    return found


def _other_administrators(person: User) -> models.QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)


def _leave_tombstones(person: User) -> None:
    rows = counted_series(person).order_by("pk").values_list("public_id", "lens_copy__lens_model__slug")
    Tombstone.objects.bulk_create(Tombstone(series=public_id, lens=slug) for public_id, slug in rows)


def _mark_stale(person: User) -> None:
    of_copies = LensCopy.objects.filter(owner=person).order_by("specimen_id")
    ids = of_copies.values_list("specimen_id", flat=True).distinct()
    StaleCopy.objects.bulk_create(StaleCopy(specimen_id=pk) for pk in ids)


def _forget_serials(person: User) -> None:
    """Take serial digest and batch from the specimens that no other owner's serial number names."""
    own = LensCopy.objects.filter(owner=person).select_related("entered_as")
    named = {specimen.pk: specimen for copy in own for specimen in specimens.way(copy.entered_as)}
    for specimen in named.values():
        if not _is_named_by_others(specimen, person):
            Specimen.objects.filter(pk=specimen.pk).update(serial_mac=None, batch="")


def _is_named_by_others(specimen: Specimen, person: User) -> bool:
    """Return whether another owner gave this specimen's serial number."""
    others = LensCopy.objects.filter(entered_as__in=specimens.with_merged(specimen)).exclude(owner=person)
    maker = specimen.lens_model.maker.name
    ciphers = others.exclude(serial_cipher="").values_list("serial_cipher", flat=True)
    return any(specimen.serial_mac in serials.macs(maker, serials.unseal(cipher)) for cipher in ciphers)


def _admin_log_of(person: User) -> models.QuerySet[LogEntry]:
    """Return what the admin noted by and about a person: it names rows in words."""
    about = Q(user=person) | _noted_about(User, [person.pk])
    owned: tuple[tuple[type[models.Model], str], ...] = (
        (LensCopy, "owner"),
        (ServiceEvent, "lens_copy__owner"),
        (Series, "owner"),
        (Job, "owner"),
        (ApiToken, "user"),
        (EmailAddress, "user"),
        (Decision, "series__owner"),
        (SeriesMeasurement, "series__owner"),
    )
    for model, owner in owned:
        rows: models.QuerySet[models.Model] = models.QuerySet(model).filter(**{owner: person})
        about |= _noted_about(model, list(rows.values_list("pk", flat=True)))
    return LogEntry.objects.filter(about)


def _noted_about(model: type[models.Model], keys: Collection[int]) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(model), object_id__in=[str(key) for key in keys])


def _is_deadlock(error: Error) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == _DEADLOCK
