"""Files that belonged to somebody who is gone."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from django.core.files.storage import storages
from django.db import connection

from lensdb.submissions.files import delete_unreferenced

log = logging.getLogger("lensdb.persons")

_PICTURES_IN_USE: Final = """
SELECT DISTINCT picture.value
  FROM measurements_seriesmeasurement AS measurement, jsonb_each_text(measurement.pictures) AS picture
 WHERE picture.value = ANY(%s)
"""


def delete_files(*, originals: Collection[str], pictures: Collection[str]) -> None:
    """Delete the files of these SHA-256 digests that no row names any more; call it after the rows' transaction.

    The same bytes may be somebody else's too, and then stay.
    """
    delete_unreferenced(originals)
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES_IN_USE, [list(pictures)])
        used = {digest for (digest,) in cursor.fetchall()}
    for digest in set(pictures) - used:
        try:
            storages["derived"].delete(f"{digest[:2]}/{digest}.jpg")  # nothing happens where there is no such file
        except OSError as error:  # the web process may only read them where each role has its own rights
            log.info("event=%r error=%r", "pictures are left to the sweep", str(error))
            return
