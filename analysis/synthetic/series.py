"""A whole simulated series in a folder: photos as a camera names them, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import numpy as np

from analysis.synthetic.jpeg import Shot, encode_jpeg
from analysis.synthetic.lens import Lens
from analysis.synthetic.nuisances import Nuisances
from analysis.synthetic.photo import SetUp, render_photo, set_up
from analysis.synthetic.scene import Scene, depth_of_field_mm, magnification, true_best_focus_mm

F_NUMBERS: Final = (1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
TRUTH_FILE: Final = "truth.json"

Progress = Callable[[str, int, int], None]
"""Called with the name of the photo just written, how many there are now, and how many there will be."""


class Mishap(StrEnum):
    """What goes wrong in a series."""

    MOVED = "moved"  # the camera is knocked sideways
    MOVED_AXIS = "moved-axis"  # the camera is pushed towards the chart
    REFOCUSED = "refocused"
    UNREADABLE = "unreadable"  # one file is cut off
    WRONG_LENS = "wrong-lens"  # the files name another lens


@dataclass(frozen=True, slots=True)
class Camera:
    """The body as its files name it. Serial numbers are fictional, or empty."""

    make: str = "LensDB"
    model: str = "LensDB Simulator"
    body_serial: str = ""
    lens_serial: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Photos of one scene through one lens.

    ``tagged_as`` is the lens the files name, the true one when empty; ``mishap_at`` is the index of the first photo
    that suffers, by default about a third into the series so that fast f-numbers are hit. ``iris_f_numbers`` are what
    the iris really is in each photo when it is not as marked; ``nuisances`` are those `disturbed` put in.
    """

    scene: Scene
    lens: Lens
    f_numbers: tuple[float, ...] = F_NUMBERS
    camera: Camera = Camera()
    seed: int = 0
    mishap: Mishap | None = None
    mishap_at: int | None = None
    tagged_as: str = ""
    taken_at: datetime = datetime(2026, 11, 1, 10, 0, 0)  # noqa: DTZ001 - cameras write local time without a zone
    first_number: int = 1
    iris_f_numbers: tuple[float, ...] = ()
    nuisances: Nuisances | None = None

    def __post_init__(self) -> None:
        """Refuse an iris that is not told for every photo."""
        if self.iris_f_numbers and len(self.iris_f_numbers) != len(self.f_numbers):
            raise ValueError(f"{len(self.iris_f_numbers)} irises for {len(self.f_numbers)} photos")

    @property
    def true_f_numbers(self) -> tuple[float, ...]:
        """The f-number of each photo as light sees it."""
        return self.iris_f_numbers or self.f_numbers

    def disturbed(self, nuisances: Nuisances) -> Series:
        """The same series as it comes out with these nuisances."""
        return replace(
            self,
            scene=nuisances.disturbed_scene(self.scene, self.lens),
            lens=nuisances.disturbed_lens(self.lens),
            iris_f_numbers=nuisances.iris_f_numbers(self.f_numbers, self.lens),
            nuisances=nuisances,
        )


def render_series(series: Series, folder: Path, progress: Progress | None = None) -> list[Path]:
    """Render the photos into a folder, with `TRUTH_FILE` beside them.

    Returns
    -------
    The photos' paths in order. A `ValueError` when the lens cannot focus at the distance, or an f-number is wider
    than the lens opens.
    """
    for f_number in (*series.f_numbers, *series.iris_f_numbers):
        if f_number < series.lens.widest_f_number * 0.999:
            raise ValueError(f"{series.lens.model} opens to f/{series.lens.widest_f_number:g}, not f/{f_number:g}")
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(series.seed)
    paths = []
    for index, setup in _set_ups(series):
        path = folder / f"IMG_{series.first_number + index:04d}.JPG"
        path.write_bytes(_photo(series, setup, index, rng))
        paths.append(path)
        if progress is not None:
            progress(path.name, index + 1, len(series.f_numbers))
    truth = json.dumps(series_truth(series, [path.name for path in paths]), indent=1)
    (folder / TRUTH_FILE).write_text(truth + "\n", encoding="utf-8")
    return paths


