"""Bytes of a photo to an upright array of luminance, and some rows of its colours, decoded once.

The stored 8-bit luminance is kept as it is (24 MB at 24 MP) and turned linear by a table where a region is measured:
converting a whole frame to floating point would cost more than decoding it. Of the colours every third pair of rows is
kept: they are compared with one another along the same rows, where little else differs, so a third says enough, and
all of them would take three times the memory of the luminance.

What decoding takes and how it is done is told in `analysis.photos.memory` and `analysis.pixels`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from analysis.photos.exif import read_orientation
from analysis.photos.jpeg import luminance_steps
from analysis.pixels.decode import COLOUR_EVERY, Scratch, Stored, decode
from analysis.pixels.turning import Turn

__all__ = ["COLOUR_EVERY", "ColourRows", "Frame", "Linear", "Scratch", "Stored", "read_frame", "srgb_to_linear"]


Linear = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ColourRows:
    """Red, green and blue of every third pair of rows, even and odd together.

    Attributes
    ----------
    stored : (K, N, 3) as stored, sRGB-encoded, 8 bits.
    subsampled : the file holds colour more coarsely than luminance.
    thinned : the rows between have been let go.
    """

    stored: npt.NDArray[np.uint8]
    subsampled: bool
    thinned: bool = False

    def index_of(self, row_px: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Where rows of the frame lie in `stored`; -1 for those that do not count."""
        pair, odd = np.divmod(row_px, 2)
        index = 2 * (pair // COLOUR_EVERY) + odd if self.thinned else row_px
        return np.where((pair % COLOUR_EVERY == 0) & (index < self.stored.shape[0]), index, -1)

    def thin(self) -> ColourRows:
        """The same without the rows that do not count, a third of the memory."""
        if self.thinned:
            return self
        pairs = self.stored[: self.stored.shape[0] // 2 * 2].reshape(-1, 2, *self.stored.shape[1:])[::COLOUR_EVERY]
        return ColourRows(
            np.ascontiguousarray(pairs).reshape(-1, *self.stored.shape[1:]), self.subsampled, thinned=True
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded photo.

    Attributes
    ----------
    stored : (M, N) luminance as stored, sRGB-encoded, upright.
    linear_of : table from stored value to linear light, 0 to 1; colours share it.
    colour : rows in colour; None when they were not asked for or the file has none.
    step_levels : steps of the file's compression at fine detail, in levels of 255; 0 when there is none.
    """

    stored: Stored
    linear_of: Linear
    colour: ColourRows | None = None
    step_levels: float = 0.0

    @property
    def height_px(self) -> int:
        return int(self.stored.shape[0])

    @property
    def width_px(self) -> int:
        return int(self.stored.shape[1])

    @property
    def is_subsampled(self) -> bool:
        """The file holds colour, and more coarsely than luminance."""
        return self.colour is not None and self.colour.subsampled

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return self.stored.nbytes + (0 if self.colour is None else self.colour.stored.nbytes)

    def thin(self) -> Frame:
        """The frame to be kept for later, without what is not needed of its colours."""
        return self if self.colour is None else replace(self, colour=self.colour.thin())

    def linear(self, rows: slice = slice(None), columns: slice = slice(None)) -> Linear:
        """Linear light of a region, (m, n) float32 from 0 to 1."""
        return self.to_linear(self.stored[rows, columns])

    def to_linear(self, stored: npt.NDArray[Any]) -> Linear:
        """Stored values as linear light, any shape of two axes."""
        if stored.dtype == np.uint8:  # a tenth of indexing's time
            return np.asarray(cv2.LUT(np.ascontiguousarray(stored), self.linear_of), dtype=np.float32)
        return self.linear_of[stored]

    def bytes8(self) -> npt.NDArray[np.uint8]:
        """The stored luminance with 8 bits, for finding things, not for measuring."""
        if self.stored.dtype == np.uint8:
            return self.stored.astype(np.uint8, copy=False)
        return (self.stored >> 8).astype(np.uint8)


@cache
def srgb_to_linear(levels: int) -> Linear:
    """The inverse of the sRGB tone curve as a table of `levels` entries (IEC 61966-2-1)."""
    encoded = np.arange(levels) / (levels - 1)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    table = linear.astype(np.float32)
    table.flags.writeable = False
    return table


def read_frame(data: bytes, *, colour: bool = False, quarter_turns: int = 0, scratch: Scratch | None = None) -> Frame:
    """Decode a JPEG, TIFF or PNG to upright luminance.

    Parameters
    ----------
    data : the whole file.
    colour : keep rows in colour too. Luminance is the same with and without.
    quarter_turns : anticlockwise, made after the EXIF orientation was applied.
    scratch : where the colours may be put; those of a frame read before are lost unless it was thinned.

    Returns
    -------
    Frame
        Luminance as stored with the table that makes it linear; the EXIF orientation is applied.

    Raises
    ------
    PhotoUnusableError
        (UNREADABLE) not a picture, cut short, or larger than memory allows.
    """
    decoded = decode(data, Turn(read_orientation(data), quarter_turns), scratch or Scratch(), colour=colour)
    table = srgb_to_linear(256 if decoded.luminance.dtype == np.uint8 else 65536)
    rows = None if decoded.rgb is None else ColourRows(decoded.rgb, decoded.subsampled, thinned=decoded.thinned)
    return Frame(decoded.luminance, table, rows, _step_levels(data))


def _step_levels(data: bytes) -> float:
    """Mean quantization step of luminance over detail of a quarter of a cycle per pixel."""
    steps = luminance_steps(data)
    if steps is None:
        return 0.0
    order = np.arange(8)
    fine = np.abs(np.hypot(order[:, None], order[None, :]) - 4) <= 1  # the k-th cosine of 8 has k/16 cycles per pixel
    return float(np.reshape(steps, (8, 8))[fine].mean())
