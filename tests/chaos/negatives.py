"""A few rendered series, each printed as many different ones.

The frames are the smallest the core measures without a doubt (a quarter of a CPU second for a series): 800 × 533 pixels
of 15 µm of the A5 chart at half a metre. At 720 pixels it finds no chart. Four f-numbers are the fewest that are
published without a moderator.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import lensdb.tool  # noqa: F401 - keeps the linear algebra of the renderers to one thread each
from analysis.charts.design import chart_design
from analysis.synthetic import Scene, Series, render_series, specimen

WIDTH_PX, HEIGHT_PX, PIXEL_PITCH_UM = 800, 533, 15.0
DISTANCE_M: Final = 0.5
_START_OF_IMAGE, _COMMENT = b"\xff\xd8", b"\xff\xfe"


@dataclass(frozen=True, slots=True)
class Negative:
    """One rendered series: the lens, which copy of it, and the f-numbers."""

    preset: str
    copy: int
    f_numbers: tuple[float, ...]


NEGATIVES: Final = (
    Negative("canon-ef-50-1.2", 1, (1.2, 2.0, 2.8, 4.0)),
    Negative("canon-ef-50-1.2", 2, (1.2, 2.0, 2.8, 4.0)),
    Negative("canon-ef-50-1.4", 1, (1.4, 2.0, 2.8, 4.0)),
)


def rendered() -> tuple[tuple[bytes, ...], ...]:
    """The photos of all negatives, two negatives at a time."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        return tuple(pool.map(render, NEGATIVES))


def printed(photo: bytes, number: int) -> bytes:
    """The same picture as a file of its own: a comment tells the prints apart."""
    return with_comment(photo, f"print {number}".encode())


def with_comment(photo: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment right at its start."""
    segment = _COMMENT + (len(comment) + 2).to_bytes(2, "big") + comment
    return _START_OF_IMAGE + segment + photo.removeprefix(_START_OF_IMAGE)


def render(negative: Negative) -> tuple[bytes, ...]:
    """The photos of one."""
    scene = Scene(
        chart_design("A5"),
        focus_distance_mm=1e3 * DISTANCE_M,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        pixel_pitch_um=PIXEL_PITCH_UM,
    )
    lens = specimen(negative.preset, negative.copy)
    with TemporaryDirectory() as folder:
        paths = render_series(Series(scene, lens, negative.f_numbers, seed=negative.copy), Path(folder))
        return tuple(path.read_bytes() for path in paths)
