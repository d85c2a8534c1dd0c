"""Levels to the bytes of a JPEG file with the EXIF a camera would write."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

_EXIF_IFD = 0x8769
_INCH_UM = 25_400
_FULL_FRAME_DIAGONAL_MM = 43.267


@dataclass(frozen=True, slots=True)
class Shot:
    """What the camera knows when the shutter opens. Empty text is left out of the file."""

    make: str
    model: str
    lens: str
    f_number: float
    focal_length_mm: float
    exposure_s: float
    taken_at: datetime
    pixel_pitch_um: float
    body_serial: str = ""
    lens_serial: str = ""
    iso: int = 100


def encode_jpeg(levels: NDArray[np.uint8], shot: Shot, *, quality: int, colour_subsampling: str) -> bytes:
    """A colour JPEG of levels (height, width) or (height, width, 3), with EXIF in place of the JFIF header."""
    grey = levels.ndim == 2
    colour = np.ascontiguousarray(np.broadcast_to(levels[:, :, None], (*levels.shape, 3)) if grey else levels)
    picture = simplejpeg.encode_jpeg(colour, quality=quality, colorsubsampling=colour_subsampling)
    (jfif_length,) = struct.unpack(">H", picture[4:6])
    exif = _exif(shot, levels.shape[1], levels.shape[0])
    return picture[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + picture[4 + jfif_length :]


def _exif(shot: Shot, width_px: int, height_px: int) -> bytes:
    """The APP1 segment's content. Tag numbers are those of EXIF 2.32."""
    taken = shot.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif.update(
        {
            0x010E: "LensDB simulation",  # ImageDescription: nobody shall take it for a real photo
            0x010F: shot.make,
            0x0110: shot.model,
            0x0112: 1,  # Orientation
            0x011A: IFDRational(72),
            0x011B: IFDRational(72),
            0x0128: 2,
            0x0132: taken,
        }
    )
    per_inch = IFDRational(round(_INCH_UM * 1000 / shot.pixel_pitch_um), 1000)
    diagonal_mm = float(np.hypot(width_px, height_px)) * shot.pixel_pitch_um / 1000
    details = {
        0x829A: _exposure(shot.exposure_s),
        0x829D: _rational(shot.f_number),
        0x8822: 1,  # ExposureProgram: manual
        0x8827: shot.iso,
        0x9000: b"0232",
        0x9003: taken,
        0x9004: taken,
        0x9209: 16,  # Flash did not fire, compulsory off
        0x920A: _rational(shot.focal_length_mm),
        0xA001: 1,  # sRGB
        0xA002: width_px,
        0xA003: height_px,
        0xA20E: per_inch,
        0xA20F: per_inch,
        0xA210: 2,  # per inch
        0xA405: round(shot.focal_length_mm * _FULL_FRAME_DIAGONAL_MM / diagonal_mm),
        0xA431: shot.body_serial,
        0xA434: shot.lens,
        0xA435: shot.lens_serial,
    }
    exif.get_ifd(_EXIF_IFD).update({tag: value for tag, value in details.items() if value != ""})
    return exif.tobytes()


def _rational(value: float) -> IFDRational:
    """In tenths, or in hundredths where tenths will not do: f/0.95."""
    if round(value * 100) % 10:
        return IFDRational(round(value * 100), 100)
    return IFDRational(round(value * 10), 10)


def _exposure(seconds: float) -> IFDRational:
    return IFDRational(1, round(1 / seconds)) if seconds < 0.3 else IFDRational(round(seconds * 10), 10)
