"""How true the measurement is, over fresh random series of known truth.

    python -m tests.benchmarks.accuracy --n 10 --seed 1 [--keep FILE] [--photos FOLDER]

Everything that a photographer, a printer, a lens and a camera cannot hold still is drawn at random: specimen, distance,
pose, focusing, bowed and wrongly scaled sheets, print blur, light, noise, the camera's processing, errors over the
field, the iris. `--plain` leaves all that out but specimen and distance.

With `--keep` each finished series is one line of JSON, and a second run goes on where the first one stopped; with
`--photos` the photos are kept too, and are not rendered again.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from analysis.charts.design import chart_design
from analysis.measure import NothingMeasuredError, PhotoSource, measure_series
from analysis.results import SeriesResult
from analysis.synthetic import LENSES, Nuisances, Scene, Series, magnification, render_series
from analysis.synthetic.series import F_NUMBERS, TRUTH_FILE
from analysis.thin_lens import depth_of_field_mm

WIDTH_PX, HEIGHT_PX, PITCH_UM = 3000, 2000, 6.0
MAGNIFICATIONS = (1 / 40, 1 / 8.5)
PAPERS_FROM = ((1 / 11, "A4"), (1 / 20, "A3"), (0.0, "A2"))


@dataclass(frozen=True)
class Case:
    """One random series."""

    number: int
    series: Series

    @property
    def dof_w_mm(self) -> float:
        return depth_of_field_mm(
            self.series.lens.widest_f_number, 0.030, magnification(self.series.scene, self.series.lens)
        )


def draw_case(seed: int, number: int, *, plain: bool = False) -> Case:
    """The series of this number; always the same for the same seed."""
    rng = np.random.default_rng([seed, number])
    preset = sorted(LENSES)[int(rng.integers(len(LENSES)))]
    lens = LENSES[preset].copy(rng)
    low, high = np.log(MAGNIFICATIONS)
    m = float(np.exp(rng.uniform(low, high)))
    paper = next(paper for least, paper in PAPERS_FROM if m >= least)
    scene = Scene(
        chart_design(paper),
        focus_distance_mm=lens.focal_length_mm * (2 + m + 1 / m),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        pixel_pitch_um=PITCH_UM,
    )
    stops = tuple(n for n in F_NUMBERS if n > 1.05 * lens.widest_f_number)
    series = Series(scene, lens, (lens.widest_f_number, *stops), seed=int(rng.integers(1 << 31)))
    return Case(number, series if plain else series.disturbed(Nuisances.random(rng)))


def photos_of(case: Case, folder: Path) -> list[PhotoSource]:
    """The photos of a case, rendered unless the folder holds them whole: the truth is written last."""
    if not (folder / TRUTH_FILE).exists():
        render_series(case.series, folder)
    return [PhotoSource(path.name, path.read_bytes()) for path in sorted(folder.glob("*.JPG"))]


def measure_case(case: Case, folder: Path | None) -> dict[str, Any]:
    """Render, measure, compare: one record."""
    with TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        photos = photos_of(case, place)
        truth = json.loads((place / TRUTH_FILE).read_text(encoding="utf-8"))
    record: dict[str, Any] = {
        "number": case.number,
        "lens": case.series.lens.model,
        "dof_w_mm": case.dof_w_mm,
        "magnification": truth["magnification"],
    }
    try:
        result = measure_series(photos)
    except NothingMeasuredError as error:
        return record | {"problem": str(error), "rows": []}
    return record | {"problem": "", "flags": result.flags.names(), "rows": compare(result, truth)}


def compare(result: SeriesResult, truth: dict[str, Any]) -> list[dict[str, Any]]:
    """Errors of shift and of best focus at each f-number, the iris being what it was in the photo."""
    focus = {photo["f_number"]: photo["best_focus_mm"] for photo in truth["photos"]}
    shifts = {f_number: depth_mm - focus[min(focus)] for f_number, depth_mm in focus.items()}
    photos = {photo.f_number: photo for photo in result.photos}
    return [
        {
            "f_number": row.f_number,
            "basis": row.basis.value if row.basis else None,
            "true_shift_mm": shifts[row.f_number],
            "error_mm": row.focus_shift_mm - shifts[row.f_number],
            "half_width_mm": (row.interval95_mm[1] - row.interval95_mm[0]) / 2,
            "focus_error_mm": photos[row.f_number].best_focus_mm - focus[row.f_number],
            "focus_se_mm": photos[row.f_number].se_mm,
        }
        for row in result.focus_shift
    ]


def print_table(records: list[dict[str, Any]]) -> None:
    """One line per f-number, in shares of DoF_w."""
    measured = [record for record in records if record["rows"]]
    print(f"\n{len(records)} series, {len(measured)} measured")
    for record in records:
        if record["problem"] or record.get("flags"):
            print(f"  series {record['number']}: {record['problem']} {record.get('flags', '')}")
    heads = (
        "f-number",
        "n",
        "borrowed",
        "rms/DoF_w",
        "95%/DoF_w",
        "rms/goal",
        "covered",
        "half-width/DoF_w",
        "focus rms/DoF_w",
    )
    print("  ".join(f"{head:>10}" for head in heads))
    numbers = sorted({row["f_number"] for record in measured for row in record["rows"]})
    for f_number in numbers:
        print(
            "  ".join(
                f"{cell:>{max(10, len(head))}}" for cell, head in zip(_cells(measured, f_number), heads, strict=True)
            )
        )


def _cells(records: list[dict[str, Any]], f_number: float) -> list[str]:
    pairs = [(record["dof_w_mm"], row) for record in records for row in record["rows"] if row["f_number"] == f_number]
    dof = np.array([pair[0] for pair in pairs])
    error, half, shift, focus = (
        np.array([pair[1][name] for pair in pairs], dtype=float)
        for name in ("error_mm", "half_width_mm", "true_shift_mm", "focus_error_mm")
    )
    own = half > 0  # the reference has no shift of its own
    goal = 0.01 * dof + 0.01 * np.abs(shift)
    borrowed = sum(pair[1]["basis"] == "borrowed" for pair in pairs)

    def rms(values: np.ndarray) -> str:
        return f"{math.sqrt(np.nanmean(values**2)):.4f}" if values.size else "-"

    if not own.any():
        return [f"f/{f_number:g}", str(len(pairs)), str(borrowed), "-", "-", "-", "-", "-", rms(focus / dof)]
    return [
        f"f/{f_number:g}",
        str(len(pairs)),
        str(borrowed),
        rms((error / dof)[own]),
        f"{np.nanquantile(np.abs(error / dof)[own], 0.95):.4f}",
        rms((error / goal)[own]),
        f"{100 * np.mean(np.abs(error[own]) <= half[own]):.0f} %",
        f"{np.nanmedian((half / dof)[own]):.4f}",
        rms(focus / dof),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10, help="number of series")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without nuisances")
    parser.add_argument("--keep", type=Path, help="file of finished series; goes on where it ends")
    parser.add_argument("--photos", type=Path, help="folder to keep the photos in")
    arguments = parser.parse_args()
    records = read_kept(arguments.keep)
    done = {record["number"] for record in records}
    for number in range(arguments.n):
        if number in done:
            continue
        folder = arguments.photos and arguments.photos / f"{arguments.seed}-{number:04d}"
        records.append(measure_case(draw_case(arguments.seed, number, plain=arguments.plain), folder))
        print(".", end="", flush=True)
        if arguments.keep:
            with arguments.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(records[-1]) + "\n")
    print_table(records)


def read_kept(path: Path | None) -> list[dict[str, Any]]:
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
