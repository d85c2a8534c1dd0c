"""What the joint fit is made to: a few dozen points of ``L = -ln MTF`` around each peak of contrast of a series."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analysis.focus.curve import FocusCurve

Array = npt.NDArray[np.float64]

WINDOW: Final = 0.8
"""Fitted are the contiguous blocks with L below its minimum plus this."""
POINTS: Final = 32
"""Most points of a curve; blocks are averaged before the logarithm, so that noise does not bend it."""
_LEAST_POINTS: Final = 8
FREQUENCIES_LP_MM: Final = (10.0, 20.0, 40.0)
"""Lower ones look so wide that neighbouring bars enter."""
_LEAST_CONTRAST: Final = 0.03
_MOST_ERROR: Final = 0.25
_FLOOR: Final = 0.005
"""Error of L that more rows do not lower: paper, tone curve, what the model leaves out."""
_FALSE_CONTRAST: Final = 3e-4
"""Least contrast squared that is not of the edge: compression writes noise that neighbouring rows share."""
_FAR_CYCLES: Final = 3.0
"""Cycles across the blur disc from which on contrast is taken to be false; that of a disc is below 0.06 there."""
_CLEAR: Final = 10.0
"""A peak stands at least this many times above false contrast."""


@dataclass(frozen=True)
class Samples:
    """Points of G curves, one per photo and frequency, P places each.

    Attributes
    ----------
    photo : (G,) which photo.
    frequency : (G,) lp/mm on the sensor.
    vergence : (G, P) in 1/mm.
    log_contrast : (G, P) L.
    weight : (G, P) one over the variance of L; 0 where a place is empty.
    image_height_mm : (G, P) distance from the picture's middle row on the sensor; 0 when not known.
    group_change : (K, G, P) by how much L changes when a group of edges is left out; K may be 0.
    """

    photo: npt.NDArray[np.intp]
    frequency: Array
    vergence: Array
    log_contrast: Array
    weight: Array
    image_height_mm: Array
    group_change: Array

    def of(self, curves: npt.NDArray[np.bool_]) -> Samples:
        """Only these curves, (G,)."""
        return self._taken(lambda values: values[curves], lambda values: values[..., curves, :])

    def thinned(self) -> Samples:
        """Every third point: enough to find the way."""
        return self._taken(lambda values: values, lambda values: values[..., 1::3])

    def _taken(self, of_curves: Callable[[Any], Any], of_points: Callable[[Array], Array]) -> Samples:
        return Samples(
            of_curves(self.photo),
            of_curves(self.frequency),
            of_points(self.vergence),
            of_points(self.log_contrast),
            of_points(self.weight),
            of_points(self.image_height_mm),
            of_points(self.group_change),
        )


def take_samples(
    curves: Sequence[FocusCurve | None],
    blurs_mm2: Sequence[float],
    image_height_mm: Sequence[Array] | None = None,
    window: float = WINDOW,
) -> Samples:
    """Points around the peaks of all curves of a series.

    Parameters
    ----------
    curves : one per photo; None for a photo without one.
    blurs_mm2 : per photo, diameter of the blur disc on the sensor over vergence out of focus.
    image_height_mm : (B,) per photo, distance of each block from the picture's middle row on the sensor.
    window : fitted are blocks with L below its minimum plus this.
    """
    rows = []
    seen = [curve for curve in curves if curve is not None]
    blurs = [blur for curve, blur in zip(curves, blurs_mm2, strict=True) if curve is not None]
    false = {frequency: _false_contrast(seen, blurs, frequency) for frequency in FREQUENCIES_LP_MM}
    for i, curve in enumerate(curves):
        if curve is None:
            continue
        height = np.zeros(curve.vergence_per_mm.size) if image_height_mm is None else image_height_mm[i]
        zone = slice(None)
        for frequency in FREQUENCIES_LP_MM:
            zone = _window(curve, curve.at(frequency), zone, window)
            points = _points(curve, curve.at(frequency), zone, height, false[frequency])
            if points is not None:
                rows.append((i, frequency, points))
    groups = max((points.shape[0] - 4 for _, _, points in rows), default=0)
    table = np.stack([points for *_, points in rows]) if rows else np.zeros((0, 4 + groups, POINTS))
    return Samples(
        photo=np.array([row[0] for row in rows], dtype=np.intp),
        frequency=np.array([row[1] for row in rows], dtype=np.float64),
        vergence=table[:, 0],
        log_contrast=table[:, 1],
        weight=table[:, 2],
        image_height_mm=table[:, 3],
        group_change=np.moveaxis(table[:, 4:], 1, 0),
    )


def _points(curve: FocusCurve, k: int, zone: slice, height_mm: Array, false: float) -> Array | None:
    """(4 + K, POINTS): vergence, L, weight, image height, changes by groups; None without contrast to speak of."""
    squared = _seen(curve, k)
    part = np.arange(squared.size)[zone]
    part = part[np.isfinite(squared[part])]
    if part.size < _LEAST_POINTS:
        return None
    share = curve.weight[part]
    starts = np.unique(np.linspace(0, part.size, POINTS + 1).astype(np.intp)[:-1])
    total = np.add.reduceat(share, starts)
    groups = np.nan_to_num(curve.group_mtf_squared[:, k, part])
    values = np.vstack([curve.vergence_per_mm[part], height_mm[part], squared[part], groups])
    mean = np.add.reduceat(values * share, starts, axis=1) / total
    calm = _calm(mean[2])
    error = np.sqrt(_noise_power(squared[part], share) / total) / (2 * calm)
    good = (mean[2:] > 0).all(axis=0) & (error < _MOST_ERROR)
    if good.sum() < _LEAST_POINTS or calm.max() < _CLEAR * false:
        return None
    mean, error, calm = mean[:, good], error[good], calm[good]
    log_contrast = -0.5 * np.log(mean[2:]) - error**2  # the mean of a noisy logarithm lies by that much too high
    weight = 1 / (error**2 + _FLOOR**2 + (false / calm) ** 2)
    points = np.zeros((4 + groups.shape[0], POINTS))
    points[:, : error.size] = [mean[0], log_contrast[0], weight, mean[1], *(log_contrast[1:] - log_contrast[0])]
    points[0, error.size :] = mean[0, 0]
    return points


def _false_contrast(curves: Sequence[FocusCurve], blurs_mm2: Sequence[float], frequency_lp_mm: float) -> float:
    """Contrast squared where blur discs are so wide that little of it can be true: the least of all photos."""
    levels = []
    for curve, blur_mm2 in zip(curves, blurs_mm2, strict=True):
        squared = curve.mtf_squared[curve.at(frequency_lp_mm)]
        known = np.isfinite(squared)
        if known.sum() < _LEAST_POINTS:
            continue
        peak = curve.vergence_per_mm[known][np.argmax(_smoothed(squared[known], 9))]
        far = known & (np.abs(curve.vergence_per_mm - peak) * blur_mm2 * frequency_lp_mm > _FAR_CYCLES)
        if far.sum() >= _LEAST_POINTS:
            levels.append(float(np.quantile(squared[far], 0.3)))
    return max(_FALSE_CONTRAST, min(levels, default=0.0))


def _calm(squared: Array) -> Array:
    """A parabola through contrast squared, held above its least sensible value: weights must not follow the noise."""
    t = np.linspace(-1, 1, squared.size)
    return np.maximum(np.polyval(np.polyfit(t, squared, 2), t), np.maximum(squared.max() / 8, _LEAST_CONTRAST**2))


def _seen(curve: FocusCurve, k: int) -> Array:
    """(B,) contrast squared, NaN where there is none."""
    return np.where(curve.weight > 0, curve.mtf_squared[k], np.nan)


def _window(curve: FocusCurve, k: int, within: slice, depth: float) -> slice:
    """The contiguous blocks around the peak in which smoothed contrast stays above exp(-depth) of it; maybe none.

    Looked for `within` the window of the next lower frequency: fine detail is nowhere sharp where coarse is not, and
    what stands out there is noise. Smoothing follows the width found: too little lets noise cut a flat curve short, too
    much flattens a narrow one.
    """
    squared = _seen(curve, k)
    known = np.arange(squared.size)[within]
    known = known[np.isfinite(squared[known])]
    if known.size < _LEAST_POINTS:
        return slice(0)
    values = np.interp(np.arange(known[0], known[-1] + 1), known, squared[known])
    width, first, last = 5, 0, values.size
    for _ in range(4):
        smooth = _smoothed(values, width)
        top = int(np.argmax(smooth))
        below = np.flatnonzero(smooth < smooth[top] * math.exp(-2 * depth))
        first = int(below[below < top][-1]) + 1 if (below < top).any() else 0
        last = int(below[below > top][0]) if (below > top).any() else values.size
        wanted = max(3, (last - first) // 10) | 1
        if wanted == width:
            break
        width = wanted
    return slice(known[0] + first, known[0] + last) if smooth[top] > _LEAST_CONTRAST**2 else slice(0)


def _smoothed(values: Array, width: int) -> Array:
    padded = np.pad(values, width // 2, mode="edge")
    total = np.concatenate([[0.0], np.cumsum(padded)])
    return np.asarray((total[width:] - total[:-width]) / width)


def _noise_power(squared: Array, share: Array) -> float:
    """Variance of contrast squared times weight, from second differences of neighbouring blocks."""
    rough = squared[:-2] - 2 * squared[1:-1] + squared[2:]
    return float((1.4826 * np.median(np.abs(rough) * np.sqrt(share[1:-1]))) ** 2 / 6)
