"""Whether a photo's edges can be believed: exposure, contrast, sharpening."""

from __future__ import annotations

from typing import Final

import numpy as np

from analysis.flags import FINE, Quality
from analysis.focus.curve import FocusCurve
from analysis.sfr.rows import EdgeContrast

CLIPPED_LEVEL: Final = 0.98
CLIPPED_SHARE: Final = 0.005
LEAST_CONTRAST: Final = 3.0
"""Paper over bar; the chart has about 7."""
SHARPENED_MTF: Final = 1.06
"""No lens transfers more than there is; sharpening does."""


def exposure_flags(contrast: EdgeContrast, curve: FocusCurve) -> Quality:
    """Flags of one photo.

    Parameters
    ----------
    contrast, curve : of the photo, edges apart and joined.
    """
    seen = contrast.rows > 0
    paper = contrast.level[seen]
    bar = paper - (contrast.step[seen] / contrast.rows[seen])
    flags = FINE
    if np.mean(paper > CLIPPED_LEVEL) > CLIPPED_SHARE:
        flags |= Quality.CLIPPED
    if np.median(paper / np.maximum(bar, 1e-6)) < LEAST_CONTRAST:
        flags |= Quality.LOW_CONTRAST
    strong = np.nanquantile(curve.mtf_squared[1:3], 0.98, axis=1)
    if np.nanmax(strong) > SHARPENED_MTF**2:
        flags |= Quality.SHARPENED
    return flags
