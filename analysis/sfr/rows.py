"""Contrast along the chart's long edges, sensor row by sensor row.

Every sensor row crosses each edge at one depth, so a row's edge profile gives the contrast there. Rows are gathered in
blocks of equal vergence (one over distance), in which defocus is linear and in which rows lie evenly. Even and odd rows
of a block are summed apart and multiplied crosswise: the noise of the two is independent, so it averages to zero
instead of adding its own power. No pixel is resampled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from analysis.charts.design import ChartDesign, Edge
from analysis.charts.view import ChartView
from analysis.frames import Frame

Array = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

FREQUENCIES_LP_MM: Final = (2.5, 10.0, 20.0, 40.0)
"""On the sensor. Best focus is named at 20; the lowest tells where an edge lies, also when it is far off."""
_HIGHEST_CY_PX: Final = 0.45
_CLEAR_SHARE: Final = 0.92
"""Share of the clear width beside an edge that the window uses; the rest is for errors of the pose."""
_LEAST_HALF_WINDOW_PX: Final = 8
_PLATEAU_SHARE: Final = 0.4
_NEAR_AXIS: Final = 0.35
"""Standard deviation of the importance of edges, as a share of the farthest one's distance from the axis."""
_STEP_MM: Final = 0.25
_PIECE_ROWS: Final = 256


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


@dataclass(frozen=True)
class EdgeContrast:
    """Sums over the rows of each block, per edge: what contrast at the frequencies is made of.

    Attributes
    ----------
    power : (E, F, B) sum over pairs of even and odd rows of the real cross product of their spectra.
    step_power : (E, B) the same for the height of the step; contrast squared is power over step_power.
    spectrum : (E, F, B) spectra summed over all rows, phase from the predicted edge.
    step : (E, B) height of the step summed over rows, in linear light.
    rows : (E, B) rows summed.
    level : (E, B) light on the bright side, mean over rows.
    """

    frequencies_lp_mm: tuple[float, ...]
    blocks: Blocks
    power: Array
    step_power: Array
    spectrum: ComplexArray
    step: Array
    rows: Array
    level: Array


def edge_paths(design: ChartDesign, view: ChartView) -> list[EdgePath]:
    """The edges that cross the frame with their clear surroundings, those too short or too narrow left out."""
    paths = (_path(edge, view) for edge in design.edges)
    return [path for path in paths if path is not None]


def common_blocks(view: ChartView, paths: list[EdgePath], rows_per_block: float) -> Blocks:
    """Blocks that span all paths, each as wide as `rows_per_block` sensor rows."""
    per_row = vergence_per_row(view)
    low = min(float(path.vergence_per_mm.min()) for path in paths)
    high = max(float(path.vergence_per_mm.max()) for path in paths)
    width = per_row * rows_per_block
    return Blocks(low, width, max(1, int((high - low) / width)))


def importance(view: ChartView, paths: list[EdgePath]) -> Array:
    """(E,) weight of each edge: best focus is that on the axis, and what a field adds grows with distance from it."""
    off_axis = np.array([abs(float(path.x_px.mean()) - (view.width_px - 1) / 2) for path in paths])
    return np.asarray(np.exp(-0.5 * (off_axis / (_NEAR_AXIS * off_axis.max())) ** 2))


def image_heights_mm(view: ChartView, paths: list[EdgePath], blocks: Blocks, pixel_pitch_um: float) -> Array:
    """(B,) RMS distance on the sensor of each block's edges from the centre of the picture, by importance.

    NaN where no edge is.
    """
    middle_x, middle_y = (view.width_px - 1) / 2, (view.height_px - 1) / 2
    total, count = np.zeros(blocks.count + 1), np.zeros(blocks.count + 1)
    for path, weight in zip(paths, importance(view, paths), strict=True):
        index = blocks.index_of(path.vergence_per_mm)
        square = (path.x_px - middle_x) ** 2 + (path.row_px - middle_y) ** 2
        total += weight * np.bincount(index, square, minlength=total.size)
        count += weight * np.bincount(index, minlength=total.size)
    mean = np.where(count > 0, total / np.where(count > 0, count, 1), np.nan)[:-1]
    return np.asarray(1e-3 * pixel_pitch_um * np.sqrt(mean))


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


