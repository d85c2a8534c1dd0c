"""Shapes and lettering as polygons, for whoever fills areas."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.charts.marks import Circle, Polygon, Shape, Stroke

Array = NDArray[np.float64]

CIRCLE_CORNERS: Final = 240
_CAP_CORNERS: Final = 8


def shape_outlines(shapes: tuple[Shape, ...]) -> list[tuple[Array, Array]]:
    """Corners (n, corners, 2) in mm and reflectances (n,), shapes of equally many corners together.

    A circle becomes a polygon of its own area.
    """
    groups: dict[int, list[tuple[Array, float]]] = defaultdict(list)
    for shape in shapes:
        corners = _circle(shape) if isinstance(shape, Circle) else _corners(shape)
        groups[len(corners)].append((corners, shape.reflectance))
    return [
        (np.array([corners for corners, _ in group]), np.array([reflectance for _, reflectance in group]))
        for group in groups.values()
    ]


def stroke_outlines(strokes: tuple[Stroke, ...]) -> Array:
    """Every straight piece of the strokes as a bar with round ends, (n, corners, 2) in mm. Pieces overlap."""
    starts = np.array([point for stroke in strokes for point in stroke.points_mm[:-1]])
    ends = np.array([point for stroke in strokes for point in stroke.points_mm[1:]])
    radius = np.array([stroke.width_mm / 2 for stroke in strokes for _ in stroke.points_mm[1:]])
    angle = np.arctan2(ends[:, 1] - starts[:, 1], ends[:, 0] - starts[:, 0])[:, None]
    turn = np.linspace(-np.pi / 2, np.pi / 2, _CAP_CORNERS)
    around = np.hstack([angle + turn, angle + np.pi + turn])
    caps = radius[:, None, None] * np.stack([np.cos(around), np.sin(around)], axis=-1)
    centres = np.repeat(np.stack([ends, starts], axis=1), _CAP_CORNERS, axis=1)
    outlines: Array = centres + caps
    return outlines


def _corners(shape: Polygon) -> Array:
    return np.array(shape.corners_mm)


def _circle(circle: Circle) -> Array:
    step = 2 * np.pi / CIRCLE_CORNERS
    radius = circle.radius_mm * np.sqrt(step / np.sin(step))
    angle = step * np.arange(CIRCLE_CORNERS)
    return np.column_stack([circle.u_mm + radius * np.cos(angle), circle.v_mm + radius * np.sin(angle)])
