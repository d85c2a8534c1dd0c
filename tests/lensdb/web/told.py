"""Verdicts as the aggregates hand them to the pages."""

from typing import Any

from lensdb.aggregates.told import VerdictTold


def size(distance_m: float, *, share: float, um: float = 18.0, mm: float = 1.4, extrapolated: bool = False) -> Any:
    return {
        "distance_m": distance_m,
        "um": um,
        "low_um": um - 1,
        "high_um": um + 1,
        "mm": mm,
        "low_mm": 0.9 * mm,
        "high_mm": 1.1 * mm,
        "extrapolated": extrapolated,
        "half_dof_mm": {"0.006": mm / share, "0.030": 5 * mm / share},
        "over_half_dof": {"0.006": share, "0.030": share / 5},
        "matters": {"0.006": share > 1, "0.030": None},
    }


def copy(letter: str, um: float, **fields: Any) -> Any:
    values = {"id": f"copy-{letter}", "label": f"Copy {letter}", "after_service": 0, "um": um, "low_um": um - 1}
    return values | {"high_um": um + 1, "n_series": 2, "batch": "", "odd": False} | fields


def verdict_told(**fields: Any) -> VerdictTold:
    """Nine copies that agree on 18 µm at f/2.8, near and far, on two bodies: the lens of the first test."""
    curve = [size(0.5, share=1.2), size(1.0, share=1.15, mm=6.5), size(2.0, share=1.1, mm=27.0)]
    values: dict[str, Any] = {
        "kind": "design",
        "reason": "9 copies shift by +18.0 µm on average.",
        "f_number": 2.8,
        "at": None,
        "n_copies": 9,
        "n_series": 21,
        "n_owners": 4,
        "mean_um": 18.0,
        "low_um": 17.5,
        "high_um": 18.5,
        "pred_low_um": 16.0,
        "pred_high_um": 20.0,
        "without_odd": None,
        "simulated": False,
        "analysis_version": "2026.11.1",
        "updated_at": "2026-11-23T09:00:00+00:00",
        "sizes": [*curve, size(3.0, share=1.1, mm=60.0, extrapolated=True)],
        "curve": [*curve, size(3.0, share=0.1, mm=60.0, extrapolated=True)],
        "worst": {"f_number": 2.0, "distance_m": 0.5, "over_half_dof": {"0.006": 1.3, "0.030": 0.27}},
        "distance": {
            "tested": True,
            "changes": False,
            "p_value": 0.15,
            "n_copies": 4,
            "n_series": 14,
            "near_m": 0.5,
            "far_m": 2.0,
            "statement": "At the sensor no change is seen.",
            "contrasts": [],
        },
        "odd": [],
        "points": [],
        "copies": [copy("B", 17.0), copy("A", 19.0)],
        "batches": {"separable": False, "p_value": None, "sentence": "Cannot be separated.", "rows": []},
        "repeats": {"sd_um": 0.2, "low_um": 0.0, "high_um": 0.6, "sentence": "They scatter by 0.2 µm.", "rows": []},
        "bodies": {"tested": True, "p_value": 0.4, "sentence": "Another body does not change it.", "rows": []},
    }
    return VerdictTold(**(values | fields))  # type: ignore[typeddict-item]
