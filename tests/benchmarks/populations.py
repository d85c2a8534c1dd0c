"""Simulated populations of copies whose truth is known: what the statistics of copies are tried on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.copies import DistantSession, Session

REPEAT_SD_UM = 0.7
SE_UM = (0.3, 1.0)
SHARED_SCALE = 0.015
DISTANCES_MM = (444.0, 700.0, 1000.0, 2000.0)
DISTANCE_SE = 0.005
MEAN_UM = 20.0


@dataclass(frozen=True)
class Cell:
    """One kind of population. Spreads and shifts in µm at the sensor.

    `claimed` is the claimed over the true standard error of a series; `odd` how far the last copy is from its kind.
    """

    name: str
    copies: int
    mean_um: float = 20.0
    copy_sd: float = 2.0
    claimed: float = 1.0
    sessions: tuple[int, int] = (1, 3)
    batches: int = 0
    batch_sd: float = 0.0
    odd: float = 0.0


@dataclass(frozen=True)
class Drawn:
    """The sessions of one population and the true shift of the next copy."""

    sessions: list[Session]
    next_um: float


def draw(cell: Cell, rng: np.random.Generator) -> Drawn:
    """A population of this kind; every number of it is an honest draw but for the error that is claimed."""
    stretch = 1 + rng.normal(0, SHARED_SCALE)  # common to all
    batch_um = rng.normal(0, cell.batch_sd, max(cell.batches, 1))
    rows = []
    for number in range(cell.copies):
        batch = number % cell.batches if cell.batches else 0
        odd = cell.odd if number == cell.copies - 1 else 0.0
        copy_um = cell.mean_um + batch_um[batch] + rng.normal(0, cell.copy_sd) + odd
        for _ in range(rng.integers(cell.sessions[0], cell.sessions[1] + 1)):
            se = rng.uniform(*SE_UM)
            value = stretch * (copy_um + rng.normal(0, REPEAT_SD_UM)) + rng.normal(0, se)
            name = f"batch {batch}" if cell.batches else ""
            rows.append(Session(f"copy {number:02}", value, cell.claimed * se, name))
    return Drawn(rows, cell.mean_um + rng.normal(0, cell.batch_sd) + rng.normal(0, cell.copy_sd))


@dataclass(frozen=True)
class DistanceCell:
    """One kind of population at several distances.

    `trend` is the share of its near shift that the lens loses towards infinity; with `one_rig` all copies stand on the
    same rig and share its errors of distance.
    """

    name: str
    copies: int
    distances: int
    trend: float = 0.0
    claimed: float = 1.0
    one_rig: bool = True

    def mean_um(self, s_mm: float) -> float:
        """The lens's true shift at a distance."""
        return MEAN_UM * (1 - self.trend * (1 - DISTANCES_MM[0] / s_mm))


def draw_at_distances(cell: DistanceCell, rng: np.random.Generator) -> list[DistantSession]:
    """Each copy once at two distances or more."""
    stretch = 1 + rng.normal(0, SHARED_SCALE)  # common to all
    at_mm = np.sort(rng.choice(DISTANCES_MM, cell.distances, replace=False))
    errors: dict[tuple[str, float], float] = {}
    rows = []
    for number in range(cell.copies):
        copy_um = rng.normal(MEAN_UM, 2)
        rig = "rig" if cell.one_rig else f"rig {number}"
        for s_mm in rng.choice(at_mm, rng.integers(2, cell.distances + 1), replace=False):
            error = errors.setdefault((rig, float(s_mm)), rng.normal(0, 2 * DISTANCE_SE))
            true_um = copy_um * cell.mean_um(s_mm) / MEAN_UM + rng.normal(0, REPEAT_SD_UM)
            se = rng.uniform(*SE_UM)
            value = stretch * true_um * (1 + error) + rng.normal(0, se)
            rows.append(DistantSession(f"copy {number:02}", rig, float(s_mm), DISTANCE_SE, value, cell.claimed * se))
    return rows
