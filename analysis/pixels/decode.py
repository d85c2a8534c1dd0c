"""Bytes of a JPEG, PNG or TIFF to upright luminance and some rows of colour, within the memory that a table allows.

No decoder is called before the header was read by itself and what it announces was found to fit (`memory`). JPEGs are
decoded in one go by libjpeg-turbo. Pillow decodes the others, at four bytes per pixel for nearly every kind; from its
picture luminance and colours are taken in strips, so that nothing else exists as a whole.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image, TiffTags, UnidentifiedImageError

from analysis.flags import PhotoUnusableError, Quality
from analysis.photos import memory
from analysis.photos.header import PictureHeader, read_header
from analysis.photos.jpeg import scans
from analysis.pixels.turning import Turn

COLOUR_EVERY: Final = 3
"""Of so many pairs of rows one is kept in colour."""

_STRIP_ROWS: Final = 256
_ORIENTATION: Final = 0x0112

Stored = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
_Picture = TypeVar("_Picture", bound=npt.NDArray[Any])


class Scratch:
    """Memory for the colours of one photo after another: fresh memory costs half as much as decoding into it."""

    def __init__(self) -> None:
        self._pixels = np.empty(0, dtype=np.uint8)

    def rgb(self, height: int, width: int) -> npt.NDArray[np.uint8]:
        """Room for a picture (height, width, 3); what lay there before is lost."""
        size = height * width * 3
        if self._pixels.size < size:
            self.empty()  # before the larger one is asked for
            self._pixels = np.empty(size, dtype=np.uint8)
        return self._pixels[:size].reshape(height, width, 3)

    def empty(self) -> None:
        """Let the memory go."""
        self._pixels = np.empty(0, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's pixels, upright: luminance (M, N), and colours (K, N, 3) when asked for and there.

    `thinned`: of the colours, the rows that `colour_rows` names alone are there.
    """

    luminance: Stored
    rgb: npt.NDArray[np.uint8] | None = None
    subsampled: bool = False
    thinned: bool = False