def series_truth(series: Series, names: list[str]) -> dict[str, Any]:
    """What a perfect measurement of the series would say, as JSON knows it."""
    scenes = [_scene_at(series, index) for index in range(len(series.f_numbers))]
    photos = [
        {
            "file": name,
            "f_number": f_number,
            "iris_f_number": iris,
            "best_focus_mm": true_best_focus_mm(scene, series.lens, iris),
            "best_focus_10lp_mm": true_best_focus_mm(scene, series.lens, iris, 10.0),
            "best_focus_40lp_mm": true_best_focus_mm(scene, series.lens, iris, 40.0),
            "chart_offset_mm": list(scene.chart_offset_mm),
            "focus_offset_mm": scene.focus_offset_mm,
        }
        for name, f_number, iris, scene in zip(names, series.f_numbers, series.true_f_numbers, scenes, strict=True)
    ]
    scene = asdict(series.scene)
    scene["design"] = series.scene.design.name
    return {
        "simulated": True,
        "lens": asdict(series.lens),
        "scene": scene,
        "pupil_distance_mm": series.scene.pupil_distance_mm(series.lens.focal_length_mm),
        "magnification": magnification(series.scene, series.lens),
        "seed": series.seed,
        "nuisances": None if series.nuisances is None else asdict(series.nuisances),
        "mishap": None if series.mishap is None else series.mishap.value,
        "photos": photos,
        "focus_shift": _shifts(series),
    }


def _shifts(series: Series) -> list[dict[str, float]]:
    """Focus shift of the undisturbed lens against the widest f-number of the series, at the f-numbers as marked."""
    numbers = sorted(set(series.f_numbers))
    focal_length = series.lens.focal_length_mm
    centre = series.scene.pupil_distance_mm(focal_length)
    depth = {number: true_best_focus_mm(series.scene, series.lens, number) for number in numbers}
    widest = depth[numbers[0]]
    return [
        {
            "f_number": number,
            "focus_shift_mm": depth[number] - widest,
            "focus_shift_um": 1000 * focal_length**2 * (1 / (centre + widest) - 1 / (centre + depth[number])),
        }
        for number in numbers
    ]


def _set_ups(series: Series) -> Iterator[tuple[int, SetUp]]:
    """Each photo's index and set-up; the sharp picture is painted anew only when something moved."""
    setup: SetUp | None = None
    for index in range(len(series.f_numbers)):
        scene = _scene_at(series, index)
        if setup is None or setup.scene != scene:
            setup = set_up(scene, series.lens)
        yield index, setup


def _scene_at(series: Series, index: int) -> Scene:
    """The scene of one photo, the mishap included."""
    scene, lens = series.scene, series.lens
    if index < _mishap_at(series):
        return scene
    x, y, z = scene.chart_offset_mm
    if series.mishap == Mishap.MOVED:
        six_pixels = 6 * scene.pixel_pitch_mm / magnification(scene, lens)
        return replace(scene, chart_offset_mm=(x + six_pixels, y, z))
    if series.mishap == Mishap.MOVED_AXIS:
        return replace(scene, chart_offset_mm=(x, y, z - 0.003 * scene.pupil_distance_mm(lens.focal_length_mm)))
    if series.mishap == Mishap.REFOCUSED:
        return replace(scene, focus_offset_mm=scene.focus_offset_mm + 0.4 * depth_of_field_mm(scene, lens))
    return scene


def _mishap_at(series: Series) -> int:
    return len(series.f_numbers) // 3 if series.mishap_at is None else series.mishap_at


def _photo(series: Series, setup: SetUp, index: int, rng: np.random.Generator) -> bytes:
    f_number = series.f_numbers[index]
    shot = Shot(
        make=series.camera.make,
        model=series.camera.model,
        lens=series.tagged_as or series.lens.exif_name,
        f_number=f_number,
        focal_length_mm=series.lens.focal_length_mm,
        exposure_s=(f_number / 1.2) ** 2 / (2 * series.scene.iso),
        taken_at=series.taken_at + timedelta(seconds=11 * index),
        pixel_pitch_um=series.scene.pixel_pitch_um,
        body_serial=series.camera.body_serial,
        lens_serial=series.camera.lens_serial,
        iso=series.scene.iso,
    )
    levels = render_photo(setup, series.true_f_numbers[index], rng)
    scene = series.scene
    data = encode_jpeg(levels, shot, quality=scene.jpeg_quality, colour_subsampling=scene.colour_subsampling)
    if series.mishap == Mishap.UNREADABLE and index == _mishap_at(series):
        return data[: len(data) * 2 // 5]
    return data