def edge_contrast(
    frame: Frame,
    paths: list[EdgePath],
    blocks: Blocks,
    pixel_pitch_um: float,
    frequencies_lp_mm: tuple[float, ...] = FREQUENCIES_LP_MM,
) -> EdgeContrast:
    """Contrast sums of every edge of a frame.

    Parameters
    ----------
    frame : the photo.
    paths : of its edges, from `edge_paths`.
    blocks : shared by the frames of a series.
    pixel_pitch_um : turns frequencies on the sensor into cycles per pixel.

    Returns
    -------
    EdgeContrast
        Frequencies above 0.45 cycles per pixel are NaN.
    """
    tally = _Tally.empty(1, len(paths), blocks, pixel_pitch_um, frequencies_lp_mm)
    for i, path in enumerate(paths):
        tally.add(i, path, frame.to_linear(_windows(frame.stored, path.row_px, path))[:, None])
    return tally.contrasts()[0]


def colour_contrast(
    frame: Frame, paths: list[EdgePath], blocks: Blocks, pixel_pitch_um: float, frequency_lp_mm: float
) -> list[EdgeContrast]:
    """The same sums of red, green and blue, at one frequency, over the rows that are kept in colour; [] without."""
    colour = frame.colour
    if colour is None:
        return []
    tally = _Tally.empty(3, len(paths), blocks, pixel_pitch_um, (frequency_lp_mm,))
    for i, path in enumerate(paths):
        index = colour.index_of(path.row_px)
        part = path.only(index >= 0)
        if not part.row_px.size:
            continue
        stored = _windows(colour.stored, index[index >= 0], part)
        light = frame.to_linear(stored.reshape(-1, stored.shape[-1]))
        tally.add(i, part, light.reshape(stored.shape))
    return tally.contrasts()


def _windows(stored: npt.NDArray[Any], rows: npt.NDArray[np.intp], path: EdgePath) -> npt.NDArray[Any]:
    """(R, W) pixels about the edge in each row, or (R, 3, W) of a picture in colour."""
    half = path.half_window_px
    windows = np.lib.stride_tricks.sliding_window_view(stored, 2 * half + 1, axis=1)
    picked: npt.NDArray[Any] = windows[rows, path.nearest_px - half]
    return picked


@dataclass(frozen=True)
class _Tally:
    """The sums of `EdgeContrast`, for C channels at once: power (C, E, F, B) and so on."""

    frequencies_lp_mm: tuple[float, ...]
    blocks: Blocks
    cy_px: Array
    power: Array
    step_power: Array
    spectrum: ComplexArray
    step: Array
    rows: Array
    level: Array

    @classmethod
    def empty(
        cls, channels: int, edges: int, blocks: Blocks, pixel_pitch_um: float, frequencies_lp_mm: tuple[float, ...]
    ) -> Self:
        shape = channels, edges, len(frequencies_lp_mm), blocks.count
        flat = channels, edges, blocks.count
        return cls(
            frequencies_lp_mm,
            blocks,
            np.array(frequencies_lp_mm) * pixel_pitch_um * 1e-3,
            power=np.zeros(shape),
            step_power=np.zeros(flat),
            spectrum=np.zeros(shape, dtype=np.complex128),
            step=np.zeros(flat),
            rows=np.zeros((edges, blocks.count)),
            level=np.zeros(flat),
        )

    def add(self, edge: int, path: EdgePath, light: npt.NDArray[np.float32]) -> None:
        """Enter an edge whose rows have this light about it, (R, C, W)."""
        index = self.blocks.index_of(path.vergence_per_mm)
        bins = self.blocks.count + 1
        self.rows[edge] = np.bincount(index, minlength=bins)[:-1]
        spectra, bright = _row_spectra(light, path, self.cy_px * path.across)
        for c in range(spectra.shape[0]):
            sums = _sums(spectra[c], 2 * index + path.row_px % 2, 2 * bins)
            even_sum, odd_sum = sums[:, 0:-2:2], sums[:, 1:-2:2]
            cross = (even_sum * odd_sum.conj()).real
            self.power[c, edge], self.step_power[c, edge] = cross[:-1], cross[-1]
            self.spectrum[c, edge], self.step[c, edge] = (even_sum + odd_sum)[:-1], (even_sum + odd_sum)[-1].real
            total = np.bincount(index, bright[c], minlength=bins)[:-1]
            self.level[c, edge] = total / np.maximum(self.rows[edge], 1)

    def contrasts(self) -> list[EdgeContrast]:
        """What was entered, by channel."""
        self.power[:, :, self.cy_px > _HIGHEST_CY_PX] = np.nan
        return [
            EdgeContrast(self.frequencies_lp_mm, self.blocks, power, step_power, spectrum, step, self.rows, level)
            for power, step_power, spectrum, step, level in zip(
                self.power, self.step_power, self.spectrum, self.step, self.level, strict=True
            )
        ]


