"""What becomes of simulated populations of copies: drawn, judged, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np
from scipy import stats

from analysis.copies import Kind, Session, curve, distance_test, population, spreads_of, verdict
from analysis.results import Interval
from tests.benchmarks.populations import DISTANCES_MM, REPEAT_SD_UM, Cell, DistanceCell, draw, draw_at_distances

F_NUMBER = 2.4
SPREADS_EVERY = 8
"""Profile intervals are looked at in every eighth population: they cost most."""
SIZES_AT_MM = (DISTANCES_MM[0], 1000.0, 2000.0, 3000.0)
"""Where the typical size is looked at; the farthest is always extrapolated."""


@dataclass(frozen=True)
class Rate:
    """How often, and what is known of how often."""

    hits: int
    n: int

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.n if self.n else np.nan

    def is_outside(self, low: float, high: float) -> bool:
        """Whether the goal, in per cent, lies outside the exact interval of this rate."""
        found = stats.binomtest(self.hits, self.n).proportion_ci(0.95)
        return 100 * found.high < low or 100 * found.low > high


@dataclass(frozen=True)
class Outcome:
    """What became of the populations of one cell."""

    mean: Rate
    next_copy: Rate
    copy_sd: Rate
    repeat_sd: Rate
    half_width: float
    odd: Rate
    batch: Rate
    kinds: dict[str, Rate]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Outcome:
        rates = {name: Rate(**record[name]) for name in ("mean", "next_copy", "copy_sd", "repeat_sd", "odd", "batch")}
        kinds = {kind: Rate(**rate) for kind, rate in record["kinds"].items()}
        return cls(half_width=record["half_width"], kinds=kinds, **rates)


def _rng(name: str, seed: int, number: int) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(name.encode()), number])


def _holds(interval: Interval, value: float) -> bool:
    return interval[0] <= value <= interval[1]


def try_cell(cell: Cell, n: int, seed: int) -> Outcome:
    """Draw and judge n populations of one kind."""
    hits: Counter[str] = Counter()
    kinds: Counter[Kind] = Counter()
    widths = []
    for number in range(n):
        drawn = draw(cell, _rng(cell.name, seed, number))
        said = verdict(drawn.sessions, F_NUMBER)
        together = said.together
        kinds[said.kind] += 1
        hits["mean"] += _holds(together.interval95, cell.mean_um)
        hits["next"] += _holds(together.prediction95, drawn.next_um)
        hits["odd"] += bool(said.odd)
        hits["batch tested"] += not np.isnan(said.batch_p)
        hits["batch"] += said.batch_p < 0.05
        widths.append((together.interval95[1] - together.interval95[0]) / 2)
        if number % SPREADS_EVERY == 0:
            hits.update(_spreads_held(cell, drawn.sessions))
    return Outcome(
        mean=Rate(hits["mean"], n),
        next_copy=Rate(hits["next"], n),
        copy_sd=Rate(hits["copy sd"], hits["copy sd tried"]),
        repeat_sd=Rate(hits["repeat sd"], hits["repeat sd tried"]),
        half_width=float(np.median(widths)),
        odd=Rate(hits["odd"], n if cell.copies >= 5 else 0),
        batch=Rate(hits["batch"], hits["batch tested"]),
        kinds={str(kind): Rate(kinds[kind], n) for kind in Kind},
    )


def _spreads_held(cell: Cell, sessions: list[Session]) -> Counter[str]:
    """Whether the profile intervals hold the truth; only where errors are honest and no batch or odd copy adds."""
    if cell.claimed != 1 or cell.batch_sd or cell.odd or cell.sessions == (1, 1):
        return Counter()
    found = spreads_of(sessions)
    tried = Counter({"copy sd tried": 1, "copy sd": int(_holds(found.copy_sd95, cell.copy_sd))})
    if not np.isnan(found.repeat_sd95[0]):
        tried.update({"repeat sd tried": 1, "repeat sd": int(_holds(found.repeat_sd95, REPEAT_SD_UM))})
    return tried


def try_distances(cell: DistanceCell, n: int, seed: int) -> Rate:
    """How often constancy is refuted, of the populations where it can be tested."""
    drawn = (draw_at_distances(cell, _rng(cell.name, seed, number)) for number in range(n))
    tested = [found for found in map(distance_test, drawn) if found.is_tested]
    return Rate(sum(found.changes for found in tested), len(tested))


def try_sizes(cell: DistanceCell, n: int, seed: int) -> list[Rate]:
    """How often the interval of the typical size holds the truth, at each of `SIZES_AT_MM`."""
    held = np.zeros(len(SIZES_AT_MM), int)
    for number in range(n):
        found = curve(draw_at_distances(cell, _rng(cell.name, seed, number)), nearest_mm=DISTANCES_MM[0])
        held += [_holds(found.at(s_mm)[1], cell.mean_um(s_mm)) for s_mm in SIZES_AT_MM]
    return [Rate(int(hits), n) for hits in held]


def few_copies_said_enough(n: int, seed: int) -> Rate:
    """How often one or two copies led to any conclusion."""
    said = 0
    for number in range(n):
        sessions = draw(Cell("few", 1 + number % 2), np.random.default_rng([seed, number])).sessions
        found = population(sessions)
        said += verdict(sessions, F_NUMBER).kind is not Kind.UNDECIDED or found.is_conclusive
        said += not np.isnan(found.prediction95[0])
    return Rate(said, n)
