"""Deleting files that no row refers to.

Whoever stores a file and writes the row that refers to it holds the files still meanwhile; whoever deletes files holds
them alone, and looks again whether a row refers to them.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

_ORIGINALS: Final = 0x6F726967
"""The number of PostgreSQL's advisory lock on the files of photos."""


def hold_originals() -> None:
    """Until the transaction ends nobody deletes photos' files; any number of people may store some at once."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s)")


def _hold_originals_alone() -> None:
    _execute("SELECT pg_advisory_xact_lock(%s)")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_ORIGINALS])
