"""How true the statistics of copies are, over simulated populations of known truth.

    python -m tests.benchmarks.copies [--n 2000] [--seed 1]

Per cent throughout; the f-number is 2.4, half a pixel's depth of focus 7.2 µm. The goals: with spread and honest errors
the mean is covered in 93 to 97 and the next copy in 91 to 97, elsewhere in 93 and 87 at least; false verdicts and the
sizes of the tests are 5 at most. A `!` stands at a figure whose own 95 % interval lies outside its goal. Figures
without a goal are power, or what was said instead.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from analysis.copies import Kind
from tests.benchmarks.copies_trials import (
    Outcome,
    Rate,
    few_copies_said_enough,
    try_cell,
    try_distances,
    try_sizes,
)
from tests.benchmarks.populations import Cell, DistanceCell
from tests.benchmarks.running import Job, Record, parser, run

_SAID = (Kind.NO_SHIFT, Kind.DESIGN, Kind.SPECIMEN, Kind.BATCH)
HEADS = ("mean", "next", "± µm", "copy sd", "repeat", "odd", "batches", *map(str, _SAID), "undec.")
WIDTH = 52


@dataclass
class Table:
    """Figures as they are printed, and which of them missed their goal."""

    held: int = 0
    missed: int = 0

    def told(self, rate: Rate, low: float = 0.0, high: float = 100.0) -> str:
        """A figure, marked where it misses; only one with a goal counts."""
        if not rate.n:
            return "-"
        misses = rate.is_outside(low, high)
        if (low, high) != (0.0, 100.0):
            self.missed += misses
            self.held += not misses
        return f"{rate.percent:.1f}{'!' if misses else ''}"

    def conclusion(self) -> str:
        return f"{'misses' if self.missed else 'holds'}: {self.held} of {self.held + self.missed} goals are met"


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
    made += [
        Cell(f"4×3 in batches, mean 0, batch sd 0, claimed ×{claimed:g}", 12, 0.0, 1.5, claimed, batches=4)
        for claimed in (0.5, 2.0)
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


def row(table: Table, cell: Cell, found: Outcome) -> str:
    """One line of the table."""
    plain = cell.copy_sd > 0 and cell.claimed == 1 and not cell.odd and not cell.batches
    is_null, kinds = cell.mean_um == 0, found.kinds
    is_unseen = is_null and cell.copy_sd <= 2 and not cell.batch_sd and not cell.odd
    of_mean = "-" if cell.odd else table.told(found.mean, 93, 97 if plain else 100)
    of_next = "-" if cell.odd else table.told(found.next_copy, 91 if plain else 87, 97 if plain else 100)
    told = [
        of_mean,
        of_next,
        f"{found.half_width:.1f}",
        table.told(found.copy_sd),
        table.told(found.repeat_sd),
        table.told(found.odd, high=100 if cell.odd or cell.batch_sd else 5),
        table.told(found.batch, high=100 if cell.batch_sd else 5),
        table.told(kinds[Kind.NO_SHIFT], high=100 if is_unseen else 5),
        table.told(kinds[Kind.DESIGN], high=5 if is_null else 100),
        table.told(kinds[Kind.SPECIMEN], high=100 if cell.odd else 5),
        table.told(kinds[Kind.BATCH], high=100 if cell.batch_sd else 5),
        table.told(kinds[Kind.UNDECIDED]),
    ]
    return line(cell.name, told)


def distance_row(table: Table, cell: DistanceCell, record: Record) -> str:
    """One line of the second table."""
    refuted, *sizes = (Rate(**rate) for rate in (record["refuted"], *record["sizes"]))
    told = [table.told(refuted, high=100 if cell.trend else 5), *(table.told(rate, 93) for rate in sizes)]
    return line(cell.name, told, 2 * WIDTH - 20)


def line(name: str, figures: Sequence[str], width: int = WIDTH) -> str:
    return f"{name:<{width}}" + "".join(f"{figure:>9}" for figure in figures)


def works(n: int, seed: int) -> dict[str, Callable[[], Record]]:
    """Every piece of work by its name."""
    made: dict[str, Callable[[], Record]] = {cell.name: partial(_try_cell, cell, n, seed) for cell in cells()}
    made |= {cell.name: partial(_try_distances, cell, n, seed) for cell in distance_cells()}
    made["few"] = partial(_try_few, n, seed)
    return {f"{name}, {n} of seed {seed}": work for name, work in made.items()}


def _try_cell(cell: Cell, n: int, seed: int) -> Record:
    return try_cell(cell, n, seed).to_json()


def _try_distances(cell: DistanceCell, n: int, seed: int) -> Record:
    sizes = try_sizes(cell, n, seed)
    return {"refuted": asdict(try_distances(cell, n, seed)), "sizes": [asdict(rate) for rate in sizes]}


def _try_few(n: int, seed: int) -> Record:
    return asdict(few_copies_said_enough(n, seed))


def work(job: Job, *, n: int, seed: int) -> Record:
    return {"name": job.name, **works(n, seed)[job.name]()}


def main() -> None:
    arguments = parser(__doc__, n=2000).parse_args()
    n, seed = arguments.n, arguments.seed
    records = run(works(n, seed), partial(work, n=n, seed=seed), arguments, keep="copies", packages=("copies",))
    found, table = iter(records), Table()
    print(f"\n{n} populations of each kind\n{line('', HEADS)}")
    for cell in cells():
        print(row(table, cell, Outcome.from_json(next(found))))
    heads = ("refuted", "0.44 m", "1 m", "2 m", "3 m")
    print("\n" + line("constancy over distance; typical size held at", heads, 2 * WIDTH - 20))
    for case in distance_cells():
        print(distance_row(table, case, next(found)))
    few = next(found)
    print(f"\nconclusions from one or two copies: {table.told(Rate(few['hits'], few['n']), high=0)}")
    print(f"\n{table.conclusion()}")


if __name__ == "__main__":
    main()
