"""Waiting for work: until PostgreSQL says there is some, or the time is up."""

from __future__ import annotations

from typing import Any

from django.db import connection

from lensdb.processing.actions import CHANNEL


class Wakeup:
    """Listens on this process's own connection, and again when that was made anew. Call it outside transactions."""

    def __init__(self) -> None:
        self._listening: Any = None

    def wait(self, seconds: float) -> None:
        """Return when there is news, or after so many seconds; news that came before counts."""
        connection.ensure_connection()
        raw = connection.connection
        with connection.wrap_database_errors:  # what the driver raises, callers know as Django's
            if raw is not self._listening:
                raw.execute(f"LISTEN {CHANNEL}")
                self._listening = raw
            for _news in raw.notifies(timeout=seconds, stop_after=1):
                pass
