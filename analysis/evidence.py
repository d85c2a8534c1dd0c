"""The few numbers a flag was raised on, kept with the result so that it can be drawn and disputed later.

Everything is as seen whether or not it led to a flag; NaN where it was not seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

NAN = math.nan


@dataclass(frozen=True, slots=True)
class PhotoEvidence:
    """What one photo showed.

    Attributes
    ----------
    right_px, down_px : movement of the picture since the first photo, in its middle.
    growth, growth_se : relative growth of the picture since then: the camera came nearer, or the ring was turned.
    slip_mm, slip_se_mm : by how much its focus stands off what all other photos say of it.
    off_fit_mm, off_fit_se_mm : its own peak minus the fit over the series.
    clipped_share : of the places along the edges where the paper is at its brightest.
    contrast : light of the paper over that of the bars.
    edge_mtf : highest contrast transferred at 10 or 20 lp/mm; no lens exceeds 1.
    noise_levels, fine_noise_share : coarse noise of the bare paper in levels of 255, and fine over coarse noise power.
    """

    right_px: float = NAN
    down_px: float = NAN
    growth: float = NAN
    growth_se: float = NAN
    slip_mm: float = NAN
    slip_se_mm: float = NAN
    off_fit_mm: float = NAN
    off_fit_se_mm: float = NAN
    clipped_share: float = NAN
    contrast: float = NAN
    edge_mtf: float = NAN
    noise_levels: float = NAN
    fine_noise_share: float = NAN


@dataclass(frozen=True, slots=True)
class SeriesEvidence:
    """What the series as a whole showed.

    Attributes
    ----------
    limits : the thresholds that were in force, by the name of what they limit.
    iris : (f-number, opening over what the mark says) by the fit over the series.
    misfit : RMS of the fit's residuals in their standard deviations.
    tone : (reflectance, light) of the grey steps, both 1 on average; ``tone_exponent`` is their slope in logarithms.
    centre_x, centre_y : where the chart's centre lies in the picture, from 0 (left, top) to 1.
    print_scale : length of the print over the design's, by the distance that was given.
    depth_scale : what depths on the chart were multiplied by, for a plane of focus that is likely tilted.
    """

    limits: dict[str, float] = field(default_factory=dict)
    iris: tuple[tuple[float, float], ...] = ()
    misfit: float = NAN
    tone: tuple[tuple[float, float], ...] = ()
    tone_exponent: float = NAN
    centre_x: float = NAN
    centre_y: float = NAN
    print_scale: float = NAN
    depth_scale: float = 1.0
