"""Cells under load: do they equal a rebuild after random acts, and how long does a hot lens take?

    python -m tests.benchmarks.copies_cells [--steps 2000] [--copies 16000] [--seed 1]

On a PostgreSQL of its own. Acts (accept, reject, measure again, merge and part copies, service) are shared by four
writers while two refresh. The hot lens has one series of seven f-numbers for each copy; a moderator's decision about
one of them is timed to the moment its cells, its lens's cells and its verdict are written.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

import django
from django.db import connection

import tests.environment  # first: it sets the environment that settings are read from

os.environ["DJANGO_SETTINGS_MODULE"] = "lensdb.settings"
tests.environment.pytest_configure()
django.setup()

from django.test.runner import DiscoverRunner  # noqa: E402 - after the settings are ready

from analysis.results import ANALYSIS_VERSION, Basis  # noqa: E402
from lensdb.aggregates import actions  # noqa: E402
from lensdb.measurements.models import SeriesMeasurement, ShiftMeasurement, ShownVersion  # noqa: E402
from lensdb.moderation import actions as moderation  # noqa: E402
from lensdb.submissions.models import LensCopy, Series, Specimen, StaleCopy  # noqa: E402
from tests.benchmarks.copies_steps import Archive, take_steps, wrong_cells  # noqa: E402
from tests.factories.accounts import ModeratorFactory  # noqa: E402
from tests.factories.measurements import SHIFTS_UM  # noqa: E402
from tests.factories.submissions import PublishedSeriesFactory  # noqa: E402

WRITERS: Final = 4
REPEATS: Final = 7
GOAL_SECONDS: Final = 1.0


@contextmanager
def database() -> Iterator[None]:
    """An empty one with all tables."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(made)


def random_acts(steps: int, seed: int) -> None:
    archive = Archive(lenses=3, copies=8)
    errors = take_steps(archive, writers=WRITERS, steps=steps, seed=seed)
    wrong = wrong_cells(archive)
    for line in (*map(repr, errors), *wrong):
        print(line)
    told = "holds" if not errors and not wrong else "misses"
    print(f"{told}: {steps} steps by {WRITERS} writers, {len(errors)} errors, {len(wrong)} cells unlike a rebuild")


def hot_lens(n_copies: int, seed: int) -> None:
    """One decision about one of very many copies, several times over."""
    series = many_copies(n_copies, seed)
    lens, moderator = series.lens_copy.lens_model, ModeratorFactory()
    tidy()
    actions.rebuild(lens=lens)
    StaleCopy.objects.all().delete()
    tidy()
    taken = []
    for number in range(REPEATS):
        decide = moderation.reject if number % 2 == 0 else moderation.accept
        decide(series=series, by=moderator, reason="other")
        started = time.perf_counter(), time.process_time()
        done = actions.refresh_next()
        taken.append((time.perf_counter() - started[0], time.process_time() - started[1]))
        assert done is not None
    seconds, cpu_seconds = (statistics.median(column) for column in zip(*taken, strict=True))
    told = "holds" if seconds <= GOAL_SECONDS else "misses"
    print(
        f"{told}: a lens of {n_copies} copies, {len(SHIFTS_UM)} f-numbers, refreshed in {seconds:.2f} s "
        f"(median of {REPEATS}; goal {GOAL_SECONDS:g} s), of it {cpu_seconds:.2f} s of this process's own"
    )


def tidy() -> None:
    """What PostgreSQL does by itself some time after so many new rows: not while the refresh is timed."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def many_copies(n_copies: int, seed: int) -> Series:
    """A lens with so many copies, each with one published series; one of the series."""
    first = PublishedSeriesFactory(f_numbers=[])
    owner, lens, rng = first.owner, first.lens_copy.lens_model, random.Random(seed)
    specimens = Specimen.objects.bulk_create(Specimen(lens_model=lens) for _ in range(n_copies))
    copies = LensCopy.objects.bulk_create(
        LensCopy(owner=owner, lens_model=lens, specimen=specimen, entered_as=specimen) for specimen in specimens
    )
    fields = {"owner": owner, "body": first.body, "standing": first.standing, "submitted_at": first.submitted_at}
    series = Series.objects.bulk_create(Series(lens_copy=copy, **fields) for copy in copies)
    measurements = SeriesMeasurement.objects.bulk_create(
        SeriesMeasurement(
            series=one,
            analysis_version=ANALYSIS_VERSION,
            result={},
            subject_distance_m=0.5,
            focal_length_mm=50.0,
            reference_f_number=1.2,
            attempt=1,
            cpu_seconds=6.5,
        )
        for one in series
    )
    ShiftMeasurement.objects.bulk_create(
        (shift for one in measurements for shift in _shifts(one, rng.gauss(0, 2), rng)), batch_size=10_000
    )
    ShownVersion.objects.create(version=ANALYSIS_VERSION)
    return series[0]


def _shifts(measurement: SeriesMeasurement, copy_um: float, rng: random.Random) -> Iterator[ShiftMeasurement]:
    for f_number, um in SHIFTS_UM.items():
        se_um = rng.uniform(0.4, 1.0) if um else 0.0
        yield ShiftMeasurement(
            measurement=measurement,
            f_number=Decimal(str(f_number)),
            n_photos=1,
            focus_shift_um=um + (copy_um + rng.gauss(0, se_um) if um else 0.0),
            focus_shift_um_se=se_um,
            basis=Basis.MEASURED,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=2000, help="0 for none")
    parser.add_argument("--copies", type=int, default=16_000, help="0 for none")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for work, size in ((random_acts, arguments.steps), (hot_lens, arguments.copies)):
        if size:
            with database():
                work(size, arguments.seed)


if __name__ == "__main__":
    main()
