"""Which specimen a copy is counted as, and how that changes.

The words of an owner name one specimen, `LensCopy.entered_as`. Where a moderator finds that two specimens are one lens,
one is merged into the other: both rows stay, `merged_into` points the way, and `LensCopy.specimen` is where that way
ends. So whoever names the merged one later is counted rightly, and parting follows the same way back.

Locks are taken in one order: the owner, the right to move copies, the copies, their series. A decision, a withdrawal
or a result holds its series' row while it reads which specimen to mark as stale, and a service event its copy's: so
their marks reach the specimen that the copy comes to. The refresher, which holds lens models, waits for none of these;
who merges lens models waits for it before the copies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from lensdb.catalog.models import LensModel
from lensdb.submissions import serials
from lensdb.submissions.models import LensCopy, Series, Specimen, StaleCopy

_MOVING: Final = 0x6C656E73
"""The number of PostgreSQL's advisory lock on which copy is counted as which specimen."""


def hold_still() -> None:
    """Until the transaction ends nobody moves copies; any number of people may hold them still at once."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s)")


def begin_moving() -> None:
    """Until the transaction ends nobody else adds or moves copies. The first lock of whoever merges or parts."""
    _execute("SELECT pg_advisory_xact_lock(%s)")


def named_by(serial: str, *, lens_model: LensModel) -> Specimen:
    """The specimen that a serial number names; while keys are being changed it may still stand under an older one."""
    newest, *older = serials.macs(lens_model.maker.name, serial)
    known = Specimen.objects.filter(lens_model=lens_model, serial_mac__in=[newest, *older]).first()
    if known is not None:
        return known
    specimen, _ = Specimen.objects.get_or_create(
        lens_model=lens_model, serial_mac=newest, defaults={"batch": serials.batch(serial)}
    )
    return specimen


def copy_named_by(serial: str, *, lens_model: LensModel, among: QuerySet[LensCopy]) -> LensCopy | None:
    """The copy that a serial number names among one owner's copies of a lens model, the oldest of several.

    Found by the digest of the specimen it was entered as: only copies that a moderator counts as lenses of their own
    have none, and only their numbers are deciphered.
    """
    entries = _with_merged_entries(lens_model)
    digests = [digest for entry in entries for digest in serials.macs(entry.maker.name, serial)]
    named = list(Specimen.objects.filter(lens_model__in=entries, serial_mac__in=digests).values_list("pk", flat=True))
    known = among.filter(entered_as__in=named).first() if named else None
    apart = among.filter(entered_as__serial_mac=None).exclude(serial_cipher="")
    alone = next((copy for copy in apart if serials.unseal(copy.serial_cipher) == serial), None)
    return min(filter(None, (known, alone)), key=lambda copy: copy.pk, default=None)


def _with_merged_entries(lens_model: LensModel) -> list[LensModel]:
    """An entry of the catalogue and all that were merged into it: copies may have been entered as any of them."""
    found = newest = [lens_model]
    while newest:
        newest = list(LensModel.objects.filter(merged_into__in=newest).select_related("maker"))
        found = [*found, *newest]
    return found


def twin(specimen: Specimen, *, lens_model: LensModel) -> Specimen:
    """What stands for a specimen under another entry of the catalogue: by its serial number if it has one."""
    sealed = specimen.entered.exclude(serial_cipher="").values_list("serial_cipher", flat=True).first()
    if specimen.serial_mac and sealed:
        return named_by(serials.unseal(sealed), lens_model=lens_model)
    return Specimen.objects.create(lens_model=lens_model, batch=specimen.batch)


def way(specimen: Specimen) -> Iterator[Specimen]:
    """A specimen, the one it was merged into, and so on."""
    yield specimen
    while specimen.merged_into is not None:
        specimen = specimen.merged_into
        yield specimen


def counted_as(specimen: Specimen) -> Specimen:
    """Where the way from a specimen ends: itself, unless it was merged."""
    *_, last = way(specimen)
    return last


def merge(specimen: Specimen, *, into: Specimen) -> None:
    """Count everything that is counted as one specimen as another one; the caller has begun moving."""
    Specimen.objects.filter(pk=specimen.pk).update(merged_into=into)
    _move(LensCopy.objects.filter(specimen=specimen), to=counted_as(into))


def part(specimen: Specimen) -> None:
    """Undo `merge`: what came with it goes with it; the caller has begun moving."""
    Specimen.objects.filter(pk=specimen.pk).update(merged_into=None)
    _move(LensCopy.objects.filter(entered_as__in=with_merged(specimen)), to=specimen)


def split_off(copy: LensCopy) -> Specimen:
    """Count one copy as a lens of its own, whatever its serial number says; the caller has begun moving."""
    alone = Specimen.objects.create(lens_model_id=copy.lens_model_id)
    LensCopy.objects.filter(pk=copy.pk).update(entered_as=alone)
    _move(LensCopy.objects.filter(pk=copy.pk), to=alone)
    return alone


def _move(copies: QuerySet[LensCopy], *, to: Specimen) -> None:
    """Count copies as another specimen: locks first, then the rows, and marks for all sides in the same commit."""
    locked = list(copies.select_for_update().order_by("pk"))
    list(Series.objects.select_for_update(no_key=True).filter(lens_copy__in=locked).order_by("pk"))
    left = {copy.specimen_id for copy in locked}
    LensCopy.objects.filter(pk__in=[copy.pk for copy in locked]).update(specimen=to, lens_model=to.lens_model_id)
    StaleCopy.objects.bulk_create(StaleCopy(specimen_id=pk) for pk in sorted({*left, to.pk}))


def with_merged(specimen: Specimen) -> Collection[int]:
    """A specimen and all that were merged into it, by id."""
    found, newest = {specimen.pk}, [specimen.pk]
    while newest:
        newest = list(Specimen.objects.filter(merged_into__in=newest).values_list("pk", flat=True))
        found.update(newest)
    return found


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_MOVING])
