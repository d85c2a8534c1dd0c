"""What is printed on a chart, as one list of plain shapes in paper millimetres; every writer draws the same list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from analysis.charts.design import TAG_CELLS, TAG_DICTIONARY, ChartDesign, Point, Tag

INK_REFLECTANCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled polygon on bare paper; no two of them overlap."""

    corners_mm: tuple[Point, ...]
    reflectance: float


@dataclass(frozen=True, slots=True)
class Circle:
    """A filled disc on bare paper."""

    u_mm: float
    v_mm: float
    radius_mm: float
    reflectance: float


Shape = Polygon | Circle


@cache
def chart_shapes(design: ChartDesign) -> tuple[Shape, ...]:
    """Everything of the chart but its lettering. Shapes do not overlap."""
    bars = [Polygon(bar.corners_mm, design.bar_reflectance) for bar in design.bars]
    discs = [Circle(disc.u_mm, disc.v_mm, disc.radius_mm, INK_REFLECTANCE) for disc in design.discs]
    greys = [
        rectangle(step.u_mm, step.v_mm, step.width_mm, step.height_mm, step.reflectance) for step in design.grey_steps
    ]
    tags = [shape for tag in design.tags for shape in tag_shapes(tag)]
    return (*bars, *discs, *greys, *tags)


def rectangle(u_mm: float, v_mm: float, width_mm: float, height_mm: float, reflectance: float) -> Polygon:
    """An upright rectangle about its centre."""
    left, right = u_mm - width_mm / 2, u_mm + width_mm / 2
    low, high = v_mm - height_mm / 2, v_mm + height_mm / 2
    return Polygon(((left, low), (right, low), (right, high), (left, high)), reflectance)


def tag_shapes(tag: Tag) -> list[Polygon]:
    """The dark cells of a tag, runs of a row merged."""
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, TAG_DICTIONARY))
    dark = cv2.aruco.generateImageMarker(dictionary, tag.id, TAG_CELLS) == 0
    cell = tag.side_mm / TAG_CELLS
    left, top = tag.u_mm - tag.side_mm / 2, tag.v_mm + tag.side_mm / 2
    shapes = []
    for row, cells in enumerate(dark):
        borders = np.flatnonzero(np.diff(np.concatenate([[False], cells, [False]]).astype(np.int8)))
        for start, end in borders.reshape(-1, 2):
            u, width = left + cell * (start + end) / 2, cell * (end - start)
            shapes.append(rectangle(u, top - cell * (row + 0.5), width, cell, INK_REFLECTANCE))
    return shapes
