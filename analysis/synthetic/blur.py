"""Defocus that changes with depth: every row of the sharp picture is spread with the kernel of its own depth.

Light goes from the chart to the sensor, so each source row carries its own kernel (spreading), as a real lens does;
gathering with the kernel of the target would be wrong where blur changes quickly from row to row. Along a row the
convolution is a product of Fourier transforms, across rows a sum over the kernel's rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from analysis.synthetic.canvas import Frame
from analysis.synthetic.kernels import FACTORS, REACH, KernelStack
from analysis.synthetic.optics import Array
from analysis.synthetic.view import View

Image = NDArray[np.float32]

BORDER_PX: Final = 64
_NEGLIGIBLE: Final = 2e-5


@dataclass(frozen=True, slots=True)
class Strip:
    """The columns of one level over which depth varies by row only.

    Attributes
    ----------
    spectra : (rows, 2 n) Fourier transform of each row, real and imaginary parts alternating.
    length : of the transform, in cells.
    first_cell : column of the level that cell 0 of the transform stands for.
    centre_px : x in the photo at which depth is taken.
    """

    spectra: Image
    length: int
    first_cell: int
    centre_px: float


@dataclass(frozen=True, slots=True)
class SharpPicture:
    """The sharp picture prepared for blurring: strips per level. The same for all f-numbers of a pose."""

    width_px: int
    height_px: int
    frame_shape_px: tuple[int, int]
    levels: tuple[tuple[Strip, ...], ...]


def frame_for(width_px: int, height_px: int) -> Frame:
    """Cells over a photo with a border whose sides are whole cells of the coarsest level."""
    right = BORDER_PX + -width_px % FACTORS[-1]
    bottom = BORDER_PX + -height_px % FACTORS[-1]
    return Frame(width_px, height_px, BORDER_PX, right, BORDER_PX, bottom)


def prepare(cells: Image, width_px: int, height_px: int, strip_px: int) -> SharpPicture:
    """Transform the rows of a painted frame, in strips about ``strip_px`` wide that fade into each other."""
    whole = (cells[:, 0::2] + cells[:, 1::2]) / 2
    frame_width = whole.shape[1]
    centres = np.linspace(0, frame_width, max(2, round(frame_width / strip_px) + 1)) if strip_px < frame_width else None
    levels = []
    for factor in FACTORS:
        if factor == 1:
            level, per_px = cells[BORDER_PX - REACH : BORDER_PX + height_px + REACH], 2.0
        else:
            size = (frame_width // factor, whole.shape[0] // factor)
            coarse = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
            level, per_px = np.pad(coarse, REACH, mode="edge"), 1 / factor
        levels.append(tuple(_strips(level, per_px, factor, centres, frame_width)))
    return SharpPicture(width_px, height_px, whole.shape, tuple(levels))


def blur(sharp: SharpPicture, stack: KernelStack, view: View, paraxial: float, per_wave: float) -> Image:
    """The photo's light (height, width): the sharp picture spread by the kernels of its depths.

    ``paraxial`` is the vergence in focus by paraxial rays and ``per_wave`` the vergence of a wave of defocus, per mm.
    """
    coarser: Image | None = None
    for factor, strips, kernels in reversed(list(zip(FACTORS, sharp.levels, stack.levels, strict=True))):
        rows = strips[0].spectra.shape[0]
        border = REACH if factor == 1 else BORDER_PX + REACH * factor
        y_px: Array = (np.arange(rows, dtype=np.float64) + 0.5) * factor - 0.5 - border
        level = _empty_level(rows, factor, sharp)
        for strip in strips:
            waves = view.defocus_at(strip.centre_px, y_px, paraxial) / per_wave
            _add_strip(level, _spread(strip, waves, stack.defocus_waves, kernels), strip, factor)
        coarser = _joined(level, coarser, factor, sharp)
    return coarser if coarser is not None else np.zeros((sharp.height_px, sharp.width_px), np.float32)


def _strips(level: Image, per_px: float, factor: int, centres: Array | None, frame_width: int) -> list[Strip]:
    """One strip, or several whose weights are triangles that add up to 1."""
    reach = REACH * (2 if factor == 1 else 1)
    shift = 0 if factor == 1 else REACH  # cells of padding to the left
    columns = np.arange(level.shape[1])
    x_px = (columns + 0.5 - shift) / per_px
    if centres is None:
        return [_strip(level, 0, reach, frame_width / 2)]
    strips = []
    step = centres[1] - centres[0]
    for centre in centres:
        inside = np.abs(np.clip(x_px, 0, frame_width) - centre) < step
        weight = 1 - np.abs(np.clip(x_px[inside], 0, frame_width) - centre) / step
        first = int(columns[inside][0])
        first -= first % 2 if factor == 1 else 0
        last = int(columns[inside][-1]) + 1
        window = np.zeros(last - first, np.float32)
        window[columns[inside] - first] = weight
        strips.append(_strip(level[:, first:last] * window, first, reach, float(centre)))
    return strips


def _strip(cells: Image, first_cell: int, reach: int, centre_px: float) -> Strip:
    """Transform with room on both sides for what the kernels spread."""
    length = 4 * next_fast_len(cells.shape[1] // 4 + reach // 2 + 1, real=True)
    padded = np.zeros((cells.shape[0], length), np.float32)
    padded[:, reach : reach + cells.shape[1]] = cells
    spectra = rfft(padded, axis=1).view(np.float32)
    return Strip(spectra, length, first_cell - reach, centre_px - BORDER_PX)


def _spread(strip: Strip, waves: Array, nodes: Array, kernels: Image) -> NDArray[np.complex64]:
    """Spread every row over its neighbours: (rows, frequencies) of the blurred strip."""
    rows, width = strip.spectra.shape
    out = np.zeros((rows + 2 * REACH, width), np.float32)
    frequency = np.arange(width // 2) / strip.length
    cosines = np.cos(2 * np.pi * np.outer(np.arange(kernels.shape[2]), frequency))
    cosines[1:] *= 2
    cosines = np.repeat(cosines.astype(np.float32), 2, axis=1)
    place = np.clip(np.interp(waves, nodes, np.arange(nodes.size)), 0, nodes.size - 1 - 1e-6)
    energy = np.abs(kernels).sum(axis=(1, 2))
    current = -1
    low = change = np.empty((1, 2), np.float32)
    for row, position in enumerate(place):
        layer = int(position)
        if energy[layer] + energy[layer + 1] < _NEGLIGIBLE:
            continue
        if layer != current:
            low, change = _transform_pair(kernels[layer], kernels[layer + 1], cosines)
            current = layer
        height, band = low.shape
        part = (low + np.float32(position - layer) * change) * strip.spectra[row, :band]
        centre = row + REACH
        out[centre : centre + height, :band] += part
        out[centre - height + 1 : centre, :band] += part[:0:-1]
    return out[REACH:-REACH].view(np.complex64)


def _transform_pair(low: Image, high: Image, cosines: Image) -> tuple[Image, Image]:
    """Kernels of two neighbouring layers transformed along the rows: the first, and the difference to the second.

    Rows and frequencies that carry nothing are cut off.
    """
    size = np.maximum(np.abs(low).max(axis=1), np.abs(high).max(axis=1))
    height = int(np.flatnonzero(size > _NEGLIGIBLE * 0.1 * size.max()).max()) + 1
    first, second = low[:height] @ cosines, high[:height] @ cosines
    loud = np.flatnonzero(np.maximum(np.abs(first).max(axis=0), np.abs(second).max(axis=0)) > _NEGLIGIBLE)
    band = (int(loud.max()) // 2 + 1) * 2 if loud.size else 2
    return np.ascontiguousarray(first[:, :band]), second[:, :band] - first[:, :band]


def _to_pixels(spread: NDArray[np.complex64], length: int) -> Image:
    """Average pairs of cells to pixels, in the Fourier domain: a shift by one cell, then folding of the upper half."""
    half, quarter = length // 2, length // 4
    shift = 0.25 * (1 + np.exp(2j * np.pi * np.arange(half + 1) / length))
    paired = spread * shift.astype(np.complex64)
    folded = paired[:, : quarter + 1] + np.conj(paired[:, half - quarter :][:, ::-1])
    return irfft(folded, half, axis=1, overwrite_x=True)


def _empty_level(rows: int, factor: int, sharp: SharpPicture) -> Image:
    """A level's picture with the borders of its strips: pixels at level 0, cells further on."""
    width = sharp.frame_shape_px[1] // factor + (0 if factor == 1 else 2 * REACH)
    return np.zeros((rows, width), np.float32)


