"""`lensdb simulate`: photos whose true focus shift is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.charts.design import PAPERS, chart_design
from analysis.synthetic import LENSES, Camera, Lens, Mishap, Nuisances, Scene, Series, render_series, specimen
from analysis.synthetic.series import F_NUMBERS, TRUTH_FILE
from lensdb.tool.exit_codes import ExitCode

SENSORS: Final = {"demo": (3000, 2000, 6.0), "apsc": (6000, 4000, 3.9), "full": (6000, 4000, 6.0)}
"""Width and height in pixels, pixel pitch in micrometres."""

FIRST_LENS: Final = "canon-ef-50-1.2"
WRONG_LENS_NAME: Final = "EF135mm f/2L USM"


@click.command("simulate")
@click.argument("outdir", type=click.Path(file_okay=False, path_type=Path))
@click.option("--lens-preset", type=click.Choice(sorted(LENSES)), default=FIRST_LENS, show_default=True)
@click.option("--copy", "copy_number", type=click.IntRange(min=0), default=0, help="Another specimen of the lens.")
@click.option("--f-numbers", help="Comma-separated; by default full stops from the widest to f/16.")
@click.option(
    "--distance-mm",
    type=click.FloatRange(min=50),
    help="From the focal-plane mark to the chart. By default the chart stands ten focal lengths from the lens.",
)
@click.option("--sensor", type=click.Choice(sorted(SENSORS)), default="full", show_default=True)
@click.option("--width", "width_px", type=click.IntRange(200, 20000), help="Instead of the sensor's width, in pixels.")
@click.option("--height", "height_px", type=click.IntRange(200, 20000), help="Instead of the sensor's height.")
@click.option("--pixel-pitch-um", type=click.FloatRange(0.5, 30), help="Instead of the sensor's pixel pitch.")
@click.option("--paper", type=click.Choice(PAPERS), default="A4", show_default=True, help="The chart photographed.")
@click.option("--focus-error-mm", type=float, default=0.0, help="How far behind the centre line it is focused.")
@click.option("--tilt-deg", type=click.FloatRange(20, 70), default=45.0, show_default=True)
@click.option("--pan-deg", type=click.FloatRange(-10, 10), default=0.0, show_default=True)
@click.option("--roll-deg", type=click.FloatRange(-10, 10), default=0.0, show_default=True)
@click.option("--mishap", type=click.Choice([mishap.value for mishap in Mishap]), help="What goes wrong.")
@click.option(
    "--nuisances",
    "nuisances_seed",
    type=click.IntRange(min=0),
    metavar="SEED",
    help="Disturb set-up, print, lens, iris and camera at random.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the noise.")
@click.option("--quiet", is_flag=True, help="No progress bar, no summary.")
def command(  # noqa: PLR0917 - one parameter per option of the command line
    outdir: Path,
    lens_preset: str,
    copy_number: int,
    f_numbers: str | None,
    distance_mm: float | None,
    sensor: str,
    width_px: int | None,
    height_px: int | None,
    pixel_pitch_um: float | None,
    paper: str,
    focus_error_mm: float,
    tilt_deg: float,
    pan_deg: float,
    roll_deg: float,
    mishap: str | None,
    nuisances_seed: int | None,
    seed: int,
    quiet: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Render a series of photos into OUTDIR, its truth beside them in truth.json.

    The lenses bear real names; their aberrations are invented.
    """
    lens = specimen(lens_preset, copy_number)
    width, height, pitch = SENSORS[sensor]
    scene = Scene(
        chart_design(paper),
        focus_distance_mm=distance_mm or _ten_focal_lengths_mm(lens),
        width_px=width_px or width,
        height_px=height_px or height,
        pixel_pitch_um=pixel_pitch_um or pitch,
        tilt_deg=tilt_deg,
        pan_deg=pan_deg,
        roll_deg=roll_deg,
        focus_offset_mm=focus_error_mm,
    )
    series = Series(
        scene,
        lens,
        f_numbers=_parse_f_numbers(f_numbers, lens),
        camera=Camera(body_serial="SIM-0001", lens_serial=f"SIM-{copy_number:04d}"),
        seed=seed,
        mishap=None if mishap is None else Mishap(mishap),
        tagged_as=WRONG_LENS_NAME if mishap == Mishap.WRONG_LENS else "",
    )
    if nuisances_seed is not None:
        series = _disturbed(series, nuisances_seed)
    _refuse_to_mix(outdir)
    try:
        _render(series, outdir, quiet=quiet)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        click.echo(f"Cannot write to {outdir}: {error.strerror}", err=True)
        sys.exit(ExitCode.NOTHING_USABLE)


def _disturbed(series: Series, seed: int) -> Series:
    try:
        return series.disturbed(Nuisances.random(np.random.default_rng(seed)))
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _render(series: Series, outdir: Path, *, quiet: bool) -> None:
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet) as bar:
        task = bar.add_task("Taking photos", total=len(series.f_numbers))
        paths = render_series(series, outdir, lambda name, done, _: bar.update(task, completed=done, description=name))
    console.print(f"{len(paths)} photos of {series.lens.model} (simulated) in {outdir}, the truth in {TRUTH_FILE}.")


def _ten_focal_lengths_mm(lens: Lens) -> float:
    """The distance D that puts the chart ten focal lengths before the pupil: 0.5 m for a 50 mm lens."""
    pupil_distance = 10 * lens.focal_length_mm
    return pupil_distance**2 / (pupil_distance - lens.focal_length_mm)


def _parse_f_numbers(text: str | None, lens: Lens) -> tuple[float, ...]:
    if text is None:
        stops = [number for number in F_NUMBERS if number > lens.widest_f_number * 1.05]
        return (lens.widest_f_number, *stops)
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is not a list of f-numbers such as 1.2,2,4", param_hint="f-numbers"
        ) from error


def _refuse_to_mix(outdir: Path) -> None:
    """One folder is one series: photos of another one must not lie in it."""
    if outdir.is_dir() and any(path.suffix.lower() in {".jpg", ".jpeg"} for path in outdir.iterdir()):
        raise click.UsageError(f"{outdir} holds photos already; give an empty folder")
