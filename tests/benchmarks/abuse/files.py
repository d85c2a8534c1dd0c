"""What is sent: the honest photographer's nine photos, and the attackers' files."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from analysis.charts.design import chart_design
from analysis.synthetic import Camera, Scene, Series, specimen
from tests import hostile
from tests.benchmarks.abuse.cast import DISTANCE_M, PIXEL_PITCH_UM
from tests.benchmarks.running import photos_of
from tests.chaos import bad_files
from tests.chaos.negatives import printed

F_NUMBERS: Final = (1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
SMALL, LARGE = (3000, 2000), (6000, 4000)
"""As in the demo, and a camera of 24 MP whose pixels are as large: a wider view of the same chart."""
ATTACK_SIZE: Final = (6000, 4000)
_DEAREST_PNG: Final = (12_000, 13_000)
"""Just below the most pixels that the door lets in."""


def honest_photos(folder: Path | None, *, large: bool) -> list[bytes]:
    """Nine photos of the chart, rendered unless the folder has them."""
    width, height = LARGE if large else SMALL
    pitch = PIXEL_PITCH_UM * SMALL[0] / width
    scene = Scene(
        chart_design("A4"),
        focus_distance_mm=1e3 * DISTANCE_M,
        width_px=width,
        height_px=height,
        pixel_pitch_um=pitch,
        focus_offset_mm=0.1,
    )
    series = Series(scene, specimen("canon-ef-50-1.2", 1), F_NUMBERS, camera=Camera(lens_serial="8860001"), seed=12)
    sources, _ = photos_of(series, folder)
    return [source.data for source in sources]


def make(folder: Path, photos: Sequence[bytes]) -> None:
    """Write the attackers' large files once, for all of them."""
    folder.mkdir()
    noise = np.random.default_rng(1).integers(0, 255, (*reversed(ATTACK_SIZE), 3), dtype=np.uint8)
    _save(noise, folder / "heavy.jpg", quality=85)
    with Image.open(io.BytesIO(photos[0])) as opened:
        picture = opened.convert("RGB")
    _save(np.asarray(picture.resize(ATTACK_SIZE)), folder / "slow.jpg", quality=95)
    tile = np.asarray(picture.resize((600, 400)))
    _save(np.tile(tile, (ATTACK_SIZE[1] // 400, ATTACK_SIZE[0] // 600, 1)), folder / "tiled.jpg", quality=95)
    (folder / "dear.png").write_bytes(dear_png())
    (folder / "stolen.jpg").write_bytes(photos[2])


def dear_png() -> bytes:
    """A grey PNG of 156 megapixels in some hundred kilobytes."""
    width, height = _DEAREST_PNG
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    return hostile.png(width=width, height=height).replace(
        hostile.chunk(b"IDAT", zlib.compress(bytes(3120))), hostile.chunk(b"IDAT", rows)
    )


class Arsenal:
    """An attacker's files, a new one each time unless the same is asked for."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._rng = random.Random(seed)
        self._count = seed * 1_000_000
        self._made: Mapping[str, bytes] = {path.name: path.read_bytes() for path in folder.iterdir()}
        self._hostile = list(hostile.hostile_files())
        self._bombs: Sequence[Callable[[random.Random, bytes], bytes]] = list(bad_files.KINDS)

    def same(self, name: str) -> bytes:
        """The file itself, the same bytes each time."""
        return self._made[name]

    def new(self, name: str) -> bytes:
        """The same picture with bytes of its own."""
        self._count += 1
        data = self._made[name]
        return printed(data, self._count) if name.endswith(".jpg") else data + self._count.to_bytes(8, "big")

    def hostile(self) -> bytes:
        """A file made to hold up whoever reads it."""
        return self._rng.choice(self._hostile).make() + self._next()

    def poison(self) -> bytes:
        """A file made to break whoever decodes it."""
        return self._rng.choice(self._bombs)(self._rng, self._made["stolen.jpg"]) + self._next()

    def _next(self) -> bytes:
        self._count += 1
        return self._count.to_bytes(8, "big")


def _save(levels: np.ndarray, path: Path, *, quality: int) -> None:
    Image.fromarray(levels).save(path, "JPEG", quality=quality)
