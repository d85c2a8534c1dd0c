"""The segments of a JPEG and the chunks of a PNG, one after another, without what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.photos.source import Source

JPEG_START: Final = b"\xff\xd8\xff"
PNG_START: Final = b"\x89PNG\r\n\x1a\n"
TIFF_STARTS: Final = {b"II*\0": "<", b"MM\0*": ">"}
"""The first four bytes of a TIFF, and the byte order they announce."""

MOST_SEGMENTS: Final = 1024
"""More than any camera writes; a gain map or a depth map comes in some tens of segments."""
MOST_CHUNKS: Final = 2048
"""A PNG's pixels come in chunks, and what the camera wrote may stand behind them."""

_EXIF_OF_JPEG: Final = b"Exif\0"
_XMP_OF_JPEG: Final = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_OF_PNG: Final = b"XML:com.adobe.xmp\0"
_MARKER: Final = re.compile(rb"\xff[^\xff\x00]")
_LOOKED_AT: Final = 256
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9


@dataclass(frozen=True, slots=True)
class Part:
    """A segment or chunk: its kind, and where its content lies."""

    kind: bytes
    at: int
    length: int


def format_of(source: Source) -> str | None:
    """The format by the first bytes, "JPEG", "PNG" or "TIFF"; None for anything else."""
    start = source.read(0, 8)
    if start.startswith(JPEG_START):
        return "JPEG"
    if start == PNG_START:
        return "PNG"
    return "TIFF" if start[:4] in TIFF_STARTS else None


@dataclass(frozen=True, slots=True)
class CameraParts:
    """Where a file keeps what the camera wrote: the start of the TIFF structure that holds EXIF, and an XMP packet.

    None where there is none; a TIFF file keeps XMP in its first directory.
    """

    tiff_at: int | None = None
    xmp: Part | None = None


def find_camera_parts(source: Source) -> CameraParts:
    """Where EXIF and XMP lie in a JPEG, PNG or TIFF; of several the first counts."""
    kind = format_of(source)
    if kind == "TIFF":
        return CameraParts(tiff_at=0)
    tiff_at: int | None = None
    xmp: Part | None = None
    for part in jpeg_segments(source) if kind == "JPEG" else png_chunks(source) if kind == "PNG" else ():
        if part.kind == b"eXIf":
            tiff_at = part.at if tiff_at is None else tiff_at
        elif part.kind in {b"\xe1", b"iTXt"}:
            start = source.read(part.at, min(part.length, len(_XMP_OF_JPEG)))
            if start.startswith(_EXIF_OF_JPEG):
                tiff_at = part.at + len(_EXIF_OF_JPEG) + 1 if tiff_at is None else tiff_at
            elif start.startswith((_XMP_OF_JPEG, _XMP_OF_PNG)):
                xmp = part if xmp is None else xmp
    return CameraParts(tiff_at, xmp)


def jpeg_segments(source: Source) -> Iterator[Part]:
    """The segments up to the first scan, at most `MOST_SEGMENTS`; stray bytes between them are skipped."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        window = source.read(at, _LOOKED_AT)
        found = _MARKER.search(window)
        if found is None:
            if len(window) < _LOOKED_AT:
                return
            at += _LOOKED_AT - 1
            continue
        marker = window[found.end() - 1]
        at += found.end()
        if marker in _WITHOUT_LENGTH:
            continue
        length = source.number(at, 2)
        if marker == _END_OF_IMAGE or length is None or length < 2:
            return
        yield Part(bytes([marker]), at + 2, length - 2)
        if marker == START_OF_SCAN:
            return
        at += length


def png_chunks(source: Source) -> Iterator[Part]:
    """The chunks up to the end, at most `MOST_CHUNKS`, or up to one whose name is none."""
    at = len(PNG_START)
    for _ in range(MOST_CHUNKS):
        head = source.read(at, 8)
        if len(head) < 8 or not head[4:].isalpha() or head[4:] == b"IEND":
            return
        length = int.from_bytes(head[:4], "big")
        yield Part(head[4:], at + 8, length)
        at += length + 12
