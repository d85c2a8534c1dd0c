"""What is looked at when a file comes in at the door. Nothing here decodes a pixel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from PIL import Image

from analysis.exif import CameraFacts, read_facts

PIXELS_MAX: Final = 160_000_000
FORMATS: Final = ("JPEG", "TIFF", "PNG")
HEAD_BYTES: Final = 4 * 1024 * 1024
"""Where a JPEG's or PNG's facts stand; a TIFF may keep them at its end."""

_MAGIC: Final = {b"\xff\xd8\xff": "JPEG", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"\x89PNG\r\n\x1a\n": "PNG"}
_TEXT_MAX: Final = 200
_PRIVATE: Final = ("body_serial", "lens_serial")

Image.MAX_IMAGE_PIXELS = PIXELS_MAX  # Pillow's own guard would refuse honest 100 MP files


class IntakeError(Exception):
    """A file that cannot be taken; the message is a sentence for its sender."""


class EmptyFileError(IntakeError):
    """No bytes."""


class FileTooLargeError(IntakeError):
    """More bytes than a photo may have."""


class NotAPhotoError(IntakeError):
    """Not one of the formats, whatever it is called."""


class TooManyPixelsError(IntakeError):
    """A picture larger than any camera takes."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What is known of a file that may come in.

    `facts` is what the camera wrote, ready for JSON, without serial numbers; those stand beside it, for its owner.
    """

    format: str
    sha256: str
    size_bytes: int
    facts: Mapping[str, Any]
    lens_serial: str | None
    body_serial: str | None


def inspect(file: File[Any]) -> Intake:
    """Look at an uploaded file, and refuse what is not a photo.

    Raises
    ------
    IntakeError
        One of its kinds; the message says what to do.
    """
    if not file.size:
        raise EmptyFileError("The file is empty.")
    if file.size > settings.PHOTO_MAX_BYTES:
        raise FileTooLargeError(f"The file is larger than {settings.PHOTO_MAX_BYTES // 2**20} MB.")
    kind = _kind(file)
    _check_header(file, kind)
    facts = _facts(file, kind)
    return Intake(
        format=kind,
        sha256=_digest(file),
        size_bytes=file.size,
        facts={name: _storable(value) for name, value in asdict(facts).items() if name not in _PRIVATE},
        lens_serial=facts.lens_serial,
        body_serial=facts.body_serial,
    )


def _kind(file: File[Any]) -> str:
    file.seek(0)
    start = file.read(8)
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return kind
    raise NotAPhotoError("This is not a JPEG, TIFF or PNG file.")


def _check_header(file: File[Any], kind: str) -> None:
    """Let Pillow read the header, which must say the same as the first bytes, and compare the size."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            width_px, height_px = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        width_px = height_px = PIXELS_MAX
    except Exception as error:  # a broken header makes Pillow raise whatever it stumbles over
        raise NotAPhotoError(f"The file begins like a {kind}, but its header cannot be read.") from error
    if width_px * height_px > PIXELS_MAX:
        raise TooManyPixelsError(f"The picture has more than {PIXELS_MAX // 10**6} million pixels.")


def _facts(file: File[Any], kind: str) -> CameraFacts:
    file.seek(0)
    return read_facts(file.read() if kind == "TIFF" else file.read(HEAD_BYTES))


def _digest(file: File[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _storable(value: Any) -> Any:
    """Text from a file may hold anything: keep what can be shown and stored."""
    return "".join(sign for sign in value if sign.isprintable())[:_TEXT_MAX] if isinstance(value, str) else value
