"""Contrast along the chart's long edges, sensor row by sensor row.

Every sensor row crosses each edge at one depth, so a row's edge profile gives the contrast there. Even and odd rows of
a block are summed apart and multiplied crosswise: the noise of the two is independent, so it averages to zero instead
of adding its own power. No pixel is resampled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from analysis.frames import Frame
from analysis.sfr.paths import Blocks, EdgePath

Array = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

FREQUENCIES_LP_MM: Final = (2.5, 10.0, 20.0, 40.0)
"""On the sensor. Best focus is named at 20; the lowest tells where an edge lies, also when it is far off."""
_HIGHEST_CY_PX: Final = 0.45
_PLATEAU_SHARE: Final = 0.4
_PIECE_ROWS: Final = 256


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

    def without_phases(self) -> Self:
        """The same without its spectra, which are half of what it takes in memory."""
        return replace(self, spectrum=self.spectrum[:, :0].copy())  # a view would keep them


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
