"""Where the chart's edges run through a frame, row by row, and the blocks of vergence their rows are gathered in.

Every sensor row crosses each edge at one depth. Blocks are of equal vergence (one over distance), in which defocus is
linear and in which rows lie evenly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.charts.design import ChartDesign, Edge
from analysis.charts.view import ChartView

Array = npt.NDArray[np.float64]

_CLEAR_SHARE: Final = 0.92
"""Share of the clear width beside an edge that the window uses; the rest is for errors of the pose."""
_LEAST_HALF_WINDOW_PX: Final = 8
_FIELD_TELLS_MM: Final = 1.5
"""Distance from the axis, on the sensor, at which what the field adds to an edge is as large as the edge's noise."""
_STEP_MM: Final = 0.25


@dataclass(frozen=True)
class Blocks:
    """Common blocks of vergence for all edges of a frame.

    Attributes
    ----------
    first_per_mm, width_per_mm : lower end of block 0 and width of each, in 1/mm.
    count : number of blocks.
    """

    first_per_mm: float
    width_per_mm: float
    count: int

    @property
    def vergence_per_mm(self) -> Array:
        """Middle of each block, (B,)."""
        return np.asarray(self.first_per_mm + self.width_per_mm * (np.arange(self.count) + 0.5))

    def index_of(self, vergence_per_mm: Array) -> npt.NDArray[np.intp]:
        """Block of each vergence; `count` for those outside."""
        index = np.floor((vergence_per_mm - self.first_per_mm) / self.width_per_mm).astype(np.intp)
        return np.where((index >= 0) & (index < self.count), index, self.count)

    def joined(self, number: int) -> Blocks:
        """Blocks so many times as wide over the same range."""
        return Blocks(self.first_per_mm, self.width_per_mm * number, max(1, self.count // number))


@dataclass(frozen=True)
class EdgePath:
    """Where one edge of the chart runs through a frame: one entry per sensor row, (R,).

    ``across`` is the cosine between the row and the edge's normal: a frequency along the normal is lower by it along
    the row. ``sign`` is +1 when light rises to the right.
    """

    edge: Edge
    row_px: npt.NDArray[np.intp]
    x_px: Array
    slope: Array
    vergence_per_mm: Array
    half_window_px: int
    across: float
    sign: int

    @property
    def nearest_px(self) -> npt.NDArray[np.intp]:
        """The pixel that the edge crosses in each row."""
        return np.rint(self.x_px).astype(np.intp)

    def only(self, rows: npt.NDArray[np.bool_]) -> EdgePath:
        """The path on these rows."""
        return replace(
            self,
            row_px=self.row_px[rows],
            x_px=self.x_px[rows],
            slope=self.slope[rows],
            vergence_per_mm=self.vergence_per_mm[rows],
        )


def edge_paths(design: ChartDesign, view: ChartView) -> list[EdgePath]:
    """The edges that cross the frame with their clear surroundings, those too short or too narrow left out."""
    paths = (_path(edge, view) for edge in design.edges)
    return [path for path in paths if path is not None]


def common_blocks(view: ChartView, paths: list[EdgePath], rows_per_block: float) -> Blocks:
    """Blocks that span all paths, each as wide as `rows_per_block` sensor rows.

    They begin half a row before the first, so that rows lie evenly about the middle of their block.
    """
    per_row = vergence_per_row(view)
    low = min(float(path.vergence_per_mm.min()) for path in paths) - per_row / 2
    high = max(float(path.vergence_per_mm.max()) for path in paths) + per_row / 2
    width = per_row * rows_per_block
    return Blocks(low, width, max(1, int((high - low) / width)))


def importance(view: ChartView, paths: list[EdgePath], pixel_pitch_um: float) -> Array:
    """(E,) weight of each edge: best focus is that on the axis.

    The inverse of an edge's variance, 1 for its noise and more for what the field adds, which grows as the square of
    the distance from the axis.
    """
    off_axis_px = np.array([float(path.x_px.mean()) - (view.width_px - 1) / 2 for path in paths])
    return np.asarray(1 / (1 + (1e-3 * pixel_pitch_um * off_axis_px / _FIELD_TELLS_MM) ** 4))


def block_heights_mm(view: ChartView, blocks: Blocks, pixel_pitch_um: float) -> Array:
    """(B,) distance on the sensor of each block from the middle row of the picture."""
    v_mm = np.array([-1.0, 1.0])
    _, y = view.project(np.zeros(2), v_mm)
    near, far = 1 / view.distance_of(np.zeros(2), v_mm)
    rows = y[0] + (blocks.vergence_per_mm - near) * (y[1] - y[0]) / (far - near)
    return np.asarray(1e-3 * pixel_pitch_um * np.abs(rows - (view.height_px - 1) / 2))


def cell_places_mm(
    view: ChartView, paths: list[EdgePath], blocks: Blocks, pixel_pitch_um: float
) -> tuple[Array, Array]:
    """(E, B), (E, B) place of each block of each edge on the sensor, from the centre of the picture across and down."""
    at = blocks.vergence_per_mm
    across, down = np.empty((2, len(paths), blocks.count))
    for i, path in enumerate(paths):
        order = np.argsort(path.vergence_per_mm)
        across[i], down[i] = (
            np.interp(at, path.vergence_per_mm[order], place[order]) for place in (path.x_px, path.row_px)
        )
    mm = 1e-3 * pixel_pitch_um
    return mm * (across - (view.width_px - 1) / 2), mm * (down - (view.height_px - 1) / 2)


def vergence_per_row(view: ChartView) -> float:
    """Change of vergence from one sensor row to the next, in 1/mm; even over the frame, as the chart is a plane."""
    v_mm = np.array([-1.0, 1.0])
    _, y = view.project(np.zeros(2), v_mm)
    distance = view.distance_of(np.zeros(2), v_mm)
    return abs(float((1 / distance[1] - 1 / distance[0]) / (y[1] - y[0])))


def _path(edge: Edge, view: ChartView) -> EdgePath | None:
    """Project the edge finely and read off its place at whole rows."""
    v = np.arange(edge.v_from_mm + _STEP_MM, edge.v_to_mm - _STEP_MM, _STEP_MM)
    u = edge.u0_mm + edge.slope * v
    x, y = view.project(u, v)
    left, _ = view.project(u - edge.clear_mm, v)
    right, _ = view.project(u + edge.clear_mm, v)
    clear_px = np.minimum(np.abs(x - left), np.abs(right - x))
    order = np.argsort(y)
    x, y, clear_px, vergence = x[order], y[order], clear_px[order], (1 / view.distance_of(u, v))[order]
    inside = (x - clear_px > 0) & (x + clear_px < view.width_px - 1)
    x, y, clear_px, vergence = x[inside], y[inside], clear_px[inside], vergence[inside]
    if y.size < 8:
        return None
    rows = np.arange(max(0, int(np.ceil(y[0]))), min(view.height_px - 1, int(y[-1])) + 1)
    half_window_px = int(_CLEAR_SHARE * clear_px.min())
    if rows.size < 8 or half_window_px < _LEAST_HALF_WINDOW_PX:
        return None
    slope = np.gradient(x, y)
    rises_right = edge.dark_side * np.sign(right[0] - left[0]) < 0
    return EdgePath(
        edge,
        rows,
        np.interp(rows, y, x),
        np.interp(rows, y, slope),
        np.interp(rows, y, vergence),
        half_window_px,
        float(1 / np.hypot(1, slope.mean())),
        1 if rises_right else -1,
    )
