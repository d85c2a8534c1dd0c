"""The photos of a series as the lens would have them on its axis, and what their edges tell of it beside the axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.charts.noise import PaperNoise
from analysis.flags import FINE, Quality
from analysis.focus.bend import bend_across, slid
from analysis.focus.colour import PhotoColour
from analysis.focus.curve import FocusCurve, join_edges
from analysis.focus.exposure import Exposure
from analysis.focus.joint import NAMED_LP_MM
from analysis.focus.optics import Setup, sag_vergence
from analysis.focus.peak import Peak, find_peak
from analysis.focus.priors import OffAxis
from analysis.focus.rims import rim_loss_per_mm
from analysis.gather import Given, Shot
from analysis.results import ReelPicture
from analysis.sfr.motion import Motion
from analysis.sfr.paths import cell_places_mm, importance
from analysis.sfr.rows import EdgeContrast
from analysis.survey import Survey

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """What one photo shows by itself: the contrast of its edges and the light along them, exposure, noise, colours."""

    shot: Shot
    motion: Motion | None
    contrast: EdgeContrast
    light: Array
    exposure: Exposure
    noise: PaperNoise
    reel: ReelPicture | None
    colour: PhotoColour | None

    @property
    def flags(self) -> Quality:
        """What is to be doubted in the photo by itself."""
        reduced = Quality.NOISE_REDUCED if self.noise.is_reduced else FINE
        return self.shot.flags | self.exposure.flags | reduced


@dataclass(frozen=True)
class Focused:
    """A photo with its edges joined as if all lay on the axis: the through-focus curve, and its peak by frequency."""

    seen: Seen
    curve: FocusCurve
    peaks: dict[float, Peak | None]

    @property
    def shot(self) -> Shot:
        return self.seen.shot

    @property
    def peak(self) -> Peak | None:
        return self.peaks[NAMED_LP_MM]

    @property
    def inside(self) -> bool:
        """Whether there is a peak whose zone lies whole on the chart."""
        return self.peak is not None and self.peak.inside


@dataclass(frozen=True)
class _Edges:
    """Weight of each edge (E,), and where on the sensor its blocks lie from the centre of the picture, (E, B) in mm."""

    weights: Array
    across_mm: Array
    down_mm: Array

    @classmethod
    def of(cls, survey: Survey, pixel_pitch_um: float) -> _Edges:
        weights = importance(survey.view, survey.paths, pixel_pitch_um)
        return cls(weights, *cell_places_mm(survey.view, survey.paths, survey.blocks, pixel_pitch_um))


def on_axis(photos: Sequence[Seen], survey: Survey, given: Given, setup: Setup) -> tuple[list[Focused], OffAxis]:
    """Take the bend of the field out of the photos.

    Returns
    -------
    The photos in their order, and what was learnt of the bend and of the lens's rims.
    """
    edges = _Edges.of(survey, given.pixel_pitch_um)
    numbers, contrasts = [one.shot.f_number for one in photos], [one.contrast for one in photos]
    bend = bend_across(numbers, contrasts, edges.across_mm, edges.weights, setup.image_distance_mm)
    slide_per_mm = sag_vergence(edges.across_mm, 1e-3 * bend.curvature_per_m, setup.image_distance_mm)
    focused = [_focused(one, slide_per_mm, edges.weights) for one in photos]
    return focused, OffAxis(_rim_loss(focused, survey, edges), (bend.curvature_per_m, bend.se_per_m))


def _focused(seen: Seen, slide_per_mm: Array, weights: Array) -> Focused:
    curve = join_edges(slid(seen.contrast, slide_per_mm), importance=weights)
    peaks = {frequency: find_peak(curve, frequency) for frequency in (10.0, NAMED_LP_MM, 40.0)}
    return Focused(seen, curve, peaks)


def _rim_loss(photos: Sequence[Focused], survey: Survey, edges: _Edges) -> float:
    """Share of the widest pupil's area that rims take where its photo peaks; NaN when not known."""
    widest = min(photos, key=lambda one: one.shot.f_number)
    if widest.peak is None:
        return math.nan
    height_mm = np.hypot(edges.across_mm, edges.down_mm)
    lights = [one.seen.light for one in photos]
    per_mm = rim_loss_per_mm([one.shot.f_number for one in photos], lights, height_mm)
    peak = int(np.argmin(np.abs(survey.blocks.vergence_per_mm - widest.peak.vergence_per_mm)))
    weights = edges.weights * widest.seen.contrast.rows[:, peak]
    if not weights.any():
        return math.nan
    return per_mm * math.sqrt(float(np.average(height_mm[:, peak] ** 2, weights=weights)))
