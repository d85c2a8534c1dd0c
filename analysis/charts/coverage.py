"""Exact area coverage of a grid by polygons: no sampling pattern, no interpolation, an edge is where it is.

Along a row coverage is exact; across it, the mean of `SUBROWS` lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SUBROWS: Final = 16
BAND_ROWS: Final = 128

Stack = tuple[Array, Array]
"""Polygons of equally many corners (n, corners, 2) as column and row coordinates, cell borders being whole numbers,
and the weight (n,) of each."""


def cover(stacks: list[Stack], rows: int, columns: int) -> NDArray[np.float32]:
    """Sum over polygons of weight times covered share of each cell, (rows, columns)."""
    out = np.empty((rows, columns), np.float32)
    for start, band in cover_bands(stacks, rows, columns):
        out[start : start + len(band)] = band
    return out


def cover_bands(stacks: list[Stack], rows: int, columns: int) -> Iterator[tuple[int, Array]]:
    """The same band by band, as (first row, band), for pictures too large to be held in full precision."""
    sides = np.concatenate([_sides(corners, weights) for corners, weights in stacks], axis=1)
    low, high = np.minimum(sides[1], sides[3]), np.maximum(sides[1], sides[3])
    for start in range(0, rows, BAND_ROWS):
        stop = min(start + BAND_ROWS, rows)
        seen = (low < stop * SUBROWS) & (high >= start * SUBROWS)
        yield start, _cover_band(sides[:, seen], start, stop, columns)


def _sides(corners: Array, weights: Array) -> Array:
    """(5, sides): x, sub-row of start and end, and the weight signed so that entering a polygon adds it."""
    following = np.roll(corners, -1, axis=1)
    area = np.sum(corners[..., 0] * following[..., 1] - following[..., 0] * corners[..., 1], axis=1)
    signed = -(np.sign(area) * weights)[:, None] * np.sign(following[..., 1] - corners[..., 1])
    x0, x1 = corners[..., 0].ravel(), following[..., 0].ravel()
    y0, y1 = (SUBROWS * side[..., 1].ravel() - 0.5 for side in (corners, following))
    return np.array([x0, y0, x1, y1, signed.ravel()])


def _cover_band(sides: Array, start: int, stop: int, columns: int) -> Array:
    """Coverage in rows start...stop: every crossing of a sub-row is a step, shared between the cells it falls in."""
    x0, y0, x1, y1, weight = sides
    first = np.clip(np.ceil(np.minimum(y0, y1)), start * SUBROWS, stop * SUBROWS).astype(np.int64)
    last = np.clip(np.ceil(np.maximum(y0, y1)), start * SUBROWS, stop * SUBROWS).astype(np.int64)
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
