"""A macro lens at close range, where print blur swamps detail: 100 mm f/2.8, 0.5 m from the pupil, m = 1/4.

    python -m tests.benchmarks.macro [--n 20] [--seed 1]

All nuisances are on. At least nine in ten published values must lie inside their interval, none beyond three standard
errors: where the joint fit cannot be had, falling back is right and erring is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from analysis.charts.design import chart_design
from analysis.synthetic import LENSES, Nuisances, Scene, Series
from analysis.thin_lens import mark_distance_mm
from tests.benchmarks.accuracy import measure_case
from tests.benchmarks.cases import Case
from tests.benchmarks.running import Job, Record, parser, photos_of, run
from tests.benchmarks.tables import Values, rms, verdict

F_NUMBERS = (2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
DISTANCE_MM = 500.0


def draw_macro(seed: int, number: int) -> Case:
    """A specimen with some aberration before the smallest chart, which fills the window."""
    rng = np.random.default_rng([seed, number, 4])
    w040, w060 = rng.normal(0.0, (0.8, 0.3))
    lens = replace(LENSES["canon-ef-100-2.8-macro"], w040_waves=float(w040), w060_waves=float(w060))
    scene = Scene(
        chart_design("A6"),
        focus_distance_mm=mark_distance_mm(DISTANCE_MM, lens.focal_length_mm),
        width_px=3000,
        height_px=2000,
    )
    series = Series(scene, lens, F_NUMBERS, seed=int(rng.integers(1 << 31)))
    return Case(f"{seed}-{number:04d}", series.disturbed(Nuisances.random(rng)))


def measure_job(job: Job, *, render_only: bool) -> Record:
    seed, number = map(int, job.name.split("-"))
    case = draw_macro(seed, number)
    folder = job.photos and job.photos / f"macro-{job.name}"
    if render_only:
        photos_of(case.series, folder)
        return {"name": job.name}
    return measure_case(case, folder)


def report(records: Sequence[Record]) -> list[str]:
    """One line per f-number, and whether the bars hold."""
    values = Values(records)
    errors_se = np.abs(values.error) / (values.half / 1.96)
    lines = ["", f"{len(records)} series, nothing measured in {sum(not record['rows'] for record in records)}"]
    lines += [f"  {record['name']}: {record['problem']} {record['flags']}" for record in records]
    lines.append("f-number    n  borrowed  rms mm  half-width mm  inside  worst/se")
    for f_number in np.unique(values.f_number):
        of = values.f_number == f_number
        lines.append(
            f"f/{f_number:<6g} {of.sum():>4} {100 * values.borrowed[of].mean():>7.0f} % {rms(values.error[of]):>7.3f}"
            f"{np.median(values.half[of]):>15.3f} {100 * values.covered[of].mean():>5.0f} % {errors_se[of].max():>7.1f}"
        )
    inside = 100 * values.covered.mean()
    lines.append(f"{verdict(inside >= 90)} at least 90 % of published values inside their interval: {inside:.1f} %")
    beyond = int((errors_se > 3).sum())
    lines.append(f"{verdict(beyond == 0)} none beyond 3 standard errors: {beyond} of {values.error.size}")
    return lines


def main() -> None:
    arguments = parser(__doc__, n=20).parse_args()
    names = [f"{arguments.seed}-{number:04d}" for number in range(arguments.n)]
    work = partial(measure_job, render_only=arguments.render_only)
    records = run(names, work, arguments, keep=f"macro-{arguments.seed}")
    if not arguments.render_only:
        print("\n".join(report(records)))


if __name__ == "__main__":
    main()
