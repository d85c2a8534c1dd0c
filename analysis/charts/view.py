"""How one camera sees the chart: chart millimetres to pixels and to depth.

Camera axes: X right, Y up, Z away from the camera, origin in the entrance pupil (the projection centre). Pixel (0, 0)
is the centre of the top-left pixel, x to the right, y down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ChartView:
    """Pose of the chart before a pinhole with one radial term.

    Attributes
    ----------
    rotation : (3, 3), chart axes (u, v, normal) to camera axes.
    centre_mm : (3,) the chart's centre in camera axes; its last is the object distance s.
    focal_px : distance from the entrance pupil's image to the sensor, in pixels (extension included).
    radial : relative stretch of the picture at half its diagonal; 0 without distortion.
    width_px, height_px : of the frame; its centre is the principal point.
    """

    rotation: Array
    centre_mm: Array
    focal_px: float
    radial: float
    width_px: int
    height_px: int

    @property
    def distance_mm(self) -> float:
        """Object distance s, from the entrance pupil to the chart's centre along the axis."""
        return float(self.centre_mm[2])

    @property
    def scale_px_mm(self) -> float:
        """Pixels per millimetre across the axis at the chart's centre."""
        return self.focal_px / self.distance_mm

    @property
    def tilt_deg(self) -> float:
        """Angle between the chart and a plane across the axis."""
        return math.degrees(math.acos(min(1.0, abs(float(self.rotation[2, 2])))))

    @property
    def roll_deg(self) -> float:
        """Angle of the chart's centre line in the picture, anticlockwise; about 180 when upside down."""
        return math.degrees(math.atan2(self.rotation[1, 0], self.rotation[0, 0]))

    def distance_of(self, u_mm: Array | float, v_mm: Array | float) -> Array:
        """Distance along the axis from the entrance pupil to chart points."""
        row = self.rotation[2]
        return np.asarray(self.centre_mm[2] + row[0] * np.asarray(u_mm) + row[1] * np.asarray(v_mm))

    def project(self, u_mm: Array | float, v_mm: Array | float) -> tuple[Array, Array]:
        """Pixel positions (x, y) of chart points."""
        u, v = np.asarray(u_mm, dtype=np.float64), np.asarray(v_mm, dtype=np.float64)
        r, t = self.rotation, self.centre_mm
        z = t[2] + r[2, 0] * u + r[2, 1] * v
        x = self.focal_px * (t[0] + r[0, 0] * u + r[0, 1] * v) / z
        y = self.focal_px * (t[1] + r[1, 0] * u + r[1, 1] * v) / z
        half_diagonal_sq = (self.width_px**2 + self.height_px**2) / 4
        stretch = 1 + self.radial * (x * x + y * y) / half_diagonal_sq
        return (self.width_px - 1) / 2 + stretch * x, (self.height_px - 1) / 2 - stretch * y

    def contains(self, x_px: Array, y_px: Array, margin_px: float = 0.0) -> npt.NDArray[np.bool_]:
        """Which pixel positions lie in the frame, at least `margin_px` from its border."""
        inside_x = (x_px >= margin_px) & (x_px <= self.width_px - 1 - margin_px)
        inside_y = (y_px >= margin_px) & (y_px <= self.height_px - 1 - margin_px)
        return np.asarray(inside_x & inside_y)


def rotation_of(vector: Array) -> Array:
    """Rotation matrix of a rotation vector in radians (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle == 0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)


def tilted(tilt_deg: float, roll_deg: float) -> Array:
    """Rotation of a chart tilted with its top away, then turned anticlockwise in the picture."""
    tilt, roll = math.radians(tilt_deg), math.radians(roll_deg)
    return rotation_of(np.array([0.0, 0.0, roll])) @ rotation_of(np.array([tilt, 0.0, 0.0]))
