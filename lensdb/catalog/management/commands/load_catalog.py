"""manage.py load_catalog: the lenses and bodies that lensfun knows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress

from lensdb.catalog import actions, lensfun, sensors


class Command(BaseCommand):
    help = "Add makers, mounts, lenses and bodies from lensfun's database (CC BY-SA 3.0). Running it again is harmless."

    def handle(self, *_args: Any, **options: Any) -> None:
        quiet = options["verbosity"] == 0
        with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
            task = bar.add_task("reading lensfun's database", total=1 + len(actions.STAGES))
            lenses, bodies = lensfun.read()
            loaded = actions.load(
                lenses=lenses,
                bodies=bodies,
                pixel_pitches_um=sensors.pixel_pitches_um(),
                progress=lambda stage: bar.update(task, advance=1, description=stage),
            )
        if not quiet:
            self.stdout.write(f"Catalogue: {loaded.lenses} lenses and {loaded.bodies} bodies added.")
