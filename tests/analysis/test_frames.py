"""Decoding: the right way up, linear, and refusing what is not a photo."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from analysis.flags import PhotoUnusableError, Quality
from analysis.frames import read_frame, srgb_to_linear
from analysis.photos import memory
from analysis.pixels import decode

PICTURE = np.kron(np.arange(24, dtype=np.uint8).reshape(4, 6) * 10, np.ones((8, 8), np.uint8))


def encoded(pixels=PICTURE, kind="JPEG", orientation=1, mode=None):
    image = Image.fromarray(pixels)
    image = image.convert(mode) if mode else image
    tags = image.getexif()
    tags[0x0112] = orientation
    stream = io.BytesIO()
    image.save(stream, kind, exif=tags, **({"quality": 98} if kind == "JPEG" else {}))
    return stream.getvalue()


def entered(*_arguments, **_options):
    pytest.fail("a decoder was called")


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(kind, orientation):
    data = encoded(kind=kind, orientation=orientation)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert np.array_equal(read_frame(data).stored, np.asarray(expected))


def test_colour_jpeg_gives_the_stored_luminance():
    data = encoded(mode="RGB")
    assert np.abs(read_frame(data).stored.astype(int) - PICTURE).max() <= 2


def test_sixteen_bits_are_kept():
    deep = PICTURE.astype(np.uint16) * 257 + 3
    stream = io.BytesIO()
    Image.fromarray(deep).save(stream, "TIFF")
    frame = read_frame(stream.getvalue())
    assert np.array_equal(frame.stored, deep)
    assert np.array_equal(frame.bytes8(), PICTURE)


def test_linear_light_inverts_srgb():
    table = srgb_to_linear(256)
    assert table[[0, 255]].tolist() == [0.0, 1.0]
    assert table[188] == pytest.approx(0.5, abs=0.004)  # the sRGB code of half the light
    assert read_frame(encoded(kind="PNG")).linear()[0, 0] == 0.0


@pytest.mark.parametrize("data", [b"", b"words", b"\xff\xd8\xff\xe0", encoded()[:400], encoded(kind="PNG")[:90]])
def test_what_cannot_be_read_says_so(data):
    with pytest.raises(PhotoUnusableError) as caught:
        read_frame(data)
    assert caught.value.flag is Quality.UNREADABLE
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_too_many_pixels_are_refused_before_decoding(kind, monkeypatch):
    monkeypatch.setattr(memory, "PIXELS_MAX", PICTURE.size - 1)
    monkeypatch.setattr(decode.simplejpeg, "decode_jpeg", entered)
    monkeypatch.setattr(decode.Image, "open", entered)
    with pytest.raises(PhotoUnusableError, match="megapixels"):
        read_frame(encoded(kind=kind))
