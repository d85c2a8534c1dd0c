"""Random acts that change what copies say, by several writers at once, while others refresh the cells."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from lensdb.accounts.models import User
from lensdb.aggregates import actions
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import SeriesMeasurement
from lensdb.moderation import actions as moderation
from lensdb.moderation.merging import actions as merging
from lensdb.submissions.models import LensCopy, Series
from lensdb.submissions.services import record_service
from tests.factories.accounts import ModeratorFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory

SHIFTS_UM: Final = {1.2: 0.0, 2.0: 14.0, 2.8: 19.0}
PATIENCE_SECONDS: Final = 3600.0
REFRESHERS: Final = 2


class Archive:
    """Lenses with copies whose series are published, and a moderator."""

    def __init__(self, *, lenses: int, copies: int) -> None:
        self.lenses: list[LensModel] = LensModelFactory.create_batch(lenses)
        self.moderator: User = ModeratorFactory()
        self.copies: list[LensCopy] = [LensCopyFactory(lens_model=lens) for lens in self.lenses for _ in range(copies)]
        self.series: list[Series] = [
            published(copy, add_um=number % 7, s_mm=s_mm)
            for number, copy in enumerate(self.copies)
            for s_mm in (500.0, 1950.0)
        ]


def published(copy: LensCopy, *, add_um: float, s_mm: float) -> Series:
    """A measured and published series."""
    series: Series = PublishedSeriesFactory(lens_copy=copy, owner=copy.owner, f_numbers=[], distance_m=s_mm / 1e3)
    measure(series, add_um=add_um)
    return series


def measure(series: Series, *, add_um: float) -> None:
    shifts_um = {f_number: um + add_um * (f_number > 1.2) for f_number, um in SHIFTS_UM.items()}
    SeriesMeasurementFactory(series=series, result=series_result(shifts_um=shifts_um))


@transaction.atomic
def measure_again(series: Series, *, add_um: float) -> None:
    """Replace a measurement, with its mark in the same commit."""
    Series.objects.select_for_update().get(pk=series.pk)
    SeriesMeasurement.objects.filter(series=series).delete()
    measure(series, add_um=add_um)


def merge_or_part(archive: Archive, copy: LensCopy, rng: random.Random) -> None:
    """A moderator's act about which records are one lens or which entries one design, or the refusal of it."""
    by, other = archive.moderator, rng.choice(archive.copies)
    merged, kept = rng.sample(archive.lenses, 2)
    acts: tuple[Callable[[], object], ...] = (
        lambda: merging.merge_copies(one=copy, other=other, by=by),
        lambda: merging.part_copy(copy=copy, by=by),
        lambda: merging.merge_lenses(merged=merged, kept=kept, by=by),
        lambda: merging.part_lens(merged=merged, by=by),
    )
    with suppress(merging.NotMergeableError, merging.NotPartableError):
        rng.choices(acts, weights=(8, 4, 1, 2))[0]()


def step(archive: Archive, rng: random.Random) -> None:
    """One act of somebody's."""
    series, copy = rng.choice(archive.series), rng.choice(archive.copies)
    day = date(2026, 1, 1) + timedelta(days=rng.randrange(200))
    acts: tuple[Callable[[], object], ...] = (
        lambda: moderation.accept(series=series, by=archive.moderator),
        lambda: moderation.reject(series=series, by=archive.moderator, reason="other"),
        lambda: measure_again(series, add_um=rng.uniform(-5, 5)),
        lambda: merge_or_part(archive, copy, rng),
        lambda: record_service(by=copy.owner, lens_copy=copy, serviced_on=day),
    )
    rng.choices(acts, weights=(4, 4, 4, 4, 1))[0]()


def take_steps(archive: Archive, *, writers: int, steps: int, seed: int) -> list[BaseException]:
    """So many steps shared by writers, each on a connection of its own; what went wrong, after all is refreshed."""
    over, errors = threading.Event(), list[BaseException]()

    def write(number: int) -> None:
        rng = random.Random(f"{seed} {number}")
        for _ in range(steps // writers):
            step(archive, rng)

    def refresh() -> None:
        while not over.is_set():
            actions.refresh_next()

    refreshing = [started(refresh, errors) for _ in range(REFRESHERS)]
    writing = [started(lambda number=number: write(number), errors) for number in range(writers)]
    _wait(writing)
    over.set()
    _wait(refreshing)
    while actions.refresh_next():
        pass
    return errors


def started(work: Callable[[], None], errors: list[BaseException]) -> threading.Thread:
    """A thread that does it on a connection of its own."""

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to whoever asked for the work
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _wait(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.join(timeout=PATIENCE_SECONDS)


def wrong_cells(archive: Archive) -> list[str]:
    """Every cell that a rebuild would change; a lens that is still due a refresh is wrong, too, and a lost copy."""
    found = {lens.slug: actions.differences(lens=lens) for lens in archive.lenses}
    lines = [f"{slug}: {line}" for slug, lines in found.items() for line in (["due"] if lines is None else lines)]
    return lines + [f"{copy.public_id} is counted where nobody sees it" for copy in _lost_copies()]


def _lost_copies() -> QuerySet[LensCopy]:
    """Copies counted under an entry that was merged, under another lens than their own, or as a merged specimen."""
    return LensCopy.objects.filter(
        Q(lens_model__merged_into__isnull=False)
        | Q(specimen__merged_into__isnull=False)
        | ~Q(specimen__lens_model=F("lens_model"))
    )
