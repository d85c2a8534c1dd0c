"""Good photos made bad without rendering them again."""

from __future__ import annotations

import struct
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from analysis.synthetic.processing import srgb_encoded

Levels = npt.NDArray[np.uint8]
_EXIF_IFD, _F_NUMBER = 0x8769, 0x829D
_QUALITY = 95


def retagged(data: bytes, f_number: float) -> bytes:
    """The same file with another f-number in its EXIF."""
    header, picture = _parted(data)
    exif = Image.Exif()
    exif.load(header[6:])
    exif.get_ifd(_EXIF_IFD)[_F_NUMBER] = IFDRational(round(f_number * 100), 100)
    return _joined(exif.tobytes(), picture)


def shifted(data: bytes, x_px: float, y_px: float) -> bytes:
    """The camera moved sideways: the picture slides."""
    matrix = np.array([[1.0, 0.0, x_px], [0.0, 1.0, y_px]])

    def slide(levels: Levels) -> Levels:
        size = (levels.shape[1], levels.shape[0])
        return np.asarray(
            cv2.warpAffine(levels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )

    return edited(data, slide)


def overexposed(data: bytes, gain: float) -> bytes:
    """More light than the sensor holds."""
    encoded = np.arange(256) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    table = np.round(255 * srgb_encoded(np.minimum(gain * linear, 1.0))).astype(np.uint8)
    return edited(data, lambda levels: np.asarray(cv2.LUT(levels, table), np.uint8))


def edited(data: bytes, change: Callable[[Levels], Levels], *, colour_subsampling: str = "444") -> bytes:
    """The picture changed and stored again under the old EXIF, in quality enough not to matter."""
    levels = change(simplejpeg.decode_jpeg(data, "RGB"))
    picture = simplejpeg.encode_jpeg(
        np.ascontiguousarray(levels), quality=_QUALITY, colorsubsampling=colour_subsampling
    )
    (jfif_length,) = struct.unpack(">H", picture[4:6])
    return _joined(_parted(data)[0], picture[:2] + picture[4 + jfif_length :])


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """The content of the EXIF segment, which stands first, and the file without it."""
    (length,) = struct.unpack(">H", data[4:6])
    return data[6 : 4 + length], data[:2] + data[4 + length :]


def _joined(exif: bytes, picture: bytes) -> bytes:
    return picture[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + picture[2:]
