"""Who sends which series in the demo, and what must become of each.

The lenses' stories come first, then what goes wrong in practice; all on a small sensor, so that forty series are
rendered and measured within minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.charts.design import chart_design
from analysis.synthetic import LENSES, Camera, Mishap, Scene, Series, specimen
from lensdb.demo.cast import ADA, BRUNO, CHIARA, NEWCOMER, Person
from lensdb.demo.stories import STORIES, Outing, PlannedCopy
from lensdb.moderation.enums import Reason
from lensdb.submissions.enums import Standing

WIDTH_PX, HEIGHT_PX, PIXEL_PITCH_UM = 3000, 2000, 6.0
STOPS: Final = (2.0, 2.8, 4.0, 5.6, 8.0)
FULL_RANGE: Final = (1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
PAPER_AT_M: Final = {0.55: "A4", 0.85: "A4", 1.0: "A4", 1.5: "A4", 2.0: "A2"}
"""The chart that fills the frame on the demo's sensor, of the lenses that are photographed there."""
FIRST_TEST: Final = "canon-ef-50-1.2"
"""The lens that began the project."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One series of the community and what must become of it."""

    name: str
    preset: str
    copy_number: int
    copy: PlannedCopy
    outing: Outing
    f_numbers: tuple[float, ...]
    seed: int
    focus_offset_mm: float
    mishap: Mishap | None = None
    standing: Standing = Standing.PUBLISHED
    reason: Reason = Reason.NONE

    @property
    def photographer(self) -> Person:
        return self.outing.photographer

    @property
    def distance_m(self) -> float:
        return self.outing.distance_m

    @property
    def serial(self) -> str:
        """Plainly not a real one."""
        return f"{self.copy.batch}-{self.copy_number:04d}"

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
        lens = specimen(self.preset, self.copy_number)
        return Series(
            scene,
            replace(lens, w040_waves=lens.w040_waves + self.copy.more_w040_waves),
            f_numbers=self.f_numbers,
            camera=Camera(model=self.outing.body, body_serial="SIM-BODY", lens_serial=self.serial),
            seed=self.seed,
            mishap=self.mishap,
            tagged_as="EF135mm f/2L USM" if self.mishap == Mishap.WRONG_LENS else "",
        )


def community() -> tuple[Planned, ...]:
    """Every series of the demo, the good ones first; the same on every run."""
    return (*_good_series(), *_series_that_go_wrong())


def _good_series() -> Iterator[Planned]:
    rng = np.random.default_rng(2009)
    for preset, story in STORIES.items():
        for copy_number, copy in enumerate(story.copies, start=1):
            for turn, outing in enumerate(copy.outings, start=1):
                first = preset == FIRST_TEST and copy_number == turn == 1
                yield Planned(
                    name=f"{preset}-copy{copy_number}-{outing.distance_m:g}m-{turn}",
                    preset=preset,
                    copy_number=copy_number,
                    copy=copy,
                    outing=outing,
                    f_numbers=FULL_RANGE if first else _stops(preset),
                    seed=int(rng.integers(1 << 30)),
                    focus_offset_mm=float(rng.normal(0.0, 0.4 * outing.distance_m**2)),
                )


def _stops(preset: str) -> tuple[float, ...]:
    widest = LENSES[preset].widest_f_number
    return (widest, *(stop for stop in STOPS if stop > widest))


def _series_that_go_wrong() -> Iterator[Planned]:
    def planned(
        mishap: Mishap | None, photographer: Person, copy_number: int, standing: Standing, reason: Reason = Reason.NONE
    ) -> Planned:
        outing = Outing(photographer, 0.55)
        return Planned(
            name=mishap.value if mishap else photographer.key,
            preset=FIRST_TEST,
            copy_number=copy_number,
            copy=PlannedCopy((outing,)),
            outing=outing,
            f_numbers=_stops(FIRST_TEST),
            seed=copy_number,
            focus_offset_mm=0.0 if mishap else 0.2,
            mishap=mishap,
            standing=standing,
            reason=reason,
        )

    yield planned(None, NEWCOMER, 9, Standing.WAITING)
    yield planned(Mishap.MOVED, BRUNO, 3, Standing.HELD, Reason.CAMERA_MOVED)
    yield planned(Mishap.REFOCUSED, CHIARA, 5, Standing.HELD, Reason.REFOCUSED)
    yield planned(Mishap.WRONG_LENS, ADA, 1, Standing.HELD, Reason.WRONG_LENS)
    yield planned(Mishap.UNREADABLE, ADA, 2, Standing.HELD, Reason.UNREADABLE)
