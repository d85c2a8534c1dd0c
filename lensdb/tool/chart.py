"""`lensdb chart`: the chart to print, and its geometry as data."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from analysis.charts.design import PAPERS, ChartDesign, chart_design
from analysis.charts.draw import chart_pdf, chart_png, chart_svg
from lensdb.tool.exit_codes import ExitCode

FORMATS: Final = ("pdf", "svg", "png")


@click.command("chart")
@click.option("--paper", type=click.Choice(PAPERS), default="A4", show_default=True)
@click.option(
    "--format", "file_format", type=click.Choice(FORMATS), help="By default that of the file's ending, or pdf."
)
@click.option("--dpi", type=click.FloatRange(50, 2400), default=1200, show_default=True, help="Of a PNG.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; - is standard output.")
@click.option("--describe", is_flag=True, help="Print the chart's geometry as JSON instead of drawing it.")
def command(paper: str, file_format: str | None, dpi: float, output: Path | None, describe: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Draw the chart at true size: print it at 100 %, without fitting it to the page."""
    design = chart_design(paper)
    if describe:
        click.echo(json.dumps(description(design), indent=1))
        return
    chosen = file_format or _format_of(output)
    path = output or Path(f"{design.name}.{chosen}")
    data = _drawn(design, chosen, dpi)
    if str(path) == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        path.write_bytes(data)
    except OSError as error:
        click.echo(f"Cannot write {path}: {error.strerror}", err=True)
        sys.exit(ExitCode.NOTHING_USABLE)
    click.echo(
        f"{path}: print at 100 %, then check that both check lines measure {_check_mm(design):.1f} mm.", err=True
    )


def description(design: ChartDesign) -> dict[str, Any]:
    """The geometry of a chart as JSON knows it: millimetres, u right, v up, origin the page centre."""
    return {
        "design": design.name,
        "paper": design.paper,
        "width_mm": design.width_mm,
        "height_mm": design.height_mm,
        "tilt_deg": design.tilt_deg,
        "centre_line_v_mm": design.centre_line_v_mm,
        "paper_reflectance": design.paper_reflectance,
        "fiducials": [
            {
                "id": disc.id,
                "u_mm": disc.u_mm,
                "v_mm": disc.v_mm,
                "radius_mm": disc.radius_mm,
                "margin_mm": disc.margin_mm,
            }
            for disc in design.discs
        ],
        "tags": [{"id": tag.id, "u_mm": tag.u_mm, "v_mm": tag.v_mm, "side_mm": tag.side_mm} for tag in design.tags],
        "bars": {
            "reflectance": design.bar_reflectance,
            "slope": design.edge_slope,
            "corners_mm": [bar.corners_mm for bar in design.bars],
        },
        "grey_steps": [
            {"u_mm": step.u_mm, "v_mm": step.v_mm, "reflectance": step.reflectance} for step in design.grey_steps
        ],
        "check_lines": [{"start_mm": line.start_mm, "end_mm": line.end_mm} for line in design.check_lines],
    }


def _format_of(output: Path | None) -> str:
    ending = "" if output is None else output.suffix.lstrip(".").lower()
    return ending if ending in FORMATS else "pdf"


def _drawn(design: ChartDesign, file_format: str, dpi: float) -> bytes:
    if file_format == "pdf":
        return chart_pdf(design)
    return chart_svg(design).encode() if file_format == "svg" else chart_png(design, dpi)


def _check_mm(design: ChartDesign) -> float:
    return design.check_lines[0].length_mm
