"""What is known of a series before it is fitted: how far lenses, irises, prints and tone curves may be off.

Widths were measured on simulated series; where the data say more they have the last word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.focus.wavefit import ABERRATION, CURVATURE, IRIS, MARKS, PARAXIAL, PUPIL, RIM, TONE

Array = npt.NDArray[np.float64]

PUPIL_SD: Final = 0.02
"""The size of all pupils against focal length and f-number as marked, relative."""
TILTED_PLANE: Final = 0.0009
"""Relative error of the scale of depth times magnification, of a plane of focus tilted by 0.05 degrees. All curves are
as much wider or narrower, as if pupils were smaller or larger."""
MARKS_SD: Final = 0.02
"""Stopped-down pupils against the open one, all alike: how the ring of marks stands."""
IRIS_SD: Final = 0.03
"""Each iris setting by itself against its mark."""
RIM_PRIOR: Final = (-0.013, 0.012)
"""What the lens's rims take off the widest pupil beside the axis, as a logarithm, on average over the edges."""
RIM_SEEN: Final = (-0.005, -0.2, 0.006)
"""The same where the fall of light tells it: a part that is always there, a share of the area lost, and the error."""
ABERRATION_SD: Final = (10.0, 2.5, 0.6)
"""W040, W060, W080 in waves: each order a quarter of the one before, as a series that converges has them. What errors
off the axis do to the widest photo must not pass for high orders, which bend all others."""
CURVATURE_SD: Final = 3.0
"""Field curvature in 1/m."""
ASTIGMATISM_SD: Final = 1.3
"""Curvature along the picture's columns against that across them, in 1/m, edges being upright: the tangential and the
sagittal surface of a fast lens lie 0.03 mm apart 7 mm from the axis."""
PRINT_BLUR_SQ: Final = (0.035**2, 0.040**2)
"""The print's blur: mean and standard deviation of its variance on paper, in mm^2."""
TONE_PRIOR: Final = (-0.03, 0.03)
"""What the tone curve does to L: the picture styles of cameras steepen the middle, by up to twice the mean."""
_UNKNOWN: Final = 1e4


@dataclass(frozen=True, slots=True)
class OffAxis:
    """What the edges of a series tell of the lens beside its axis.

    Attributes
    ----------
    rim_loss : share of the widest pupil's area that rims take where the edges are; NaN when not known.
    bend : curvature of the field across the picture in 1/m, and its standard error; None when not known.
    """

    rim_loss: float = math.nan
    bend: tuple[float, float] | None = None


NOT_TOLD: Final = OffAxis()


def tilt_told(magnification: float) -> float:
    """Share of what pupils seem too large or too small by that is a tilted plane of focus, as both are likely."""
    tilt = TILTED_PLANE / magnification
    return tilt**2 / (tilt**2 + PUPIL_SD**2)


def priors(orders: int, *, curved: bool, settings: int, magnification: float, off_axis: OffAxis) -> tuple[Array, Array]:
    """(D,), (D,) mean and standard deviation of the unknowns; 0 and 0 of those that are not fitted.

    Parameters
    ----------
    orders : of spherical aberration.
    curved : the field may be curved.
    settings : different f-numbers.
    magnification : of the chart.
    off_axis : what is known of the lens beside its axis.
    """
    mean, sd = np.zeros(IRIS + settings - 1), np.zeros(IRIS + settings - 1)
    sd[PARAXIAL] = _UNKNOWN
    sd[ABERRATION] = np.where(np.arange(3) < orders, ABERRATION_SD, 0.0)
    if curved:
        mean[CURVATURE], across = off_axis.bend or (0.0, CURVATURE_SD)
        sd[CURVATURE] = min(math.hypot(across, ASTIGMATISM_SD), CURVATURE_SD)
    sd[PUPIL], sd[MARKS], sd[IRIS:] = math.hypot(PUPIL_SD, TILTED_PLANE / magnification), MARKS_SD, IRIS_SD
    always, share, error = RIM_SEEN
    lost = off_axis.rim_loss
    mean[RIM], sd[RIM] = RIM_PRIOR if math.isnan(lost) else (always + share * max(0.0, lost), error)
    mean[TONE], sd[TONE] = TONE_PRIOR
    return mean, sd
