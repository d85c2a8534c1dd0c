"""Saying that two records are of one lens, or two entries of the catalogue of one design; and taking it back.

Nothing is deleted: rows point to what they were merged into (see `lensdb.submissions.specimens`), so every merge can be
undone, and saying something again changes nothing. Each act that changes something leaves an audit event, which names
records by their public ids; nobody is shown a serial number.
"""

from __future__ import annotations

from django.db import transaction

from lensdb.accounts.models import User
from lensdb.audit.actions import record
from lensdb.catalog.actions import revise
from lensdb.catalog.identify import same_numbers
from lensdb.catalog.models import LensModel
from lensdb.moderation.actions import ModerationError, NotAllowedError, OwnAffairError
from lensdb.moderation.merging import queries
from lensdb.submissions import specimens
from lensdb.submissions.models import LensCopy, Specimen


class NotMergeableError(ModerationError):
    """Two records or entries that cannot be one."""


class NotPartableError(ModerationError):
    """A record that others hang on."""


@transaction.atomic
def merge_copies(*, one: LensCopy, other: LensCopy, by: User) -> Specimen:
    """Count two records as one lens, which goes on as the one with a serial number, else as the older one.

    Raises
    ------
    NotAllowedError, OwnAffairError, NotMergeableError
    """
    _begin(by)
    one, other = queries.as_counted_now(one), queries.as_counted_now(other)
    check_not_own(one, other, by=by)
    check_copies(one, other)
    kept, merged = sorted((one.specimen, other.specimen), key=lambda it: (not it.serial_mac, not it.batch, it.pk))
    if kept != merged:
        before = queries.counted_together(one)
        specimens.merge(merged, into=kept)
        _record_copy("copy.merge", one, before, by)
    return kept


@transaction.atomic
def part_copy(*, copy: LensCopy, by: User) -> Specimen:
    """Count a record as another lens than those it is counted with; the specimen it is afterwards.

    A merge is undone, and whatever else came with it goes with it. Where the same serial number brought them together,
    this record alone becomes a lens of its own.

    Raises
    ------
    NotAllowedError, OwnAffairError, NotPartableError
    """
    _begin(by)
    copy = queries.as_counted_now(copy)
    check_not_own(copy, by=by)
    check_parting(copy)
    before = queries.counted_together(copy)
    joint = queries.joint(copy)
    if joint is not None:
        specimens.part(joint)
    elif len(before) > 1:
        specimens.split_off(copy)
    else:
        return copy.specimen
    _record_copy("copy.part", copy, before, by)
    return queries.as_counted_now(copy).specimen


@transaction.atomic
def merge_lenses(*, merged: LensModel, kept: LensModel, by: User) -> LensModel:
    """Let one entry of the catalogue stand for another: its copies, its page and what cameras call it lead there.

    Copies with the same serial number become one lens. It takes some milliseconds a copy of `merged`, during which
    decisions about them wait.

    Raises
    ------
    NotAllowedError, NotMergeableError
    """
    _begin(by)
    merged.refresh_from_db()
    kept.refresh_from_db()
    check_lenses(merged, kept)
    if merged.merged_into_id is None:
        merged.merged_into = kept
        merged.save(update_fields=["merged_into"])
        for specimen in Specimen.objects.filter(lens_model=merged, copies__isnull=False).distinct().order_by("pk"):
            specimens.merge(specimen, into=specimens.twin(specimen, lens_model=kept))
        revise()
        _record_lens("lens.merge", merged, None, kept, by)
    return kept


@transaction.atomic
def part_lens(*, merged: LensModel, by: User) -> LensModel:
    """Undo `merge_lenses`: the copies that came with an entry go back to it, and its page is its own again.

    Raises
    ------
    NotAllowedError
    """
    _begin(by)
    merged.refresh_from_db()
    kept = merged.merged_into
    if kept is not None:
        merged.merged_into = None
        merged.save(update_fields=["merged_into"])
        gone = Specimen.objects.filter(lens_model=merged, merged_into__isnull=False)
        for specimen in gone.exclude(merged_into__lens_model=merged).order_by("pk"):
            specimens.part(specimen)
        revise()
        _record_lens("lens.part", merged, kept, None, by)
    return merged


def check_not_own(*copies: LensCopy, by: User) -> None:
    """Raise `OwnAffairError` if one of the records, or one that it is counted with, is the moderator's own."""
    together = (other for copy in copies for other in queries.counted_together(copy))
    if any(other.owner_id == by.pk for other in together):
        raise OwnAffairError("One of these lenses is yours, so another moderator decides which records are of it.")


def check_copies(one: LensCopy, other: LensCopy) -> None:
    """Raise what `merge_copies` would raise about the records."""
    if one == other:
        raise NotMergeableError("This is one record, not two.")
    if one.lens_model_id != other.lens_model_id:
        raise NotMergeableError(
            f"One is a {one.lens_model}, the other a {other.lens_model}. If that is one design, merge the lenses first."
        )
    kinds = {queries.kinds_of_series(one.specimen), queries.kinds_of_series(other.specimen)} - {frozenset()}
    if len(kinds) > 1:
        raise NotMergeableError("One was photographed and the other rendered.")


def check_parting(copy: LensCopy) -> None:
    """Raise what `part_copy` would raise about the record."""
    others = [other for other in queries.counted_together(copy) if other != copy]
    if others and queries.joint(copy) is None and all(queries.joint(other) for other in others):
        raise NotPartableError("The other records were merged into this one: part those.")


def check_lenses(merged: LensModel, kept: LensModel) -> None:
    """Raise what `merge_lenses` would raise about the entries."""
    if merged == kept:
        raise NotMergeableError("This is one entry, not two.")
    if merged.merged_into_id not in {None, kept.pk}:
        raise NotMergeableError(f"{merged} was merged into {merged.merged_into} before.")
    if kept.merged_into_id is not None:
        raise NotMergeableError(f"{kept} was merged into {kept.merged_into} itself.")
    if not same_numbers(merged, kept):
        raise NotMergeableError("Their focal lengths or widest f-numbers differ: put the catalogue right first.")


def _begin(by: User) -> None:
    if not by.is_moderator:
        raise NotAllowedError("Only moderators say which records are of one lens.")
    specimens.begin_moving()


def _record_copy(kind: str, copy: LensCopy, before: list[LensCopy], by: User) -> None:
    """What the record was counted with, and is from now on."""
    old, new = ([one.public_id for one in some] for some in (before, queries.counted_together(copy)))
    record(kind=kind, actor=by, target=copy, before={"counted_with": old}, after={"counted_with": new})


def _record_lens(kind: str, merged: LensModel, old: LensModel | None, new: LensModel | None, by: User) -> None:
    before, after = ({"merged_into": lens and lens.slug} for lens in (old, new))
    record(kind=kind, actor=by, target=merged, before=before, after=after)
