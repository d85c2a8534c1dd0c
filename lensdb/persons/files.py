"""Files that belonged to somebody who is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.core.files.storage import storages
from django.db import connection

from lensdb.submissions.models import Photo

_PICTURES_IN_USE: Final = """
SELECT DISTINCT picture.value
  FROM measurements_seriesmeasurement AS measurement, jsonb_each_text(measurement.pictures) AS picture
 WHERE picture.value = ANY(%s)
"""


def delete_unreferenced(*, originals: Collection[str], pictures: Collection[str]) -> int:
    """Delete the files of these SHA-256 digests that no row names any more; return how many there were.

    The same bytes may be somebody else's too, and then stay.
    """
    used = set(Photo.objects.filter(sha256__in=originals).values_list("sha256", flat=True))
    names = [f"{digest[:2]}/{digest}" for digest in set(originals) - used]
    gone = _delete("originals", names)
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES_IN_USE, [list(pictures)])
        used = {digest for (digest,) in cursor.fetchall()}
    return gone + _delete("derived", [f"{digest[:2]}/{digest}.jpg" for digest in set(pictures) - used])


def _delete(alias: str, names: Iterable[str]) -> int:
    storage, gone = storages[alias], 0
    for name in names:
        if storage.exists(name):
            storage.delete(name)
            gone += 1
    return gone
