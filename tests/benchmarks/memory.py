"""What measuring takes in memory, for every kind of photo at the largest size that is accepted.

    python -m tests.benchmarks.memory [kind ...]

Each kind is measured as on the site, in a sealed child: three photos, enlarged from a rendered one. Exits with 1 when a
child takes more than a process may, or a photo is not read.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from analysis.photos.header import read_header
from analysis.photos.memory import MIB, PIXELS_MAX, PROCESS_BYTES, largest_pixels
from lensdb.processing.sandbox.client import Helper, OpenPhoto, Outcome
from lensdb.processing.sandbox.limits import Limits
from tests import rendered

F_NUMBERS: Final = (1.2, 2.8, 8.0)
LIMITS: Final = Limits(cpu_seconds=600, wall_seconds=1200)
"""Those of the site in memory; time is not in question here."""
ORIENTATION: Final = 0x0112
ON_ITS_SIDE: Final = 6
ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Passes of an interlaced PNG: first column and row, steps across and down."""

Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Kind:
    """A kind of photo: the mode of the picture, and how it is saved."""

    mode: str
    format: str
    options: dict[str, Any]
    turned: bool = False
    save: Callable[[Image.Image], bytes] | None = None

    def saved(self, picture: Image.Image) -> bytes:
        """The picture as a file of this kind."""
        if self.save is not None:
            return self.save(picture)
        exif = Image.Exif()
        if self.turned:
            exif[ORIENTATION] = ON_ITS_SIDE
        stream = io.BytesIO()
        converted(picture, self.mode).save(stream, self.format, exif=exif, **self.options)
        return stream.getvalue()


def converted(picture: Image.Image, mode: str) -> Image.Image:
    """The grey picture in a mode, with 16 bits for "I;16"."""
    if mode == "I;16":
        return Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    return picture.quantize(64) if mode == "P" else picture.convert(mode)


def deep(suffix: str, *options: int) -> Kind:
    """Three colours with 16 bits, which Pillow reads and does not write."""

    def save(picture: Image.Image) -> bytes:
        grey = np.asarray(picture).astype(np.uint16) * 257
        _, data = cv2.imencode(suffix, np.repeat(grey[:, :, None], 3, axis=2), options)
        return bytes(data)

    return Kind("", "", {}, save=save)


def interlaced(picture: Image.Image) -> bytes:
    """A grey PNG in seven passes, which Pillow reads and does not write."""
    grey, passes = np.asarray(picture), []
    for left, top, across, down in ADAM7:
        part = grey[top::down, left::across]
        passes.append(np.pad(part, ((0, 0), (1, 0))).tobytes())  # each row behind a zero: not filtered
    head = struct.pack(">LLBBBBB", picture.width, picture.height, 8, 0, 0, 0, 1)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(b"".join(passes), 1)), (b"IEND", b"")
    written = (
        struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def png(mode: str, **options: Any) -> Kind:
    return Kind(mode, "PNG", {"compress_level": 1}, **options)


def tiff(mode: str, compression: str = "raw", *, one_strip: bool = False) -> Kind:
    options: dict[str, Any] = {"compression": compression}
    return Kind(mode, "TIFF", options | ({"strip_size": 1 << 40} if one_strip else {}))


def jpeg(mode: str, *, turned: bool = False, **options: Any) -> Kind:
    return Kind(mode, "JPEG", {"quality": 90} | options, turned)


KINDS: Final = {
    "JPEG grey": jpeg("L"),
    "JPEG colour": jpeg("RGB", subsampling=2),
    "JPEG colour, on its side": jpeg("RGB", subsampling=0, turned=True),
    "JPEG progressive grey": jpeg("L", progressive=True),
    "JPEG progressive 4:2:0": jpeg("RGB", subsampling=2, progressive=True),
    "JPEG progressive 4:4:4": jpeg("RGB", subsampling=0, progressive=True),
    "PNG grey": png("L"),
    "PNG grey 16 bits": png("I;16"),
    "PNG grey, interlaced": Kind("", "", {}, save=interlaced),
    "PNG palette": png("P"),
    "PNG colour": png("RGB"),
    "PNG colour and alpha, on its side": png("RGBA", turned=True),
    "PNG colour 16 bits": deep(".png", cv2.IMWRITE_PNG_COMPRESSION, 1),
    "TIFF grey": tiff("L"),
    "TIFF grey 16 bits": tiff("I;16"),
    "TIFF colour": tiff("RGB"),
    "TIFF colour LZW": tiff("RGB", "tiff_lzw"),
    "TIFF colour Deflate, one strip": tiff("RGB", "tiff_adobe_deflate", one_strip=True),
    "TIFF grey 16 bits Deflate, one strip": tiff("I;16", "tiff_adobe_deflate", one_strip=True),
    "TIFF colour 16 bits LZW, one strip": deep(
        ".tif", cv2.IMWRITE_TIFF_COMPRESSION, 5, cv2.IMWRITE_TIFF_ROWSPERSTRIP, 1 << 20
    ),
}


def largest(kind: Kind, picture: Image.Image) -> tuple[bytes, float]:
    """The picture as a photo of that kind, as large as is accepted, and its megapixels."""
    small = kind.saved(picture.resize((600, 420)))
    header = read_header(small)
    if header is None:
        raise RuntimeError("a header that cannot be read")
    pixels, file_bytes_per_pixel = PIXELS_MAX, len(small) / header.n_pixels
    while pixels > largest_pixels(header, int(pixels * file_bytes_per_pixel)):
        pixels = int(0.99 * pixels)
    width = int((pixels * picture.width / picture.height) ** 0.5)
    height = pixels // width
    return kind.saved(picture.resize((width, height), Image.Resampling.BILINEAR)), width * height / 1e6


def measured(helper: Helper, photos: list[bytes], pixel_pitch_um: float) -> Outcome:
    """What the child came to and took."""
    options = {"distance_mm": 500.0, "pixel_pitch_um": pixel_pitch_um, "focal_length_mm": 50.0}
    with contextlib.ExitStack() as stack:
        opened = []
        for number, data in enumerate(photos):
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(data)
            file.flush()
            opened.append(OpenPhoto(f"photo-{number}", F_NUMBERS[number % len(F_NUMBERS)], file.fileno()))
        return helper.measure(opened, options, LIMITS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="the beginning of a kind's name; all by default")
    arguments = parser.parse_args()
    shots = rendered.series()
    picture = Image.open(io.BytesIO(list(shots.photos.values())[3])).convert("L")
    helper, missed = Helper(), False
    most = PROCESS_BYTES / MIB
    print(f"  {'photos':<40}{'Mpixel':>8}{'file MB':>9}{'peak MB':>9}{'allowed':>9}{'CPU s':>7}  came to")
    for name, kind in KINDS.items():
        if arguments.kinds and not name.startswith(tuple(arguments.kinds)):
            continue
        data, megapixels = largest(kind, picture)
        pitch = rendered.SCENE.pixel_pitch_um * (picture.width * picture.height / 1e6 / megapixels) ** 0.5
        outcome = measured(helper, [data] * len(F_NUMBERS), pitch)
        peak = outcome.peak_bytes / MIB
        came_to = outcome.failure or "measured"
        holds = peak <= most and not outcome.failure
        missed = missed or not holds
        print(
            f"  {name:<40}{megapixels:8.1f}{len(data) / MIB:9.1f}{peak:9.0f}{most:9.0f}{outcome.cpu_seconds:7.1f}  "
            f"{came_to} {outcome.sentence[:80]}{'' if holds else ' !'}",
            flush=True,
        )
    helper.close()
    sys.exit(missed)


if __name__ == "__main__":
    main()
