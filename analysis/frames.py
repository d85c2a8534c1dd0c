"""Bytes of a photo to an upright array of luminance, and some rows of its colours, decoded once.

The stored 8-bit luminance is kept as it is (24 MB at 24 MP) and turned linear by a table where a region is measured:
converting a whole frame to floating point would cost more than decoding it. Of the colours every third pair of rows is
kept: they are compared with one another along the same rows, where little else differs, so a third says enough, and
all of them would take three times the memory of the luminance.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image, ImageOps, UnidentifiedImageError

from analysis.flags import PhotoUnusableError, Quality
from analysis.photos.exif import read_orientation

MAX_PIXELS: Final = 160_000_000
"""Larger pictures are refused: no camera makes them, and they would not fit a worker's memory."""

COLOUR_EVERY: Final = 3
"""Of so many pairs of rows one is kept in colour."""

Stored = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
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


class Scratch:
    """Memory for the colours of one photo after another: fresh memory costs half as much as decoding into it."""

    def __init__(self) -> None:
        self._pixels = np.empty(0, dtype=np.uint8)

    def rgb(self, height: int, width: int) -> npt.NDArray[np.uint8]:
        """Room for a picture (height, width, 3); what lay there before is lost."""
        size = height * width * 3
        if self._pixels.size < size:
            self._pixels = np.empty(size, dtype=np.uint8)
        return self._pixels[:size].reshape(height, width, 3)


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
        (UNREADABLE) not a picture, cut short, or more than `MAX_PIXELS`.
    """
    decoded = (
        _jpeg(data, scratch or Scratch(), colour=colour) if data[:2] == b"\xff\xd8" else _other(data, colour=colour)
    )
    if quarter_turns % 4:
        decoded = _Decoded(
            np.rot90(decoded.luminance, quarter_turns).copy(),
            None if decoded.rgb is None else np.rot90(decoded.rgb, quarter_turns),
            decoded.subsampled,
        )
    table = srgb_to_linear(256 if decoded.luminance.dtype == np.uint8 else 65536)
    rows = None if decoded.rgb is None else ColourRows(decoded.rgb, decoded.subsampled)
    return Frame(decoded.luminance, table, rows, _step_levels(data))


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A file's pixels, upright: luminance (M, N), and colours (M, N, 3) when asked for and there."""

    luminance: Stored
    rgb: npt.NDArray[np.uint8] | None = None
    subsampled: bool = False


def _unreadable(sentence: str) -> PhotoUnusableError:
    return PhotoUnusableError(sentence, flag=Quality.UNREADABLE)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _unreadable(
            f"The picture has {width * height / 1e6:.0f} megapixels; at most {MAX_PIXELS / 1e6:.0f} are read."
        )


def _jpeg(data: bytes, scratch: Scratch, *, colour: bool) -> _Decoded:
    """With colours, luminance is worked out of them: it comes out as stored, and one decoding serves both."""
    try:
        height, width, space, sampling = simplejpeg.decode_jpeg_header(data, strict=True)
        _check_size(width, height)
        colour = colour and space in {"YCbCr", "RGB"}
        room = scratch.rgb(height, width) if colour else None
        pixels = simplejpeg.decode_jpeg(data, colorspace="RGB" if colour else "GRAY", strict=True, buffer=room)
    except ValueError as error:
        raise _unreadable("The JPEG is damaged or cut short.") from error
    orientation = read_orientation(data)
    if not colour:
        return _Decoded(_upright(pixels[:, :, 0], orientation))
    rgb = _upright(pixels, orientation)
    return _Decoded(_luma(rgb), rgb, sampling != "444")


def _step_levels(data: bytes) -> float:
    """Mean quantization step of luminance over detail of a quarter of a cycle per pixel."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            tables = getattr(image, "quantization", {})
    except (OSError, SyntaxError, ValueError):  # decoded all the same: nothing to be said
        return 0.0
    if 0 not in tables:
        return 0.0
    order = np.arange(8)
    fine = np.abs(np.hypot(order[:, None], order[None, :]) - 4) <= 1  # the k-th cosine of 8 has k/16 cycles per pixel
    return float(np.reshape(tables[0], (8, 8))[fine].mean())


def _luma(rgb: npt.NDArray[np.uint8]) -> Stored:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _other(data: bytes, *, colour: bool) -> _Decoded:
    """TIFF, PNG and whatever else Pillow opens, upright, as 8- or 16-bit luminance.

    Pillow itself turns a TIFF when it loads it, so the turning is left to it for all of them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata and large pictures; size is checked here
            with Image.open(io.BytesIO(data)) as image:
                _check_size(*image.size)
                return _converted(ImageOps.exif_transpose(image), colour=colour)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise _unreadable("The file is not a photo that can be read.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _unreadable("The photo is damaged or cut short.") from error


def _converted(image: Image.Image, *, colour: bool) -> _Decoded:
    if image.mode.startswith("I;16"):
        return _Decoded(np.asarray(image).astype(np.uint16))
    if image.mode in {"I", "F"}:
        return _Decoded(np.clip(np.asarray(image), 0, 65535).astype(np.uint16))
    luminance = np.asarray(image.convert("L"))
    if not colour or image.mode in {"1", "L", "LA"}:
        return _Decoded(luminance)
    return _Decoded(luminance, np.asarray(image.convert("RGB")))


def _upright(stored: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    """The picture (M, N) or (M, N, 3) as it is to be seen, by EXIF orientation (1 to 8), contiguous."""
    turned = stored.swapaxes(0, 1) if orientation >= 5 else stored
    if orientation in {3, 4, 7, 8}:
        turned = turned[::-1]
    if orientation in {2, 3, 6, 7}:
        turned = turned[:, ::-1]
    return turned.copy() if orientation > 1 else stored
