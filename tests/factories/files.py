"""Photo files with the EXIF a camera would write, small enough to make thousands."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

_TAGS = {"make": 0x010F, "model": 0x0110, "software": 0x0131}
_EXIF_TAGS = {
    "f_number": 0x829D,
    "focal_length_mm": 0x920A,
    "body_serial": 0xA431,
    "lens": 0xA434,
    "lens_serial": 0xA435,
}
CANON = {"make": "Canon", "model": "Canon EOS 6D", "lens": "EF50mm f/1.2L USM", "focal_length_mm": 50.0}


def photo_bytes(*, seed: int = 0, kind: str = "JPEG", size: tuple[int, int] = (48, 32), **facts: Any) -> bytes:
    """A picture of noise; the same arguments give the same bytes."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0]), dtype=np.uint8)
    exif = Image.Exif()
    for name, value in (CANON | facts).items():
        if name == "place":
            continue
        if name in _TAGS:
            exif[_TAGS[name]] = value
        elif value is not None:
            exif.get_ifd(0x8769)[_EXIF_TAGS[name]] = (
                value if isinstance(value, str) else IFDRational(round(value * 10), 10)
            )
    if facts.get("place"):
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, exif=exif)
    return file.getvalue()


def photo_file(name: str = "IMG_0001.JPG", **arguments: Any) -> ContentFile:
    """The same as an uploaded file."""
    return ContentFile(photo_bytes(**arguments), name=name)
