"""`lensdb measure`: a folder of chart photos to best focus and focus shift."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from analysis.charts.design import PAPERS, chart_design
from analysis.flags import ConfigurationError, Quality
from analysis.measure import MeasureOptions, NothingMeasuredError, PhotoSource, measure_series
from analysis.results import NAN, PhotoResult, SeriesResult
from analysis.turned import NotAPairError, average_turned, turned_name
from lensdb.tool.exit_codes import ExitCode
from lensdb.tool.folder import FolderShots, shots_in
from lensdb.tool.json_file import STANDARD_OUTPUT, write_json
from lensdb.tool.report import ReportNotBuiltError, write_report
from lensdb.tool.table import print_series

CHARTS = ("auto", *(chart_design(paper).name for paper in PAPERS))
POSITIVE = click.FloatRange(min=0, min_open=True)


@click.command("measure")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--turned",
    type=click.Path(exists=True, path_type=Path),
    help="The same again with sheet and stand turned by 180° about the axis; the mean of both is free of tilted focus.",
)
@click.option("--chart", type=click.Choice(CHARTS), default="auto", show_default=True)
@click.option("--distance-mm", type=POSITIVE, help="From the focal-plane mark to the chart; checks the print's scale.")
@click.option("--pixel-pitch-um", type=POSITIVE, help="Instead of what the photos say.")
@click.option("--focal-length-mm", type=POSITIVE, help="Instead of what the photos say.")
@click.option("--f-numbers", help="Comma-separated, one per photo in the order of their names.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, allow_dash=True), help="Write the result; - prints it."
)
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Write plots as HTML.")
@click.option("--no-colour", is_flag=True, help="Do not compare red, green and blue; a third quicker.")
@click.option("--quiet", is_flag=True, help="No progress bar, no table.")
def command(  # noqa: PLR0917 - one parameter per option of the command line
    folder: Path,
    turned: Path | None,
    chart: str,
    distance_mm: float | None,
    pixel_pitch_um: float | None,
    focal_length_mm: float | None,
    f_numbers: str | None,
    json_file: str | None,
    report_file: Path | None,
    no_colour: bool,  # noqa: FBT001 - a flag of the command line
    quiet: bool,  # noqa: FBT001
) -> None:
    """Measure the photos in FOLDER, which is one series: one chart, one lens, focus untouched.

    RAW and JPEG of one shot count once. Depth is positive behind the chart's centre line, away from the camera.
    """
    options = MeasureOptions(
        chart=chart,
        distance_mm=distance_mm,
        pixel_pitch_um=pixel_pitch_um,
        focal_length_mm=focal_length_mm,
        colour=not no_colour,
    )
    pictures: dict[str, bytes] | None = None if report_file is None else {}
    try:
        result = _measured(folder, f_numbers, options, pictures, quiet=quiet)
        if turned is not None:
            more: dict[str, bytes] | None = None if pictures is None else {}
            result = average_turned(result, _measured(turned, f_numbers, options, more, quiet=quiet))
            if pictures is not None and more is not None:
                pictures |= {turned_name(name): data for name, data in more.items()}
    except NotAPairError as error:
        raise click.BadParameter(str(error), param_hint="--turned") from error
    except ConfigurationError as error:
        raise click.UsageError(f"{error}{_next_step(error.flag)}") from error
    except NothingMeasuredError as error:
        _say_problems(error.photos)
        click.echo(str(error), err=True)
        sys.exit(ExitCode.NOTHING_USABLE)
    _hand_over(result, json_file, quiet=quiet)
    if report_file is not None:
        _report(result, pictures or {}, folder, report_file)
    _say_problems(result.photos)
    sys.exit(ExitCode.IN_PART if any(photo.problem for photo in result.photos) else ExitCode.DONE)


def _measured(
    folder: Path, f_numbers: str | None, options: MeasureOptions, pictures: dict[str, bytes] | None, *, quiet: bool
) -> SeriesResult:
    """The series in a folder, with RAW files that nobody could read among its photos."""
    shots = shots_in(folder)
    refusals = _raw_refusals(shots)
    try:
        result = _measure(_sources(shots, f_numbers), options, pictures, quiet=quiet)
    except NothingMeasuredError as error:
        error.photos = (*error.photos, *refusals)
        raise
    return replace(result, photos=(*result.photos, *refusals))


def _sources(shots: FolderShots, f_numbers: str | None) -> list[PhotoSource]:
    given: list[float | None] = [None] * len(shots.pictures)
    if f_numbers is not None:
        try:
            given = [float(part) for part in f_numbers.split(",")]
        except ValueError as error:
            raise click.BadParameter(f"{f_numbers!r} is not a list such as 1.2,2,4", param_hint="f-numbers") from error
        if len(given) != len(shots.pictures):
            raise click.BadParameter(f"{len(given)} f-numbers for {len(shots.pictures)} photos", param_hint="f-numbers")
    return [
        PhotoSource(path.name, path.read_bytes, f_number) for path, f_number in zip(shots.pictures, given, strict=True)
    ]


def _measure(
    photos: list[PhotoSource], options: MeasureOptions, pictures: dict[str, bytes] | None, *, quiet: bool
) -> SeriesResult:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
        task = bar.add_task("Finding the chart", total=len(photos))
        keep = None if pictures is None else pictures.__setitem__
        return measure_series(photos, options, progress=_reporter(bar, task), pictures=keep)


def _reporter(bar: Progress, task: TaskID) -> Callable[[str, int, int], None]:
    return lambda name, done, _: bar.update(task, completed=done, description=name)


def _report(result: SeriesResult, pictures: dict[str, bytes], folder: Path, path: Path) -> None:
    title = f"{result.lens or 'Unnamed lens'}, {folder.resolve().stem}"
    try:
        write_report(result=result, pictures=pictures, title=title, path=path)
    except (OSError, ReportNotBuiltError) as error:
        raise click.UsageError(f"Cannot write the report: {error}") from error


def _next_step(flag: Quality) -> str:
    if flag is Quality.NO_PIXEL_PITCH:
        return " Try --pixel-pitch-um: the sensor's width in micrometres over the picture's width in pixels."
    return " Try --focal-length-mm."


def _raw_refusals(shots: FolderShots) -> list[PhotoResult]:
    sentence = "RAW files are not read; save the shot as JPEG or TIFF."
    return [PhotoResult(file.name, NAN, flags=Quality.UNREADABLE, problem=sentence) for file in shots.raw_only]


def _hand_over(result: SeriesResult, json_file: str | None, *, quiet: bool) -> None:
    if json_file is not None:
        write_json(result.to_json(), json_file)
    if not quiet and json_file != STANDARD_OUTPUT:
        print_series(result, Console())


def _say_problems(photos: list[PhotoResult] | tuple[PhotoResult, ...]) -> None:
    for photo in photos:
        if photo.problem:
            click.echo(f"{photo.file}: {photo.problem}", err=True)
