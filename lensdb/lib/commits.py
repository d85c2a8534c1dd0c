"""Named commit points: where the tests of reliability kill a process, see `lensdb.lib.faults`."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from lensdb.lib import faults


def commit_point(step: str) -> None:
    """Mark the end of a transaction: all is written and nothing lasts yet; after the commit it does."""
    faults.here(f"{step}.before")
    transaction.on_commit(partial(faults.here, f"{step}.after"))
