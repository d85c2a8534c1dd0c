"""Is it one series? The camera must not move and the focus ring must not turn between photos.

Both change the size of the image. They are told apart by what they do to best focus: pushing the camera nearer by
``dz`` grows the image by ``dz / s`` and leaves the plane of focus at its distance from the lens, so that on the chart
it moves by ``-dz / s^2`` in vergence; turning the ring moves the plane itself, and the image grows by ``v0`` times its
vergence in a lens that is focused as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.flags import FINE, Quality
from analysis.focus.law import LEAST_F_NUMBERS, SeriesFocus, solve_series
from analysis.focus.optics import Setup
from analysis.focus.peak import Peak
from analysis.sfr.motion import Motion

Array = npt.NDArray[np.float64]

MOVED_PX: Final = 2.0
MOVED_SCALE: Final = 5e-4
"""Growth of the image that is a fault: the camera came nearer by this share of the distance."""
NOTICED_SCALE: Final = 1e-4
"""Growth of the image that is looked into; sharpening and a curved field feign up to 8e-5."""
_LEAST_STEP: Final = 0.05
"""Of the pupil's area, between two photos that tell what coma does."""
_MOST_COMA: Final = 1e-3
"""Growth of the image that coma can feign."""
_BESIDE_COMA: Final = 2e-4
_RIMS_BESIDE_COMA: Final = 3e-4
"""What may be left of growth beside coma's share, and at the widest f-number, where rims cut the comatic tail."""
REFOCUSED_OF_DOF: Final = 0.06
REFOCUSED_SIGMAS: Final = 4.0
_CLEARLY_BETTER: Final = 9.0


@dataclass(frozen=True)
class Consistent:
    """The series solved by the law, and what was found out per photo.

    ``moved`` is what a movement along the axis added to each photo's vergences (1/mm), with the sign that takes it out
    again; it is taken out of ``peaks``.
    """

    series: SeriesFocus
    peaks: tuple[Peak | None, ...]
    moved: tuple[float, ...]
    flags: tuple[Quality, ...]


def solve_consistently(
    f_numbers: Sequence[float],
    peaks: Sequence[Peak | None],
    motions: Sequence[Motion | None],
    setup: Setup,
    frequency_lp_mm: float,
) -> Consistent:
    """Solve a series, deciding on the way whether the camera moved along the axis or the lens was refocused.

    Parameters
    ----------
    f_numbers, peaks, motions : one per photo in the order they were taken; movements are against the first.
    setup, frequency_lp_mm : as for `solve_series`.
    """
    growth = _without_coma(np.array([0.0 if motion is None else motion.scale for motion in motions]), f_numbers)
    error = np.array([0.0 if motion is None else motion.scale_se for motion in motions])
    growth[np.abs(growth) < np.maximum(NOTICED_SCALE, 4 * error)] = 0.0

    def solved(per_growth: float) -> tuple[SeriesFocus, tuple[Peak | None, ...]]:
        freed = tuple(
            None if peak is None else peak.moved(per_growth * grown) for peak, grown in zip(peaks, growth, strict=True)
        )
        return solve_series(f_numbers, freed, setup, frequency_lp_mm), freed

    per_growth = 1 / setup.distance_mm  # as if the camera moved
    series, freed = solved(per_growth)
    ring = growth.any() and series.lawful and _was_ring(series, solved(-1 / setup.image_distance_mm)[0], solved(0.0)[0])
    if ring:
        per_growth = 0.0
        series, freed = solved(per_growth)
    flags = [_sideways(motion) for motion in motions]
    for i, innovates in enumerate(_innovates(series, setup)):
        if innovates or (ring and growth[i] != 0):
            flags[i] |= Quality.REFOCUSED
        elif not ring and abs(growth[i]) > MOVED_SCALE:
            flags[i] |= Quality.CAMERA_MOVED_AXIS
    return Consistent(series, freed, tuple((per_growth * growth).tolist()), tuple(flags))


def _without_coma(growth: Array, f_numbers: Sequence[float]) -> Array:
    """Growth of the image since the first photo; none where coma feigns it all.

    Coma seems to displace edges in proportion to the pupil's area. The slope is the median of those between all pairs
    of photos (Theil and Sen). A moved camera leaves more than that line explains, and then growth is left as it is.
    """
    area = (min(f_numbers) / np.asarray(f_numbers, dtype=np.float64)) ** 2
    one, other = np.triu_indices(area.size, 1)
    step = area[one] - area[other]
    told = np.abs(step) > _LEAST_STEP
    if np.unique(area).size < LEAST_F_NUMBERS or not told.any():
        return growth
    slope = float(np.median((growth[one] - growth[other])[told] / step[told]))
    rest = growth - slope * area
    off = np.abs(rest - np.median(rest))
    allowed = np.where(area == area.max(), _RIMS_BESIDE_COMA, _BESIDE_COMA)
    explained = abs(slope) < _MOST_COMA and bool((off < allowed).all())
    return np.zeros_like(growth) if explained else growth


def _was_ring(moved: SeriesFocus, refocused: SeriesFocus, unexplained: SeriesFocus) -> bool:
    """Whether a turned ring, of a lens focused as a whole or otherwise, explains the photos better than a movement."""
    return min(refocused.misfit, unexplained.misfit) + _CLEARLY_BETTER < moved.misfit or (
        refocused.misfit < moved.misfit and unexplained.misfit < moved.misfit
    )


def _innovates(series: SeriesFocus, setup: Setup) -> list[bool]:
    """Photos whose own peak the others cannot explain."""
    least = REFOCUSED_OF_DOF * setup.dof_w_per_mm
    off = np.abs(series.innovation) > np.maximum(least, REFOCUSED_SIGMAS * series.innovation_se)
    return [bool(bad) for bad in off]


def _sideways(motion: Motion | None) -> Quality:
    return Quality.CAMERA_MOVED if motion is not None and motion.sideways_px > MOVED_PX else FINE
