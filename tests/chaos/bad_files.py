"""Files that are no photos, one way or another, and the reasons a photographer may be given for each."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from tests.chaos.aborting import MARK
from tests.chaos.negatives import with_comment

_JPEG_HEAD: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_WRONG: Final = (
    b"<!DOCTYPE html><title>not found</title>",
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    b"#!/bin/sh\nexit 1\n",
    b"II*\x00\x08\x00\x00\x00",
)


def truncated(rng: random.Random, photo: bytes) -> bytes:
    """A photo that breaks off somewhere before its last tenth."""
    return photo[: rng.randint(2, len(photo) * 9 // 10)]


def zeros(rng: random.Random, _photo: bytes) -> bytes:
    """What a broken card gives back."""
    return bytes(rng.randint(1, 100_000))


def noise(rng: random.Random, _photo: bytes) -> bytes:
    """Anything at all; every second time it begins like a JPEG."""
    return (_JPEG_HEAD if rng.random() < 0.5 else b"") + rng.randbytes(rng.randint(1, 50_000))


def flipped(rng: random.Random, photo: bytes) -> bytes:
    """A photo whose header and tables are riddled with wrong bytes."""
    riddled = bytearray(photo)
    for _ in range(200):
        riddled[rng.randrange(2, 2000)] = rng.randrange(256)
    return bytes(riddled[: len(photo) // 2])


def wrong_type(rng: random.Random, _photo: bytes) -> bytes:
    """A file of another kind that was given a photo's name."""
    return rng.choice(_WRONG) + rng.randbytes(200)


def header_bomb(rng: random.Random, photo: bytes) -> bytes:
    """A small file that says it is enormous, and some that are when unpacked."""
    return rng.choice((_jpeg_bomb, _png_lie, _png_bomb, _png_text_bomb))(photo)


def aborting(_rng: random.Random, photo: bytes) -> bytes:
    """A photo on which the decoder calls abort(), see `tests.chaos.aborting`."""
    return with_comment(photo, MARK)


def _jpeg_bomb(photo: bytes) -> bytes:
    """The photo's own frame header, saying 65,500 × 65,500 pixels."""
    at = photo.index(b"\xff\xc0")
    return photo[: at + 5] + struct.pack(">HH", 65_500, 65_500) + photo[at + 9 :]


def _png_lie(_photo: bytes) -> bytes:
    return _png(2_000_000_000, 2_000_000_000, zlib.compress(b"\0" * 1000))


def _png_bomb(_photo: bytes) -> bytes:
    """A grey PNG of 20,000 × 20,000: 400 MB from half a megabyte."""
    return _png(20_000, 20_000, _packed_zeros(400))


def _png_text_bomb(_photo: bytes) -> bytes:
    """A small PNG with a comment of 100 MB."""
    return _png(8, 8, zlib.compress(bytes(8 * 9)), text=b"Comment\0\0" + _packed_zeros(100))


@cache
def _packed_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def _png(width_px: int, height_px: int, data: bytes, *, text: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), *([(b"zTXt", text)] if text else []), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


_UNREADABLE: Final = frozenset({"unreadable"})
KINDS: Final[Mapping[Callable[[random.Random, bytes], bytes], frozenset[str]]] = {
    truncated: _UNREADABLE,
    zeros: _UNREADABLE,
    noise: _UNREADABLE,
    flipped: _UNREADABLE,
    wrong_type: _UNREADABLE,
    header_bomb: _UNREADABLE | {"too_big"},
    aborting: _UNREADABLE | {"photo_crashes"},
}
"""Each kind of bad file with the failure codes that tell the truth about it."""