def colour_rows(height: int) -> npt.NDArray[np.bool_]:
    """Which of so many rows are kept in colour: whole pairs, one of every three."""
    row = np.arange(height)
    return (row // 2 % COLOUR_EVERY == 0) & (row < height // 2 * 2)


def decode(data: bytes, turn: Turn, scratch: Scratch, *, colour: bool) -> Decoded:
    """Decode a whole file and turn it; what it announces is checked before.

    Raises
    ------
    PhotoUnusableError
        (UNREADABLE) not a picture, cut short, or too large.
    """
    header = read_header(data)
    if header is None:
        raise unreadable("The file is not a photo that can be read: a JPEG, a PNG, or a plain TIFF.")
    if header.format == "JPEG":
        return _jpeg(data, header, turn, scratch, colour=colour)
    _check(memory.refusal(header, len(data)))
    scratch.empty()
    try:
        luminance, rgb = _pillow(data, header, turn, colour=colour)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise unreadable("The file is not a photo that can be read.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise unreadable("The photo is damaged or cut short.") from error
    luminance = _turned(luminance, turn)
    return Decoded(luminance, None if rgb is None else _turned(rgb, turn), thinned=True)


def unreadable(sentence: str) -> PhotoUnusableError:
    return PhotoUnusableError(sentence, flag=Quality.UNREADABLE)


def _check(refusal: str) -> None:
    if refusal:
        raise unreadable(refusal)


def _check_size(found: tuple[int, int], header: PictureHeader) -> None:
    """The decoder must see the picture whose size was judged; Pillow says that of a turned TIFF the other way round."""
    if sorted(found) != sorted((header.width_px, header.height_px)):
        raise ValueError("two sizes")


def _jpeg(data: bytes, header: PictureHeader, turn: Turn, scratch: Scratch, *, colour: bool) -> Decoded:
    """With colours, luminance is worked out of them: it comes out as stored, and one decoding serves both."""
    n_scans = scans(data, header, most=memory.SCANS_MAX)
    if n_scans > memory.SCANS_MAX:
        raise unreadable(f"The JPEG comes in more than {memory.SCANS_MAX} scans; save it as an ordinary JPEG.")
    header = replace(header, is_progressive=header.is_progressive or n_scans > 1)
    _check(memory.refusal(header, len(data)))
    try:
        height, width, space, sampling = simplejpeg.decode_jpeg_header(data, strict=True)
        _check_size((width, height), header)
        colour = colour and space in {"YCbCr", "RGB"} and memory.fits(header, len(data), colour=True)
        if not colour:
            scratch.empty()
        room = scratch.rgb(height, width) if colour else None
        pixels = simplejpeg.decode_jpeg(data, colorspace="RGB" if colour else "GRAY", strict=True, buffer=room)
    except ValueError as error:
        raise unreadable("The JPEG is damaged or cut short.") from error
    if not colour:
        return Decoded(_turned(pixels[:, :, 0], turn))
    luminance = _turned(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8), turn)
    if turn.is_none:
        return Decoded(luminance, pixels, sampling != "444")
    upright = turn.view(pixels)
    return Decoded(luminance, upright[colour_rows(upright.shape[0])], sampling != "444", thinned=True)


def _turned(stored: _Picture, turn: Turn) -> _Picture:
    return stored if turn.is_none else cast("_Picture", turn.view(stored).copy())


def _pillow(
    data: bytes, header: PictureHeader, turn: Turn, *, colour: bool
) -> tuple[Stored, npt.NDArray[np.uint8] | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata and large pictures; size is checked here
        with Image.open(io.BytesIO(data), formats=(header.format,)) as image:
            _check_size(image.size, header)
            if header.format == "TIFF":
                _forget_metadata(image)
            image.load()
            return _taken(image, header, turn, colour=colour)


def _forget_metadata(image: Image.Image) -> None:
    """Keep Pillow from turning a TIFF, for which it would copy it, and from reading its other directories."""
    exif = image.getexif()
    for tag in {_ORIENTATION, *TiffTags.TAGS_V2_GROUPS} & set(exif):
        del exif[tag]


def _taken(
    image: Image.Image, header: PictureHeader, turn: Turn, *, colour: bool
) -> tuple[Stored, npt.NDArray[np.uint8] | None]:
    """Luminance with 8 or 16 bits, and the rows or columns that will be rows in colour; nothing is turned yet."""
    width, height = header.width_px, header.height_px  # Pillow's own size of a TIFF may be that of it turned
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        deep = np.empty((height, width), dtype=np.uint16)
        for rows, strip in _strips(image, width, height):
            deep[rows] = np.clip(np.asarray(strip), 0, 65535)
        return deep, None
    luminance = np.empty((height, width), dtype=np.uint8)
    if not colour or image.mode in {"1", "L", "LA"}:
        for rows, strip in _strips(image, width, height):
            luminance[rows] = np.asarray(strip.convert("L"))
        return luminance, None
    kept = turn.stored_lines(colour_rows(width if turn.swaps else height), height, width)
    n_kept = int(np.count_nonzero(kept))
    rgb = np.empty((height, n_kept, 3) if turn.swaps else (n_kept, width, 3), dtype=np.uint8)
    at = 0
    for rows, strip in _strips(image, width, height):
        luminance[rows] = np.asarray(strip.convert("L"))
        pixels = np.asarray(strip.convert("RGB"))
        if turn.swaps:
            rgb[rows] = pixels[:, kept]
        else:
            found = pixels[kept[rows]]
            rgb[at : at + found.shape[0]] = found
            at += found.shape[0]
    return luminance, rgb


def _strips(image: Image.Image, width: int, height: int) -> Iterator[tuple[slice, Image.Image]]:
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        yield slice(top, bottom), image.crop((0, top, width, bottom))
