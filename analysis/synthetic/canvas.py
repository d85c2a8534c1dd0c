"""The perfectly sharp photograph: the chart's shapes seen through the projection.

Straight lines stay straight in projection, so a polygon's image is the polygon of its projected corners, and cells are
filled by exact coverage. Where the projection is bent, sides are cut into short pieces first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.charts.coverage import cover
from analysis.charts.design import ChartDesign
from analysis.charts.marks import INK_REFLECTANCE, Polygon, chart_marks
from analysis.charts.outlines import shape_outlines, stroke_outlines
from analysis.synthetic.halftone import screened
from analysis.synthetic.optics import Array
from analysis.synthetic.view import View

SURROUND_REFLECTANCE: Final = 0.16
_PIECE_MM: Final = 6.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A grid of cells over the photo and a border around it: square pixels halved along x."""

    width_px: int
    height_px: int
    left_px: int
    right_px: int
    top_px: int
    bottom_px: int

    @property
    def rows(self) -> int:
        """Rows of cells, each as high as a pixel."""
        return self.height_px + self.top_px + self.bottom_px

    @property
    def columns(self) -> int:
        """Columns of cells, two to a pixel."""
        return 2 * (self.width_px + self.left_px + self.right_px)

    def centres(self) -> tuple[Array, Array]:
        """Pixel coordinates of the cells' centres: x of each column, y of each row."""
        x = (np.arange(self.columns) + 0.5) / 2 - 0.5 - self.left_px
        return x, np.arange(self.rows, dtype=np.float64) - self.top_px

    def cells(self, pixels: Array) -> Array:
        """Pixel coordinates (..., 2) to cell coordinates, whole numbers on the borders of cells."""
        return (pixels + np.array([0.5 + self.left_px, 0.5 + self.top_px])) * np.array([2.0, 1.0])


def sharp_reflectance(design: ChartDesign, view: View, frame: Frame, dots_per_mm: float = 0.0) -> NDArray[np.float32]:
    """Reflectance (rows, columns) of each cell of the frame: chart, and surround where the sheet ends.

    Shapes are of dots when ``dots_per_mm`` is not 0; lettering is always solid.
    """
    marks, paper = chart_marks(design), design.paper_reflectance
    half_u, half_v = design.width_mm / 2, design.height_mm / 2
    sheet = Polygon(((-half_u, -half_v), (half_u, -half_v), (half_u, half_v), (-half_u, half_v)), paper)
    # The sheet adds to the surround, and on the sheet a shape takes away from the paper.
    layers = [(corners, reflectance - SURROUND_REFLECTANCE) for corners, reflectance in shape_outlines((sheet,))]
    layers += [(corners, reflectance - paper) for corners, reflectance in shape_outlines(marks.shapes)]
    stacks = [(_seen(corners, view, frame), weights) for corners, weights in layers]
    picture = cover(stacks, frame.rows, frame.columns) + np.float32(SURROUND_REFLECTANCE)
    if dots_per_mm > 0:
        picture = screened(picture, frame.centres(), view, paper, dots_per_mm)
    pieces = _seen(stroke_outlines(marks.strokes), view, frame)
    # Pieces of a letter overlap where they join: what they cover twice is still covered once.
    lettering = np.clip(cover([(pieces, np.ones(len(pieces)))], frame.rows, frame.columns), 0.0, 1.0)
    picture -= lettering * np.float32(paper - INK_REFLECTANCE)
    return picture


def _seen(corners_mm: Array, view: View, frame: Frame) -> Array:
    if view.bend is not None:
        corners_mm = _finer(corners_mm)
    pixels = view.project(corners_mm.reshape(-1, 2)).reshape(corners_mm.shape)
    return frame.cells(pixels)


def _finer(corners_mm: Array) -> Array:
    """Polygons (n, corners, 2) with their sides cut into pieces short enough to be bent."""
    sides = np.roll(corners_mm, -1, axis=1) - corners_mm
    pieces = max(int(np.ceil(np.hypot(sides[..., 0], sides[..., 1]).max() / _PIECE_MM)), 1)
    steps = np.arange(pieces) / pieces
    points = corners_mm[:, :, None, :] + sides[:, :, None, :] * steps[:, None]
    return points.reshape(len(corners_mm), -1, 2)
