"""Results as the core returns them, and the rows made of them."""

from dataclasses import replace
from typing import Any

import factory

from analysis.flags import FINE, Quality
from analysis.results import (
    ANALYSIS_VERSION,
    Basis,
    DepthOfField,
    PhotoResult,
    Pose,
    SeriesResult,
    ShiftResult,
    ThroughFocus,
)
from lensdb.measurements import actions
from lensdb.measurements.models import SeriesMeasurement
from tests.factories.submissions import SubmittedSeriesFactory

SHIFTS_UM = {1.2: 0.0, 1.4: 6.0, 2.0: 14.0, 2.8: 19.0, 4.0: 20.5, 5.6: 21.0, 8.0: 21.5}
"""What a fast fifty does at the sensor."""


def series_result(
    *, shifts_um: dict[float, float] = SHIFTS_UM, se_um: float = 0.6, flags: Quality = FINE, **fields: Any
) -> SeriesResult:
    """The result of a series at 0.5 m whose shifts at the sensor are these."""
    mm_per_um = 0.1
    values: dict[str, Any] = {
        "chart": "lensdb-a4",
        "lens": "EF50mm f/1.2L USM",
        "body": "Canon EOS 5D",
        "focal_length_mm": 50.0,
        "pixel_pitch_um": 6.0,
        "pose": Pose(45.0, 500.0, 0.111, 0.0, 0.1, 12),
        "reference_f_number": min(shifts_um),
        "static_offset_mm": 0.1,
        "static_offset_se_mm": 0.05,
        "photos": tuple(
            photo_result(f_number=f_number, best_focus_mm=um * mm_per_um + 0.1, position=position)
            for position, (f_number, um) in enumerate(shifts_um.items())
        ),
        "focus_shift": tuple(
            ShiftResult(
                f_number=f_number,
                n_photos=1,
                focus_shift_mm=um * mm_per_um,
                se_mm=se_um * mm_per_um,
                interval95_mm=((um - 2 * se_um) * mm_per_um, (um + 2 * se_um) * mm_per_um),
                basis=Basis.MEASURED if f_number < 8 else Basis.BORROWED,
                focus_shift_um=um,
                focus_shift_um_se=se_um,
                shift_over_half_dof={"0.006": um / 15, "0.030": um / 75},
            )
            for f_number, um in shifts_um.items()
        ),
        "flags": flags,
    }
    return SeriesResult(**(values | fields))


def photo_result(*, f_number: float, best_focus_mm: float, position: int = 0, **fields: Any) -> PhotoResult:
    """One measured photo."""
    depths = tuple(float(depth) for depth in range(-4, 5))
    sharpness = tuple(0.6 - 0.03 * (depth - best_focus_mm) ** 2 for depth in depths)
    values: dict[str, Any] = {
        "file": f"IMG_{position:04}.JPG",
        "f_number": f_number,
        "best_focus_mm": best_focus_mm,
        "se_mm": 0.05,
        "interval95_mm": (best_focus_mm - 0.1, best_focus_mm + 0.1),
        "basis": Basis.MEASURED,
        "near_limit_mm": best_focus_mm - 3.2,
        "far_limit_mm": best_focus_mm + 3.2,
        "dof": (
            DepthOfField(0.006, best_focus_mm - 0.5 * f_number, best_focus_mm + 0.5 * f_number),
            DepthOfField(0.030, best_focus_mm - 2.5 * f_number, best_focus_mm + 2.5 * f_number),
        ),
        "curve": ThroughFocus(depths, sharpness, sharpness),
    }
    return PhotoResult(**(values | fields))


class SeriesMeasurementFactory(factory.django.DjangoModelFactory):
    """A measured series. Pass `result=series_result(...)` for other numbers; the shift rows are made from it."""

    class Meta:
        model = SeriesMeasurement

    series = factory.SubFactory(SubmittedSeriesFactory)
    analysis_version = ANALYSIS_VERSION
    result = factory.LazyFunction(series_result)

    @classmethod
    def _create(cls, model_class: type[SeriesMeasurement], *args: Any, **fields: Any) -> SeriesMeasurement:
        fields["result"] = replace(fields["result"], analysis_version=fields.pop("analysis_version"))
        recording = actions.Recording(**({"pictures": {}, "attempt": 1, "cpu_seconds": 6.5} | fields))
        return actions.record(recordings=[recording])[0]
