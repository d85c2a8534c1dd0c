"""The moves a job may make: one table, free of I/O. Everything that writes a state asks it first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lensdb.processing.enums import JobState

ALLOWED: Final[Mapping[JobState, frozenset[JobState]]] = {
    JobState.QUEUED: frozenset({JobState.CLAIMED}),
    JobState.CLAIMED: frozenset({JobState.DONE, JobState.FAILED, JobState.QUEUED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),
}
"""From each state, where a job may go. From claimed back to queued is "again"; from failed it takes a person."""


class IllegalMoveError(Exception):
    """A job was asked to make a move that is not in the table."""


def check(old: JobState, new: JobState) -> None:
    """Raise `IllegalMoveError` unless a job may go from `old` to `new`."""
    if new not in ALLOWED[old]:
        allowed = ", ".join(sorted(ALLOWED[old])) or "nowhere"
        raise IllegalMoveError(f"A {old} job cannot become {new}; from {old} it goes to: {allowed}.")
