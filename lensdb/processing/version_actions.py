"""Measuring the archive again by a new analysis version, and choosing which version the pages show."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from analysis.results import ANALYSIS_VERSION
from lensdb.accounts.models import User
from lensdb.audit.actions import actor_code, record
from lensdb.lib.commits import commit_point
from lensdb.measurements.models import SeriesMeasurement, ShownVersion
from lensdb.measurements.queries import shown_version
from lensdb.processing import version_queries
from lensdb.processing.actions import next_turn, tell_dispatchers
from lensdb.processing.enums import Priority
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series, Specimen, StaleCopy

BATCH: Final = 1000
"""Rows written by one statement."""


class VersionError(Exception):
    """A version that cannot be shown; the message is a sentence for the operator."""


def measure_again(series: QuerySet[Series]) -> Iterator[int]:
    """Queue these series behind all new ones, each owner's in a line of its own; yields how many, batch by batch.

    Each batch is a commit, so that it can be broken off and begun again: what is queued is not queued twice.
    """
    rows = series.order_by("owner_id", "id").values_list("owner_id", "id")
    for owner_id, own in itertools.groupby(rows.iterator(chunk_size=BATCH), key=lambda row: row[0]):
        ids = (series_id for _, series_id in own)
        while batch := list(itertools.islice(ids, BATCH)):
            yield queue_many(owner_id=owner_id, series_ids=batch, priority=Priority.REMEASURE)


@transaction.atomic
def queue_many(*, owner_id: int, series_ids: list[int], priority: Priority) -> int:
    """Put many series of one owner at the end of their line; how many of them were not in it yet."""
    User.objects.select_for_update(no_key=True).get(pk=owner_id)  # one queueing at a time in one line
    first = next_turn(owner_id, priority)
    before = Job.objects.filter(series__in=series_ids, analysis_version=ANALYSIS_VERSION).count()
    Job.objects.bulk_create(
        [
            Job(owner_id=owner_id, series_id=pk, analysis_version=ANALYSIS_VERSION, priority=priority, turn=turn)
            for turn, pk in enumerate(series_ids, first)
        ],
        ignore_conflicts=True,
    )
    tell_dispatchers()
    return len(series_ids) - before


@transaction.atomic
def show_version(*, version: str, by: User | str, incomplete: bool = False) -> ShownVersion:
    """Let the pages show another analysis version: the row, the record of the act and the stale marks, in one commit.

    Parameters
    ----------
    by : a user, or the code of a command.
    incomplete : show it although published series wait to be measured by it. Those are left out of all figures, and
        the pages say how many.

    Raises
    ------
    VersionError
        When it is shown already, has measured nothing, or is not complete and was never shown.
    """
    ShownVersion.objects.select_for_update().first()  # one switch at a time
    check_version(version, incomplete=incomplete)
    before = shown_version()
    row = ShownVersion.objects.create(version=version, actor=actor_code(by))
    record(kind="version.show", actor=by, target=row, before={"version": before}, after={"version": version})
    _mark_stale(before, version)
    commit_point("shown-version")
    return row


def show_version_before(*, by: User | str) -> ShownVersion:
    """Undo the last switch; undone again it is back."""
    before = version_queries.shown_before()
    if before is None:
        raise VersionError("No other version was ever shown.")
    return show_version(version=before, by=by)


def check_version(version: str, *, incomplete: bool) -> None:
    """Raise what `show_version` would. A version that was shown before may always be shown again."""
    if version == shown_version():
        raise VersionError(f"{version} is what the pages show.")
    if not SeriesMeasurement.objects.filter(analysis_version=version).exists():
        raise VersionError(f"Nothing has been measured by {version}.")
    found = version_queries.coverage(version)
    if found.missing and not incomplete and not ShownVersion.objects.filter(version=version).exists():
        raise VersionError(
            f"{version} has not measured {found.missing} of {found.published} published series yet; they would be "
            "left out. Measure them first (manage.py remeasure --all), or say that it may be incomplete."
        )


def _mark_stale(*versions: str) -> None:
    """Of every specimen whose figures one of these versions made, or will make."""
    specimens = Specimen.objects.filter(
        copies__series__standing=Standing.PUBLISHED, copies__series__measurements__analysis_version__in=versions
    )
    ids = specimens.order_by("pk").values_list("pk", flat=True).distinct()
    marks = (StaleCopy(specimen_id=pk) for pk in ids.iterator(chunk_size=BATCH))
    while batch := list(itertools.islice(marks, BATCH)):
        StaleCopy.objects.bulk_create(batch)
