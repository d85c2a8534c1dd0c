"""Defocus that changes with depth: every row of the sharp picture is spread with the kernel of its own depth.

Light goes from the chart to the sensor, so each source row carries its own kernel (spreading), as a real lens does;
gathering with the kernel of the target would be wrong where blur changes quickly from row to row. Along a row the
convolution is a product of Fourier transforms, across rows a sum over the kernel's rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from analysis.synthetic.canvas import Frame
from analysis.synthetic.kernels import FACTORS, REACH, KernelStack
from analysis.synthetic.offaxis import OffAxisKernels
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
    """The sharp picture prepared for blurring: its cells per level. The same for all f-numbers of a pose."""

    width_px: int
    height_px: int
    frame_shape_px: tuple[int, int]
    levels: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Depths:
    """Where a photo is out of focus, and how finely that must be followed.

    Attributes
    ----------
    view : tells the depth of every pixel.
    paraxial : vergence in focus by paraxial rays, per mm.
    per_wave : vergence of a wave of defocus, per mm.
    centres_px : rising x at which depth along a row is taken, blended linearly between; none for its middle alone.
    upright : whether round kernels stand for what astigmatism does to upright edges.
    """

    view: View
    paraxial: float
    per_wave: float
    centres_px: Array
    upright: bool = False

    def waves_at(self, x_px: float, y_px: Array) -> Array:
        """Defocus at the edge of the widest pupil."""
        return self.view.defocus_at(x_px, y_px, self.paraxial, upright=self.upright) / self.per_wave


def frame_for(width_px: int, height_px: int) -> Frame:
    """Cells over a photo with a border whose sides are whole cells of the coarsest level."""
    right = BORDER_PX + -width_px % FACTORS[-1]
    bottom = BORDER_PX + -height_px % FACTORS[-1]
    return Frame(width_px, height_px, BORDER_PX, right, BORDER_PX, bottom)


def prepare(cells: Image, width_px: int, height_px: int) -> SharpPicture:
    """Bring a painted frame to the resolutions of all levels."""
    whole = (cells[:, 0::2] + cells[:, 1::2]) / 2
    levels = [cells[BORDER_PX - REACH : BORDER_PX + height_px + REACH]]
    for factor in FACTORS[1:]:
        size = (whole.shape[1] // factor, whole.shape[0] // factor)
        coarse = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
        levels.append(np.pad(coarse, REACH, mode="edge"))
    return SharpPicture(width_px, height_px, whole.shape, tuple(levels))


def blur(sharp: SharpPicture, stack: KernelStack, depths: Depths, off_axis: OffAxisKernels | None = None) -> Image:
    """The photo's light (height, width): the sharp picture spread by the kernels of its depths and places."""
    coarser: Image | None = None
    for index in reversed(range(len(FACTORS))):
        factor, cells = FACTORS[index], sharp.levels[index]
        border = REACH if factor == 1 else BORDER_PX + REACH * factor
        y_px: Array = (np.arange(cells.shape[0], dtype=np.float64) + 0.5) * factor - 0.5 - border
        level = _empty_level(cells.shape[0], factor, sharp)
        kernels = stack.levels[index] if off_axis is None else unfolded(stack.levels[index])
        for strip in _strips(cells, factor, depths.centres_px, sharp.frame_shape_px[1]):
            place = _places(depths.waves_at(strip.centre_px, y_px), stack.defocus_waves)
            if off_axis is None:
                spread = _spread(strip, place, kernels)
            else:
                spread = _spread_lopsided(strip, place, kernels + off_axis.at(strip.centre_px, index))
            _add_strip(level, spread, strip, factor)
        coarser = _joined(level, coarser, factor, sharp)
    return coarser if coarser is not None else np.zeros((sharp.height_px, sharp.width_px), np.float32)


def unfolded(quarter: Image) -> Image:
    """Whole kernels (L, 2 rows - 1, 2 columns - 1) from their quarters (L, rows, columns)."""
    half = np.concatenate([quarter[:, :0:-1], quarter], axis=1)
    return np.concatenate([half[:, :, :0:-1], half], axis=2)


def _strips(level: Image, factor: int, centres_px: Array, frame_width: int) -> Iterator[Strip]:
    """One strip, or one about each centre; their weights are triangles that add up to 1."""
    per_px = 2.0 if factor == 1 else 1 / factor
    reach = REACH * (2 if factor == 1 else 1)
    shift = 0 if factor == 1 else REACH  # cells of padding to the left
    if centres_px.size == 0:
        yield _strip(level, 0, reach, (frame_width - 1) / 2 - BORDER_PX)
        return
    columns = np.arange(level.shape[1])
    place = np.interp((columns + 0.5 - shift) / per_px - 0.5 - BORDER_PX, centres_px, np.arange(centres_px.size))
    for index, centre in enumerate(centres_px):
        weight = 1 - np.abs(place - index)
        inside = np.flatnonzero(weight > 0)
        if inside.size == 0:
            continue
        first = int(inside[0])
        first -= first % 2 if factor == 1 else 0
        window = np.maximum(weight[first : inside[-1] + 1], 0).astype(np.float32)
        yield _strip(level[:, first : inside[-1] + 1] * window, first, reach, float(centre))


