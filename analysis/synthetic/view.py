"""How a thin lens maps the chart on the sensor, and how far from the lens the chart is at each pixel.

Camera axes: x right, y up, z away, origin at the entrance pupil. Pixel (0, 0) is the centre of the top-left pixel.

A flat sheet seen through a lens without errors off the axis is a homography. A bowed sheet, and a lens with them,
bend it; `Bend` holds all that does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.synthetic.field import FULL_FRAME_CORNER_MM, Field
from analysis.synthetic.optics import Array
from analysis.synthetic.scene import Focus, Scene

_ROUNDS: Final = 6
"""Of the two fixed points, both of errors of a few percent: far below a thousandth of a pixel after these."""


@dataclass(frozen=True, slots=True)
class Bend:
    """What keeps the projection from being a homography.

    Attributes
    ----------
    axes : (3, 3), the sheet's u, v and normal as columns, in camera axes.
    centre_mm : (3,), the sheet's centre.
    print_scale : of u and v.
    bow_per_mm : the sheet comes towards the camera by this times v squared.
    half_height_mm : where the sheet ends.
    axis_px : x and y of the optical axis on the sensor.
    scale_px : distance from pupil to sensor.
    distortion_per_px2 : an image point at radius r moves outwards by this times r cubed.
    stretch : magnification of this colour relative to green.
    curvature_per_px2, slope_per_px : vergence in focus at radius r and height y (down) less that on the axis, per r
        squared and per y.
    astigmatism_per_px2 : the same of the tangential surface less that of the middle one, per r squared.
    """

    axes: Array
    centre_mm: Array
    print_scale: tuple[float, float]
    bow_per_mm: float
    half_height_mm: float
    axis_px: tuple[float, float]
    scale_px: float
    distortion_per_px2: float
    stretch: float
    curvature_per_px2: float
    slope_per_px: float
    astigmatism_per_px2: float

    def project(self, points_mm: Array) -> Array:
        """Chart points (n, 2) to pixels (n, 2)."""
        u, v = (points_mm * np.array(self.print_scale)).T
        sheet = np.stack([u, v, -self.bow_per_mm * v**2])
        x, y, z = self.axes @ sheet + self.centre_mm[:, None]
        ideal = self.scale_px * np.column_stack([x / z, -y / z])
        radius2 = np.sum(ideal**2, axis=1, keepdims=True)
        seen: Array = np.array(self.axis_px) + self.stretch * (1 + self.distortion_per_px2 * radius2) * ideal
        return seen

    def vergence_at(self, x_px: Array | float, y_px: Array | float) -> Array:
        """1/depth of the sheet where the ray of a pixel meets it."""
        x, y = self._ideal(x_px, y_px)
        ray = np.stack([x / self.scale_px, -y / self.scale_px, np.ones_like(x)])
        along_normal = np.tensordot(self.axes[:, 2], ray, 1)
        along_v = np.tensordot(self.axes[:, 1], ray, 1)
        distance = self.axes[:, 2] @ self.centre_mm
        nearer = np.zeros_like(along_normal)
        for _ in range(_ROUNDS):
            vergence: Array = along_normal / (distance - nearer)
            v = along_v / np.where(vergence == 0, 1e-12, vergence) - self.axes[:, 1] @ self.centre_mm
            nearer = self.bow_per_mm * np.clip(v, -self.half_height_mm, self.half_height_mm) ** 2
        return along_normal / (distance - nearer)

    def focus_offset_at(self, x_px: Array | float, y_px: Array | float, *, upright: bool) -> Array:
        """Vergence in focus at a pixel less that on the axis: midway between the surfaces, or of upright edges."""
        x, y = np.asarray(x_px) - self.axis_px[0], np.asarray(y_px) - self.axis_px[1]
        astigmatism = self.astigmatism_per_px2 if upright else 0.0
        middle = self.curvature_per_px2 * (x**2 + y**2) + self.slope_per_px * y
        return np.asarray(middle + astigmatism * (x**2 - y**2))

    def _ideal(self, x_px: Array | float, y_px: Array | float) -> tuple[Array, Array]:
        """Pixels without distortion and stretch, from the axis."""
        seen_x, seen_y = np.broadcast_arrays(
            (np.asarray(x_px, dtype=np.float64) - self.axis_px[0]) / self.stretch,
            (np.asarray(y_px, dtype=np.float64) - self.axis_px[1]) / self.stretch,
        )
        x, y = seen_x, seen_y
        for _ in range(_ROUNDS):
            larger = 1 + self.distortion_per_px2 * (x**2 + y**2)
            x, y = seen_x / larger, seen_y / larger
        return x, y


@dataclass(frozen=True, slots=True)
class View:
    """The projection of one scene.

    Attributes
    ----------
    homography : (3, 3), chart (u, v, 1) in mm to pixel (x, y, 1), as if nothing were bent.
    vergence : (c0, cx, cy): on the chart's plane 1/depth is c0 + cx x + cy y at pixel (x, y), per mm.
    image_distance_mm : from pupil to sensor.
    bend : what the homography leaves out, if anything.
    """

    homography: Array
    vergence: tuple[float, float, float]
    image_distance_mm: float
    bend: Bend | None = None

    def project(self, points_mm: Array) -> Array:
        """Chart points (n, 2) to pixels (n, 2)."""
        if self.bend is not None:
            return self.bend.project(points_mm)
        image = np.column_stack([points_mm, np.ones(len(points_mm))]) @ self.homography.T
        return image[:, :2] / image[:, 2:]

    def vergence_at(self, x_px: Array | float, y_px: Array | float) -> Array:
        """1/depth of the chart at a pixel."""
        if self.bend is not None:
            return self.bend.vergence_at(x_px, y_px)
        constant, per_x, per_y = self.vergence
        return np.asarray(constant + per_x * x_px + per_y * y_px)

    def defocus_at(self, x_px: Array | float, y_px: Array | float, paraxial: float, *, upright: bool = False) -> Array:
        """Vergence of the chart less that in focus at a pixel; ``paraxial`` is the one in focus on the axis.

        With astigmatism the one midway between the two surfaces, or the one ``upright`` edges are sharp at.
        """
        if self.bend is None:
            return self.vergence_at(x_px, y_px) - paraxial
        return self.vergence_at(x_px, y_px) - paraxial - self.bend.focus_offset_at(x_px, y_px, upright=upright)

    def steepness_along_rows(self, width_px: int, height_px: int) -> tuple[Array, Array]:
        """Places along the rows of the photo, and the largest change of `defocus_at` there per pixel."""
        x, y = np.linspace(0, width_px - 1, 65), np.linspace(0, height_px - 1, 17)
        defocus = self.defocus_at(x[None, :], y[:, None], 0.0)
        steepness: Array = np.abs(np.gradient(defocus, x, axis=1)).max(axis=0)
        return x, steepness


def view_of(scene: Scene, focus: Focus, focal_length_mm: float, field: Field | None = None, colour: int = 1) -> View:
    """The projection of the chart through the centre of the entrance pupil.

    ``colour`` is 0 for red, 1 for green, 2 for blue, which matters to a lens whose magnification differs by colour.
    """
    axes = _rotation(scene)
    offset = np.array(scene.chart_offset_mm)
    centre = offset + np.array([0.0, 0.0, scene.pupil_distance_mm(focal_length_mm)])
    scale = focus.image_distance_mm / scene.pixel_pitch_mm
    x0, y0 = (scene.width_px - 1) / 2, (scene.height_px - 1) / 2
    camera = np.array([[scale, 0.0, x0], [0.0, -scale, y0], [0.0, 0.0, 1.0]])
    per_u, per_v = scene.print_scale
    homography = camera @ np.column_stack([per_u * axes[:, 0], per_v * axes[:, 1], centre])
    normal = axes[:, 2] / (axes[:, 2] @ centre)
    # A ray (X, Y, 1) meets the plane at depth 1 / (normal . ray), and X, Y are linear in the pixel.
    per_x, per_y = normal[0] / scale, -normal[1] / scale
    vergence = (float(normal[2] - per_x * x0 - per_y * y0), per_x, per_y)
    stretch = 1.0 if field is None else 1 + (field.lateral_colour[0], 0.0, field.lateral_colour[1])[colour]
    if scene.bow_mm == 0 and stretch == 1 and (field is None or not field.bends):
        return View(homography, vergence, focus.image_distance_mm)
    bend = _bend(scene, focus, field or Field(), (axes, centre), stretch)
    return View(homography, vergence, focus.image_distance_mm, bend)


def _bend(scene: Scene, focus: Focus, field: Field, sheet: tuple[Array, Array], stretch: float) -> Bend:
    axes, centre = sheet
    half_height = scene.design.height_mm / 2 * scene.print_scale[1]
    pitch, distance = scene.pixel_pitch_mm, focus.image_distance_mm
    return Bend(
        axes=axes,
        centre_mm=centre,
        print_scale=scene.print_scale,
        bow_per_mm=scene.bow_mm / half_height**2,
        half_height_mm=half_height,
        axis_px=((scene.width_px - 1) / 2, (scene.height_px - 1) / 2),
        scale_px=distance / pitch,
        distortion_per_px2=field.distortion * (pitch / FULL_FRAME_CORNER_MM) ** 2,
        stretch=stretch,
        # Where the surface lies dv nearer to the lens than the sensor, focus is nearer by dv / v^2 in vergence.
        curvature_per_px2=field.curvature_per_mm / 2 * pitch**2 / distance**2,
        slope_per_px=math.tan(math.radians(field.tilt_deg)) * pitch / distance**2,
        astigmatism_per_px2=field.astigmatism_per_mm / 2 * pitch**2 / distance**2,
    )


def _rotation(scene: Scene) -> Array:
    tilt, pan, roll = (math.radians(angle) for angle in (scene.tilt_deg, scene.pan_deg, scene.roll_deg))
    about_x = np.array([[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    about_y = np.array([[math.cos(pan), 0, math.sin(pan)], [0, 1, 0], [-math.sin(pan), 0, math.cos(pan)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x
