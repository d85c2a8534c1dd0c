"""A durable PostgreSQL of our own whose postmaster may be killed: what was committed must still be there afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from lensdb.lib import embedded_postgres

REVIVAL_SECONDS: Final = 60.0


class Postgres:
    """The server over a folder; it ends when this process does."""

    def __init__(self, data: Path) -> None:
        self._data = data
        embedded_postgres.join(data)

    def url(self, database: str) -> str:
        """For ``DATABASE_URL``."""
        host = quote(str(embedded_postgres.socket_dir(self._data)), safe="")
        return f"postgres://{embedded_postgres.USER}@{host}/{database}"

    def create(self, database: str, *, template: str = "template1") -> None:
        """A new database, a copy of another one nobody is connected to."""
        with self.connected("postgres") as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(template))
            )
            # A copied sequence gives out values that its template has logged ahead of time. Only after a checkpoint
            # does the copy log its own; killed before, it would give the same values again.
            connection.execute("CHECKPOINT")

    @contextmanager
    def connected(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        """A connection of its own, for the time of the context."""
        host = str(embedded_postgres.socket_dir(self._data))
        with psycopg.connect(
            host=host, user=embedded_postgres.USER, dbname=database, autocommit=True, connect_timeout=5
        ) as connection:
            yield connection

    def kill(self) -> None:
        """kill -9 the postmaster, and wait until its watcher has started another."""
        self.die()
        self.wait_for_revival()

    def die(self) -> None:
        """kill -9 the postmaster, if there is one."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            postmaster = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(postmaster, signal.SIGKILL)

    def wait_for_revival(self) -> None:
        """Wait until the server answers again."""
        deadline = time.monotonic() + REVIVAL_SECONDS
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL over {self._data} did not come back")
            time.sleep(0.2)

    def answers(self, database: str = "postgres") -> bool:
        """Whether the server takes connections to a database."""
        with contextlib.suppress(psycopg.OperationalError), self.connected(database):
            return True
        return False
