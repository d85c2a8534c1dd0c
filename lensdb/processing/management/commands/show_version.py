"""`manage.py show_version VERSION`: choose which analysis version the pages show; `--undo` takes the choice back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lensdb.measurements.queries import known_versions, shown_version
from lensdb.processing import version_actions, version_queries


class Command(BaseCommand):
    help = "Shows, or changes in one act, which analysis version the pages show. Without arguments it only tells."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", nargs="?", help="The version to show from now on.")
        parser.add_argument("--undo", action="store_true", help="Show what was shown before.")
        parser.add_argument(
            "--incomplete", action="store_true", help="Also when published series wait to be measured by it."
        )

    def handle(self, *_args: Any, version: str | None, undo: bool, incomplete: bool, **_options: Any) -> None:
        if undo and version:
            raise CommandError("Name a version, or --undo, not both.")
        if not undo and not version:
            self._tell()
            return
        by = "command:show_version"
        try:
            if version:
                row = version_actions.show_version(version=version, by=by, incomplete=incomplete)
            else:
                row = version_actions.show_version_before(by=by)
        except version_actions.VersionError as error:
            raise CommandError(str(error)) from error
        found = version_queries.coverage(row.version)
        self.stdout.write(
            f"The pages show {row.version}: {found.measured} of {found.published} published series. "
            "Cells follow as refresh_cells gets to them. Back: manage.py show_version --undo"
        )

    def _tell(self) -> None:
        shown = shown_version()
        for version in known_versions() or [shown]:
            found = version_queries.coverage(version)
            self.stdout.write(
                f"{'*' if version == shown else ' '} {version}: {found.measured} of {found.published} published series "
                f"measured, {found.failed} failed, {found.missing} not tried"
            )
