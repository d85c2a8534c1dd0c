"""`manage.py export_person EMAIL FILE.zip`: everything the site holds of a person."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lensdb.audit.actions import record
from lensdb.persons.export import archive
from lensdb.persons.people import person_called


class Command(BaseCommand):
    help = "Write everything the site holds of a person into a ZIP file that only you can read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("file", type=Path, help="A ZIP file that does not exist yet.")

    def handle(self, *_args: Any, email: str, file: Path, **_options: Any) -> None:
        person = person_called(email)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        record(kind="user.export", actor="command:export_person", target=person)
        with os.fdopen(handle, "wb") as target:
            for piece in archive(person):
                target.write(piece)
        self.stdout.write(f"{file}: {file.stat().st_size} bytes.")
