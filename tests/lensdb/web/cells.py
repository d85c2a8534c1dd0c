"""Cells as the aggregates hand them to the pages."""

from typing import Any

from lensdb.web.presenters.cells import Cell


def cell(**fields: Any) -> Cell:
    """Nine copies at f/2.8 and 0.5 m that agree on 19 µm: the lens of the first test."""
    values: dict[str, Any] = {
        "f_number": 2.8,
        "band": "0.5",
        "n_copies": 9,
        "n_series": 11,
        "distance_m": 0.5,
        "focal_length_mm": 50.0,
        "mean_um": 19.0,
        "low_um": 18.0,
        "high_um": 20.0,
        "pred_low_um": 16.0,
        "pred_high_um": 22.0,
        "mean_mm": 1.9,
        "low_mm": 1.8,
        "high_mm": 2.0,
        "half_dof_mm": {"0.006": 1.5, "0.030": 7.6},
        "over_half_dof": {"0.006": 1.3, "0.030": 0.25},
        "simulated": False,
    }
    return Cell(**(values | fields))  # type: ignore[typeddict-item]


def reference(**fields: Any) -> Cell:
    """The widest f-number, from which the shift counts."""
    nothing = {"mean_um": 0.0, "low_um": 0.0, "high_um": 0.0, "pred_low_um": 0.0, "pred_high_um": 0.0, "mean_mm": 0.0}
    return cell(f_number=1.2, over_half_dof={"0.006": 0.0, "0.030": 0.0}, **(nothing | fields))