def _add_strip(level: Image, spread: NDArray[np.complex64], strip: Strip, factor: int) -> None:
    """Transform a strip back and lay it over the level's picture."""
    if factor == 1:
        pixels, first = _to_pixels(spread, strip.length), strip.first_cell // 2
    else:
        pixels, first = irfft(spread, strip.length, axis=1), strip.first_cell
    start, stop = max(first, 0), min(first + pixels.shape[1], level.shape[1])
    level[:, start:stop] += pixels[:, start - first : stop - first]


def _joined(level: Image, coarser: Image | None, factor: int, sharp: SharpPicture) -> Image:
    """The level without its borders, the coarser ones enlarged smoothly and added; at level 0, the photo."""
    if factor > 1:
        inner = level[REACH:-REACH, REACH:-REACH]
        return inner if coarser is None else inner + _enlarged(coarser, inner.shape)
    rows, columns = slice(BORDER_PX, BORDER_PX + sharp.height_px), slice(BORDER_PX, BORDER_PX + sharp.width_px)
    photo = level[REACH : REACH + sharp.height_px, columns]
    return photo if coarser is None else photo + _enlarged(coarser, sharp.frame_shape_px)[rows, columns]


def _enlarged(picture: Image, shape: tuple[int, ...]) -> Image:
    size = (shape[1], shape[0])
    return cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_CUBIC).astype(np.float32, copy=False)
