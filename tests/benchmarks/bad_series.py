"""Series with something wrong in them: are they told from good ones?

    python -m tests.benchmarks.bad_series [--n 15] [--seed 1] [--photos FOLDER]

Each of `--n` good random series, those of the accuracy benchmark, is the source of some twenty bad ones: frames of the
same scene with the lens refocused or the camera pushed along its axis are mixed in, pictures slide, f-numbers are told
wrong, highlights are clipped, frames are missing, colour is stored coarsely. *Silent* is a series that would be
published without a flag of `analysis.flags.FAILS` although a value is off the undisturbed lens's shift by more than
three of its standard errors. At most one series in a hundred may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from analysis.flags import FAILS, Quality
from analysis.measure import MeasureOptions, NothingMeasuredError, PhotoSource, measure_series
from analysis.results import SeriesResult
from analysis.synthetic import Series, true_best_focus_mm
from tests.benchmarks.accuracy import all_flags
from tests.benchmarks.cases import LEAST_HALF_RANGE, Case, draw_case
from tests.benchmarks.running import Job, Record, parser, photos_of, run
from tests.benchmarks.spoiling import edited, overexposed, retagged, shifted
from tests.benchmarks.tables import verdict

APART_DOF: Final = (0.12, 0.4)
"""How far it is refocused, and the camera pushed, in depths of field of the widest f-number."""
SLOWEST_HIT: Final = 5.6
TAGGED_STOPS: Final = (0.5, 1.2)
SLID_PX: Final = (2.0, 12.0)
GOOD: Final = "nothing wrong"
SILENT_SHARE: Final = 0.01
BEYOND_SE: Final = 3.0


@dataclass(frozen=True)
class Bad:
    """One bad series: what was done, its photos, and the f-numbers that are not what they say."""

    kind: str
    photos: list[PhotoSource]
    mistagged: frozenset[float] = frozenset()


@dataclass(frozen=True)
class Sets:
    """A good series, and the same scene with the lens refocused and with the camera pushed along its axis."""

    series: Series
    good: Sequence[PhotoSource]
    refocused: Sequence[PhotoSource]
    pushed: Sequence[PhotoSource]


class Spoiler:
    """Makes bad series of one good one."""

    def __init__(self, sets: Sets, rng: np.random.Generator) -> None:
        self.sets, self.rng, self.f_numbers = sets, rng, sets.series.f_numbers
        self.good = list(sets.good)
        self.fast = [index for index, f_number in enumerate(self.f_numbers) if f_number <= SLOWEST_HIT]

    def all(self) -> Iterator[Bad]:
        """All bad series of this good one, after itself: what is flagged without reason is seen beside them."""
        yield Bad(GOOD, self.good)
        refocused, pushed = self.sets.refocused, self.sets.pushed
        for kind, others, single, onwards in (("refocused", refocused, 3, 3), ("pushed", pushed, 2, 2)):
            for index in self._some(self.fast, single):
                yield Bad(f"{kind} in one photo", self._mixed(others, [index]))
            for index in self._some(self.fast[1:], onwards):
                yield Bad(f"{kind} from a photo on", self._mixed(others, range(index, len(self.good))))
        yield from self._slid()
        yield from self._mistagged()
        for gain in (1.7, 2.3):
            yield Bad("clipped", self._changed(lambda data, gain=gain: overexposed(data, gain)))
        for _ in range(2):
            kept = [0, *self._some(range(1, len(self.good)), 2)]
            yield Bad("three frames", [self.good[index] for index in sorted(kept)])
        if any(self.sets.series.lens.axial_colour_um):
            for subsampling in ("422", "420"):
                store = partial(edited, change=lambda levels: levels, colour_subsampling=subsampling)
                yield Bad("chroma", self._changed(store))

    def _slid(self) -> Iterator[Bad]:
        for index in self._some(self.fast[1:], 3):
            turn = self.rng.uniform(0, 2 * np.pi)
            by = self.rng.uniform(*SLID_PX) * np.array([np.cos(turn), np.sin(turn)])
            moved = self._changed(lambda data, by=by: shifted(data, *by), range(index, len(self.good)))
            yield Bad("moved from a photo on", moved)

    def _mistagged(self) -> Iterator[Bad]:
        for count in (1, 1, 1, len(self.good), len(self.good)):
            first = int(self.rng.choice(self.fast[1:]))
            factor = 2 ** (self.rng.choice([-0.5, 0.5]) * self.rng.uniform(*TAGGED_STOPS))
            photos, told = list(self.good), set()
            for index in range(first, len(self.good))[:count]:
                f_number = round(self.f_numbers[index] * factor, 1)
                photos[index] = PhotoSource(photos[index].name, retagged(photos[index].read(), f_number))
                told.add(f_number)
            kind = "f-number wrong in one photo" if count == 1 else "f-number wrong from a photo on"
            yield Bad(kind, photos, frozenset(told))

    def _some(self, of: Sequence[int], count: int) -> list[int]:
        return [int(index) for index in self.rng.choice(np.array(of), min(count, len(of)), replace=False)]

    def _mixed(self, others: Sequence[PhotoSource], indices: Sequence[int]) -> list[PhotoSource]:
        return [others[index] if index in indices else photo for index, photo in enumerate(self.good)]

    def _changed(self, change: Callable[[bytes], bytes], indices: Sequence[int] | None = None) -> list[PhotoSource]:
        return [
            PhotoSource(photo.name, change(photo.read())) if indices is None or index in indices else photo
            for index, photo in enumerate(self.good)
        ]


def render_sets(case: Case, rng: np.random.Generator, folder: Path | None) -> tuple[Sets, Record]:
    """The three sets of photos of a case, and the truth of the good one."""
    depths_mm = case.dof_w_mm * rng.uniform(*APART_DOF, 2) * rng.choice([-1, 1], 2)
    scene = case.series.scene
    x, y, z = scene.chart_offset_mm
    scenes = {
        "refocused": replace(scene, focus_offset_mm=scene.focus_offset_mm + float(depths_mm[0])),
        "pushed": replace(scene, chart_offset_mm=(x, y, z + float(depths_mm[1]))),
    }
    good, truth = photos_of(case.series, folder)
    others = [
        photos_of(replace(case.series, scene=changed), folder and folder.with_name(f"{folder.name}-{name}"))[0]
        for name, changed in scenes.items()
    ]
    return Sets(case.series, good, *others), truth


def measure_job(job: Job, *, render_only: bool) -> Record:
    """All bad series of one good one."""
    seed, number = map(int, job.name.split("-"))
    rng = np.random.default_rng([seed, number, 9])
    sets, truth = render_sets(draw_case(seed, number), rng, job.photos and job.photos / job.name)
    if render_only:
        return {"name": job.name}
    return {"name": job.name, "series": [measure_bad(bad, sets.series, truth) for bad in Spoiler(sets, rng).all()]}


def measure_bad(bad: Bad, series: Series, truth: Record) -> Record:
    """What is said of a bad series, and how far off the worst value is in its standard errors."""
    try:
        result = measure_series(bad.photos, MeasureOptions(colour=bad.kind == "chroma"))
    except NothingMeasuredError as error:
        return {"kind": bad.kind, "refused": True, "flags": error.flag.names(), "worst_se": 0.0, "at": ""}
    worst, at = max([(0.0, ""), *_errors(result, series, truth, bad.mistagged), *_colour_errors(result, series)])
    return {"kind": bad.kind, "refused": False, "flags": all_flags(result).names(), "worst_se": worst, "at": at}


def _errors(
    result: SeriesResult, series: Series, truth: Record, mistagged: frozenset[float]
) -> Iterator[tuple[float, str]]:
    """Errors of the shift in standard errors: of the lens at its true irises, or at the mark where that is wrong."""
    focus = {photo["f_number"]: photo["best_focus_mm"] for photo in truth["photos"]}
    for f_number in mistagged:
        focus[f_number] = true_best_focus_mm(series.scene, series.lens, f_number)
    for row in result.focus_shift:
        half = (row.interval95_mm[1] - row.interval95_mm[0]) / 2
        if half > 0:
            error = row.focus_shift_mm - (focus[row.f_number] - focus[result.reference_f_number])
            yield abs(error) / (half / 1.96), f"f/{row.f_number:g} {error:+.2f} mm"


def _colour_errors(result: SeriesResult, series: Series) -> Iterator[tuple[float, str]]:
    """The same of red and blue against green, unless their flag says that they are too small."""
    for row in result.longitudinal_colour:
        if Quality.CHROMA_SUBSAMPLED in row.flags:
            continue
        for name, true_um in zip(("red", "blue"), series.lens.axial_colour_um, strict=True):
            seen = getattr(row, name)
            if seen.um_se > 0:
                yield abs(seen.um - true_um) / seen.um_se, f"{name} f/{row.f_number:g} {seen.um - true_um:+.1f} um"


def is_silent(record: Record) -> bool:
    """Published, wrong, and nobody told."""
    failed = FAILS & Quality.from_names(record["flags"])
    return not failed and not record["refused"] and record["worst_se"] > BEYOND_SE


def report(records: Sequence[Record]) -> list[str]:
    """One line per kind, the silent ones, and whether the bar holds."""
    bad = [(record["name"], series) for record in records for series in record["series"]]
    lines = ["", f"{'':<32}    n  refused  flagged  harmless  silent"]
    for kind in dict.fromkeys(series["kind"] for _, series in bad):
        own = [series for _, series in bad if series["kind"] == kind]
        refused = sum(series["refused"] for series in own)
        silent = sum(map(is_silent, own))
        flagged = sum(bool(FAILS & Quality.from_names(series["flags"])) and not series["refused"] for series in own)
        harmless = len(own) - refused - flagged - silent
        lines.append(f"{kind:<32} {len(own):>4} {refused:>8} {flagged:>8} {harmless:>9} {silent:>7}")
    bad = [(name, series) for name, series in bad if series["kind"] != GOOD]
    missed = [(name, series) for name, series in bad if is_silent(series)]
    lines += [f"  {name} {one['kind']}: {one['worst_se']:.1f} se, {one['at']} {one['flags']}" for name, one in missed]
    bar = f"silent series at most 1 in 100: {len(missed)} of {len(bad)}"
    return [*lines, f"{verdict(len(missed) <= SILENT_SHARE * len(bad))} {bar}"]


def main() -> None:
    arguments = parser(__doc__, n=15).parse_args()
    numbers = [number for number in range(2 * arguments.n) if is_source(arguments.seed, number)]
    names = [f"{arguments.seed}-{number:04d}" for number in numbers[: arguments.n]]
    work = partial(measure_job, render_only=arguments.render_only)
    records = run(names, work, arguments, keep=f"bad-series-{arguments.seed}")
    if not arguments.render_only:
        print("\n".join(report(records)))


def is_source(seed: int, number: int) -> bool:
    """Whether bad series are made of this good one: the chart must reach far enough for it to be good."""
    return draw_case(seed, number).half_range >= LEAST_HALF_RANGE


if __name__ == "__main__":
    main()
