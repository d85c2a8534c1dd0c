"""`manage.py rebuild_cells`: compute cells anew from source rows, or compare them with what is stored."""

from __future__ import annotations

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lensdb.aggregates import actions
from lensdb.catalog.models import LensModel

log = logging.getLogger("lensdb.cells")


class Command(BaseCommand):
    help = "Recomputes all cells from the measurements, lens by lens; readers are not disturbed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lens", metavar="SLUG", help="Only this lens.")
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; name every cell that a rebuild would change."
        )

    def handle(self, *_args: Any, lens: str | None, check: bool, **_options: Any) -> None:
        lenses = LensModel.objects.filter(specimens__isnull=False).distinct().order_by("pk")
        if lens:
            lenses = LensModel.objects.filter(slug=lens)
            if not lenses.exists():
                raise CommandError(f"There is no lens {lens!r}.")
        if check:
            self._check(list(lenses))
        else:
            changed = sum(actions.rebuild(lens=each) for each in lenses)
            self.stdout.write(f"{len(lenses)} lenses rebuilt, {changed} cells changed.")

    def _check(self, lenses: list[LensModel]) -> None:
        compared = {lens.slug: actions.differences(lens=lens) for lens in lenses}
        due = [slug for slug, lines in compared.items() if lines is None]
        found = [f"{slug}: {line}" for slug, lines in compared.items() for line in lines or ()]
        for line in found:
            self.stdout.write(line)
        n_compared = len(lenses) - len(due)
        actions.record_check(lenses=n_compared, differing=len(found))
        if found:
            log.error("event=%r lenses=%d differing=%d first=%r", "cells differ", n_compared, len(found), found[0])
            raise CommandError(f"{len(found)} cells are not what a rebuild would make them.")
        self.stdout.write(f"{n_compared} lenses compared, every cell equals a rebuild; {len(due)} are being refreshed.")
