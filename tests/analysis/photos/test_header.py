"""Headers of pictures made here: what Pillow wrote is what is read, and broken headers are none."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from analysis.photos.header import PictureHeader, read_header


def saved(kind, mode="L", size=(90, 60), **options):
    stream = io.BytesIO()
    Image.fromarray(np.zeros(size[::-1], np.uint8)).convert(mode).save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (saved("JPEG"), PictureHeader("JPEG", 90, 60, 8, 1)),
        (saved("JPEG", "RGB"), PictureHeader("JPEG", 90, 60, 8, 3)),
        (saved("JPEG", "CMYK", progressive=True), PictureHeader("JPEG", 90, 60, 8, 4, is_progressive=True)),
        (saved("PNG", "RGBA"), PictureHeader("PNG", 90, 60, 8, 4)),
        (saved("PNG", "1"), PictureHeader("PNG", 90, 60, 1, 1)),
        (saved("PNG", "I;16"), PictureHeader("PNG", 90, 60, 16, 1)),
        (saved("TIFF", "RGB"), PictureHeader("TIFF", 90, 60, 8, 3)),
        (saved("TIFF", "I;16", compression="tiff_lzw"), PictureHeader("TIFF", 90, 60, 16, 1)),
        (saved("TIFF", "1"), PictureHeader("TIFF", 90, 60, 1, 1)),
    ],
)
def test_kind_and_size_are_what_was_written(data, header):
    assert read_header(data) == header
    assert read_header(io.BytesIO(data)) == header


PIXELS = {"JPEG": b"\xff\xda\0\x02", "PNG": b"\0\0\0\0IDAT"}
"""What pixels begin with."""


def png_header(width=90, height=60, bits=8, colours=2, rest=(0, 0, 0), wrong=0, pixels=PIXELS["PNG"]):
    content = struct.pack(">LLBBBBB", width, height, bits, colours, *rest)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">L4s", 13, b"IHDR")
        + content
        + struct.pack(">L", zlib.crc32(b"IHDR" + content) ^ wrong)
        + pixels
    )


def jpeg_frame(width=90, height=60, bits=8, samples=3, pixels=PIXELS["JPEG"]):
    return b"\xff\xd8\xff" + struct.pack(">BHBHHB", 0xC0, 17, bits, height, width, samples) + bytes(9) + pixels


def test_a_header_with_pixels_behind_it_is_enough():
    assert read_header(jpeg_frame()) == PictureHeader("JPEG", 90, 60, 8, 3)
    assert read_header(png_header()) == PictureHeader("PNG", 90, 60, 8, 3)


def test_an_interlaced_png_says_so():
    assert read_header(png_header(rest=(0, 0, 1))) == PictureHeader("PNG", 90, 60, 8, 3, is_progressive=True)


def test_bytes_between_the_segments_of_a_jpeg_are_skipped():
    data = saved("JPEG")
    assert read_header(data[:20] + b"\0\x17\xff\xff" * 200 + data[20:]) == read_header(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + bytes(50),
        jpeg_frame(width=0),
        jpeg_frame(height=0),
        jpeg_frame(bits=12),
        jpeg_frame(samples=2),
        jpeg_frame()[:10],
        jpeg_frame(pixels=b""),
        jpeg_frame(pixels=b"\xff\xd9"),
        b"\xff\xd8\xff\xda\0\x02" + jpeg_frame()[2:],
        b"\xff\xd8\xff\xe0\0\0" + jpeg_frame()[2:],
        png_header(width=0),
        png_header(bits=3),
        png_header(colours=5),
        png_header(rest=(1, 0, 0)),
        png_header(rest=(0, 0, 2)),
        png_header(wrong=1),
        png_header()[:20],
        png_header(pixels=b""),
        png_header(pixels=b"\0\0\0\0\0\0\0\0" + PIXELS["PNG"]),
        saved("TIFF")[:8],
        b"II*\0" + b"\xff" * 500,
    ],
)
def test_a_broken_header_is_none(data):
    assert read_header(data) is None


def test_a_header_is_read_from_the_end_of_a_file_without_the_middle():
    data = saved("TIFF", "RGB", size=(1000, 800))  # Pillow writes a TIFF's directory in front of its strips
    moved = struct.pack("<4sL", b"II*\0", len(data)) + data[8:] + data[8:300]
    file = io.BytesIO(moved)
    reads = []
    file.read = lambda size=-1, read=file.read: reads.append(size) or read(size)
    assert read_header(file) == PictureHeader("TIFF", 1000, 800, 8, 3)
    assert 0 < sum(reads) < 10_000
