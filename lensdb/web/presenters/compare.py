"""Lenses side by side: at the sensor, where they compare, and in one chosen scene, where it matters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.advice import Picture
from analysis.copies import Kind
from lensdb.catalog.models import LensModel
from lensdb.web.presenters.cells import Cell
from lensdb.web.presenters.numbers import UNKNOWN, count, depth_mm, f_number, interval, metres, ratio, signed
from lensdb.web.presenters.scene import (
    Measured,
    Scene,
    at_f_number,
    measured_near,
    of_cells,
    picture_of,
)
from lensdb.web.presenters.verdict import whose_doing

FAR_FROM_MEASURED: Final = 1.5
"""A scene at another distance by more than this ratio is said to be so."""


@dataclass(frozen=True, slots=True)
class ComparedLens:
    """One lens in the scene, as text. `place` is that of its colour, `note` what its numbers rest on, or why none."""

    lens: LensModel
    place: int
    sentence: str
    whose_doing: str
    n_copies: int
    is_simulated: bool
    note: str
    visible: str = UNKNOWN
    of_half_dof: str = UNKNOWN
    shift_mm: str = UNKNOWN
    shift_um: str = UNKNOWN
    interval_um: str = UNKNOWN


def compared(lens: LensModel, cells: Sequence[Cell], scene: Scene, *, place: int, kind: str = "") -> ComparedLens:
    """What a lens does in the scene, from what was measured nearest to it."""
    near = measured_near(of_cells(cells), scene.distance_m)
    here = at_f_number(near, scene.f_number)
    picture = _picture(lens, cells, near, scene)
    told: dict[str, Any] = {
        "lens": lens,
        "place": place,
        "whose_doing": whose_doing(kind),
        "n_copies": here.n_copies if here else max((cell["n_copies"] for cell in cells), default=0),
        "is_simulated": any(cell["simulated"] for cell in cells),
    }
    if here is None or picture is None:
        missing = _missing(lens, cells, near, scene)
        return ComparedLens(sentence=missing, note=missing, **told)
    share = abs(here.um) / picture.half_um(scene.f_number)
    seen = "visible" if share > 1 else "not visible"
    mm = picture.depth_mm(here.um)
    return ComparedLens(
        sentence=f"{seen}. {_moves(here, mm, share, scene)}{_of_unlike(here, kind)}.",
        shift_mm=signed(mm),
        shift_um=signed(here.um),
        interval_um=interval(here.low_um, here.high_um),
        of_half_dof=ratio(share),
        visible=seen,
        note=_rests_on(here, scene),
        **told,
    )


def plot_points(lens: LensModel, cells: Sequence[Cell], scene: Scene) -> list[dict[str, Any]]:
    """The curve of one lens over f-number for the page's plot, in every unit; empty where nothing was measured."""
    near = measured_near(of_cells(cells), scene.distance_m)
    picture = _picture(lens, cells, near, scene)
    return [_plot_point(point, picture) for point in near]


def _plot_point(point: Measured, picture: Picture | None) -> dict[str, Any]:
    in_units = {"um": [point.um, _null(point.low_um), _null(point.high_um)], "mm": None, "share": None}
    if picture is not None:
        half_um = picture.half_um(point.f_number)
        in_units["mm"] = [_null(picture.depth_mm(um)) for um in (point.um, point.low_um, point.high_um)]
        in_units["share"] = [_null(um / half_um) for um in (point.um, point.low_um, point.high_um)]
    return {
        "f_number": point.f_number,
        "measured_at_m": point.distance_m,
        "n_copies": point.n_copies,
        "n_series": point.n_series,
        **in_units,
    }


def _picture(lens: LensModel, cells: Sequence[Cell], near: Sequence[Measured], scene: Scene) -> Picture | None:
    return picture_of(lens, cells[0]["focal_length_mm"], near[0].f_number, scene) if near else None


def _missing(lens: LensModel, cells: Sequence[Cell], near: Sequence[Measured], scene: Scene) -> str:
    if not cells:
        return "not measured yet."
    if lens.widest_f_number and scene.f_number < 0.95 * lens.widest_f_number:
        return f"opens to {f_number(lens.widest_f_number)} only."
    if near and at_f_number(near, scene.f_number) is not None:
        return f"does not focus at {metres(scene.distance_m)}."
    return f"not measured at {f_number(scene.f_number)}."


def _moves(here: Measured, mm: float, share: float, scene: Scene) -> str:
    if here.um == 0:
        return f"Focus stays where it was put: {f_number(here.f_number)} is its widest"
    elsewhere = f", measured at {metres(here.distance_m)}" if _is_far(here, scene) else ""
    told = depth_mm(mm)
    moves = "hardly moves" if told.startswith("0 ") else f"moves {told}"
    return f"Focus {moves}, {ratio(share)} × half the depth of field{elsewhere}"


def _of_unlike(here: Measured, kind: str) -> str:
    """A mean over copies of which one is odd is nobody's shift, and says so."""
    if kind != Kind.SPECIMEN or here.um == 0:
        return ""
    return f" (mean of {here.n_copies} copies, one of them unlike the others)"


def _is_far(here: Measured, scene: Scene) -> bool:
    """Whether the scene lies at another distance than the measuring."""
    return not 1 / FAR_FROM_MEASURED <= here.distance_m / scene.distance_m <= FAR_FROM_MEASURED


def _rests_on(here: Measured, scene: Scene) -> str:
    told = f"{count(here.n_copies, 'copy', 'copies')}, {count(here.n_series, 'series', 'series')}"
    told += f" at {metres(here.distance_m)} and {f_number(here.f_number)}"
    return f"{told}, taken as the same at the sensor" if _is_far(here, scene) else told


def _null(value: float) -> float | None:
    return value if math.isfinite(value) else None
