"""The differences between the colours of a whole series.

Colours part by a vergence that does not depend on the opening (longitudinal colour) and by one that goes with its
square (spherical aberration differs between colours). So ``d(N) = a + b r^2`` with ``r = N_w / N``, and the wide
photos, whose curves are narrow, speak for the others, as they do of best focus itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.focus.colour import PhotoColour, Slide
from analysis.focus.optics import Setup

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEAST_F_NUMBERS: Final = 3
FAST_STOPS: Final = 3.3
"""The law is laid through photos up to so many times the widest f-number: further on compression of the file takes the
faint differences between the colours away."""
_SQUARE_OF_DOF: Final = 0.05
"""Prior of b, its standard deviation in units of DoF_w."""
_SYSTEMATIC: Final = (0.03, 0.12)
"""Of a difference: the colours' curves are not quite of one shape. The second is that of files that hold colour
coarsely, where differences come out up to a quarter too small."""
MEASURED_WITHIN: Final = 2.0
"""A difference is measured at an f-number when its photos alone know it within this many times the error given."""


@dataclass(frozen=True)
class SeriesColour:
    """Differences to green at each different f-number, in vergence (1/mm); NaN where they are not known.

    Attributes
    ----------
    f_numbers : (K,) different ones, widest first.
    by_per_mm, se_per_mm : (3, K) red, blue and luminance minus green, and their standard errors.
    measured : (K,) red and blue are known from the photos at that f-number alone.
    subsampled : (K,) a photo at that f-number holds colour coarsely.
    frequency_lp_mm : (K,) at which colours were compared, the lower one where photos differ.
    """

    f_numbers: Array
    by_per_mm: Array
    se_per_mm: Array
    measured: Mask
    subsampled: Mask
    frequency_lp_mm: Array


def solve_colours(
    f_numbers: Sequence[float], photos: Sequence[PhotoColour | None], setup: Setup
) -> SeriesColour | None:
    """Combine the photos of a series; None when none was compared.

    Parameters
    ----------
    f_numbers, photos : one per photo, any order.
    setup : geometry of the series.
    """
    seen = [(n, photo) for n, photo in zip(f_numbers, photos, strict=True) if photo is not None]
    if not seen:
        return None
    distinct, which = np.unique([n for n, _ in seen], return_inverse=True)
    coarse = np.array([photo.subsampled for _, photo in seen])
    frequency = np.array([photo.frequency_lp_mm for _, photo in seen])
    solved = [
        _solve([getattr(photo, name) for _, photo in seen], which, distinct, setup)
        for name in ("red", "blue", "luminance")
    ]
    by = np.array([one.by for one in solved])
    systematic = np.array([_SYSTEMATIC[bool(coarse[which == k].any())] for k in range(distinct.size)])
    se = np.hypot([one.se for one in solved], systematic * by)
    own = np.array([one.own_se for one in solved[:2]])
    return SeriesColour(
        distinct,
        by,
        se,
        np.asarray((own <= MEASURED_WITHIN * se[:2]).all(axis=0)),
        np.array([bool(coarse[which == k].any()) for k in range(distinct.size)]),
        np.array([frequency[which == k].min() for k in range(distinct.size)]),
    )


@dataclass(frozen=True)
class _Solved:
    """(K,) difference at each f-number, its error, and the error of the photos at that f-number alone."""

    by: Array
    se: Array
    own_se: Array


def _solve(slides: Sequence[Slide], which: npt.NDArray[np.intp], distinct: Array, setup: Setup) -> _Solved:
    unit = setup.dof_w_per_mm
    value = np.array([slide.by_per_mm for slide in slides]) / unit
    weight = np.array([(unit / slide.se_per_mm) ** 2 for slide in slides])
    known = np.isfinite(value) & np.isfinite(weight)
    value, weight, which = value[known], weight[known], which[known]
    total = np.bincount(which, weight, minlength=distinct.size)
    safe = np.where(total > 0, total, np.nan)
    own, own_se = np.bincount(which, weight * value, minlength=distinct.size) / safe, 1 / np.sqrt(safe)
    fast = distinct[which] <= FAST_STOPS * setup.widest_f_number
    value, weight, which = value[fast], weight[fast], which[fast]
    if np.unique(which).size < LEAST_F_NUMBERS:
        return _Solved(unit * own, unit * own_se, unit * np.nan_to_num(own_se, nan=np.inf))
    ratio_sq = (setup.widest_f_number / distinct) ** 2
    law = np.stack([np.ones_like(ratio_sq), ratio_sq], axis=1)
    design = law[which] * np.sqrt(weight)[:, None]
    normal = design.T @ design + np.diag([0.0, _SQUARE_OF_DOF**-2])
    covariance = np.linalg.inv(normal)
    unknown = covariance @ (design.T @ (value * np.sqrt(weight)))
    rest = float((weight * (value - law[which] @ unknown) ** 2).sum()) / max(1, value.size - 2)
    se = np.sqrt(np.einsum("ki,ij,kj->k", law, covariance, law) * max(1.0, rest))
    return _Solved(unit * (law @ unknown), unit * se, unit * np.nan_to_num(own_se, nan=np.inf))