def _row_spectra(light: npt.NDArray[np.float32], path: EdgePath, cy_px: Array) -> tuple[ComplexArray, Array]:
    """(C, F + 1, R) spectrum of each row's derivative about the edge, height of the step last, (C, R) bright side.

    The derivative is that of neighbouring pixels; its loss, a sinc, is divided out.
    """
    half, n = path.half_window_px, cy_px.size
    offset = np.arange(-half, half + 1)
    middles = offset[:-1] + 0.5
    wave = np.exp(-2j * np.pi * cy_px[:, None] * middles) / np.sinc(cy_px)[:, None]
    kernel = np.zeros((n, offset.size), dtype=np.complex128)
    kernel[:, 1:] += wave
    kernel[:, :-1] -= wave
    plateau = max(2, int(_PLATEAU_SHARE * half))
    right, left = np.zeros(offset.size), np.zeros(offset.size)
    right[-plateau:], left[:plateau] = 1 / plateau, 1 / plateau
    basis = np.vstack([kernel.real, kernel.imag, right, left]).astype(np.float32)
    product = _times(light, basis)
    spectra = np.empty((light.shape[1], n + 1, light.shape[0]), dtype=np.complex128)
    phase = path.sign * np.exp(2j * np.pi * cy_px[:, None] * (path.x_px - path.nearest_px))
    spectra[:, :n] = (product[:, :n] + 1j * product[:, n : 2 * n]) * phase
    spectra[:, n] = path.sign * (product[:, 2 * n] - product[:, 2 * n + 1])
    return spectra, product[:, 2 * n if path.sign > 0 else 2 * n + 1]


def _times(light: npt.NDArray[np.float32], basis: npt.NDArray[np.float32]) -> Array:
    """``basis @ light`` (C, K, R) in pieces too small for BLAS to spread over threads, which costs it 50 times that."""
    turned = np.ascontiguousarray(basis.T)
    flat = light.reshape(-1, light.shape[-1])
    pieces = [flat[i : i + _PIECE_ROWS] @ turned for i in range(0, flat.shape[0], _PIECE_ROWS)]
    product = np.concatenate(pieces).reshape(*light.shape[:2], basis.shape[0])
    return product.transpose(1, 2, 0).astype(np.float64)


def _sums(values: ComplexArray, index: npt.NDArray[np.intp], count: int) -> ComplexArray:
    """Sums of each row of `values` (K, R) over equal indices, (K, count)."""
    total = np.zeros((values.shape[0], count), dtype=np.complex128)
    for k, row in enumerate(values):
        total[k] = np.bincount(index, row.real, minlength=count) + 1j * np.bincount(index, row.imag, minlength=count)
    return total
