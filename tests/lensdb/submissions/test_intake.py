"""The door: real photos come in with their facts, everything else is refused with a sentence."""

import json
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.base import ContentFile

from lensdb.submissions import intake
from tests import hostile
from tests.factories.files import photo_bytes, photo_file


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_a_photo_comes_in_with_what_its_camera_wrote(kind: str) -> None:
    seen = intake.inspect(photo_file(kind=kind, f_number=1.2))
    assert seen.format == kind
    assert (seen.facts["make"], seen.facts["model"]) == ("Canon", "Canon EOS 6D")
    assert seen.size_bytes == len(photo_bytes(kind=kind, f_number=1.2))
    assert len(seen.sha256) == 64


def test_serials_and_places_are_not_among_the_facts() -> None:
    seen = intake.inspect(photo_file(lens_serial="0000012345", body_serial="987654321", place=True))
    stored = json.dumps(dict(seen.facts))
    assert "12345" not in stored
    assert "98765" not in stored
    assert not any(word in stored.lower() for word in ("serial", "gps", "52.", "13.4"))
    assert (seen.lens_serial, seen.body_serial) == ("0000012345", "987654321")


def test_facts_are_stored_as_plain_short_text() -> None:
    seen = intake.inspect(photo_file(make="Ca\x07non\x1b", software="x" * 5000))
    assert seen.facts["make"] == "Canon"
    assert len(seen.facts["software"]) == 200


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header claims a size."""
    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", intake.EmptyFileError),
        (b"<html><script>alert(1)</script>", intake.NotAPhotoError),
        (b"GIF89a" + bytes(100), intake.NotAPhotoError),
        (b"%!PS-Adobe-3.0 EPSF-3.0", intake.NotAPhotoError),
        (b"\xff\xd8\xff" + bytes(500), intake.NotAPhotoError),
        (b"II*\0" + b"\xff" * 500, intake.NotAPhotoError),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, intake.NotAPhotoError),
        (png_of(40_000, 40_000), intake.TooManyPixelsError),
        (png_of(16_001, 10_000), intake.TooManyPixelsError),
    ],
)
def test_what_is_not_a_photo_is_refused_with_a_sentence(data: bytes, error: Any) -> None:
    with pytest.raises(error) as raised:
        intake.inspect(ContentFile(data, name="photo.jpg"))
    assert str(raised.value).endswith(".")


def test_the_door_refuses_by_the_memory_that_decoding_takes_and_says_the_size() -> None:
    data = hostile.jpeg(size=hostile.frame(16_000, 9_999, samples=4, marker=0xC2))
    intake.inspect(ContentFile(hostile.jpeg(size=hostile.frame(9_000, 9_000, samples=3)), name="large.jpg"))
    with pytest.raises(intake.TooManyPixelsError, match=r"160 megapixels; at most [0-9.]+ are read from a progressive"):
        intake.inspect(ContentFile(data, name="progressive.jpg"))


def test_a_hundred_megapixels_are_welcome() -> None:
    assert intake.inspect(ContentFile(png_of(11_648, 8_736), name="gfx.png")).format == "PNG"


def test_a_cut_off_photo_passes_the_door_for_measuring_tells_it_better() -> None:
    data = photo_bytes(size=(640, 480), f_number=2.0)
    seen = intake.inspect(ContentFile(data[: len(data) // 2], name="cut.jpg"))
    assert (seen.facts["lens"], seen.facts["f_number"]) == ("EF50mm f/1.2L USM", 2.0)


def test_the_limit_of_bytes_holds(settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    with pytest.raises(intake.FileTooLargeError):
        intake.inspect(photo_file(size=(200, 200)))


def test_files_made_to_do_harm_leave_little_behind_or_nothing() -> None:
    for file in hostile.hostile_files():
        with suppress(intake.IntakeError):
            seen = intake.inspect(ContentFile(file.make(), name=file.name))
            assert len(json.dumps(dict(seen.facts), allow_nan=False)) < 2500, file.name


def test_a_tiff_that_keeps_its_facts_at_its_end_is_not_read_whole() -> None:
    data = photo_bytes(kind="TIFF", size=(2000, 1500))
    moved = struct.pack("<4sL", b"II*\0", len(data)) + data[8:] + data[8:400]
    file = ContentFile(moved, name="late.tif")
    reads: list[int] = []
    file.file.read = lambda size=-1, read=file.file.read: reads.append(size) or read(size)
    seen = intake.inspect(file)
    assert seen.facts["make"] == "Canon"
    assert 0 <= max(reads) <= 64 * 1024  # a negative size would ask for all
    assert min(reads) > 0
