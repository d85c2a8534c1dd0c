"""What photographers do with their copies and series."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Max

from analysis.charts.design import PAPERS, chart_design
from lensdb.accounts.models import User
from lensdb.catalog.models import CameraBody, LensModel
from lensdb.submissions import intake, serials, specimens
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
    """The owner has sent these bytes before; `photo` is where."""

    def __init__(self, photo: Photo) -> None:
        super().__init__(f"You have already sent this photo, as {photo.file_name} in series {photo.series.public_id}.")
        self.photo = photo


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
    """
    specimens.hold_still()
    lens_model = LensModel.objects.get(pk=lens_model.pk).current
    label, plain = label.strip(), serials.normalise(serial)
    own = LensCopy.objects.filter(owner=by, lens_model=lens_model).order_by("id")
    if plain:
        same = (copy for copy in own if serials.unseal(copy.serial_cipher) == plain)
    else:
        same = (copy for copy in own.filter(label__iexact=label, serial_cipher=""))
    known = next(same, None)
    if known is not None:
        return known
    if plain:
        named = specimens.named_by(plain, lens_model=lens_model)
    else:
        named = Specimen.objects.create(lens_model=lens_model)
    copy, _ = own.get_or_create(
        owner=by,
        entered_as=named,
        defaults={
            "lens_model": lens_model,
            "specimen": specimens.counted_as(named),
            "label": label,
            "serial_cipher": serials.seal(plain),
        },
    )
    return copy


def create_series(
    *,
    by: User,
    lens_copy: LensCopy,
    body: CameraBody,
    chart: str = "auto",
    distance_m: float | None = None,
    focusing_method: str = FocusingMethod.UNKNOWN,
    af_micro_adjust: int | None = None,
    note: str = "",
) -> Series:
    """A draft series without photos."""
    if lens_copy.owner_id != by.pk:
        raise NotOwnerError("This lens copy is not yours.")
    if chart not in CHARTS:
        raise ImplausibleError(f"There is no chart called {chart!r}.", field="chart")
    return Series.objects.create(
        owner=by,
        lens_copy=lens_copy,
        body=body,
        chart=chart,
        distance_m=distance_m,
        focusing_method=focusing_method,
        af_micro_adjust=af_micro_adjust,
        note=note,
    )


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

    Parameters
    ----------
    f_number : for lenses that write none; it takes the place of the camera's.
    position : place in the series; at the end by default.

    Raises
    ------
    IntakeError, DuplicatePhotoError, NotOwnerError, NotDraftError, TooManyPhotosError, ImplausibleError
    """
    _check_own_draft(series, by)
    if f_number is not None and not _F_NUMBERS[0] <= f_number <= _F_NUMBERS[1]:
        raise ImplausibleError("An f-number lies between 0.5 and 128.", field="f_number")
    seen = intake.inspect(file)
    elsewhere = sent_by(by).filter(sha256=seen.sha256).exclude(series=series).first()
    if elsewhere is not None:
        raise DuplicatePhotoError(elsewhere)
    photo = Photo(
        series=series,
        file_name=_plain_name(file_name),
        sha256=seen.sha256,
        size_bytes=seen.size_bytes,
        f_number=f_number or seen.facts["f_number"],
        facts=seen.facts,
    )
    file.seek(0)
    storages["originals"].save(photo.storage_name, file)
    photo, is_new = _insert(photo, by=by, position=position)
    return AddedPhoto(photo, seen.lens_serial, seen.body_serial, is_new)


@transaction.atomic
def remove_photo(*, by: User, photo: Photo) -> None:
    """Take a photo out of a draft. Its bytes stay until the store is swept: another series may hold the same."""
    _check_own_draft(Series.objects.select_for_update().get(pk=photo.series_id), by)
    photo.delete()


@transaction.atomic
def discard(*, by: User, series: Series) -> None:
    """Throw a draft away."""
    _check_own_draft(Series.objects.select_for_update().get(pk=series.pk), by)
    series.delete()


@transaction.atomic
def withdraw(*, by: User, series: Series) -> Series:
    """Take a submitted series out of everything that is shown. Its measurements stay with its owner."""
    locked = Series.objects.select_for_update(of=("self",)).select_related("lens_copy").get(pk=series.pk)
    if locked.owner_id != by.pk:
        raise NotOwnerError("Only its owner can withdraw a series.")
    if locked.submitted_at is None:
        raise IsDraftError("This series is a draft: discard it instead.")
    locked.standing = series.standing = Standing.WITHDRAWN
    locked.save(update_fields=["standing"])
    mark_stale(series=[locked])
    return locked


def mark_stale(*, series: Collection[Series]) -> None:
    """Say that what their specimens say may have changed. Call it in the transaction that changes it, and last.

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
def _insert(photo: Photo, *, by: User, position: int | None) -> tuple[Photo, bool]:
    """The row, under the series' lock, so that limits and positions hold whatever comes in at once."""
    series = Series.objects.select_for_update().get(pk=photo.series_id)
    _check_own_draft(series, by)
    same = series.photos.filter(sha256=photo.sha256).first()
    if same is not None:
        return same, False
    if series.photos.count() >= settings.SERIES_MAX_PHOTOS:
        raise TooManyPhotosError(f"A series has at most {settings.SERIES_MAX_PHOTOS} photos.")
    last = series.photos.aggregate(last=Max("position"))["last"]
    photo.position = position if position is not None else (0 if last is None else last + 1)
    photo.save()
    if photo.facts["make"] == SIMULATOR_MAKE and not series.is_simulated:
        Series.objects.filter(pk=series.pk).update(is_simulated=True)
    return photo, True


def _check_own_draft(series: Series, by: User) -> None:
    if series.owner_id != by.pk:
        raise NotOwnerError("This series is not yours.")
    if series.submitted_at is not None:
        raise NotDraftError("This series has been submitted; its photos stay as they are.")


def _plain_name(file_name: str) -> str:
    """The name without folders and without signs that cannot be shown."""
    name = "".join(sign for sign in PurePath(file_name.replace("\\", "/")).name if sign.isprintable())
    return name[-_FILE_NAME_MAX:] or "photo"
