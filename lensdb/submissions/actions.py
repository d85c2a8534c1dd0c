"""What photographers do with their copies and series."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Max

from analysis.charts.design import PAPERS, chart_design
from lensdb.accounts.models import User
from lensdb.audit.actions import record
from lensdb.catalog.models import CameraBody, LensModel
from lensdb.submissions import files, intake, quotas, serials, specimens
from lensdb.submissions.enums import FocusingMethod, Standing
from lensdb.submissions.models import LensCopy, Photo, Series, Specimen, StaleCopy
from lensdb.submissions.queries import sent_by

CHARTS: Final = ("auto", *(chart_design(paper).name for paper in PAPERS))
SIMULATOR_MAKE: Final = "LensDB"
"""The maker that simulated photos name; a series that holds one is marked as simulated."""

_FILE_NAME_MAX: Final = 200
_F_NUMBERS: Final = (0.5, 128.0)


class SubmissionsError(Exception):
    """Something a photographer asked for and cannot have; the message is a sentence for them."""


class NotOwnerError(SubmissionsError):
    """Somebody else's copy or series."""


class NotDraftError(SubmissionsError):
    """The series has been submitted, and its photos stay as they are."""


class IsDraftError(SubmissionsError):
    """The series has not been submitted, so there is nothing to withdraw."""


class TooManyPhotosError(SubmissionsError):
    """The series is full."""


