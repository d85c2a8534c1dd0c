"""Best focus of single photos: a 50 mm f/1.2 at 0.5 to 0.7 m, focused -6 to +6 mm off the centre line.

    python -m tests.benchmarks.offsets [--n 13] [--seed 1]

Twice: without print blur, as PNG, at a signal-to-noise ratio of 190; and with a print blur of 0.035 mm, as JPEG of
quality 95. The lens has no aberration, so that every f-number is focused best at the offset itself. *direct* is the
peak that a photo shows by itself (`analysis.focus.peak.find_peak`); *print off* is the same with the print's part taken
off as the series' fit tells it (`SeriesFocus.print_term`); *published* is `PhotoResult.best_focus_mm`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from unittest.mock import patch

import numpy as np
from PIL import Image

from analysis import conclude
from analysis.charts.design import chart_design
from analysis.focus.curve import FocusCurve
from analysis.focus.peak import find_peak
from analysis.focus.together import settle
from analysis.measure import MeasureOptions, PhotoSource, measure_series
from analysis.results import NAN
from analysis.synthetic import Lens, Scene, exposed, light_on_sensor, set_up
from analysis.synthetic.jpeg import Shot, encode_jpeg
from analysis.thin_lens import depth_of_field_mm, entrance_distance_mm, magnification
from tests.benchmarks.running import Job, Record, parser, run
from tests.benchmarks.tables import rms, verdict

PERFECT: Final = Lens("Nobody", "Perfect 50mm f/1.2", "Perfect 50mm f/1.2", 50.0, 1.2, 0.0)
F_NUMBERS: Final = (1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
OFFSETS_MM: Final = tuple(range(-6, 7))
DISTANCES_MM: Final = (500.0, 600.0, 700.0)
SEEDS: Final = 3
SNR: Final = 190.0
WHITE: Final = 0.72
FREQUENCY_LP_MM: Final = 20.0


@dataclass(frozen=True)
class Variant:
    """How the photos are made, and how true they must be to f/2.8 and to f/5.6 (rms, mm)."""

    print_blur_mm: float
    jpeg_quality: int
    bars_mm: tuple[float, float]


VARIANTS: Final = {"clean": Variant(0.0, 0, (0.03, 0.06)), "printed": Variant(0.035, 95, (0.06, 0.10))}


def scene_of(offset_mm: float, distance_mm: float, variant: Variant) -> Scene:
    return Scene(
        chart_design("A4"),
        focus_distance_mm=distance_mm,
        width_px=3000,
        height_px=2000,
        focus_offset_mm=offset_mm,
        print_blur_mm=variant.print_blur_mm,
        white_level=WHITE,
        light_gradient=0.0,
        full_well_electrons=SNR**2 / WHITE,
        read_noise_electrons=0.0,
        colour_subsampling="444",
    )


def photo_bytes(levels: np.ndarray, f_number: float, scene: Scene, quality: int) -> bytes:
    """A JPEG as of a camera, or a PNG if there is no quality to it."""
    if quality:
        taken = datetime(2026, 11, 1)  # noqa: DTZ001 - cameras write local time without a zone
        shot = Shot("LensDB", "LensDB Simulator", PERFECT.exif_name, f_number, 50.0, 0.01, taken, scene.pixel_pitch_um)
        return encode_jpeg(levels, shot, quality=quality, colour_subsampling=scene.colour_subsampling)
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def photos_of(name: str, folder: Path | None) -> list[list[PhotoSource]]:
    """The photos of an offset, one series per noise seed."""
    variant = VARIANTS[name.partition("-")[0]]
    files = [[f"{index}-{n:g}.{'jpg' if variant.jpeg_quality else 'png'}" for n in F_NUMBERS] for index in range(SEEDS)]
    place = folder and folder / f"offset-{name}"
    if place is not None and (place / files[-1][-1]).exists():
        written = [[(place / file).read_bytes() for file in names] for names in files]
    else:
        written = _rendered(name, variant)
        for names, series in zip(files, written, strict=True):
            for file, data in zip(names, series, strict=True):
                if place is not None:
                    place.mkdir(parents=True, exist_ok=True)
                    (place / file).write_bytes(data)
    return [
        [PhotoSource(file, data, n) for file, data, n in zip(names, series, F_NUMBERS, strict=True)]
        for names, series in zip(files, written, strict=True)
    ]


def _rendered(name: str, variant: Variant) -> list[list[bytes]]:
    """The light of each f-number is worked out once, and noise put on for each seed."""
    _, number, seed = name.split("-")
    scene = scene_of(*place_of(name), variant)
    setup = set_up(scene, PERFECT)
    rng = np.random.default_rng([int(seed), int(number)])
    by_f_number = []
    for f_number in F_NUMBERS:
        light = light_on_sensor(setup, f_number)
        photos = [exposed(light, scene, rng) for _ in range(SEEDS)]
        by_f_number.append([photo_bytes(levels, f_number, scene, variant.jpeg_quality) for levels in photos])
    return [list(series) for series in zip(*by_f_number, strict=True)]


def place_of(name: str) -> tuple[float, float]:
    """Offset and distance of a name; neighbours in offset stand at different distances."""
    number = int(name.split("-")[1])
    return OFFSETS_MM[number % len(OFFSETS_MM)], DISTANCES_MM[number % len(DISTANCES_MM)]


def measure_job(job: Job, *, render_only: bool) -> Record:
    """Every photo of an offset: what it shows by itself, and what is published of it."""
    series = photos_of(job.name, job.photos)
    if render_only:
        return {"name": job.name}
    rows = [row for photos in series for row in focus_of(photos)]
    offset_mm, distance_mm = place_of(job.name)
    return {"name": job.name, "offset_mm": offset_mm, "distance_mm": distance_mm, "rows": rows}


def focus_of(photos: Sequence[PhotoSource]) -> list[Record]:
    """Depths of best focus of each photo."""
    with patch.object(conclude, "settle", wraps=settle) as settling:
        kept = {}
        settling.side_effect = lambda *given, **named: kept.setdefault("settled", settle(*given, **named))
        result = measure_series(photos, MeasureOptions(focal_length_mm=50.0, pixel_pitch_um=6.0, colour=False))
    _, _, curves, _, setup = settling.call_args.args
    print_term = kept["settled"].series.print_term

    def depth_mm(curve: FocusCurve, term: float) -> float:
        peak = find_peak(curve, FREQUENCY_LP_MM, term)
        return NAN if peak is None else setup.depth_mm(peak.vergence_per_mm)

    return [
        {
            "f_number": photo.f_number,
            "direct_mm": depth_mm(curve, 0.0),
            "without_print_mm": depth_mm(curve, print_term),
            "published_mm": photo.best_focus_mm,
            "interval_mm": list(photo.interval95_mm),
        }
        for photo, curve in zip(result.photos, curves, strict=True)
    ]


def report(records: Sequence[Record], kind: str) -> list[str]:
    """One line per f-number, and whether the bars hold."""
    variant = VARIANTS[kind]
    named = "without_print_mm" if variant.print_blur_mm else "direct_mm"
    rows = [(record, row) for record in records if record["name"].startswith(kind) for row in record["rows"]]
    lines = ["", f"{kind}: rms of error in mm", "f-number   direct  print off  published  covered  wild"]
    found: dict[float, float] = {}
    for f_number in F_NUMBERS:
        own = [(record, row) for record, row in rows if row["f_number"] == f_number]
        truth = np.array([record["offset_mm"] for record, _ in own])
        errors = {
            key: np.array([row[key] for _, row in own], dtype=float) - truth
            for key in ("direct_mm", "without_print_mm", "published_mm")
        }
        low, high = np.array([row["interval_mm"] for _, row in own], dtype=float).T
        covered = 100 * np.mean((low <= truth) & (truth <= high))
        wild = sum(abs(row["published_mm"] - record["offset_mm"]) > _wild_mm(record, f_number) for record, row in own)
        found[f_number] = rms(errors[named])
        told = "".join(f"{rms(error):>10.3f}" for error in errors.values())
        lines.append(f"f/{f_number:<5g} {told} {covered:>8.0f} % {wild:>5}")
    bars = zip(((0.0, 2.8), (2.8, 5.6)), variant.bars_mm, strict=True)
    for (above, to), bar_mm in bars:
        worst = max(value for f_number, value in found.items() if above < f_number <= to)
        lines.append(f"{verdict(worst <= bar_mm)} {named} rms to f/{to:g} at most {bar_mm} mm: {worst:.3f}")
    return lines


def _wild_mm(record: Record, f_number: float) -> float:
    m = magnification(entrance_distance_mm(record["distance_mm"], 50.0), 50.0)
    return max(1.0, depth_of_field_mm(f_number, 0.03, m) / 4)


def main() -> None:
    arguments = parser(__doc__, n=len(OFFSETS_MM)).parse_args()
    names = [f"{kind}-{number:04d}-{arguments.seed}" for kind in VARIANTS for number in range(arguments.n)]
    work = partial(measure_job, render_only=arguments.render_only)
    records = run(names, work, arguments, keep=f"offsets-{arguments.seed}")
    if not arguments.render_only:
        print("\n".join(line for kind in VARIANTS for line in report(records, kind)))


if __name__ == "__main__":
    main()
