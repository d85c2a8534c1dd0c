"""What is looked at when a file comes in at the door.

Nothing here decodes a pixel, and of what stands in the file only a little is read (`analysis.photos`): no file can hold
up the process that answers other people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File

from analysis.photos.containers import format_of
from analysis.photos.exif import read_facts
from analysis.photos.header import read_header
from analysis.photos.memory import refusal
from analysis.photos.source import Source

_TEXT_MAX: Final = 200
_PRIVATE: Final = ("body_serial", "lens_serial")


class IntakeError(Exception):
    """A file that cannot be taken; the message is a sentence for its sender."""


class EmptyFileError(IntakeError):
    """No bytes."""


class FileTooLargeError(IntakeError):
    """More bytes than a photo may have."""


class NotAPhotoError(IntakeError):
    """Not one of the formats, whatever it is called."""


class TooManyPixelsError(IntakeError):
    """A picture that would take more memory to decode than there is: larger than any camera takes."""


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
    kind = _checked_format(file)
    facts = read_facts(file)
    return Intake(
        format=kind,
        sha256=_digest(file),
        size_bytes=file.size,
        facts={name: _storable(value) for name, value in asdict(facts).items() if name not in _PRIVATE},
        lens_serial=facts.lens_serial,
        body_serial=facts.body_serial,
    )


def _checked_format(file: File[Any]) -> str:
    """The file's format, once its header was found whole and the picture not too large."""
    kind = format_of(Source(file))
    if kind is None:
        raise NotAPhotoError("This is not a JPEG, TIFF or PNG file.")
    header = read_header(file)
    if header is None:
        raise NotAPhotoError(f"The file begins like a {kind}, but its header cannot be read.")
    if why := refusal(header, file_bytes=file.size):
        raise TooManyPixelsError(why)
    return kind


def _digest(file: File[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _storable(value: Any) -> Any:
    """Text from a file may hold anything: keep what can be shown and stored."""
    return "".join(sign for sign in value if sign.isprintable())[:_TEXT_MAX] if isinstance(value, str) else value
