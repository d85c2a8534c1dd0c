"""The few formulae of geometric optics everything else shares: distances, magnification, depth of field, shift."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.results import DepthOfField
from analysis.thin_lens import depth_of_field_mm

Array = npt.NDArray[np.float64]

CRITERIA_MM: Final = (0.006, 0.030)
"""Blur criteria on a full frame: one pixel of 24 megapixels, and what a print of ordinary size shows."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Geometry of a series: what all its photos share.

    Attributes
    ----------
    focal_length_mm : as marked.
    distance_mm : s, from the entrance pupil to the chart's centre.
    image_distance_mm : from the exit pupil to the sensor, the extension included.
    widest_f_number : of the series.
    """

    focal_length_mm: float
    distance_mm: float
    image_distance_mm: float
    widest_f_number: float

    @property
    def magnification(self) -> float:
        """Image size over object size at the chart's centre."""
        return self.image_distance_mm / self.distance_mm

    @property
    def dof_w_mm(self) -> float:
        """DoF_w, the yardstick of accuracy."""
        return depth_of_field_mm(self.widest_f_number, 0.030, self.magnification)

    @property
    def dof_w_per_mm(self) -> float:
        """DoF_w as a difference of vergence at the chart's centre, in 1/mm."""
        return self.dof_w_mm / self.distance_mm**2

    def depth_mm(self, vergence_per_mm: float) -> float:
        """Depth behind the chart's centre line of a vergence; infinite and beyond are NaN."""
        return 1 / vergence_per_mm - self.distance_mm if vergence_per_mm > 0 else math.nan


def sag_vergence(image_height_mm: Array, curvature_per_mm: float, image_distance_mm: float) -> Array:
    """By how much vergence of focus (1/mm) grows at an image height when the image surface is curved."""
    return np.asarray(curvature_per_mm * image_height_mm**2 / (2 * image_distance_mm**2))


def depth_of_field(setup: Setup, f_number: float, vergence_per_mm: float, criterion_mm: float) -> DepthOfField:
    """Depths between which geometric blur stays below a criterion.

    Blur on the sensor is ``D v0 |V - V0|`` with D = f/N, so the limits lie evenly in vergence; the far one is NaN when
    it is at infinity.
    """
    half = criterion_mm * f_number / (setup.focal_length_mm * setup.image_distance_mm)
    return DepthOfField(criterion_mm, setup.depth_mm(vergence_per_mm + half), setup.depth_mm(vergence_per_mm - half))


def shift_um(setup: Setup, from_per_mm: float, to_per_mm: float) -> float:
    """Focus shift on the sensor side, as the defocus it would be at infinity: ``1000 f^2 (V_w - V_N)`` in um."""
    return 1e3 * setup.focal_length_mm**2 * (from_per_mm - to_per_mm)
