"""What a JPEG says of its compression beside kind and size: how many passes it makes, and how coarse its steps are."""

from __future__ import annotations

import re
from typing import Final

from analysis.photos.containers import MOST_SEGMENTS, START_OF_SCAN, format_of, jpeg_segments
from analysis.photos.header import PictureHeader
from analysis.photos.source import Source

_TABLES: Final = b"\xdb"
_END_OF_IMAGE: Final = 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x01, 0xD8})
_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""In compressed data 0xff stands before 0x00 or a restart marker (0xd0 to 0xd7) alone, and may be repeated."""
_STEPS: Final = 64


def scans(data: bytes, header: PictureHeader, *, most: int) -> int:
    """Passes over the picture; 1 when the first holds all of it. Counts no further than one more than `most`.

    That is what is said of a file with more than `MOST_SEGMENTS` segments, too.

    Parameters
    ----------
    data : the whole file.
    header : of the file.
    """
    n, at = 0, 2
    for _ in range(MOST_SEGMENTS):
        found = _MARKER.search(data, at)
        if n > most or found is None:
            return n
        marker, at = data[found.end() - 1], found.end()
        if marker == _END_OF_IMAGE:
            return n
        if marker in _WITHOUT_LENGTH:
            continue
        if marker == START_OF_SCAN:
            n += 1
            holds_all = data[at + 2 : at + 3] == bytes([header.samples_per_pixel])
            if n == 1 and holds_all and not header.is_progressive:
                return n  # decoders stop there
        at += max(2, int.from_bytes(data[at : at + 2], "big"))
    return most + 1


def luminance_steps(data: bytes) -> tuple[int, ...] | None:
    """Quantization steps of the luminance, 8 rows of 8, by vertical and horizontal frequency; None without any."""
    source, found = Source(data), None
    if format_of(source) != "JPEG":
        return None
    for part in jpeg_segments(source):
        if part.kind != _TABLES:
            continue
        stored, at = source.read(part.at, part.length), 0
        while at < len(stored):
            width, number = (2 if stored[at] >> 4 else 1), stored[at] & 15
            table = stored[at + 1 : at + 1 + width * _STEPS]
            if number == 0 and len(table) == width * _STEPS:
                found = [int.from_bytes(table[i : i + width], "big") for i in range(0, len(table), width)]
            at += 1 + width * _STEPS
    return None if found is None else tuple(found[place] for place in _zigzag())


def _zigzag() -> list[int]:
    """Where the steps of 8 rows of 8 stand in a table, which runs along one diagonal up and along the next down."""
    places = sorted(
        ((row, column) for row in range(8) for column in range(8)),
        key=lambda place: (sum(place), place[1] if sum(place) % 2 == 0 else place[0]),
    )
    return [places.index((row, column)) for row in range(8) for column in range(8)]
