"""How much the rims of the lens cut the widest pupil beside the axis, as the light of the photos tells it.

Wide open, rims in front of and behind the iris shade the picture away from the axis; stopped down, the iris lies within
them. Along the same edges the light of the widest photo over that of stopped-down ones therefore falls from the axis
outwards as the pupil's area does: lamps, paper and the slant of the rays are the same in both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.sfr.rows import EdgeContrast

Array = npt.NDArray[np.float64]

CLEAR_OF_RIMS: Final = 3.3
"""Photos at this many times the widest f-number are free of rims."""
_COARSE: Final = 0
_LEAST_CONTRAST_SQ: Final = 0.8
_LEAST_LIGHT: Final = 0.01
_LEAST_CELLS: Final = 100
_LEAST_SPREAD_MM: Final = 1.0
_HUBER: Final = 2.0
_ROUNDS: Final = 5


def log_light(contrast: EdgeContrast) -> Array:
    """(E, B) logarithm of the light on the bright side; NaN where blur mixes it with the dark one."""
    squared = contrast.power[:, _COARSE] / np.where(contrast.step_power > 0, contrast.step_power, np.inf)
    full = contrast.rows >= 0.6 * np.nanmax(contrast.rows)
    seen = full & (squared > _LEAST_CONTRAST_SQ) & (contrast.level > _LEAST_LIGHT)
    return np.log(np.where(seen, contrast.level, np.nan))


def rim_loss_per_mm(f_numbers: Sequence[float], lights: Sequence[Array], height_mm: Array) -> float:
    """Share of the widest pupil's area lost per mm of image height; NaN when the photos do not tell.

    Parameters
    ----------
    f_numbers : of the photos.
    lights : (E, B) per photo, from `log_light`.
    height_mm : (E, B) distance of each block of each edge from the centre of the picture, on the sensor.
    """
    numbers = np.asarray(f_numbers, dtype=np.float64)
    clear = numbers >= CLEAR_OF_RIMS * numbers.min()
    if not clear.any():
        return math.nan
    ratio = lights[int(numbers.argmin())] - np.mean(
        [light for light, free in zip(lights, clear, strict=True) if free], axis=0
    )
    seen = np.isfinite(ratio)
    height = height_mm[seen]
    if height.size < _LEAST_CELLS or height.std() < _LEAST_SPREAD_MM:
        return math.nan
    return -_robust_slope(height, ratio[seen])


def _robust_slope(x: Array, y: Array) -> float:
    basis, weight = np.stack([np.ones_like(x), x], axis=1), np.ones_like(x)
    slope = 0.0
    for _ in range(_ROUNDS):
        line = np.linalg.solve((basis * weight[:, None]).T @ basis, (basis * weight[:, None]).T @ y)
        off, slope = np.abs(y - basis @ line), float(line[1])
        scale = _HUBER * 1.4826 * float(np.median(off)) + 1e-9
        weight = np.minimum(1.0, scale / np.maximum(off, 1e-12))
    return slope
