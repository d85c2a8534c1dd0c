"""The random series of the benchmarks: which lens, how far, on what paper, with which sensor.

Of each case all is fixed by seed and number. A third of the series stand nearer than m = 1/14. The paper is the
largest whose core fits the frame; a distance at which bars are too small, or do not reach 1.1 depths of field to both
sides, is drawn again. Every twelfth series may be too far for its paper: an honest answer there is a wide one or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.charts.design import chart_design
from analysis.synthetic import LENSES, Lens, Nuisances, Scene, Series, magnification
from analysis.synthetic.scene import depth_of_field_mm
from analysis.synthetic.series import F_NUMBERS

NEAREST, NEAR, FARTHEST = 1 / 8, 1 / 14, 1 / 45
PAPERS: Final = ("A6", "A5", "A4", "A3", "A2")
FAR_EVERY: Final = 12
LEAST_HALF_RANGE: Final = 1.1
"""Of the chart in depths of field of the widest f-number, for a series to be counted."""
LEAST_BAR_PX: Final = 30
CORE_FILLS: Final = 0.84
"""Of the frame's width, at most, so that the core is seen whole however the chart is turned."""


@dataclass(frozen=True)
class Sensor:
    """Width and height in pixels; the pixel pitch in micrometres, or the range it is drawn from."""

    width_px: int
    height_px: int
    pitch_um: tuple[float, float]


WINDOW: Final = Sensor(3000, 2000, (4.0, 8.4))
"""A part of a sensor at its true pixel pitch, which is quicker than the whole."""
FULL_FRAME: Final = Sensor(6000, 4000, (6.0, 6.0))
MEDIUM_FORMAT: Final = Sensor(11648, 8736, (3.76, 3.76))


@dataclass(frozen=True)
class Case:
    """One random series with a name of its own."""

    name: str
    series: Series

    @property
    def magnification(self) -> float:
        return magnification(self.series.scene, self.series.lens)

    @property
    def dof_w_mm(self) -> float:
        """Total depth of field of the widest f-number for a blur of 0.03 mm."""
        return depth_of_field_mm(self.series.scene, self.series.lens)

    @property
    def half_range(self) -> float:
        """Depth to which the chart is seen to both sides, in depths of field."""
        return half_range_mm(self.series.scene, self.series.lens) / self.dof_w_mm


def draw_case(seed: int, number: int, sensor: Sensor = WINDOW, *, plain: bool = False) -> Case:
    """The series of this number; always the same for the same seed."""
    rng = np.random.default_rng([seed, number])
    lens = LENSES[sorted(LENSES)[int(rng.integers(len(LENSES)))]].copy(rng)
    zone = (NEAR, NEAREST) if number % 3 == 0 else (FARTHEST, NEAR)
    scene = _scene(rng, lens, zone, sensor, too_far=number % FAR_EVERY == FAR_EVERY - 1)
    stops = [n for n in (*F_NUMBERS, 22.0) if n > 1.05 * lens.widest_f_number]
    narrowest = len(stops) - int(rng.integers(2))
    series = Series(scene, lens, (lens.widest_f_number, *stops[:narrowest]), seed=int(rng.integers(1 << 31)))
    return Case(f"{seed}-{number:04d}", series if plain else series.disturbed(Nuisances.random(rng)))


def half_range_mm(scene: Scene, lens: Lens) -> float:
    """Depth to which bars are seen on both sides: they end on the paper, or the frame ends before."""
    distance = scene.pupil_distance_mm(lens.focal_length_mm)
    tangent = scene.height_px * scene.pixel_pitch_mm / 2 / (distance * magnification(scene, lens))
    in_frame = distance * tangent / (1 + tangent)  # of a chart at 45 degrees, on the near side
    last_bar = max(edge.v_to_mm for edge in scene.design.edges)
    return float(min(in_frame, last_bar * np.sin(np.radians(45.0))))


def _scene(rng: np.random.Generator, lens: Lens, zone: tuple[float, float], sensor: Sensor, *, too_far: bool) -> Scene:
    """A distance of the zone, and the paper for it."""
    while True:
        m = float(np.exp(rng.uniform(*np.log(zone))))
        pitch_um = float(rng.uniform(*sensor.pitch_um))
        scene = Scene(
            chart_design(_paper(m, sensor.width_px * pitch_um / 1000)),
            focus_distance_mm=lens.focal_length_mm * (2 + m + 1 / m),
            width_px=sensor.width_px,
            height_px=sensor.height_px,
            pixel_pitch_um=pitch_um,
        )
        bar_px = scene.design.bars[0].width_mm * m / scene.pixel_pitch_mm
        counted = half_range_mm(scene, lens) >= LEAST_HALF_RANGE * depth_of_field_mm(scene, lens)
        if bar_px >= LEAST_BAR_PX and (counted or too_far):
            return scene


def _paper(m: float, frame_mm: float) -> str:
    """The largest whose core fits the width of the frame, or the smallest there is."""
    fitting = [paper for paper in PAPERS if 2 * chart_design(paper).core_half_mm * m <= CORE_FILLS * frame_mm]
    return fitting[-1] if fitting else PAPERS[0]
