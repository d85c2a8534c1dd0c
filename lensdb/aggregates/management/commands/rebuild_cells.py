"""`manage.py rebuild_cells`: compute cells anew from source rows, or compare them with what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lensdb.aggregates import actions
from lensdb.aggregates.checking import Check, lenses_with_copies
from lensdb.catalog.models import LensModel


class Command(BaseCommand):
    help = "Recomputes all cells from the measurements, lens by lens; readers are not disturbed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lens", metavar="SLUG", help="Only this lens.")
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; name every cell that a rebuild would change."
        )

    def handle(self, *_args: Any, lens: str | None, check: bool, **_options: Any) -> None:
        lenses = lenses_with_copies()
        if lens:
            lenses = LensModel.objects.filter(slug=lens)
            if not lenses.exists():
                raise CommandError(f"There is no lens {lens!r}.")
        if check:
            self._check(list(lenses))
        else:
            changed = sum(actions.rebuild(lens=each) for each in lenses)
            self.stdout.write(f"{len(lenses)} lenses rebuilt, {changed} cells changed.")

    def _check(self, lenses: Sequence[LensModel]) -> None:
        check = Check()
        for lens in lenses:
            check.compare(lens)
        for line in check.found:
            self.stdout.write(line)
        check.finish()
        if check.found:
            raise CommandError(f"{len(check.found)} cells are not what a rebuild would make them.")
        self.stdout.write(
            f"{check.compared} lenses compared, every cell equals a rebuild; {check.due} are being refreshed."
        )
