"""`manage.py sweep`: what nobody refers to any more, and which rows miss their file."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection

from lensdb.lib.stopping import Stop
from lensdb.processing.sweeping import missing_files, sweep


class Command(BaseCommand):
    help = (
        "Says what nobody refers to any more: expired drafts, files without a row, expired sessions. Removes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="Remove it.")
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="Go on until SIGTERM, once in so many seconds."
        )

    def handle(self, *_args: Any, delete: bool, every: float | None, **_options: Any) -> None:
        if every is None:
            if self._once(delete=delete):
                raise CommandError("Files are missing: restore them from a backup.")
            return
        stop = Stop()
        while not stop.asked:
            try:
                self._once(delete=delete)
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"The database does not answer: {error}")
                connection.close()
            _sleep(every, stop)

    def _once(self, *, delete: bool) -> int:
        """Sweep and tell; how many files are missing."""
        swept = sweep(delete=delete)
        for one in swept:
            if one.count:
                self.stdout.write(f"{one.what}: {one.count}" + (f" ({one.n_bytes} bytes)" if one.n_bytes else ""))
        lost = missing_files()
        for line in lost:
            self.stderr.write(f"The file is missing: {line}")
        done = "Removed" if delete else "Would remove (run with --delete)"
        count, n_bytes = sum(one.count for one in swept), sum(one.n_bytes for one in swept)
        self.stdout.write(f"{done}: {count} things, {n_bytes} bytes. Missing files: {len(lost)}.")
        return len(lost)


def _sleep(seconds: float, stop: Stop) -> None:
    """Wait, and end within a second of being asked to stop."""
    until = time.monotonic() + seconds
    while not stop.asked and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 1.0))
