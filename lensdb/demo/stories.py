"""What the lenses of the demo are made to be, and so what their pages must come to say.

The lenses bear real names; their aberrations are invented, and every series is marked as simulated. A page knows
nothing of what is planted here: it sees the photographs only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.copies import Kind
from lensdb.demo.cast import ADA, BRUNO, CHIARA, Person

BODY, SECOND_BODY = "LensDB Simulator", "LensDB Simulator II"


@dataclass(frozen=True, slots=True)
class Outing:
    """One evening with the chart: who, how far from it, on which body."""

    photographer: Person
    distance_m: float
    body: str = BODY


@dataclass(frozen=True, slots=True)
class PlannedCopy:
    """One physical lens.

    ``more_w040_waves`` is spherical aberration that this copy has and the design has not, as an element at a wrong
    distance gives it; ``batch`` begins its serial number.
    """

    outings: tuple[Outing, ...]
    more_w040_waves: float = 0.0
    batch: str = "SIM"


@dataclass(frozen=True, slots=True)
class Story:
    """A lens model, its copies, and what is true of it.

    ``changes_with_distance`` is None where nobody photographed a copy at two distances.
    """

    kind: Kind
    changes_with_distance: bool | None
    copies: tuple[PlannedCopy, ...]


def _outings(photographer: Person, *distances_m: float) -> tuple[Outing, ...]:
    return tuple(Outing(photographer, distance_m) for distance_m in distances_m)


STORIES: Final[Mapping[str, Story]] = {
    # All copies shift alike, near and far, on either body.
    "canon-ef-50-1.2": Story(
        Kind.DESIGN,
        changes_with_distance=False,
        copies=(
            PlannedCopy((*_outings(ADA, 0.55, 1.0, 2.0), Outing(ADA, 0.55, SECOND_BODY))),
            PlannedCopy((*_outings(ADA, 0.55), Outing(ADA, 0.55, SECOND_BODY))),
            PlannedCopy((*_outings(BRUNO, 0.55), Outing(BRUNO, 0.55, SECOND_BODY), *_outings(CHIARA, 2.0))),
            PlannedCopy(_outings(BRUNO, 0.55)),
            PlannedCopy(_outings(CHIARA, 0.55, 2.0)),
        ),
    ),
    # Shifts close up, hardly at a distance; what it is called rests on the distance most copies were photographed at.
    "canon-ef-50-1.4": Story(
        Kind.DESIGN,
        changes_with_distance=True,
        copies=(
            PlannedCopy(_outings(ADA, 0.55, 1.0, 2.0)),
            PlannedCopy(_outings(BRUNO, 0.55, 2.0)),
            PlannedCopy(_outings(CHIARA, 0.55, 2.0)),
        ),
    ),
    # Well corrected, but for one copy.
    "sigma-35-1.4": Story(
        Kind.SPECIMEN,
        changes_with_distance=None,
        copies=(
            PlannedCopy(_outings(ADA, 0.55)),
            PlannedCopy(_outings(ADA, 0.55)),
            PlannedCopy(_outings(BRUNO, 0.55), more_w040_waves=3.0),
            PlannedCopy(_outings(CHIARA, 0.55)),
            PlannedCopy(_outings(CHIARA, 0.55)),
        ),
    ),
    # Three batches that differ, each of two copies that agree.
    "canon-ef-85-1.2": Story(
        Kind.BATCH,
        changes_with_distance=None,
        copies=tuple(
            PlannedCopy(_outings(owner, 0.85), more_w040_waves=more, batch=batch)
            for batch, more in (("S01", -1.6), ("S02", 0.0), ("S03", 1.6))
            for owner in (BRUNO, CHIARA)
        ),
    ),
    # Nothing to be seen.
    "canon-ef-100-2.8-macro": Story(
        Kind.NO_SHIFT,
        changes_with_distance=None,
        copies=tuple(PlannedCopy(_outings(owner, 1.5)) for owner in (ADA, BRUNO, CHIARA)),
    ),
    # A large shift, but of two copies only.
    "zeiss-sonnar-50-1.5": Story(
        Kind.UNDECIDED,
        changes_with_distance=None,
        copies=tuple(PlannedCopy(_outings(owner, 1.0)) for owner in (ADA, BRUNO)),
    ),
}
"""By the name of the simulator's preset."""
