"""Whether a photo's edges can be believed: exposure, contrast, sharpening."""

from __future__ import annotations

import math
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the edges of one photo look like.

    Attributes
    ----------
    clipped_share : of the places along the edges where the paper is at its brightest.
    contrast : light of the paper over that of the bars, median.
    edge_mtf : highest contrast transferred at 10 or 20 lp/mm.
    """

    clipped_share: float
    contrast: float
    edge_mtf: float

    @property
    def flags(self) -> Quality:
        """What is to be doubted."""
        flags = FINE
        if self.clipped_share > CLIPPED_SHARE:
            flags |= Quality.CLIPPED
        if self.contrast < LEAST_CONTRAST:
            flags |= Quality.LOW_CONTRAST
        if self.edge_mtf > SHARPENED_MTF:
            flags |= Quality.SHARPENED
        return flags


def exposure_of(contrast: EdgeContrast, curve: FocusCurve) -> Exposure:
    """The exposure of one photo, from its edges apart and joined."""
    seen = contrast.rows > 0
    paper = contrast.level[seen]
    bar = paper - (contrast.step[seen] / contrast.rows[seen])
    strong = float(np.nanmax(np.nanquantile(curve.mtf_squared[1:3], 0.98, axis=1)))
    return Exposure(
        clipped_share=float(np.mean(paper > CLIPPED_LEVEL)),
        contrast=float(np.median(paper / np.maximum(bar, 1e-6))),
        edge_mtf=math.sqrt(max(strong, 0.0)),
    )
