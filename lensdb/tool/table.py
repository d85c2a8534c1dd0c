"""A series result as a readable text."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from analysis.flags import MEANING, Quality
from analysis.outlook import cure_sentence
from analysis.results import ColourDifference, PhotoResult, SeriesResult, ShiftResult


def print_series(result: SeriesResult, console: Console) -> None:
    """Print photos, focus shift and what follows from them."""
    console.print(Group(*_parts(result)))


def _parts(result: SeriesResult) -> Iterator[RenderableType]:
    yield Text(_title(result), style="bold")
    yield _photos(result)
    yield _shifts(result)
    if result.longitudinal_colour:
        yield _colours(result)
    yield from (Text(line) for line in _sentences(result))
    for flag in _all_flags(result):
        yield Text(f"{flag.name}: {MEANING[flag]}", style="yellow")


def _title(result: SeriesResult) -> str:
    what = " on ".join(part for part in (result.lens, result.body) if part) or "Unnamed lens"
    pose = result.pose
    where = f", {pose.distance_mm:.0f} mm from the lens, tilt {pose.tilt_deg:.1f}°" if pose else ""
    return f"{what}: chart {result.chart}{where}"


def _photos(result: SeriesResult) -> Table:
    table = Table(title="Best focus of each photo, mm behind the centre line", title_justify="left")
    table.add_column("Photo")
    for head in ("f-number", "best focus", "95 %", "half contrast from", "to"):
        table.add_column(head, justify="right")
    table.add_column("basis")
    table.add_column("remarks")
    for photo in result.photos:
        table.add_row(
            photo.file,
            _f(photo.f_number),
            _signed(photo.best_focus_mm),
            _half_width(photo),
            _signed(photo.near_limit_mm, 1),
            _signed(photo.far_limit_mm, 1),
            photo.basis.value if photo.basis else "–",
            photo.problem or ", ".join(photo.flags.names()),
        )
    return table


def _shifts(result: SeriesResult) -> Table:
    reference = _f(result.reference_f_number)
    table = Table(title=f"Focus shift against {reference}, positive behind", title_justify="left")
    criteria = list(result.focus_shift[0].shift_over_half_dof) if result.focus_shift else []
    for head in ("f-number", "photos", "shift mm", "95 %", "at the sensor µm"):
        table.add_column(head, justify="right")
    for criterion in criteria:
        table.add_column(f"of half DoF, {criterion}", justify="right")
    table.add_column("basis")
    for row in result.focus_shift:
        table.add_row(
            _f(row.f_number),
            str(row.n_photos),
            _signed(row.focus_shift_mm),
            _half_width(row),
            f"{_signed(row.focus_shift_um, 1)} ± {_plain(1.96 * row.focus_shift_um_se, 1)}",
            *(_signed(row.shift_over_half_dof[criterion]) for criterion in criteria),
            row.basis.value if row.basis else "–",
        )
    return table


def _colours(result: SeriesResult) -> Table:
    lp_mm = ", ".join(f"{value:g}" for value in sorted({row.frequency_lp_mm for row in result.longitudinal_colour}))
    table = Table(title=f"Best focus of red and blue minus green at {lp_mm} lp/mm, mm", title_justify="left")
    for head in ("f-number", "red", "blue", "red at the sensor µm", "blue"):
        table.add_column(head, justify="right")
    table.add_column("basis")
    for row in result.longitudinal_colour:
        both = (row.red, row.blue)
        table.add_row(
            _f(row.f_number),
            *(_difference(one) for one in both),
            *(f"{_signed(one.um, 1)} ± {_plain(1.96 * one.um_se, 1)}" for one in both),
            row.basis.value if row.basis else "–",
        )
    return table


def _difference(one: ColourDifference) -> str:
    return f"{_signed(one.mm)} ± {_plain(1.96 * one.se_mm)}"


def _sentences(result: SeriesResult) -> Iterator[str]:
    if cure := cure_sentence(result):
        yield cure
    for safe in result.first_safe:
        name = "the centre line" if safe.depth_mm == 0 else f"the mark {abs(safe.depth_mm):g} mm in front"
        where = f"from {_f(safe.f_number)} on" if math.isfinite(safe.f_number) else "at no f-number of this series"
        yield f"For a blur of {safe.criterion} mm on full frame, {name} is inside the depth of field {where}."


def _all_flags(result: SeriesResult) -> list[Quality]:
    flags = result.flags
    for photo in result.photos:
        flags |= photo.flags
    return [flag for flag in Quality if flag in flags]


def _f(f_number: float) -> str:
    return f"f/{f_number:g}" if math.isfinite(f_number) else "–"


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}" if math.isfinite(value) else "–"


def _plain(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else "–"


def _half_width(row: PhotoResult | ShiftResult) -> str:
    low, high = row.interval95_mm
    return f"± {_plain((high - low) / 2)}"
