"""`manage.py erase_person EMAIL`: erase a person at their wish, with everything the site holds of them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lensdb.persons.erasure import ErasureError, erase
from lensdb.persons.people import person_called
from lensdb.persons.queries import holdings
from lensdb.persons.words import what_goes, what_stays


class Command(BaseCommand):
    help = "Erase a person: account, copies, series, photos, results and files. It cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--dry-run", action="store_true", help="Only tell what would go.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *_args: Any, email: str, dry_run: bool, yes: bool, **_options: Any) -> None:
        person = person_called(email)
        held = holdings(person)
        self.stdout.write("To go:")
        self.stdout.writelines(f"  {line}" for line in what_goes(held))
        self.stdout.write("To stay:")
        self.stdout.writelines(f"  {line}" for line in what_stays(held))
        if dry_run:
            return
        if not yes and input("Type the e-mail address again to erase all of it: ").strip().lower() != email.lower():
            raise CommandError("Nothing was erased.")
        try:
            erase(person=person, by="command:erase_person")
        except ErasureError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Erased. Backups still hold it until they are overwritten.")
