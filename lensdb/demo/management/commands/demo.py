"""`manage.py demo`, what `make demo` runs."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lensdb.demo import outcome
from lensdb.demo.cast import MODERATOR, PHOTOGRAPHERS
from lensdb.demo.community import Planned, community
from lensdb.demo.prepare import prepare
from lensdb.demo.render import rendered
from lensdb.demo.roles import RolesError, free_port, running_site
from lensdb.demo.send import Post, post_office
from lensdb.demo.stories import STORIES
from lensdb.processing.enums import JobState
from lensdb.processing.models import Job
from lensdb.submissions.models import StaleCopy

MEASURE_SECONDS: Final = 1800.0


class Command(BaseCommand):
    """Renders a small community, sends it through the real submission and backlog, and serves the site."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="end when everything is measured and judged")
        parser.add_argument("--port", type=int, default=8000, help="the first port to try")

    def handle(self, *_: Any, no_serve: bool, port: int, **__: Any) -> None:
        if settings.MODE != "demo":
            raise CommandError("The demo runs with LENSDB_MODE=demo only: it makes accounts and simulated series.")
        logging.getLogger("httpx").setLevel(logging.WARNING)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        console = Console()
        folder = Path(settings.DATA_DIR) / "demo"
        started = time.monotonic()
        console.print("Preparing the site …")
        passwords = prepare(folder)
        try:
            with running_site(Path(settings.DATA_DIR), port=free_port(port)) as address:
                plans = community()
                with post_office(folder, address, passwords) as post:
                    _fill(console, plans, post, folder)
                    sent = dict(post.sent)
                odd = [*outcome.surprises(plans, sent), *outcome.untold_stories()]
                console.print(outcome.lens_table())
                _tell(console, plans, odd, time.monotonic() - started)
                if no_serve:
                    sys.exit(1 if odd else 0)
                _welcome(console, address, passwords, sent)
                signal.pause()
        except RolesError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            console.print("\nStopped. 'make demo' starts it again on the same data.")


def _fill(console: Console, plans: Sequence[Planned], post: Post, folder: Path) -> None:
    """Render and send what is missing, and wait until the backlog is empty and the lens pages are up to date."""
    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    missing = post.missing(plans)
    with Progress(*columns, console=console) as bar:
        sending = bar.add_task("sent", total=len(plans), completed=len(plans) - len(missing))
        measuring = bar.add_task("measured", total=len(plans), completed=_finished())
        for plan, photos in rendered(missing, folder / "photos"):
            post.send(plan, photos)
            bar.advance(sending)
            bar.update(measuring, completed=_finished())
        deadline = time.monotonic() + MEASURE_SECONDS
        while not _settled():
            if time.monotonic() > deadline:
                raise RolesError(f"the backlog does not empty; see {settings.DATA_DIR / 'log'}")
            time.sleep(0.5)
            bar.update(measuring, completed=_finished())
        bar.update(measuring, completed=_finished())


def _finished() -> int:
    close_old_connections()
    return Job.objects.filter(state__in=[JobState.DONE, JobState.FAILED]).count()


def _settled() -> bool:
    waiting = Job.objects.filter(state__in=[JobState.QUEUED, JobState.CLAIMED])
    return not waiting.exists() and not StaleCopy.objects.exists()


def _tell(console: Console, plans: Sequence[Planned], odd: Sequence[str], seconds: float) -> None:
    good = sum(1 for plan in plans if plan.mishap is None)
    for sentence in odd:
        console.print(f"[red]{sentence}[/red]")
    if not odd:
        console.print(
            f"{good} good series were measured; {len(plans) - good} planted bad ones were held, each for its reason; "
            f"{len(STORIES)} lens pages tell the story planted for them. "
            f"({seconds:.0f} s)",
            highlight=False,
        )


def _welcome(console: Console, address: str, passwords: dict[str, str], sent: dict[str, str]) -> None:
    photographer, moderator = PHOTOGRAPHERS[0], MODERATOR
    first = next(iter(community())).name
    text = f"""
[bold]LensDB runs at {address}[/bold]  (this machine only; everything in it is simulated)

  photographer  {photographer.email}  {passwords[photographer.key]}
  moderator     {moderator.email}  {passwords[moderator.key]}

Worth opening:
  a lens      {address}/lenses/canon-ef-50mm-f1-2l-usm/
  a series    {address}/series/{sent[first]}/
  moderation  {address}/admin/submissions/series/?standing__exact=held

Ctrl-C stops everything it started."""
    console.print(text, highlight=False, soft_wrap=True)
