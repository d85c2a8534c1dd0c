"""Do the stored cells equal a rebuild? Asked every night, one lens at a time, and by hand."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from lensdb.aggregates import actions
from lensdb.aggregates.models import CellCheck
from lensdb.aggregates.queries import last_check
from lensdb.catalog.models import LensModel

log = logging.getLogger("lensdb.cells")

EVERY: Final = timedelta(days=1)


def lenses_with_copies() -> QuerySet[LensModel]:
    """Every lens that may have cells."""
    return LensModel.objects.filter(specimens__isnull=False).distinct().order_by("pk")


@dataclass(slots=True)
class Check:
    """A comparison under way.

    Attributes
    ----------
    compared, due : lenses, and those left out because a refresh is due.
    found : every cell that a rebuild would change.
    """

    compared: int = 0
    due: int = 0
    found: list[str] = field(default_factory=list)

    def compare(self, lens: LensModel) -> None:
        """Look at one more."""
        lines = actions.differences(lens=lens)
        if lines is None:
            self.due += 1
        else:
            self.compared += 1
            self.found += [f"{lens.slug}: {line}" for line in lines]

    def finish(self) -> CellCheck:
        """Keep the outcome, and raise the alarm where cells differ."""
        if self.found:
            log.error(
                "event=%r lenses=%d differing=%d first=%r",
                "cells differ",
                self.compared,
                len(self.found),
                self.found[0],
            )
        return actions.record_check(lenses=self.compared, differing=len(self.found))


class Nightly:
    """Compares all lenses a day after the last comparison, between refreshes, which wait for one lens at most."""

    def __init__(self) -> None:
        self._check: Check | None = None
        self._waiting: list[LensModel] = []

    def step(self) -> bool:
        """Do a little of it; False when none is due."""
        if self._check is None:
            if not _is_due():
                return False
            self._check, self._waiting = Check(), list(lenses_with_copies())
        if self._waiting:
            self._check.compare(self._waiting.pop())
        else:
            self._check.finish()
            self._check = None
        return True


def _is_due() -> bool:
    last = last_check()
    return last is None or timezone.now() - last.at >= EVERY
