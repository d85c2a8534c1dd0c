"""The figures of the accuracy benchmark as lines of text, with what was asked of each and whether it holds.

Judged is what is published: a series held back by a flag waits for a moderator. How many are, and what would be if they
counted too, stands beside it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analysis.flags import FAILS, Quality
from tests.benchmarks.running import Record

Array = npt.NDArray[np.float64]

TOLD_FROM = 100
"""Of fewer values than this, all being covered is no sign of intervals that are too wide for 99 %."""
HEADS = ("f-number", "n", "borrowed", "rms/goal", "95 %/limit", "covered", "half-width/DoF_w", "focus rms/DoF_w")


class Values:
    """Published shifts of many series as arrays of one entry each; the reference of a series is not among them."""

    def __init__(self, records: Iterable[Record]) -> None:
        rows = [
            (record, row)
            for record in records
            for row in record["rows"]
            if row["half_width_mm"] > 0 and math.isfinite(row["half_width_mm"])
        ]
        self.f_number = np.array([row["f_number"] for _, row in rows])
        self.borrowed = np.array([row["basis"] == "borrowed" for _, row in rows], dtype=bool)
        self.dof = np.array([record["dof_w_mm"] for record, _ in rows])
        self.error, self.shift, self.half, self.focus = (
            np.array([row[name] for _, row in rows], dtype=float)
            for name in ("error_mm", "true_shift_mm", "half_width_mm", "focus_error_mm")
        )

    @property
    def covered(self) -> npt.NDArray[np.bool_]:
        return np.abs(self.error) <= self.half

    def cover(self, of: npt.NDArray[np.bool_]) -> float:
        """Share of these covered in percent; at most 99 where they are too few to tell that from all."""
        share = 100 * float(self.covered[of].mean())
        return min(share, 99.0) if of.sum() < TOLD_FROM else share

    @property
    def of_goal(self) -> Array:
        return np.abs(self.error) / (0.01 * self.dof + 0.01 * np.abs(self.shift))

    @property
    def of_limit(self) -> Array:
        return np.abs(self.error) / (0.025 * self.dof + 0.02 * np.abs(self.shift))


def accuracy(records: Sequence[Record]) -> list[str]:
    """The whole report."""
    counted = [record for record in records if record["counted"]]
    published = [record for record in counted if not fails(record)]
    lines = ["", *_census(records, counted), "", *_table(published), *_beside(records), "", *_bars(Values(published))]
    return [*lines, *_thirds(published)]


def fails(record: Record) -> bool:
    """Whether a flag keeps the series from being published unseen."""
    return bool(FAILS & Quality.from_names(record["flags"]))


def rms(values: Array) -> float:
    """Root mean square; NaN of nothing."""
    return math.sqrt(np.nanmean(values**2)) if values.size else math.nan


def verdict(holds: object) -> str:
    """How a bar is told."""
    return "holds " if holds else "MISSES"


def _census(records: Sequence[Record], counted: Sequence[Record]) -> list[str]:
    near = sum(record["magnification"] > 1 / 14 for record in counted)
    refused = [record for record in counted if not record["rows"]]
    failed = [record for record in counted if fails(record)]
    flags = Counter(flag for record in counted for flag in record["flags"])
    rows = [row for record in counted for row in record["rows"][1:]]
    silent = sum(not math.isfinite(row["half_width_mm"]) for row in rows)
    lenses = len({record["lens"] for record in counted})
    return [
        f"{len(records)} series, {len(counted)} counted, {near} of them nearer than 1/14, {lenses} lenses",
        f"nothing measured: {len(refused)} {[record['name'] for record in refused]}",
        f"held back by a flag: {len(failed)} {[record['name'] for record in failed]}",
        f"values without an interval: {silent} of {len(rows)}",
        f"flags: {dict(flags)}",
    ]


def _table(counted: Sequence[Record]) -> list[str]:
    values = Values(counted)
    return [
        "  ".join(f"{head:>10}" for head in HEADS),
        *(_row(f"f/{number:g}", values, values.f_number == number) for number in np.unique(values.f_number)),
        _row("all", values, np.ones(values.error.size, dtype=bool)),
    ]


def _row(name: str, values: Values, of: npt.NDArray[np.bool_]) -> str:
    half = values.half[of] / values.dof[of]
    cells = (
        name,
        f"{of.sum()}",
        f"{100 * values.borrowed[of].mean():.0f} %",
        f"{rms(values.of_goal[of]):.2f}",
        f"{_quantile(values.of_limit[of]):.2f}",
        f"{100 * values.covered[of].mean():.1f} %",
        f"{np.median(half):.4f}",
        f"{rms(values.focus[of] / values.dof[of]):.4f}",
    )
    return "  ".join(f"{cell:>{max(10, len(head))}}" for cell, head in zip(cells, HEADS, strict=True))


def _quantile(values: Array) -> float:
    return float(np.quantile(values, 0.95)) if values.size else math.nan


def _beside(records: Sequence[Record]) -> list[str]:
    """What would be if series held back were published too, and series too far for their paper."""
    counted = Values(record for record in records if record["counted"])
    far = Values(record for record in records if not record["counted"])
    lines = []
    for name, values in (("with those held back", counted), ("too far: wide or refused", far)):
        if values.error.size:
            lines.append(
                f"{name}: {values.error.size} values, rms/goal {rms(values.of_goal):.2f}, covered "
                f"{100 * values.covered.mean():.1f} %, half-width/DoF_w {np.median(values.half / values.dof):.4f}"
            )
    return lines


def _bars(values: Values) -> list[str]:
    """What the issue asks, line by line."""
    numbers = np.unique(values.f_number)

    def each(measure: Callable[[npt.NDArray[np.bool_]], float]) -> list[tuple[float, float]]:
        return [(float(n), measure(values.f_number == n)) for n in numbers]

    worst = max(of for _, of in each(lambda of: rms(values.of_goal[of])))
    outside = ", ".join(f"f/{n:g} {share:.0f} %" for n, share in each(values.cover) if not 90 <= share <= 99)
    pooled = 100 * float(values.covered.mean())
    within = 100 * float((values.of_limit <= 1).mean())
    half = 100 * float(np.median(values.half / values.dof))
    return [
        f"{verdict(worst <= 1)} rms/goal at most 1 at every f-number: worst {worst:.2f}",
        f"{verdict(within >= 95)} 95 % of errors within 2.5 % DoF_w + 2 %: {within:.1f} %",
        f"{verdict(92 <= pooled <= 98)} pooled coverage 92 to 98 %: {pooled:.1f} %",
        f"{verdict(not outside)} coverage at each f-number 90 to 99 %: outside {outside or 'none'}",
        f"{verdict(half <= 2.5)} median half-width at most 2.5 % of DoF_w: {half:.2f} %",
    ]


def _thirds(counted: Sequence[Record]) -> list[str]:
    """Coverage in thirds of the series by the size of their largest shift, in depths of field."""
    known = [record for record in counted if Values([record]).error.size]
    known.sort(key=lambda record: float(np.abs(Values([record]).shift).max()) / record["dof_w_mm"])
    ends = np.linspace(0, len(known), 4).round().astype(int)
    parts = [Values(known[start:stop]) for start, stop in pairwise(ends)]
    covers = [100 * float(part.covered.mean()) for part in parts if part.error.size]
    told = ", ".join(f"{cover:.1f} %" for cover in covers)
    return [f"{verdict(min(covers) >= 85)} coverage in thirds by size of shift at least 85 %: {told}"]