def _strip(cells: Image, first_cell: int, reach: int, centre_px: float) -> Strip:
    """Transform with room on both sides for what the kernels spread."""
    length = 4 * next_fast_len(cells.shape[1] // 4 + reach // 2 + 1, real=True)
    padded = np.zeros((cells.shape[0], length), np.float32)
    padded[:, reach : reach + cells.shape[1]] = cells
    spectra = rfft(padded, axis=1).view(np.float32)
    return Strip(spectra, length, first_cell - reach, centre_px)


def _places(waves: Array, nodes: Array) -> Array:
    """Where between the layers each row lies: layer and fraction in one number."""
    return np.clip(np.interp(waves, nodes, np.arange(nodes.size)), 0, nodes.size - 1 - 1e-6)


def _spread(strip: Strip, place: Array, kernels: Image) -> NDArray[np.complex64]:
    """Spread every row over its neighbours by quarters of round kernels: (rows, frequencies) of the blurred strip."""
    rows, width = strip.spectra.shape
    out = np.zeros((rows + 2 * REACH, width), np.float32)
    frequency = np.arange(width // 2) / strip.length
    cosines = np.cos(2 * np.pi * np.outer(np.arange(kernels.shape[2]), frequency))
    cosines[1:] *= 2
    cosines = np.repeat(cosines.astype(np.float32), 2, axis=1)
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


def _spread_lopsided(strip: Strip, place: Array, kernels: Image) -> NDArray[np.complex64]:
    """As `_spread`, by whole kernels (L, rows, columns) of any shape."""
    spectra = strip.spectra.view(np.complex64)
    rows, width = spectra.shape
    out = np.zeros((rows + 2 * REACH, width), np.complex64)
    live = np.flatnonzero(np.abs(kernels).sum(axis=(1, 2)) > _NEGLIGIBLE)
    if live.size == 0:
        return out[REACH:-REACH]
    first = max(int(live[0]) - 1, 0)
    transformed, tops, bottoms, bands = _transforms(kernels[first : live[-1] + 2], strip.length)
    current, top = -1, 0
    low = change = part = np.empty((1, 1), np.complex64)
    for row, position in enumerate(place - first):
        layer = int(position)
        if position < 0 or layer + 2 > len(tops):
            continue
        if layer != current:
            current, top = layer, min(tops[layer : layer + 2])
            kept = (slice(top, max(bottoms[layer : layer + 2])), slice(max(bands[layer : layer + 2])))
            low = np.ascontiguousarray(transformed[layer][kept])
            change = transformed[layer + 1][kept] - low
            part = np.empty_like(change)
        if part.size == 0:
            continue
        # Real factors by the real view: half the work.
        np.multiply(change.view(np.float32), np.float32(position - layer), out=part.view(np.float32))
        part += low
        part *= spectra[row, : part.shape[1]]
        out[row + top : row + top + part.shape[0], : part.shape[1]] += part
    return out[REACH:-REACH]


def _transforms(kernels: Image, length: int) -> tuple[NDArray[np.complex64], list[int], list[int], list[int]]:
    """Kernels transformed along their rows, and of each the first row, the last and the frequencies that matter."""
    count, rows, columns = kernels.shape
    offsets = np.arange(columns) - columns // 2
    waves = np.exp(-2j * np.pi * np.outer(offsets, np.arange(length // 2 + 1)) / length).astype(np.complex64)
    split = kernels.reshape(-1, columns) @ waves.view(np.float32)
    size = np.abs(kernels).max(axis=2)
    carrying = size > np.maximum(_NEGLIGIBLE * 0.1 * size.max(axis=1, keepdims=True), _NEGLIGIBLE / rows)
    loud = np.abs(split.reshape(count, rows, -1)).max(axis=1) > _NEGLIGIBLE
    some = carrying.any(axis=1) & loud.any(axis=1)
    tops = np.where(some, carrying.argmax(axis=1), rows)
    bottoms = np.where(some, rows - carrying[:, ::-1].argmax(axis=1), 0)
    bands = np.where(some, (loud.shape[1] - loud[:, ::-1].argmax(axis=1) + 1) // 2, 0)
    return split.view(np.complex64).reshape(count, rows, -1), tops.tolist(), bottoms.tolist(), bands.tolist()


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
