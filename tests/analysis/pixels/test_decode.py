"""Decoding: what comes out is what Pillow shows; what is made to do harm is refused, or costs no more than it may."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from analysis.flags import PhotoUnusableError
from analysis.photos import memory
from analysis.pixels import decode as module
from analysis.pixels.decode import Scratch, colour_rows, decode
from analysis.pixels.turning import Turn

COLOURS = np.random.default_rng(1).integers(0, 255, (301, 402, 3), dtype=np.uint8)


def saved(kind, picture=None, **options):
    stream = io.BytesIO()
    (picture or Image.fromarray(COLOURS)).save(stream, kind, **options)
    return stream.getvalue()


def decoded(data, turn=None):
    return decode(data, turn or Turn(), Scratch(), colour=True)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "LA"), *((kind, mode) for kind in ("PNG", "TIFF") for mode in ("RGB", "RGBA", "L", "P", "1"))],
)
def test_luminance_and_colours_are_those_of_the_whole_picture(kind, mode):
    data = saved(kind, Image.fromarray(COLOURS).convert(mode))
    with Image.open(io.BytesIO(data)) as image:
        found = decoded(data)
        assert np.array_equal(found.luminance, np.asarray(image.convert("L")))
        if mode in {"L", "LA", "1"}:
            assert found.rgb is None
        else:
            assert np.array_equal(found.rgb, np.asarray(image.convert("RGB"))[colour_rows(image.height)])


@pytest.mark.parametrize("quarter_turns", range(4))
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_turned_in_strips_it_is_as_turned_as_a_whole(kind, orientation, quarter_turns):
    data = saved(kind)
    with Image.open(io.BytesIO(data)) as image:
        exif = image.getexif()
        exif[0x0112] = orientation
        whole = np.rot90(np.asarray(ImageOps.exif_transpose(image)), quarter_turns)
    found = decoded(data, Turn(orientation, quarter_turns))
    rgb = found.rgb if found.thinned else found.rgb[colour_rows(whole.shape[0])]
    kept = whole[colour_rows(whole.shape[0])]
    assert found.luminance.shape == whole.shape[:2]
    assert np.abs(rgb.astype(int) - kept).max() <= (3 if kind == "JPEG" else 0)


def test_a_jpeg_too_large_for_colours_is_read_without(monkeypatch):
    data = saved("JPEG", Image.new("RGB", (500, 400)), progressive=True)
    assert decoded(data).rgb is not None
    monkeypatch.setattr(memory, "FIXED_BYTES", memory.PROCESS_BYTES - memory.FILE_BYTES - 8 * 500 * 400)
    found = decoded(data)
    assert found.rgb is None
    assert found.luminance.shape == (400, 500)


def entered(*_arguments, **_options):
    pytest.fail("a decoder was called")


def png(width, height, bits=8, colours=2, interlaced=0, pixels=b""):
    def chunk(kind, content):
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    head = struct.pack(">LLBBBBB", width, height, bits, colours, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def tiff(width, height, *more, compression=1, values=b""):
    """A directory of (tag, kind, count, value), and what lies behind it."""
    entries = sorted([(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, compression),
                      (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (279, 4, 1, 10), *more])  # fmt: skip
    table = b"".join(struct.pack("<HHLL", *entry) for entry in {entry[0]: entry for entry in entries}.values())
    return b"II*\0" + struct.pack("<LH", 8, len(table) // 12) + table + bytes(4) + values


def enlarged(data, rows_times):
    """The JPEG with a frame header that announces so many times its rows."""
    at = data.index(b"\xff\xc0") + 5
    rows = int.from_bytes(data[at : at + 2], "big") * rows_times
    return data[:at] + rows.to_bytes(2, "big") + data[at + 2 :]


def with_scans(n):
    data = saved("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * n + data[-2:]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (png(13_000, 13_000), "megapixels"),
        (png(65_500, 65_500, bits=16, colours=6), "megapixels"),
        (tiff(16_000, 16_000), "megapixels"),
        (tiff(100, 100, (322, 4, 1, 1 << 20), (323, 4, 1, 1 << 20), (324, 4, 1, 8), compression=5), "tiles"),
        (tiff(100, 100, (273, 4, 20_000_000, 8)), "cannot be|can be read"),
        (tiff(100, 100, (700, 1, 1 << 30, 8)), "other data"),
        (tiff(100, 100, compression=7), "can be read"),
        (with_scans(1000), "32 scans"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "can be read"),
        (b"GIF89a" + b"\xff" * 200, "can be read"),
    ],
    ids=["pixels", "more pixels", "TIFF", "tile", "strips", "values", "JPEG in TIFF", "scans", "EPS", "GIF"],
)
def test_what_is_made_to_do_harm_is_refused_by_its_header(data, sentence, monkeypatch):
    monkeypatch.setattr(module.simplejpeg, "decode_jpeg", entered)
    monkeypatch.setattr(module.Image, "open", entered)
    with pytest.raises(PhotoUnusableError, match=sentence):
        decoded(data)


def test_a_jpeg_that_announces_more_rows_than_it_has_is_cut_short():
    with pytest.raises(PhotoUnusableError, match="cut short"):
        decoded(enlarged(saved("JPEG"), 10))


def test_a_file_whose_decoder_finds_another_size_is_damaged(monkeypatch):
    real = module.read_header
    monkeypatch.setattr(module, "read_header", lambda data: real(saved("PNG", Image.new("L", (5, 5)))))
    with pytest.raises(PhotoUnusableError, match="damaged"):
        decoded(saved("PNG"))


@pytest.mark.parametrize(("bits", "colours"), [(8, 0), (8, 2), (16, 6)])
def test_a_small_file_with_many_pixels_takes_the_memory_that_the_table_says(tmp_path, bits, colours):
    """In a process of its own, at 24 megapixels, against a process that decodes next to nothing."""
    width, height = 6000, 4000
    row = 1 + width * {0: 1, 2: 3, 6: 4}[colours] * bits // 8
    large = tmp_path / "large.png"
    large.write_bytes(png(width, height, bits, colours, pixels=zlib.compress(bytes(row * height), 1)))
    small = tmp_path / "small.png"
    small.write_bytes(png(8, 1, bits, colours, pixels=zlib.compress(bytes(100))))
    code = (
        "import sys, resource, pathlib\n"
        "from analysis.pixels.decode import Scratch, decode\n"
        "from analysis.pixels.turning import Turn\n"
        "decode(pathlib.Path(sys.argv[1]).read_bytes(), Turn(6), Scratch(), colour=True)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    most, least = (
        int(subprocess.run([sys.executable, "-c", code, file], capture_output=True, check=True, text=True).stdout)
        for file in (large, small)
    )
    header = module.read_header(large.read_bytes())
    assert (most - least) * 1024 <= 1.1 * memory.decoded_bytes(header)
