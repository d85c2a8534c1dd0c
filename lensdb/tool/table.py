"""A series result as a readable text."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from analysis.findings import first_safe_f_number
from analysis.flags import MEANING, Quality
from analysis.results import PhotoResult, SeriesResult, ShiftResult

FRONT_MARK_MM = -2.0
"""The mark 2 mm before the centre line that the first test asked about."""


def print_series(result: SeriesResult, console: Console) -> None:
    """Print photos, focus shift and what follows from them."""
    console.print(Group(*_parts(result)))


def _parts(result: SeriesResult) -> Iterator[RenderableType]:
    yield Text(_title(result), style="bold")
    yield _photos(result)
    yield _shifts(result)
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


def _sentences(result: SeriesResult) -> Iterator[str]:
    if math.isfinite(result.static_offset_mm):
        yield (
            f"Static offset at {_f(result.reference_f_number)}: {_signed(result.static_offset_mm)} mm"
            f" ± {_plain(1.96 * result.static_offset_se_mm)} (what AF micro-adjustment can cure)."
        )
    fine = [photo for photo in result.photos if photo.dof]
    if not fine:
        return
    criterion = fine[0].dof[0].criterion_mm
    for depth_mm, name in ((0.0, "the centre line"), (FRONT_MARK_MM, "the mark 2 mm in front")):
        safe = first_safe_f_number([photo.f_number for photo in fine], [photo.dof[0] for photo in fine], depth_mm)
        where = f"from {_f(safe)} on" if math.isfinite(safe) else "at no f-number of this series"
        yield f"For a blur of {criterion:.3f} mm, {name} is inside the depth of field {where}."


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
