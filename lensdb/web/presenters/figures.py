"""The figures behind the plots as tables for programs: one row a value, units in the names, unknown is empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from lensdb.web.presenters.scene import Z95

LENS_COLUMNS: Final = (
    "who", "f_number", "distance_m", "shift_um", "low95_um", "high95_um", "prediction_low_um", "prediction_high_um",
    "shift_mm", "low95_mm", "high95_mm", "n_copies", "n_series", "simulated", "analysis_version",
)  # fmt: skip
COMPARE_COLUMNS: Final = (
    "lens", "f_number", "measured_at_m", "shift_um", "low95_um", "high95_um", "shift_mm", "low95_mm", "high95_mm",
    "over_half_dof", "n_copies", "n_series", "scene_distance_m", "blur_mm", "analysis_version",
)  # fmt: skip

Row = Mapping[str, Any]


def lens_rows(plot: Mapping[str, Any]) -> Iterable[Row]:
    """What all copies say together, then each copy for itself, from the payload of a lens page's plots."""
    stamp = {"simulated": plot["simulated"], "analysis_version": plot["analysis_version"]}
    for cell in plot["model"]:
        at_sensor = {"shift_um": cell["mean_um"], "low95_um": cell["low_um"], "high95_um": cell["high_um"]}
        in_front = {"shift_mm": cell["mean_mm"], "low95_mm": cell["low_mm"], "high95_mm": cell["high_mm"]}
        ahead = {"prediction_low_um": cell["pred_low_um"], "prediction_high_um": cell["pred_high_um"]}
        yield {**cell, "who": "mean", **at_sensor, **in_front, **ahead, **stamp}
    for copy in plot["copies"]:
        for point in copy["points"]:
            at_sensor = _around("um", point["shift_um"], point["se_um"])
            in_front = _around("mm", point["shift_mm"], point["se_mm"])
            yield {**point, "who": copy["label"], "n_copies": 1, **at_sensor, **in_front, **stamp}


def compare_rows(plot: Mapping[str, Any]) -> Iterable[Row]:
    """Every lens of a comparison at every f-number, from the payload of its plot."""
    scene = {"scene_distance_m": plot["distance_m"], "blur_mm": plot["criterion"]}
    for lens in plot["lenses"]:
        for point in lens["points"]:
            um, mm, share = (point[unit] or (None, None, None) for unit in ("um", "mm", "share"))
            values = {
                **dict(zip(("shift_um", "low95_um", "high95_um"), um, strict=True)),
                **dict(zip(("shift_mm", "low95_mm", "high95_mm"), mm, strict=True)),
                "over_half_dof": share[0],
            }
            yield {**point, "lens": lens["name"], **values, **scene, "analysis_version": plot["analysis_version"]}


def cells_of(rows: Iterable[Row], columns: Sequence[str]) -> Iterable[list[Any]]:
    """The head and the rows, in the order of the columns."""
    yield list(columns)
    for row in rows:
        yield [row.get(column) for column in columns]


def _around(unit: str, shift: float, se: float) -> dict[str, Any]:
    return {f"shift_{unit}": shift, f"low95_{unit}": shift - Z95 * se, f"high95_{unit}": shift + Z95 * se}
