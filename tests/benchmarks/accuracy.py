"""How true the measurement is, over fresh random series of known truth.

    python -m tests.benchmarks.accuracy --n 200 --seed 1 [--control] [--photos FOLDER [--render-only]]

Everything that a photographer, a printer, a lens and a camera cannot hold still is drawn at random: specimen, distance,
sensor, pose, focusing, bowed and wrongly scaled sheets, print blur, light, noise, the camera's processing, errors over
the field, the iris. `--plain` leaves all that out but specimen, distance and sensor. `--control` takes whole frames: 12
of 24 megapixels and one of 100.

Counted are series whose chart reaches 1.1 depths of field to both sides; of those farther away an honest answer is a
wide one or none. Coverage is that of all values published with a finite interval.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from analysis.flags import Quality
from analysis.measure import MeasureOptions, NothingMeasuredError, measure_series
from analysis.results import SeriesResult
from tests.benchmarks import tables
from tests.benchmarks.cases import FULL_FRAME, LEAST_HALF_RANGE, MEDIUM_FORMAT, WINDOW, Case, Sensor, draw_case
from tests.benchmarks.running import Job, Record, parser, photos_of, run

CONTROL_SENSORS = (*(FULL_FRAME,) * 12, MEDIUM_FORMAT)


def sensor_of(number: int, *, control: bool) -> Sensor:
    return CONTROL_SENSORS[number % len(CONTROL_SENSORS)] if control else WINDOW


def measure_job(job: Job, *, control: bool, plain: bool, render_only: bool) -> Record:
    """Render, measure, compare: one record."""
    seed, number = map(int, job.name.split("-"))
    case = draw_case(seed, number, sensor_of(number, control=control), plain=plain)
    folder = job.photos and job.photos / (f"control-{job.name}" if control else job.name)
    if render_only:
        photos_of(case.series, folder)
        return {"name": job.name}
    return measure_case(case, folder)


def measure_case(case: Case, folder: Path | None) -> Record:
    photos, truth = photos_of(case.series, folder)
    record: Record = {
        "name": case.name,
        "lens": case.series.lens.model,
        "dof_w_mm": case.dof_w_mm,
        "magnification": case.magnification,
        "counted": case.half_range >= LEAST_HALF_RANGE,
    }
    try:
        result = measure_series(photos, MeasureOptions(colour=False))
    except NothingMeasuredError as error:
        return record | {"problem": str(error), "flags": [], "rows": []}
    return record | {"problem": "", "flags": all_flags(result).names(), "rows": compare(result, truth)}


def all_flags(result: SeriesResult) -> Quality:
    """Those of the series and of its photos together."""
    seen = result.flags
    for photo in result.photos:
        seen |= photo.flags
    return seen


def compare(result: SeriesResult, truth: Record) -> list[Record]:
    """Errors of shift and of best focus at each f-number, the iris being what it was in the photo."""
    focus = {photo["f_number"]: photo["best_focus_mm"] for photo in truth["photos"]}
    widest = focus[min(focus)]
    photos = {photo.f_number: photo for photo in result.photos}
    return [
        {
            "f_number": row.f_number,
            "basis": row.basis.value if row.basis else None,
            "true_shift_mm": focus[row.f_number] - widest,
            "error_mm": row.focus_shift_mm - (focus[row.f_number] - widest),
            "half_width_mm": (row.interval95_mm[1] - row.interval95_mm[0]) / 2,
            "focus_error_mm": photos[row.f_number].best_focus_mm - focus[row.f_number],
        }
        for row in result.focus_shift
    ]


def options() -> argparse.ArgumentParser:
    made = parser(__doc__, n=205)  # some are too far for their paper
    made.add_argument("--plain", action="store_true", help="without nuisances")
    made.add_argument("--control", action="store_true", help="whole frames: 12 of 24 megapixels, one of 100")
    return made


def main() -> None:
    arguments = options().parse_args()
    count = len(CONTROL_SENSORS) if arguments.control else arguments.n
    kind = "control" if arguments.control else "plain" if arguments.plain else "accuracy"
    work = partial(measure_job, control=arguments.control, plain=arguments.plain, render_only=arguments.render_only)
    names = [f"{arguments.seed}-{number:04d}" for number in range(count)]
    records = run(names, work, arguments, keep=f"{kind}-{arguments.seed}")
    if not arguments.render_only:
        print("\n".join(tables.accuracy(records)))


if __name__ == "__main__":
    main()
