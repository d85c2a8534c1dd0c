"""Who sends which series in the demo, and what must become of each.

Thirty-odd series on a small sensor: five copies and more of one lens, four distances, and one series each for what goes
wrong in practice. The lenses bear real names; their aberrations are invented, and every series is marked as simulated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.charts.design import chart_design
from analysis.synthetic import LENSES, Camera, Mishap, Scene, Series, specimen
from lensdb.moderation.enums import Reason
from lensdb.submissions.enums import Standing

WIDTH_PX, HEIGHT_PX, PIXEL_PITCH_UM = 3000, 2000, 6.0
STOPS: Final = (2.0, 2.8, 4.0, 5.6, 8.0)
FULL_RANGE: Final = (1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
PAPER_AT_M: Final = {0.55: "A4", 0.85: "A4", 1.0: "A4", 1.5: "A3", 2.0: "A2"}
"""The chart that fills the frame of a 50 mm lens on the demo's sensor."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One series of the community and what must become of it."""

    name: str
    photographer: str
    preset: str
    copy_number: int
    distance_m: float
    f_numbers: tuple[float, ...]
    seed: int
    focus_offset_mm: float
    mishap: Mishap | None = None
    standing: Standing = Standing.PUBLISHED
    reason: Reason = Reason.NONE

    @property
    def serial(self) -> str:
        """Plainly not a real one."""
        return f"SIM-{self.copy_number:04d}"

    @property
    def copy_label(self) -> str:
        return f"{self.preset} #{self.copy_number}"

    @property
    def lens_name(self) -> str:
        return LENSES[self.preset].model

    def rendering(self) -> Series:
        """The photos to take."""
        scene = Scene(
            chart_design(PAPER_AT_M[self.distance_m]),
            focus_distance_mm=1000 * self.distance_m,
            width_px=WIDTH_PX,
            height_px=HEIGHT_PX,
            pixel_pitch_um=PIXEL_PITCH_UM,
            focus_offset_mm=self.focus_offset_mm,
        )
        return Series(
            scene,
            specimen(self.preset, self.copy_number),
            f_numbers=self.f_numbers,
            camera=Camera(body_serial="SIM-BODY", lens_serial=self.serial),
            seed=self.seed,
            mishap=self.mishap,
            tagged_as="EF135mm f/2L USM" if self.mishap == Mishap.WRONG_LENS else "",
        )


def community() -> tuple[Planned, ...]:
    """Every series of the demo, the good ones first; the same on every run."""
    return (*_good_series(), *_series_that_go_wrong())


# preset -> for each copy: who owns it, and at which distances it was photographed
_COPIES: Final[dict[str, tuple[tuple[str, tuple[float, ...]], ...]]] = {
    "canon-ef-50-1.2": (
        ("ada", (0.55, 0.55, 1.0, 2.0)),
        ("ada", (0.55, 1.0)),
        ("bruno", (0.55, 1.0, 2.0)),
        ("bruno", (0.55,)),
        ("chiara", (0.55, 2.0)),
        ("chiara", (0.55, 1.0)),
    ),
    "canon-ef-50-1.4": (("ada", (0.55, 1.0)), ("bruno", (0.55, 1.0)), ("chiara", (0.55,))),
    "canon-ef-85-1.2": (("bruno", (0.85, 1.5)), ("chiara", (0.85,)), ("ada", (0.85,))),
    "sigma-35-1.4": (("chiara", (0.55,)), ("ada", (0.55,)), ("bruno", (0.55,))),
    "zeiss-sonnar-50-1.5": (("ada", (1.0,)), ("bruno", (1.0,))),
}


def _good_series() -> Iterator[Planned]:
    rng = np.random.default_rng(2009)
    for preset, copies in _COPIES.items():
        widest = LENSES[preset].widest_f_number
        for copy_number, (owner, distances) in enumerate(copies, start=1):
            for turn, distance_m in enumerate(distances, start=1):
                first = preset == "canon-ef-50-1.2" and copy_number == turn == 1
                yield Planned(
                    name=f"{preset}-copy{copy_number}-{distance_m:g}m-{turn}",
                    photographer=owner,
                    preset=preset,
                    copy_number=copy_number,
                    distance_m=distance_m,
                    f_numbers=FULL_RANGE if first else (widest, *STOPS),
                    seed=int(rng.integers(1 << 30)),
                    focus_offset_mm=float(rng.normal(0.0, 0.4 * distance_m**2)),
                )


def _series_that_go_wrong() -> Iterator[Planned]:
    lens = "canon-ef-50-1.2"
    numbers = (1.2, *STOPS)
    held = Standing.HELD
    yield Planned("newcomer", "newcomer", lens, 9, 0.55, numbers, 1, 0.2, standing=Standing.WAITING)
    yield Planned("moved", "bruno", lens, 3, 0.55, numbers, 2, 0.0, Mishap.MOVED, held, Reason.CAMERA_MOVED)
    yield Planned("refocused", "chiara", lens, 5, 0.55, numbers, 3, 0.0, Mishap.REFOCUSED, held, Reason.REFOCUSED)
    yield Planned("wrong-lens", "ada", lens, 1, 0.55, numbers, 4, 0.0, Mishap.WRONG_LENS, held, Reason.WRONG_LENS)
    yield Planned("unreadable", "ada", lens, 2, 0.55, numbers, 5, 0.0, Mishap.UNREADABLE, held, Reason.UNREADABLE)
