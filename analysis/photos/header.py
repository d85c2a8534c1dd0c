"""Kind and size of a picture, from the first bytes of its file. Decodes nothing."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, field
from typing import Final

from analysis.photos.containers import START_OF_SCAN, format_of, jpeg_segments, png_chunks
from analysis.photos.source import Readable, Source, source_of
from analysis.photos.tiff import Directory, TiffReader

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_JPEG_BITS: Final = 8
_JPEG_SAMPLES: Final = frozenset({1, 3, 4})
_PNG_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PNG_BITS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_TIFF_BITS_MAX: Final = 64
_TIFF_SAMPLES_MAX: Final = 6
_WIDTH, _LENGTH, _BITS, _SAMPLES, _STRIPS, _TILES = 0x0100, 0x0101, 0x0102, 0x0115, 0x0111, 0x0144
_COMPRESSION, _ROWS_PER_STRIP, _TILE_WIDTH, _TILE_LENGTH = 0x0103, 0x0116, 0x0142, 0x0143
_UNCOMPRESSED: Final = 1
_COMPRESSIONS: Final = frozenset({_UNCOMPRESSED, 5, 8, 32773, 32946})
"""None, LZW, Deflate by both its numbers, PackBits."""
_PARTS_MAX: Final = 65_536
"""Strips or tiles of a TIFF. Tiles of 64 pixels a side are 39,000 at the largest size that is read."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a file says of its picture: enough to work out what decoding it takes.

    Attributes
    ----------
    format : "JPEG", "PNG" or "TIFF".
    width_px, height_px : as stored, before the EXIF orientation is applied; at least 1.
    bits_per_sample : of the deepest channel.
    samples_per_pixel : channels as stored; 1 for grey and for a palette.
    is_progressive : a progressive JPEG or an interlaced PNG; the decoder keeps the whole picture at once.
    part_pixels : of a compressed TIFF, in its largest strip or tile; 0 where pixels come row by row.
    values_bytes : of a TIFF, in all values of its directory together.
    """

    format: str
    width_px: int
    height_px: int
    bits_per_sample: int
    samples_per_pixel: int
    is_progressive: bool = False
    part_pixels: int = field(default=0, compare=False)
    values_bytes: int = field(default=0, compare=False)

    @property
    def n_pixels(self) -> int:
        return self.width_px * self.height_px


def read_header(file: bytes | Readable | Source) -> PictureHeader | None:
    """The header of a JPEG, PNG or TIFF.

    Parameters
    ----------
    file : the file's bytes, the first part of them, or the file itself, open for reading.

    Returns
    -------
    PictureHeader
        None when it is another format, when the header is broken or describes a picture that nothing here decodes, and
        when the file ends before the pixels begin.
        Never raises for what stands in the file.
    """
    source = source_of(file)
    kind = format_of(source)
    header = {"JPEG": _jpeg, "PNG": _png, "TIFF": _tiff}[kind](source) if kind else None
    return header if header and header.width_px > 0 and header.height_px > 0 else None


def _jpeg(source: Source) -> PictureHeader | None:
    """From the first frame header (SOF), which a scan must follow."""
    segments = jpeg_segments(source)
    frame = next((part for part in segments if part.kind[0] in _FRAMES), None)
    if frame is None or not any(part.kind[0] == START_OF_SCAN for part in segments):
        return None
    stored = source.read(frame.at, 6)
    if len(stored) < 6 or stored[0] != _JPEG_BITS or stored[5] not in _JPEG_SAMPLES:
        return None
    height, width = int.from_bytes(stored[1:3], "big"), int.from_bytes(stored[3:5], "big")
    return PictureHeader("JPEG", width, height, stored[0], stored[5], frame.kind[0] in _PROGRESSIVE)


def _png(source: Source) -> PictureHeader | None:
    """From the first chunk (IHDR), whose checksum must be right, and which pixels must follow."""
    chunks = png_chunks(source)
    first = next(chunks, None)
    if first is None or first.kind != b"IHDR" or first.length != 13:
        return None
    if not any(part.kind == b"IDAT" for part in chunks):
        return None
    stored = source.read(first.at, 17)
    content, checksum = stored[:13], stored[13:]
    if zlib.crc32(b"IHDR" + content).to_bytes(4, "big") != checksum:
        return None
    width, height = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big")
    bits, colours, compression, filtering, interlacing = content[8:]
    if bits not in _PNG_BITS.get(colours, ()) or compression or filtering or interlacing > 1:
        return None
    return PictureHeader("PNG", width, height, bits, _PNG_SAMPLES[colours], interlacing == 1)


def _tiff(source: Source) -> PictureHeader | None:
    """From the first directory."""
    directory = TiffReader(source).first(0)
    if directory is None or not {_STRIPS, _TILES} & directory.entries.keys():
        return None
    if any(directory.entries[tag].count > _PARTS_MAX for tag in (_STRIPS, _TILES) if tag in directory.entries):
        return None
    size = directory.numbers(_WIDTH), directory.numbers(_LENGTH)
    bits = directory.numbers(_BITS) if _BITS in directory.entries else (1.0,)
    samples = directory.numbers(_SAMPLES) if _SAMPLES in directory.entries else (1.0,)
    if not bits or not all(
        len(values) == 1 and values[0] >= 1 and values[0].is_integer() for values in (*size, samples)
    ):
        return None
    deepest, n_samples = max(bits), samples[0]
    if not 1 <= min(bits) <= deepest <= _TIFF_BITS_MAX or n_samples > _TIFF_SAMPLES_MAX:
        return None
    width, height, compression = int(size[0][0]), int(size[1][0]), _whole(directory, _COMPRESSION, _UNCOMPRESSED)
    if compression not in _COMPRESSIONS:
        return None
    part_pixels = 0 if compression == _UNCOMPRESSED else _part_pixels(directory, width, height)
    values_bytes = sum(entry.length for entry in directory.entries.values())
    return PictureHeader(
        "TIFF", width, height, int(deepest), int(n_samples), part_pixels=part_pixels, values_bytes=values_bytes
    )


def _part_pixels(directory: Directory, width: int, height: int) -> int:
    """Pixels of a strip or tile. A tile may be larger than the picture, a strip is not."""
    if _TILES in directory.entries:
        return _whole(directory, _TILE_WIDTH, width) * _whole(directory, _TILE_LENGTH, height)
    return width * min(height, _whole(directory, _ROWS_PER_STRIP, height))


def _whole(directory: Directory, tag: int, otherwise: int) -> int:
    value = directory.number(tag)
    return int(value) if math.isfinite(value) and value > 0 else otherwise
