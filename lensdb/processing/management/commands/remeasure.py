"""`manage.py remeasure`: measure the archive again by this code's analysis version, behind all new submissions."""

from __future__ import annotations

import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from analysis.results import ANALYSIS_VERSION
from lensdb.catalog.models import LensModel
from lensdb.processing import version_actions, version_queries
from lensdb.processing.queries import slots

LOOK_SECONDS: Final = 2.0


class Command(BaseCommand):
    help = (
        f"Queues series to be measured again by version {ANALYSIS_VERSION}, at low priority. Old results stay, and are "
        "shown until `manage.py show_version`. May be broken off and begun again."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version of every command gives way to ours.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--all", action="store_true", help="Everything this version has not measured.")
        which.add_argument("--lens", metavar="SLUG", help="Series of this lens.")
        which.add_argument("--version", metavar="VERSION", help="Series that this version measured.")
        which.add_argument("--watch", action="store_true", help="Queue nothing; follow what was queued.")
        parser.add_argument("--dry-run", action="store_true", help="Only say how many, and how long it would take.")

    def handle(
        self, *_args: Any, lens: str | None, version: str | None, watch: bool, dry_run: bool, **_options: Any
    ) -> None:
        if watch:
            self._watch()
            return
        series = version_queries.to_measure_again(lens=_lens(lens), version=version)
        needed = version_queries.estimate(series)
        self.stdout.write(_told(needed))
        if dry_run or not needed.series:
            return
        with self._progress() as bar:
            task = bar.add_task("queueing", total=needed.series)
            queued = 0
            for n_queued in version_actions.measure_again(series):
                queued += n_queued
                bar.update(task, completed=queued)
        self.stdout.write(f"{queued} series queued. Follow them with: manage.py remeasure --watch")

    def _watch(self) -> None:
        with self._progress() as bar:
            task = bar.add_task("measuring again", total=None)
            while True:
                now = version_queries.remeasuring()
                bar.update(task, completed=now.finished, total=now.total)
                if now.finished >= now.total:
                    break
                time.sleep(LOOK_SECONDS)
        self.stdout.write(f"{now.finished} of {now.total} series measured again. Show them: manage.py show_version")

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        return Progress(*columns, console=Console(stderr=True))


def _lens(slug: str | None) -> LensModel | None:
    if slug is None:
        return None
    try:
        return LensModel.objects.get(slug=slug)
    except LensModel.DoesNotExist as error:
        raise CommandError(f"There is no lens {slug!r}.") from error


def _told(needed: version_queries.Estimate) -> str:
    told = f"{needed.series} series to measure by {ANALYSIS_VERSION}"
    if needed.core_hours is None:
        return f"{told}; nothing was measured yet, so nobody knows how long that takes."
    told = f"{told}: {needed.core_hours:.2f} core-hours"
    if side_by_side := slots():
        told = f"{told}, {needed.core_hours / side_by_side:.1f} hours on the {side_by_side} slots there are"
    return f"{told}."
