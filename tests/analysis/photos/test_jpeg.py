"""Passes and steps of a JPEG against Pillow's reading of the same file."""

import io

import numpy as np
import pytest
from PIL import Image

from analysis.photos.header import read_header
from analysis.photos.jpeg import luminance_steps, scans
from tests import hostile

PICTURE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (96, 128, 3), dtype=np.uint8))


def saved(picture=PICTURE, **options):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **options)
    return stream.getvalue()


def n_scans(data, most=100):
    return scans(data, read_header(data), most=most)


@pytest.mark.parametrize(("mode", "progressive", "n"), [("RGB", False, 1), ("RGB", True, 10), ("L", True, 6)])
def test_passes_are_those_of_the_usual_encoder(mode, progressive, n):
    assert n_scans(saved(PICTURE.convert(mode), progressive=progressive, restart_marker_blocks=4)) == n


def test_passes_are_counted_no_further_than_asked():
    data = saved(progressive=True)
    last = data.rindex(b"\xff\xda")
    assert n_scans(data[:-2] + data[last:-2] * 1000 + data[-2:], most=32) == 33


@pytest.mark.parametrize("flood", [b"\xff\x01", hostile.segment(0xE1, b"")], ids=["markers", "segments"])
def test_floods_behind_the_first_pass_are_followed_so_far(flood):
    start, rest = hostile.jpeg(size=hostile.frame(marker=0xC2)), bytes(50) + b"\xff\xd9"
    assert n_scans(start + flood * 900 + rest) == 1
    assert n_scans(start + flood * 1_000_000 + rest, most=32) == 33


def test_a_first_pass_with_part_of_the_channels_is_one_of_several():
    data = saved()
    start = data.index(b"\xff\xda")
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    alone = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    assert n_scans(data[:start] + alone + data[start + 2 + length :]) == 1
    assert n_scans(data[:start] + alone + b"\x12\xff\x00\x34" + alone + data[start + 2 + length :]) == 2


@pytest.mark.parametrize("quality", [5, 60, 92, 100])
def test_steps_are_those_of_the_file(quality):
    data = saved(quality=quality)
    with Image.open(io.BytesIO(data)) as image:
        assert list(luminance_steps(data)) == image.quantization[0]


def test_what_has_no_steps_has_none():
    stream = io.BytesIO()
    PICTURE.save(stream, "PNG")
    assert luminance_steps(stream.getvalue()) is None
    assert luminance_steps(b"") is None
