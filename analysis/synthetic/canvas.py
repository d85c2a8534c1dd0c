"""The perfectly sharp photograph: exact coverage of cells by the chart's shapes, seen through the projection.

Straight lines stay straight in projection, so a polygon's image is the polygon of its projected corners. Coverage is
exact along a row and averaged over `SUBROWS` lines across it; no pixel is interpolated, so an edge is where it is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.charts.marks import Circle, Shape
from analysis.synthetic.scene import Array, View

SUBROWS: Final = 16
CIRCLE_CORNERS: Final = 240
_BAND_ROWS: Final = 128


def outline_mm(shape: Shape) -> Array:
    """Corners (n, 2) of a shape; a circle becomes a polygon of its own area."""
    if not isinstance(shape, Circle):
        return np.array(shape.corners_mm)
    step = 2 * np.pi / CIRCLE_CORNERS
    radius = shape.radius_mm * np.sqrt(step / np.sin(step))
    angle = step * np.arange(CIRCLE_CORNERS)
    return np.column_stack([shape.u_mm + radius * np.cos(angle), shape.v_mm + radius * np.sin(angle)])


def paint(outlines_mm: list[Array], weights: list[float], view: View, frame: Frame) -> NDArray[np.float32]:
    """Sum over shapes of weight times covered share of each cell.

    Parameters
    ----------
    outlines_mm, weights : corners (n, 2) of each shape on the chart, and what it adds where it covers a cell fully.
    view : the projection.
    frame : the cells to fill.

    Returns
    -------
    (rows, columns) of the frame.
    """
    edges = [_edges(view.project(outline), weight) for outline, weight in zip(outlines_mm, weights, strict=True)]
    if not edges:
        return np.zeros((frame.rows, frame.columns), np.float32)
    x0, y0, x1, y1, weight = np.concatenate(edges, axis=1)
    # From here on in cells and sub-rows of the frame.
    sides = np.array([frame.column(x0), frame.subrow(y0), frame.column(x1), frame.subrow(y1), weight])
    low, high = np.minimum(sides[1], sides[3]), np.maximum(sides[1], sides[3])
    out = np.empty((frame.rows, frame.columns), np.float32)
    for start in range(0, frame.rows, _BAND_ROWS):
        stop = min(start + _BAND_ROWS, frame.rows)
        seen = (low < stop * SUBROWS) & (high >= start * SUBROWS)
        out[start:stop] = _paint_band(sides[:, seen], start, stop, frame.columns)
    return out


class Frame:
    """A grid of cells over the photo and a border around it: square pixels halved along x."""

    def __init__(self, width_px: int, height_px: int, border_px: tuple[int, int, int, int]) -> None:
        left, right, top, bottom = border_px
        self.left, self.top = left, top
        self.rows = height_px + top + bottom
        self.columns = 2 * (width_px + left + right)

    def column(self, x_px: Array) -> Array:
        """Cell coordinate, whole numbers on the borders of cells."""
        return 2 * (x_px + 0.5 + self.left)

    def subrow(self, y_px: Array) -> Array:
        """Sub-row coordinate, whole numbers on the lines along which coverage is taken."""
        return SUBROWS * (y_px + 0.5 + self.top) - 0.5


def _edges(corners: Array, weight: float) -> Array:
    """(5, n): start, end and signed weight of each side, so that crossing a left side adds the weight."""
    following = np.roll(corners, -1, axis=0)
    area = np.sum(corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1])
    signed = -np.sign(area) * weight * np.sign(following[:, 1] - corners[:, 1])
    return np.vstack([corners.T, following.T, signed])


def _paint_band(sides: Array, start: int, stop: int, columns: int) -> Array:
    """Coverage in rows start...stop: every crossing of a sub-row is a step, shared between the cells it falls in."""
    x0, y0, x1, y1, weight = sides
    low, high = np.minimum(y0, y1), np.maximum(y0, y1)
    first = np.clip(np.ceil(low), start * SUBROWS, stop * SUBROWS).astype(np.int64)
    last = np.clip(np.ceil(high), start * SUBROWS, stop * SUBROWS).astype(np.int64)
    count = last - first
    index = np.repeat(np.arange(count.size), count)
    line = first[index] + np.arange(index.size) - np.repeat(np.cumsum(count) - count, count)
    slope = (x1 - x0) / np.where(y1 == y0, 1.0, y1 - y0)
    x = np.clip(x0[index] + slope[index] * (line - y0[index]), 0.0, columns)
    cell = x.astype(np.int64)
    inside = x - cell
    place = (line // SUBROWS - start) * (columns + 2) + cell
    step = weight[index] / SUBROWS
    size = (stop - start) * (columns + 2)
    change = np.bincount(place, step * (1 - inside), size) + np.bincount(place + 1, step * inside, size)
    return np.cumsum(change.reshape(stop - start, columns + 2), axis=1)[:, :columns]
