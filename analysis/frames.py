"""Bytes of a photo to an upright array of luminance, decoded once.

The stored 8-bit luminance is kept as it is (24 MB at 24 MP) and turned linear by a table where a region is measured:
converting a whole frame to floating point would cost more than decoding it.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image, ImageOps, UnidentifiedImageError

from analysis.exif import read_orientation
from analysis.flags import PhotoUnusableError, Quality

MAX_PIXELS: Final = 160_000_000
"""Larger pictures are refused: no camera makes them, and they would not fit a worker's memory."""

Stored = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Linear = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded photo.

    Attributes
    ----------
    stored : (M, N) luminance as stored, sRGB-encoded, upright.
    linear_of : table from stored value to linear light, 0 to 1.
    """

    stored: Stored
    linear_of: Linear

    @property
    def height_px(self) -> int:
        return int(self.stored.shape[0])

    @property
    def width_px(self) -> int:
        return int(self.stored.shape[1])

    def linear(self, rows: slice = slice(None), columns: slice = slice(None)) -> Linear:
        """Linear light of a region, (m, n) float32 from 0 to 1."""
        return self.to_linear(self.stored[rows, columns])

    def to_linear(self, stored: npt.NDArray[Any]) -> Linear:
        """Stored values as linear light, any shape of two axes."""
        if stored.dtype == np.uint8:
            return np.asarray(
                cv2.LUT(np.ascontiguousarray(stored), self.linear_of), dtype=np.float32
            )  # a tenth of indexing's time
        return self.linear_of[stored]

    def turned(self, quarter_turns: int) -> Frame:
        """The frame turned anticlockwise."""
        if quarter_turns % 4 == 0:
            return self
        stored: Stored = np.rot90(self.stored, quarter_turns).copy()
        return Frame(stored, self.linear_of)

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


def read_frame(data: bytes) -> Frame:
    """Decode a JPEG, TIFF or PNG to upright luminance.

    Parameters
    ----------
    data : the whole file.

    Returns
    -------
    Frame
        Luminance as stored with the table that makes it linear; the EXIF orientation is applied.

    Raises
    ------
    PhotoUnusableError
        (UNREADABLE) not a picture, cut short, or more than `MAX_PIXELS`.
    """
    jpeg = data[:2] == b"\xff\xd8"
    upright = _upright(_jpeg(data), read_orientation(data)) if jpeg else _other(data)
    return Frame(upright, srgb_to_linear(256 if upright.dtype == np.uint8 else 65536))


def _unreadable(sentence: str) -> PhotoUnusableError:
    return PhotoUnusableError(sentence, flag=Quality.UNREADABLE)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _unreadable(
            f"The picture has {width * height / 1e6:.0f} megapixels; at most {MAX_PIXELS / 1e6:.0f} are read."
        )


def _jpeg(data: bytes) -> Stored:
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data, strict=True)
        _check_size(width, height)
        pixels = simplejpeg.decode_jpeg(data, colorspace="GRAY", strict=True)
    except ValueError as error:
        raise _unreadable("The JPEG is damaged or cut short.") from error
    stored: Stored = pixels[:, :, 0]
    return stored


def _other(data: bytes) -> Stored:
    """TIFF, PNG and whatever else Pillow opens, upright, as 8- or 16-bit luminance.

    Pillow itself turns a TIFF when it loads it, so the turning is left to it for all of them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata and large pictures; size is checked here
            with Image.open(io.BytesIO(data)) as image:
                _check_size(*image.size)
                return _luminance(ImageOps.exif_transpose(image))
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise _unreadable("The file is not a photo that can be read.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _unreadable("The photo is damaged or cut short.") from error


def _luminance(image: Image.Image) -> Stored:
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    if image.mode in {"I", "F"}:
        return np.clip(np.asarray(image), 0, 65535).astype(np.uint16)
    return np.asarray(image.convert("L"))


def _upright(stored: Stored, orientation: int) -> Stored:
    """The picture as it is to be seen, by EXIF orientation (1 to 8), contiguous."""
    turned = stored.T if orientation >= 5 else stored
    if orientation in {3, 4, 7, 8}:
        turned = turned[::-1]
    if orientation in {2, 3, 6, 7}:
        turned = turned[:, ::-1]
    return turned.copy() if orientation > 1 else stored
