"""Everything a photographer, a printer, a lens and a camera cannot hold still, drawn at random together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from analysis.synthetic.field import Field
from analysis.synthetic.lens import Lens
from analysis.synthetic.processing import Processing
from analysis.synthetic.scene import Scene, depth_of_field_mm

IRIS_DRAWS: Final = 16
_COLOURED: Final = 0.25
_DOTTED: Final = 0.3
_MOSAIC: Final = 0.7
_NOISE_REDUCED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Nuisances:
    """One draw of all of them; what is not described here is as in `Scene`, `Processing` and `Field`.

    Attributes
    ----------
    tilt_deg, pan_deg, roll_deg : added to those of the scene.
    offset_mm : the chart's centre off the axis, x and y, for the A4 chart; others in proportion.
    focus_error : of the focusing, in depths of field of the widest f-number (0.03 mm), added to the scene's.
    bow_mm : for the A4 chart; others in proportion.
    iris_errors : how much the f-number differs from the one marked, relative: one per photo, from the first again when
        there are more. Wide open the blades are out of the way.
    axial_colour_um : added to the lens's own.
    """

    tilt_deg: float
    pan_deg: float
    roll_deg: float
    offset_mm: tuple[float, float]
    focus_error: float
    bow_mm: float
    print_blur_mm: float
    print_scale: tuple[float, float]
    print_dots_per_mm: float
    light_gradient: float
    light_gradient_down: float
    white_level: float
    iso: int
    jpeg_quality: int
    processing: Processing
    field: Field
    axial_colour_um: tuple[float, float]
    iris_errors: tuple[float, ...]

    @classmethod
    def random(cls, rng: np.random.Generator) -> Self:
        """Draw them all, over the ranges that ordinary care leaves."""
        coloured = rng.random() < _COLOURED  # such photos take three times as long to render
        size = float(rng.normal(1.0, 0.002))
        common = rng.normal(0.0, 0.02)
        return cls(
            tilt_deg=float(rng.normal(0, 1.0)),
            pan_deg=float(rng.normal(0, 0.5)),
            roll_deg=float(rng.normal(0, 0.5)),
            offset_mm=(float(rng.normal(0, 2.0)), float(rng.normal(0, 1.0))),
            focus_error=float(np.clip(rng.normal(0, 0.3), -0.7, 0.7)),
            bow_mm=float(rng.normal(0, 0.5)),
            print_blur_mm=float(rng.uniform(0.02, 0.07)),
            print_dots_per_mm=float(rng.uniform(4.0, 8.0) * (rng.random() < _DOTTED)),
            print_scale=(size, size * float(rng.normal(1.0, 0.002))),
            light_gradient=float(rng.uniform(-0.4, 0.4)),
            light_gradient_down=float(rng.uniform(-0.4, 0.4)),
            white_level=float(rng.uniform(0.5, 0.75)),
            iso=int(100 * 2 ** rng.integers(0, 6)),
            jpeg_quality=int(rng.integers(80, 98)),
            processing=_random_processing(rng),
            field=_random_field(rng, coloured=coloured),
            axial_colour_um=_pair(rng, 8.0) if coloured else (0.0, 0.0),
            iris_errors=tuple(float(common + own) for own in rng.normal(0.0, 0.03, IRIS_DRAWS)),
        )

    def disturbed_scene(self, scene: Scene, lens: Lens) -> Scene:
        """The scene as it comes out."""
        size = scene.design.scale
        x, y, z = scene.chart_offset_mm
        return replace(
            scene,
            tilt_deg=scene.tilt_deg + self.tilt_deg,
            pan_deg=scene.pan_deg + self.pan_deg,
            roll_deg=scene.roll_deg + self.roll_deg,
            chart_offset_mm=(x + size * self.offset_mm[0], y + size * self.offset_mm[1], z),
            focus_offset_mm=scene.focus_offset_mm + self.focus_error * depth_of_field_mm(scene, lens),
            bow_mm=size * self.bow_mm,
            print_blur_mm=self.print_blur_mm,
            print_scale=self.print_scale,
            print_dots_per_mm=self.print_dots_per_mm,
            light_gradient=self.light_gradient,
            light_gradient_down=self.light_gradient_down,
            white_level=self.white_level,
            iso=self.iso,
            jpeg_quality=self.jpeg_quality,
            processing=self.processing,
        )

    def disturbed_lens(self, lens: Lens) -> Lens:
        """The lens with its errors off the axis; on the axis it is what it was, but for its colours."""
        red, blue = (own + more for own, more in zip(lens.axial_colour_um, self.axial_colour_um, strict=True))
        return replace(lens, field=self.field, axial_colour_um=(red, blue))

    def iris_f_numbers(self, f_numbers: Sequence[float], lens: Lens) -> tuple[float, ...]:
        """What the iris really is at each of these marks."""
        widest = lens.widest_f_number
        return tuple(
            max(widest, marked * (1 + self.iris_errors[index % len(self.iris_errors)]))
            if marked > 1.001 * widest
            else marked
            for index, marked in enumerate(f_numbers)
        )


def _random_processing(rng: np.random.Generator) -> Processing:
    return Processing(
        mosaic=bool(rng.random() < _MOSAIC),
        s_curve=float(rng.uniform(-0.05, 0.35)),
        noise_reduction_levels=float(rng.uniform(2.0, 10.0) * (rng.random() < _NOISE_REDUCED)),
        sharpening=float(rng.uniform(0.0, 1.5)),
        sharpening_radius_px=float(rng.uniform(0.6, 1.4)),
    )


def _random_field(rng: np.random.Generator, *, coloured: bool) -> Field:
    """Errors of fast lenses off the axis. The chart fills the middle third of the image circle.

    There, 7 mm from the axis, coma is a tail of 5 um at one standard deviation and the tangential and the sagittal
    surface lie 0.03 mm apart: one to three tenths off the contrast at 30 lp/mm wide open, as makers' curves show it.
    The rims take a tenth to a fifth of the light of a fast lens there and one to two stops in the corners.
    """
    return Field(
        distortion=float(rng.normal(0, 0.01)),
        curvature_per_mm=float(rng.normal(0, 1 / 600)),
        tilt_deg=float(rng.normal(0, 0.05)),
        lateral_colour=_pair(rng, 3e-4) if coloured else (0.0, 0.0),
        cosine_fourth=True,
        coma_um=float(rng.normal(0, 15.0)),
        astigmatism_per_mm=float(rng.normal(0, 1 / 1500)),
        rim_shifts=(float(rng.uniform(0.3, 0.9)), float(rng.uniform(-0.9, -0.3))),
        rim_radius=float(rng.uniform(1.0, 1.15)),
    )


def _pair(rng: np.random.Generator, deviation: float) -> tuple[float, float]:
    return float(rng.normal(0, deviation)), float(rng.normal(0, deviation))
