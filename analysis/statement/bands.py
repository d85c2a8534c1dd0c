"""Bands of distance, for showing: series near the same distance stand in one column."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

_NOMINAL_M: Final = (0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0)
_FARTHEST_M: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Band:
    """Distances from the focal-plane mark from `low_m` up to, not with, `high_m`."""

    key: str
    label: str
    low_m: float
    high_m: float


def _bands() -> tuple[Band, ...]:
    borders = [math.sqrt(near * far) for near, far in itertools.pairwise(_NOMINAL_M)]
    edges = [0.0, *borders, _FARTHEST_M]
    return tuple(
        Band(f"{nominal:g}", f"{nominal:g} m{' and beyond' if high == _FARTHEST_M else ''}", low, high)
        for nominal, (low, high) in zip(_NOMINAL_M, itertools.pairwise(edges), strict=True)
    )


BANDS: Final = _bands()
"""From near to far, without gaps."""


def band_of(distance_m: float) -> Band:
    """The band a distance from the focal-plane mark belongs to."""
    return BANDS[bisect_right([band.low_m for band in BANDS], distance_m) - 1]
