"""How true the statistics of copies are, over simulated populations of known truth.

    python -m tests.benchmarks.copies [--n 400] [--seed 1]

Per cent throughout. A `!` stands where even the favourable end of a figure's own 95 % interval misses the goal: with
spread and honest errors the mean is covered in 93 to 97 and the next copy in 91 to 97, elsewhere in 93 and 87 at least;
false verdicts and the sizes of the tests are 5 at most. The f-number is 2.4, half a pixel's depth of focus 7.2 µm.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from scipy import stats

from analysis.copies import Kind, distance_test, population, spreads_of, verdict
from tests.benchmarks.populations import REPEAT_SD_UM, Cell, DistanceCell, draw, draw_at_distances

F_NUMBER = 2.4
SPREADS_EVERY = 8
"""Profile intervals are looked at in every eighth population: they cost most."""


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

    def told(self, low: float = 0.0, high: float = 100.0) -> str:
        if not self.n:
            return "-"
        return f"{self.percent:.1f}{'!' if self.is_outside(low, high) else ''}"


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
    kinds: dict[Kind, Rate]


def _holds(interval: tuple[float, float], value: float) -> bool:
    return interval[0] <= value <= interval[1]


def try_cell(cell: Cell, n: int, seed: int) -> Outcome:
    """Draw and judge n populations of one kind."""
    hits: Counter[str] = Counter()
    kinds: Counter[Kind] = Counter()
    widths = []
    for number in range(n):
        drawn = draw(cell, np.random.default_rng([seed, crc32(cell.name.encode()), number]))
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
        kinds={kind: Rate(kinds[kind], n) for kind in Kind},
    )


def _spreads_held(cell: Cell, sessions: list) -> Counter[str]:
    """Whether the profile intervals hold the truth; only where errors are honest and no batch or odd copy adds."""
    if cell.claimed != 1 or cell.batch_sd or cell.odd or cell.sessions == (1, 1):
        return Counter()
    found = spreads_of(sessions)
    tried = Counter({"copy sd tried": 1, "copy sd": int(_holds(found.copy_sd95, cell.copy_sd))})
    if not np.isnan(found.repeat_sd95[0]):
        tried.update({"repeat sd tried": 1, "repeat sd": int(_holds(found.repeat_sd95, REPEAT_SD_UM))})
    return tried


def cells() -> list[Cell]:
    """Every kind of population."""
    made = [
        Cell(f"{k} copies, mean {mean:g}, sd {sd:g}, claimed ×{claimed:g}", k, mean, sd, claimed)
        for mean, sd, claimed, k in itertools.product((20.0, 0.0), (2.0, 0.0), (1.0, 0.5, 2.0), (3, 5, 8, 15))
    ]
    made += [Cell(f"{k} copies, mean 20, sd 2, one session", k, sessions=(1, 1)) for k in (3, 5, 8, 15)]
    made += [Cell(f"{k} copies, mean 0, sd 8", k, 0.0, 8.0) for k in (3, 5, 8, 15)]
    made += [
        Cell(f"{b}×{k // b} in batches, mean 0, batch sd {sd:g}", k, 0.0, 1.5, batches=b, batch_sd=sd)
        for sd, (b, k) in itertools.product((0.0, 8.0), ((3, 6), (3, 9), (4, 12), (5, 15)))
    ]
    made += [Cell(f"{k} copies, mean 0, one odd by 10 sd", k, 0.0, 2.0, odd=20.0) for k in (5, 8, 15)]
    return made


def distance_cells() -> list[DistanceCell]:
    """Every kind of population at several distances."""
    return [
        DistanceCell(
            f"{k} copies, {m} distances, {'one rig' if rig else 'own rigs'}, trend {trend:.0%}, claimed ×{claimed:g}",
            k,
            m,
            trend,
            claimed,
            one_rig=rig,
        )
        for trend, claimed in ((0.0, 1.0), (0.0, 0.5), (0.0, 2.0), (0.2, 1.0), (0.4, 1.0))
        for rig in (True, False)
        for k, m in ((3, 2), (5, 3), (15, 4))
    ]


def try_distances(cell: DistanceCell, n: int, seed: int) -> Rate:
    """How often constancy is refuted, of the populations where it can be tested."""
    found = [
        distance_test(draw_at_distances(cell, np.random.default_rng([seed, crc32(cell.name.encode()), number])))
        for number in range(n)
    ]
    tested = [one for one in found if one.is_tested]
    return Rate(sum(one.changes for one in tested), len(tested))


def few_copies_said_enough(n: int, seed: int) -> Rate:
    """How often one or two copies led to any conclusion."""
    said = 0
    for number in range(n):
        sessions = draw(Cell("few", 1 + number % 2), np.random.default_rng([seed, number])).sessions
        found = population(sessions)
        said += verdict(sessions, F_NUMBER).kind is not Kind.UNDECIDED or found.is_conclusive
        said += not np.isnan(found.prediction95[0])
    return Rate(said, n)


def row(cell: Cell, found: Outcome) -> str:
    """One line of the table."""
    plain = cell.copy_sd > 0 and cell.claimed == 1 and not cell.odd and not cell.batches
    is_null = cell.mean_um == 0
    kinds = found.kinds
    of_mean, of_next = (
        ("-", "-")
        if cell.odd
        else (
            found.mean.told(93, 97 if plain else 100),
            found.next_copy.told(91 if plain else 87, 97 if plain else 100),
        )
    )
    told = [
        of_mean,
        of_next,
        f"{found.half_width:.1f}",
        found.copy_sd.told(),
        found.repeat_sd.told(),
        found.odd.told(high=100 if cell.odd or cell.batch_sd else 5),
        found.batch.told(high=100 if cell.batch_sd else 5),
        kinds[Kind.NO_SHIFT].told(high=100 if is_null else 5),
        kinds[Kind.DESIGN].told(high=5 if is_null else 100),
        kinds[Kind.SPECIMEN].told(high=100 if cell.odd else 5),
        kinds[Kind.BATCH].told(high=100 if cell.batch_sd else 5),
        kinds[Kind.UNDECIDED].told(),
    ]
    return f"{cell.name:<44}" + "".join(f"{text:>9}" for text in told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=400, help="populations of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    n, seed = arguments.n, arguments.seed
    heads = (
        "mean",
        "next",
        "± µm",
        "copy sd",
        "repeat",
        "odd",
        "batches",
        "no shift",
        "design",
        "specimen",
        "batch",
        "undec.",
    )
    print(f"{n} populations of each kind\n" + " " * 44 + "".join(f"{head:>9}" for head in heads))
    for cell in cells():
        print(row(cell, try_cell(cell, n, seed)), flush=True)
    print(f"\n{'constancy over distance refuted':<76}{'%':>9}")
    for case in distance_cells():
        print(f"{case.name:<76}{try_distances(case, n, seed).told(high=100 if case.trend else 5):>9}", flush=True)
    print(f"\nconclusions from one or two copies: {few_copies_said_enough(n, seed).told(high=0)}")


if __name__ == "__main__":
    main()
