"""Removing what nobody refers to any more: one step for each kind of thing, first counted, then removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.utils import timezone

from lensdb.accounts.models import ApiToken
from lensdb.lib import uploads
from lensdb.lib.stored import Stored, files_older_than
from lensdb.limits.models import Counter
from lensdb.measurements.models import SeriesMeasurement
from lensdb.submissions import drafts, files

KEPT_S: Final = 24 * 3600.0
"""A file as young as this may belong to a row that is still to be written."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of one kind were found or removed, and how many bytes of files they are."""

    what: str
    count: int
    n_bytes: int = 0


def sweep(*, delete: bool) -> list[Swept]:
    """Remove what nobody refers to, or with `delete` false say what would be removed.

    Drafts go first, so that their files and copies can go in the same run; without deleting, those are not counted yet.
    """
    return [step(delete) for step in _STEPS]


def _drafts(delete: bool) -> Swept:  # noqa: FBT001 - every step is called alike
    found = list(drafts.expired().select_related("owner"))
    done = [draft for draft in found if drafts.discard_expired(draft)] if delete else found
    return Swept("expired drafts", len(done))


def _copies(delete: bool) -> Swept:  # noqa: FBT001
    found = list(drafts.unused_copies().select_related("owner"))
    done = [copy for copy in found if drafts.delete_unused_copy(copy)] if delete else found
    return Swept("lens copies without a series", len(done))


def _specimens(delete: bool) -> Swept:  # noqa: FBT001
    n_found = drafts.delete_unused_specimens() if delete else drafts.unused_specimens().count()
    return Swept("specimens without a copy", n_found)


def _originals(delete: bool) -> Swept:  # noqa: FBT001
    found = [file for file in files_older_than(_folder("originals"), KEPT_S) if file.digest]
    if delete:
        return _counted("photos' files without a row", files.delete_files(found, unless_newer_than_s=KEPT_S))
    referred = files.referred_to({file.digest for file in found})
    return _counted("photos' files without a row", (file for file in found if file.digest not in referred))


def _derived(delete: bool) -> Swept:  # noqa: FBT001
    found = [file for file in files_older_than(_folder("derived"), KEPT_S) if file.digest]
    last, referred = _pictures(SeriesMeasurement.objects.all())
    loose = [file for file in found if file.digest not in referred]
    if delete:
        _, since = _pictures(SeriesMeasurement.objects.filter(pk__gt=last))
        loose = [file for file in loose if file.digest not in since and file.delete(unless_newer_than_s=KEPT_S)]
    return _counted("derived pictures without a measurement", loose)


def _pictures(rows: QuerySet[SeriesMeasurement]) -> tuple[int, set[str]]:
    """The newest of these measurements, by id, and the digests of all their pictures."""
    last, digests = 0, set()
    for pk, pictures in rows.order_by("pk").values_list("pk", "pictures").iterator():
        last = pk
        digests.update(pictures.values())
    return last, digests


def _interrupted(delete: bool) -> Swept:  # noqa: FBT001
    folders = (_folder("originals"), _folder("derived"))
    found = [file for folder in folders for file in files_older_than(folder, KEPT_S) if not file.digest]
    return _counted("files not written to the end", [file for file in found if not delete or file.delete()])


def _uploads(delete: bool) -> Swept:  # noqa: FBT001
    found = uploads.sweep_temporary(delete=delete)
    return Swept("temporary uploads", found.n_files, found.n_bytes)


def _rows(what: str, rows: Callable[[], QuerySet[Session] | QuerySet[Counter] | QuerySet[ApiToken]]) -> Step:
    def step(delete: bool) -> Swept:  # noqa: FBT001
        return Swept(what, rows().delete()[0] if delete else rows().count())

    return step


Step = Callable[[bool], Swept]
_STEPS: Final[tuple[Step, ...]] = (
    _drafts,
    _copies,
    _specimens,
    _originals,
    _derived,
    _interrupted,
    _uploads,
    _rows("expired sessions", lambda: Session.objects.filter(expire_date__lt=timezone.now())),
    _rows("expired counters", lambda: Counter.objects.filter(until__lt=timezone.now())),
    _rows("expired tokens", lambda: ApiToken.objects.filter(expires_at__lt=timezone.now())),
)


def missing_files() -> list[str]:
    """Return a line for each row whose file is gone."""
    told = [f"photo {photo.file_name} of series {photo.series.public_id}" for photo in files.missing()]
    derived = storages["derived"]
    for row in SeriesMeasurement.objects.select_related("series").order_by("pk").iterator():
        told += [
            f"picture {name} of series {row.series.public_id}"
            for name, digest in row.pictures.items()
            if not derived.exists(f"{digest[:2]}/{digest}.jpg")
        ]
    return told


def _folder(storage: str) -> Path:
    return Path(storages[storage].path(""))


def _counted(what: str, found: Iterable[Stored]) -> Swept:
    sizes = [file.n_bytes for file in found]
    return Swept(what, len(sizes), sum(sizes))