class ImplausibleError(SubmissionsError):
    """A value nobody can have meant; `field` names it."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class DuplicatePhotoError(SubmissionsError):
    """The owner has sent these bytes before.

    Attributes
    ----------
    photo : where the first of them is.
    file_names : what the photos that were sent before are called in the draft; empty for a file that comes in.
    """

    def __init__(self, photo: Photo, *, file_names: Sequence[str] = ()) -> None:
        which = f"these photos: {', '.join(file_names)}; the first" if file_names else "this photo,"
        super().__init__(f"You have already sent {which} as {photo.file_name} in series {photo.series.public_id}.")
        self.photo = photo
        self.file_names = tuple(file_names)


@dataclass(frozen=True, slots=True)
class BegunSeries:
    """A draft, and whether it was made just now."""

    series: Series
    is_new: bool


@dataclass(frozen=True, slots=True)
class AddedPhoto:
    """A photo that came in, and the serial numbers it names: for its owner, to recognise the copy by."""

    photo: Photo
    lens_serial: str | None
    body_serial: str | None
    is_new: bool


@transaction.atomic
def add_copy(*, by: User, lens_model: LensModel, label: str = "", serial: str = "") -> LensCopy:
    """A photographer's copy of a lens: the one they have already, or a new one.

    With a serial number it is the same copy whenever the number is the same, and the same specimen as other owners'
    copies with that number, which nobody is told. Without one it is the same copy whenever the label is the same.

    Raises
    ------
    TooManyCopiesError
    """
    owner = quotas.locked(by)
    specimens.hold_still()
    lens_model = LensModel.objects.get(pk=lens_model.pk).current
    label, plain = label.strip(), serials.normalise(serial)
    own = LensCopy.objects.filter(owner=by, lens_model=lens_model).order_by("id")
    known = (
        specimens.copy_named_by(plain, lens_model=lens_model, among=own)
        if plain
        else own.filter(label__iexact=label, serial_cipher="").first()
    )
    if known is not None:
        return known
    quotas.check_copies(owner)
    if plain:
        named = specimens.named_by(plain, lens_model=lens_model)
    else:
        named = Specimen.objects.create(lens_model=lens_model)
    copy, is_new = own.get_or_create(
        owner=by,
        entered_as=named,
        defaults={
            "lens_model": lens_model,
            "specimen": specimens.counted_as(named),
            "label": label,
            "serial_cipher": serials.seal(plain),
        },
    )
    if is_new:
        _record_joining(copy, by)
    return copy


def _record_joining(copy: LensCopy, by: User) -> None:
    """Let moderators see that a serial number brought copies of several owners together; owners are told nothing."""
    others = LensCopy.objects.filter(specimen=copy.specimen_id).exclude(pk=copy.pk).order_by("pk")
    joined = list(others.values_list("public_id", flat=True))
    if joined:
        record(kind="copy.join", actor=by, target=copy, after={"counted_with": joined})


@transaction.atomic
def begin_series(
    *,
    by: User,
    lens_copy: LensCopy,
    body: CameraBody,
    chart: str = "auto",
    distance_m: float | None = None,
    focusing_method: str = FocusingMethod.UNKNOWN,
    af_micro_adjust: int | None = None,
    note: str = "",
    key: UUID | None = None,
) -> BegunSeries:
    """Begin a series; begun again it is the same draft.

    Parameters
    ----------
    key : the client's own name for the series, by which the same one is found again, its photos included. Without it
        a draft that has no photos yet and says the same is the same.

    Raises
    ------
    NotOwnerError, ImplausibleError, TooManyDraftsError
    """
    if lens_copy.owner_id != by.pk:
        raise NotOwnerError("This lens copy is not yours.")
    if chart not in CHARTS:
        raise ImplausibleError(f"There is no chart called {chart!r}.", field="chart")
    owner = quotas.locked(by)
    said = {
        "lens_copy": lens_copy,
        "body": body,
        "chart": chart,
        "distance_m": distance_m,
        "focusing_method": focusing_method,
        "af_micro_adjust": af_micro_adjust,
        "note": note,
    }
    if key is not None:
        known = Series.objects.filter(owner=by, begin_key=key).first()
        if known is not None and any(getattr(known, name) != value for name, value in said.items()):
            raise ImplausibleError("This key belongs to another series of yours. Make a new one.", field="key")
    else:
        empty = Series.objects.filter(owner=by, submitted_at=None, photos__isnull=True, is_simulated=False)
        known = empty.filter(begin_key=None, **said).first()
    if known is not None:
        return BegunSeries(known, is_new=False)
    quotas.check_drafts(owner)
    return BegunSeries(Series.objects.create(owner=by, begin_key=key, **said), is_new=True)


def add_photo(
    *,
    by: User,
    series: Series,
    file: File[Any],
    file_name: str,
    f_number: float | None = None,
    position: int | None = None,
) -> AddedPhoto:
    """Take one file into a draft; sending the same bytes again changes nothing.

    A file that is refused is not stored. One owner's files are taken one after the other.

    Parameters
    ----------
    f_number : for lenses that write none; it takes the place of the camera's.
    position : place in the series; at the end by default.

    Raises
    ------
    IntakeError, DuplicatePhotoError, NotOwnerError, NotDraftError, TooManyPhotosError, ImplausibleError,
    SentTooMuchError, KeepsTooMuchError
    """
    _check_own_draft(series, by)
    if f_number is not None and not _F_NUMBERS[0] <= f_number <= _F_NUMBERS[1]:
        raise ImplausibleError("An f-number lies between 0.5 and 128.", field="f_number")
    seen = intake.inspect(file)
    photo = Photo(
        series=series,
        file_name=_plain_name(file_name),
        sha256=seen.sha256,
        size_bytes=seen.size_bytes,
        f_number=f_number or seen.facts["f_number"],
        facts=seen.facts,
    )
    photo, is_new = _insert(photo, file, by=by, position=position)
    return AddedPhoto(photo, seen.lens_serial, seen.body_serial, is_new)


@transaction.atomic
def remove_photo(*, by: User, photo: Photo) -> None:
    """Take a photo out of a draft. Its bytes stay until the store is swept: another series may hold the same."""
    _locked_draft(photo.series_id, by)
    photo.delete()


@transaction.atomic
def discard(*, by: User, series: Series) -> None:
    """Throw a draft away."""
    _locked_draft(series.pk, by)
    series.delete()


def check_not_sent(series: Series) -> None:
    """Raise `DuplicatePhotoError` if photos of a draft are in another submitted series of its owner.

    Two drafts may hold the same files; the one that is submitted first has them. Call it under the owner's lock.
    """
    own = dict(series.photos.values_list("sha256", "file_name"))
    sent = list(sent_by(series.owner).filter(sha256__in=own).exclude(series=series).order_by("id"))
    if sent:
        again = sorted({own[photo.sha256] for photo in sent})
        raise DuplicatePhotoError(sent[0], file_names=again)


@transaction.atomic
def withdraw(*, by: User, series: Series) -> Series:
    """Take a submitted series out of everything that is shown. Its measurements stay with its owner."""
    locked = Series.objects.select_for_update(of=("self",)).select_related("lens_copy").get(pk=series.pk)
    if locked.owner_id != by.pk:
        raise NotOwnerError("Only its owner can withdraw a series.")
    if locked.submitted_at is None:
        raise IsDraftError("This series is a draft: discard it instead.")
    was_published = locked.standing == Standing.PUBLISHED
    locked.standing = series.standing = Standing.WITHDRAWN
    locked.save(update_fields=["standing"])
    mark_stale(series=[locked] if was_published else [])
    return locked


def mark_stale(*, series: Collection[Series]) -> None:
    """Say that what their specimens say may have changed. Call it in the transaction that changes it, and last.

    Only series that are or were published change anything. Others get no mark, so that nothing a stranger does with a
    serial number is seen by the refresher.

    The specimens are read anew: whoever joins specimens locks their series first, and so cannot do it from here on.
    """
    copies = LensCopy.objects.filter(pk__in={one.lens_copy_id for one in series})
    specimens_of = copies.order_by("specimen_id").values_list("specimen_id", flat=True).distinct()
    StaleCopy.objects.bulk_create([StaleCopy(specimen_id=specimen_id) for specimen_id in specimens_of])


def rotate_serials() -> int:
    """Bring every sealed serial and its digest under the newest key; returns how many copies were touched."""
    n_copies = 0
    for copy in LensCopy.objects.exclude(serial_cipher="").select_related("entered_as").iterator():
        plain = serials.unseal(copy.serial_cipher)
        with transaction.atomic():
            for specimen in specimens.way(copy.entered_as):
                newest, *older = serials.macs(specimen.lens_model.maker.name, plain)
                Specimen.objects.filter(pk=specimen.pk, serial_mac__in=older).update(serial_mac=newest)
            LensCopy.objects.filter(pk=copy.pk).update(serial_cipher=serials.reseal(copy.serial_cipher))
        n_copies += 1
    return n_copies


@transaction.atomic
def _insert(photo: Photo, file: File[Any], *, by: User, position: int | None) -> tuple[Photo, bool]:
    """The file and its row, under the owner's and the series' locks, so that limits hold whatever comes in at once."""
    owner = quotas.locked(by)
    series = _locked_draft(photo.series_id, by)
    same = series.photos.filter(sha256=photo.sha256).first()
    if same is not None:
        return same, False
    elsewhere = sent_by(by).filter(sha256=photo.sha256).first()
    if elsewhere is not None:
        raise DuplicatePhotoError(elsewhere)
    if series.photos.count() >= settings.SERIES_MAX_PHOTOS:
        raise TooManyPhotosError(f"A series has at most {settings.SERIES_MAX_PHOTOS} photos.")
    quotas.take_bytes(owner, photo.size_bytes)
    files.hold_originals()
    file.seek(0)
    storages["originals"].save(photo.storage_name, file)
    last = series.photos.aggregate(last=Max("position"))["last"]
    photo.position = position if position is not None else (0 if last is None else last + 1)
    photo.save()
    if photo.facts["make"] == SIMULATOR_MAKE and not series.is_simulated:
        Series.objects.filter(pk=series.pk).update(is_simulated=True)
    return photo, True


def _locked_draft(series_id: int, by: User) -> Series:
    series = Series.objects.select_for_update().filter(pk=series_id).first()
    if series is None:
        raise NotDraftError("This series has been discarded.")
    _check_own_draft(series, by)
    return series


def _check_own_draft(series: Series, by: User) -> None:
    if series.owner_id != by.pk:
        raise NotOwnerError("This series is not yours.")
    if series.submitted_at is not None:
        raise NotDraftError("This series has been submitted; its photos stay as they are.")


def _plain_name(file_name: str) -> str:
    """The name without folders and without signs that cannot be shown."""
    name = "".join(sign for sign in PurePath(file_name.replace("\\", "/")).name if sign.isprintable())
    return name[-_FILE_NAME_MAX:] or "photo"
