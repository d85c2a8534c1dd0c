"""`lensdb submit`: a folder of chart photos to the site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from analysis.charts.design import PAPERS, chart_design
from lensdb.tool import sending
from lensdb.tool.client import Site, SiteError, end_with, signed_in
from lensdb.tool.exit_codes import ExitCode
from lensdb.tool.folder import shots_in
from lensdb.tool.sending import LocalPhoto, Refusal

CHARTS: Final = ("auto", *(chart_design(paper).name for paper in PAPERS))
FOCUSING: Final = ("live_view", "autofocus", "autofocus_sensor", "rangefinder")


@click.command("submit")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--lens", help="Name of the lens; by default what the photos say.")
@click.option("--body", help="Name of the camera; by default what the photos say.")
@click.option("--distance-m", type=click.FloatRange(0.02, 1000), required=True, help="Focal-plane mark to the chart.")
@click.option("--copy", "label", default="", help="What you call this copy of the lens.")
@click.option("--serial", help="Serial number of the lens; by default what the photos say. Nobody else sees it.")
@click.option("--chart", type=click.Choice(CHARTS), default="auto", show_default=True)
@click.option("--f-numbers", help="Comma-separated, one per photo in the order of their names.")
@click.option("--focusing-method", type=click.Choice(FOCUSING), default=None)
@click.option("--af-micro-adjust", type=click.IntRange(-50, 50))
@click.option("--note", default="", help="Only you and moderators see it.")
@click.option("--wait", is_flag=True, help="Stay until it is measured.")
def command(folder: Path, f_numbers: str | None, wait: bool, **options: Any) -> None:  # noqa: FBT001 - a flag
    """Send the photos in FOLDER as one series: one chart, one lens, focus untouched.

    Running it again is safe: photos that arrived are not sent twice, and a series that was sent is named.
    """
    paths = shots_in(folder).pictures
    if not paths:
        click.echo(f"There are no JPEG, TIFF or PNG files in {folder}.", err=True)
        raise click.exceptions.Exit(ExitCode.NOTHING_USABLE)
    photos = sending.read_photos(paths, _typed(f_numbers, len(paths)))
    try:
        with signed_in() as site:
            code = _run(site, photos, options, wait=wait)
    except SiteError as error:
        end_with(error)
    raise click.exceptions.Exit(code)


def _run(site: Site, photos: Sequence[LocalPhoto], options: dict[str, Any], *, wait: bool) -> ExitCode:
    known = site.known([photo.file.sha256 for photo in photos])
    for photo in photos:
        if before := known.get(photo.file.sha256):
            click.echo(f"{photo.file.path.name}: already sent, in series {before['series']}.", err=True)
    fresh = [photo for photo in photos if photo.file.sha256 not in known]
    if not fresh:
        click.echo("All of these photos have been sent before; nothing to do.", err=True)
        return ExitCode.DONE
    series, held, refusals = _fill(site, fresh, options)
    if len(refusals) + len(known) == len(photos) and not held:
        site.discard(series)
        click.echo("None of the photos could be used; nothing was submitted.", err=True)
        return ExitCode.NOTHING_USABLE
    site.submit(series)
    click.echo(f"{site.server}/series/{series}/")
    if wait and not _wait(site, series):
        return ExitCode.NOTHING_USABLE
    return ExitCode.IN_PART if refusals or known else ExitCode.DONE


def _fill(site: Site, fresh: Sequence[LocalPhoto], options: dict[str, Any]) -> tuple[str, set[str], list[Refusal]]:
    """A draft with these photos in it: an earlier run's, where there is one, else a new one."""
    identified = sending.identify(site, fresh)
    for problem in identified["problems"]:
        click.echo(f"Note: {problem}", err=True)
    try:
        lens = sending.choose_lens(site, options.pop("lens"), identified)
        body = sending.choose_body(site, options.pop("body"), identified)
    except sending.UndecidedError as error:
        raise click.UsageError(str(error)) from error
    serial, label = options.pop("serial"), options.pop("label")
    series, held = sending.unfinished_draft(site, fresh, lens["slug"]) or ("", set())
    if not series:
        new_copy = {"label": label, "serial": sending.lens_serial(fresh) if serial is None else serial}
        options["focusing_method"] = options["focusing_method"] or ""
        series = site.begin({"lens": lens["slug"], "body": body["id"], "new_copy": new_copy} | options)
    to_send = [photo for photo in fresh if photo.file.sha256 not in held]
    click.echo(f"{lens['name']} on {body['name']}: {len(to_send)} photos to send.", err=True)
    refusals = _upload(site, series, to_send)
    for refusal in refusals:
        click.echo(f"{refusal.file_name}: {refusal.sentence}", err=True)
    return series, held, refusals


def _upload(site: Site, series: str, photos: Sequence[LocalPhoto]) -> list[Refusal]:
    columns = (TextColumn("sending"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(photo.file.path.stat().st_size for photo in photos))
        return sending.upload(site, series, photos, progress=lambda n_bytes: bar.advance(task, n_bytes))


def _wait(site: Site, series: str) -> bool:
    """Say where the series stands whenever it changes; whether it was measured in the end."""
    status: dict[str, Any] = {}
    for status in site.follow(series):
        place = f", place {status['position']}" if status["position"] else ""
        click.echo(f"{status['state']}{place}", err=True)
    if failure := status["failure"]:
        click.echo(f"{failure['sentence']} {failure['next_step']}", err=True)
    return bool(status["state"] == "measured")


def _typed(f_numbers: str | None, n_photos: int) -> list[float | None]:
    if f_numbers is None:
        return [None] * n_photos
    try:
        typed = [float(text) for text in f_numbers.split(",")]
    except ValueError:
        raise click.UsageError("--f-numbers wants numbers with commas between, such as 1.4,2,2.8,4.") from None
    if len(typed) != n_photos:
        raise click.UsageError(f"--f-numbers names {len(typed)} f-numbers, but there are {n_photos} photos.")
    return [*typed]
