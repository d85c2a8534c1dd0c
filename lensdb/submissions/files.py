"""Deleting photos' files that no row refers to.

Whoever stores a file and writes the row that refers to it holds the files still meanwhile; whoever deletes files holds
them alone, and looks again whether a row refers to them.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.core.files.storage import storages
from django.db import connection, transaction

from lensdb.lib.stored import Stored
from lensdb.submissions.models import Photo

_ORIGINALS: Final = 0x6F726967
"""The number of PostgreSQL's advisory lock on the files of photos."""
_BATCH: Final = 50
"""Files deleted while uploads wait."""


def hold_originals() -> None:
    """Until the transaction ends nobody deletes photos' files; any number of people may store some at once."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s)")


def delete_unreferenced(digests: Iterable[str]) -> int:
    """Delete the files of these digests that no photo refers to; returns how many bytes that freed.

    Call it after the transaction that deleted the rows.
    """
    originals = storages["originals"]
    files = []
    for digest in digests:
        path = Path(originals.path(f"{digest[:2]}/{digest}"))
        with suppress(FileNotFoundError):
            files.append(Stored(path, digest, path.stat().st_size))
    return sum(file.n_bytes for file in delete_files(files))


def delete_files(files: Iterable[Stored], *, unless_newer_than_s: float = 0.0) -> list[Stored]:
    """Delete those of these files that no photo refers to; returns the ones deleted."""
    deleted: list[Stored] = []
    for batch in _batched(files):
        with transaction.atomic():
            _execute("SELECT pg_advisory_xact_lock(%s)")
            referred = referred_to({file.digest for file in batch})
            deleted += [
                file
                for file in batch
                if file.digest not in referred and file.delete(unless_newer_than_s=unless_newer_than_s)
            ]
    return deleted


def referred_to(digests: Collection[str]) -> set[str]:
    """Return those of these digests that a photo refers to."""
    return set(Photo.objects.filter(sha256__in=digests).values_list("sha256", flat=True))


def missing() -> list[Photo]:
    """Return the photos whose file is gone."""
    originals = storages["originals"]
    photos = Photo.objects.select_related("series").order_by("series_id", "position").iterator()
    return [photo for photo in photos if not originals.exists(photo.storage_name)]


def _batched(files: Iterable[Stored]) -> Iterable[tuple[Stored, ...]]:
    rest = iter(files)
    while batch := tuple(itertools.islice(rest, _BATCH)):
        yield batch


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_ORIGINALS])
