"""The site's own commands as processes of their own, on the database of the running test."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

END_SECONDS = 90
ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """The test's database, for ``DATABASE_URL``."""
    at = connection.settings_dict
    port = f":{at['PORT']}" if at["PORT"] else ""
    secret = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    return f"postgres://{quote(at['USER'], safe='')}{secret}@{quote(str(at['HOST']), safe='')}{port}/{at['NAME']}"


def manage(*arguments: str, environment: Mapping[str, str] | None = None) -> AbstractContextManager[Running]:
    """Run ``manage.py`` with these arguments for the time of the context."""
    return python(str(ROOT / "manage.py"), *arguments, DATABASE_URL=database_url(), **(environment or {}))


@contextlib.contextmanager
def python(*arguments: str, log: Path | None = None, **environment: str) -> Iterator[Running]:
    """Run our Python with these arguments, from the project's folder, for the time of the context.

    What it says goes where the test's own words go, or into the file `log`.
    """
    with (
        contextlib.nullcontext() if log is None else log.open("wb") as out,
        subprocess.Popen(
            [sys.executable, *arguments], env=os.environ | environment, cwd=ROOT, stdout=out, stderr=out
        ) as process,
    ):
        try:
            yield Running(process)
        finally:
            process.kill()


class Running:
    """A process that ends with its context, by force where nothing else did."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def wait(self) -> int:
        """Wait until it ends by itself, and give its exit code."""
        return self._process.wait(timeout=END_SECONDS)

    def end(self) -> int:
        """Ask it to end, and give its exit code."""
        self._process.terminate()
        return self.wait()
