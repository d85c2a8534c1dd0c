"""Is it one series? The camera must not move and the focus ring must not turn between photos."""

from __future__ import annotations

from typing import Final

import numpy as np

from analysis.flags import FINE, Quality
from analysis.focus.law import SeriesFocus
from analysis.focus.optics import Setup
from analysis.sfr.motion import Motion

MOVED_PX: Final = 2.0
MOVED_SCALE: Final = 5e-4
"""Growth of the image: the camera came nearer by this share of the distance."""
REFOCUSED_OF_DOF: Final = 0.06
REFOCUSED_SIGMAS: Final = 4.0


def motion_flags(motion: Motion | None) -> Quality:
    """Whether a photo was taken from another place than the reference photo."""
    if motion is None:
        return FINE
    flags = FINE
    if motion.sideways_px > MOVED_PX:
        flags |= Quality.CAMERA_MOVED
    if abs(motion.scale) > max(MOVED_SCALE, 4 * motion.scale_se):
        flags |= Quality.CAMERA_MOVED_AXIS
    return flags


def refocused(series: SeriesFocus, setup: Setup) -> list[Quality]:
    """Photos whose own peak the others cannot explain: the focus ring was turned."""
    least = REFOCUSED_OF_DOF * setup.dof_w_per_mm
    off = np.abs(series.innovation) > np.maximum(least, REFOCUSED_SIGMAS * series.innovation_se)
    return [Quality.REFOCUSED if bad else FINE for bad in off]
