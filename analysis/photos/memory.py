"""How much memory decoding a photo takes, worked out from its header before any decoder is called.

One table says what every format and kind of picture takes at the decoder's peak; `make benchmark-memory` measures the
same kinds at the largest size that is accepted. The door of the site and the measuring core refuse the same files by
it, with the same sentence.
"""

from __future__ import annotations

from typing import Final

from analysis.photos.header import PictureHeader

MIB: Final = 1024 * 1024

PROCESS_BYTES: Final = 1536 * MIB
"""What a process that measures may take in all."""

FIXED_BYTES: Final = 400 * MIB
"""What it takes beside a photo: the program (110 MiB), photos kept because they are needed twice (143 MiB), and what
was measured of others (3 MiB each)."""

FILE_BYTES: Final = 80 * MIB
"""Room for the file itself. A larger one leaves less for its pixels."""

PIXELS_MAX: Final = 160_000_000
"""The largest sensors have 151 megapixels."""

VALUES_BYTES_MAX: Final = 64 * MIB
"""Values of a TIFF's directory: layers and profiles of an editor. More than the file has, if they lie on each other."""

SCANS_MAX: Final = 32
"""Passes over the picture that a progressive JPEG may make; usual are 10, and each costs time."""

_TOLD_PIXELS: Final = 100_000
_RGB: Final = 3
_LUMINANCE: Final = 1
_COLOUR_ROWS: Final = 1
"""Bytes per pixel of every third pair of rows in three colours."""
_COEFFICIENT: Final = 2
"""Bytes of a coefficient. A JPEG that comes in several passes is held whole, as coefficients, one per sample."""


def decoded_bytes(header: PictureHeader, *, colour: bool = False) -> int:
    """Memory that decoding takes at its peak, in bytes; what is kept of the photo afterwards is included.

    Parameters
    ----------
    header : of the photo.
    colour : the photo is a JPEG and rows of its colours are wanted. The other formats give them at no further cost.
    """
    per_pixel = _jpeg_bytes(header, colour=colour) if header.format == "JPEG" else _pillow_bytes(header)
    return per_pixel * header.n_pixels + _part_bytes(header) + 2 * header.values_bytes  # Pillow reads them twice


def fits(header: PictureHeader, file_bytes: int = FILE_BYTES, *, colour: bool = False) -> bool:
    """Whether there is memory enough to decode a photo whose file has so many bytes."""
    return decoded_bytes(header, colour=colour) <= _room_bytes(file_bytes)


def too_large(header: PictureHeader, file_bytes: int = FILE_BYTES) -> bool:
    """Whether a photo is refused because of its size."""
    return bool(refusal(header, file_bytes))


def refusal(header: PictureHeader, file_bytes: int = FILE_BYTES) -> str:
    """Why a photo is refused because of its size, as a sentence with the numbers; empty when it is not."""
    if header.values_bytes > VALUES_BYTES_MAX:
        return f"The TIFF holds more than {VALUES_BYTES_MAX // MIB} MB of other data beside the picture."
    if header.n_pixels <= PIXELS_MAX < header.part_pixels:
        return f"The TIFF is stored in tiles of {_megapixels(header.part_pixels)} megapixels, larger than any picture."
    most = largest_pixels(header, file_bytes)
    if header.n_pixels <= most:
        return ""
    return (
        f"The picture has {_megapixels(header.n_pixels)} megapixels; at most {_megapixels(most)} "
        f"are read from a {_kind(header)}."
    )


def largest_pixels(header: PictureHeader, file_bytes: int = FILE_BYTES) -> int:
    """Pixels that a picture of this kind may have, in steps of a tenth of a megapixel, so that it can be told."""
    values = 2 * header.values_bytes
    per_pixel = (decoded_bytes(header) - values) / header.n_pixels
    fitting = max(0, int((_room_bytes(file_bytes) - values) / per_pixel))
    return min(PIXELS_MAX, fitting) // _TOLD_PIXELS * _TOLD_PIXELS


def _room_bytes(file_bytes: int) -> int:
    """What decoding may take beside the file."""
    return PROCESS_BYTES - FIXED_BYTES - max(FILE_BYTES, file_bytes)


def _jpeg_bytes(header: PictureHeader, *, colour: bool) -> int:
    """Per pixel. Coefficients go before the pixels are worked on; those may have to be turned, which copies them."""
    if colour:
        pixels, worked_on = _RGB, _RGB + 2 * _LUMINANCE + _COLOUR_ROWS
    else:
        pixels, worked_on = _LUMINANCE, 2 * _LUMINANCE
    coefficients = _COEFFICIENT * header.samples_per_pixel if header.is_progressive else 0
    return max(coefficients + pixels, worked_on)


def _pillow_bytes(header: PictureHeader) -> int:
    """Per pixel: the picture as Pillow holds it, and what is taken from it, strip by strip."""
    if header.samples_per_pixel == 1:
        held = max(1, header.bits_per_sample // 8)
        return held + min(held, 2) + _COLOUR_ROWS  # a palette has colours
    return 4 + _LUMINANCE + _COLOUR_ROWS  # four bytes whatever the file has


def _part_bytes(header: PictureHeader) -> int:
    """A strip or tile of a TIFF, which is decompressed as a whole before its pixels are taken over."""
    bits = header.bits_per_sample * header.samples_per_pixel
    return header.part_pixels * bits // 8


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1e6:.1f}".removesuffix(".0")


def _kind(header: PictureHeader) -> str:
    if header.format == "JPEG":
        return "progressive JPEG" if header.is_progressive else "JPEG"
    in_one = " stored in one strip" if header.part_pixels >= header.n_pixels else ""
    return f"{header.format} with {header.bits_per_sample} bits{in_one}"
