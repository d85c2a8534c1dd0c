"""Best focus of one photo by itself: the peak of contrast over vergence.

Blur is linear in vergence, not in millimetres, so the curve is fitted there: ``L = -ln MTF`` as a cubic over the
contiguous zone in which contrast is at least half its peak. The cubic term matters most where the zone leaves the chart
on one side: without it the lopsided rest pulls the peak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.focus.curve import FocusCurve

Array = npt.NDArray[np.float64]

ZONE_DEPTH: Final = 0.7
"""Fitted are blocks with L below its minimum plus this: about half the peak contrast (ln 2 = 0.69)."""
_LEAST_BLOCKS: Final = 8
_MOST_POINTS: Final = 96
_HUBER: Final = 2.0
_ROUNDS: Final = 4
_FLAT: Final = 0.2
"""A vertex less certain than this share of half the zone is none: the curve is flat."""


@dataclass(frozen=True)
class Peak:
    """A through-focus peak in vergence, all in 1/mm.

    Attributes
    ----------
    vergence_per_mm, se_per_mm : where L is least, and its standard error from the scatter between groups of edges.
    curvature : second derivative of L there, in mm^2.
    near_per_mm, far_per_mm : vergences where contrast is half its peak (near has the larger vergence).
    inside : the whole half-peak zone lies on the chart.
    zone : (K,) vergences fitted; coefficients of the polynomial in ``(V - zone_middle) / zone_half`` follow.
    """

    vergence_per_mm: float
    se_per_mm: float
    curvature: float
    near_per_mm: float
    far_per_mm: float
    inside: bool
    zone_low: float
    zone_high: float
    coefficients: tuple[float, ...]

    def log_contrast(self, vergence_per_mm: Array) -> Array:
        """The fitted L at vergences."""
        return np.asarray(np.polyval(self.coefficients, self._scaled(vergence_per_mm)))

    def moved(self, by_per_mm: float) -> Peak:
        """The same peak at another vergence: what it is once a movement of the camera is taken out."""
        return replace(
            self,
            vergence_per_mm=self.vergence_per_mm + by_per_mm,
            near_per_mm=self.near_per_mm + by_per_mm,
            far_per_mm=self.far_per_mm + by_per_mm,
        )

    def _scaled(self, vergence_per_mm: Array) -> Array:
        half = (self.zone_high - self.zone_low) / 2
        return np.asarray((vergence_per_mm - (self.zone_low + self.zone_high) / 2) / half)


@dataclass(frozen=True)
class _Zone:
    """Blocks from `first` to `last` (exclusive), and whether the curve falls to half on either side of the chart."""

    first: int
    last: int
    inside: bool


def find_peak(curve: FocusCurve, frequency_lp_mm: float, print_term: float = 0.0) -> Peak | None:
    """The peak of contrast at one frequency.

    Parameters
    ----------
    curve : of the photo.
    frequency_lp_mm : on the sensor, one of the curve's.
    print_term : ``P`` of what the print adds to L, ``P f^2 V^2``, taken off before fitting; 0 when not known.

    Returns
    -------
    Peak or None
        None when contrast has no peak on the chart.
    """
    k = curve.at(frequency_lp_mm)
    zone = _half_peak_zone(curve.mtf_squared[k])
    if zone is None:
        return None
    part = slice(zone.first, zone.last)
    bins = _bin_edges(zone)
    vergence = curve.vergence_per_mm[part]
    weight = np.nan_to_num(curve.weight[part])
    everything = np.vstack([curve.mtf_squared[k][None, part], curve.group_mtf_squared[:, k, part]])
    v, squared, w = _binned(vergence, np.nan_to_num(everything), weight, bins)
    good = (w > 0) & (squared > 1e-6).all(axis=0)
    if good.sum() < _LEAST_BLOCKS:
        return None
    v, squared, w = v[good], squared[:, good], w[good] * squared[0, good]
    removed = print_term * frequency_lp_mm**2 * v**2
    return _fit(v, -0.5 * np.log(squared) - removed, w, zone.inside)


def _half_peak_zone(mtf_squared: Array) -> _Zone | None:
    """The contiguous blocks around the maximum where the smoothed contrast is above half of it.

    Smoothing follows the width found: too little lets noise cut a flat curve short, too much flattens a narrow one.
    """
    known = np.flatnonzero(np.isfinite(mtf_squared))
    if known.size < _LEAST_BLOCKS:
        return None
    values = np.interp(np.arange(mtf_squared.size), known, mtf_squared[known])
    width, zone = 5, None
    for _ in range(4):
        smooth = _smoothed(values, width)[known[0] : known[-1] + 1]
        top = int(np.argmax(smooth))
        below = smooth < smooth[top] * math.exp(-2 * ZONE_DEPTH)
        left = np.flatnonzero(below[:top])
        right = np.flatnonzero(below[top:])
        first = left[-1] + 1 if left.size else 0
        last = top + right[0] if right.size else smooth.size
        zone = _Zone(int(known[0] + first), int(known[0] + last), bool(left.size and right.size))
        wanted = max(3, (last - first) // 10) | 1
        if smooth[top] <= 0 or wanted == width:
            break
        width = wanted
    return zone if zone is not None and zone.last - zone.first >= _LEAST_BLOCKS and smooth[top] > 0 else None


def _smoothed(values: Array, width: int) -> Array:
    padded = np.pad(values, width // 2, mode="edge")
    total = np.concatenate([[0.0], np.cumsum(padded)])
    return np.asarray((total[width:] - total[:-width]) / width)


def _bin_edges(zone: _Zone) -> npt.NDArray[np.intp]:
    """Starts of runs of blocks that are averaged before the logarithm, at most `_MOST_POINTS` of them."""
    size = zone.last - zone.first
    per_bin = max(1, math.ceil(size / _MOST_POINTS))
    return np.arange(0, size, per_bin)


def _binned(v: Array, squared: Array, weight: Array, starts: npt.NDArray[np.intp]) -> tuple[Array, Array, Array]:
    total = np.add.reduceat(weight, starts)
    safe = np.where(total > 0, total, 1.0)
    mean_v = np.add.reduceat(weight * v, starts) / safe
    return mean_v, np.add.reduceat(weight * squared, starts, axis=1) / safe, total


def _fit(v: Array, log_contrast: Array, weight: Array, inside: bool) -> Peak | None:  # noqa: FBT001 - a fact of the zone
    """Cubic (or parabola) through ``L`` (row 0), refitted with each group left out (other rows) for the error."""
    low, high = float(v.min()), float(v.max())
    t = (v - (low + high) / 2) / ((high - low) / 2)
    for degree in (3, 2):
        basis = np.vander(t, degree + 1)
        robust = _robust_weights(basis, log_contrast[0], weight)
        fits = _weighted_fits(basis, log_contrast, robust)
        vertices = np.array([_vertex(fit) for fit in fits])
        if np.isfinite(vertices[0]):
            break
    else:
        return None
    groups = vertices[1:][np.isfinite(vertices[1:])]
    if groups.size < 2:
        return None
    se = math.sqrt((groups.size - 1) / groups.size * float(((groups - groups.mean()) ** 2).sum()))
    se = max(se, _scatter(basis, log_contrast[0], robust, fits[0]))
    if se > _FLAT:
        return None
    half = (high - low) / 2
    middle = (low + high) / 2
    vertex = float(vertices[0])
    curvature = float(np.polyval(np.polyder(fits[0], 2), vertex)) / half**2
    near, far = _half_contrast(fits[0], vertex, 1), _half_contrast(fits[0], vertex, -1)
    return Peak(
        vergence_per_mm=middle + half * vertex,
        se_per_mm=half * se,
        curvature=curvature,
        near_per_mm=middle + half * near,
        far_per_mm=middle + half * far,
        inside=inside,
        zone_low=low,
        zone_high=high,
        coefficients=tuple(float(c) for c in fits[0]),
    )


def _weighted_fits(basis: Array, values: Array, weight: Array) -> Array:
    """Coefficients (K, degree + 1) of weighted least squares of each row of `values`."""
    root = np.sqrt(weight)[:, None]
    solution, *_ = np.linalg.lstsq(basis * root, (values * root.T).T, rcond=None)
    return np.asarray(solution.T)


def _robust_weights(basis: Array, values: Array, weight: Array) -> Array:
    """Weights with Huber's factor, so that single bad blocks do not pull."""
    robust = weight
    for _ in range(_ROUNDS):
        residual = (values - basis @ _weighted_fits(basis, values[None], robust)[0]) * np.sqrt(weight)
        scale = 1.4826 * float(np.median(np.abs(residual))) + 1e-12
        robust = weight * np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(residual), 1e-12))
    return np.asarray(robust)


def _vertex(coefficients: Array) -> float:
    """Where the polynomial has its minimum on the zone; NaN when it has none there."""
    slope, bend = np.polyder(coefficients), np.polyder(coefficients, 2)
    roots = np.roots(slope)
    real = roots[np.abs(roots.imag) < 1e-9].real
    minima = real[(np.polyval(bend, real) > 0) & (np.abs(real) < 1)]
    return float(minima[np.argmin(np.abs(minima))]) if minima.size else math.nan


def _scatter(basis: Array, values: Array, weight: Array, coefficients: Array) -> float:
    """Standard error of the vertex from the residuals alone, in the scaled unit."""
    residual = values - basis @ coefficients
    freedom = max(1, values.size - coefficients.size)
    variance = float((weight * residual**2).sum()) / freedom
    covariance = variance * np.linalg.pinv((basis * weight[:, None]).T @ basis)
    vertex = _vertex(coefficients)
    degree = coefficients.size - 1
    powers = np.arange(degree, -1, -1)
    gradient = powers * np.where(powers > 0, vertex ** np.maximum(powers - 1, 0), 0.0)
    bend = float(np.polyval(np.polyder(coefficients, 2), vertex))
    return math.sqrt(float(gradient @ covariance @ gradient)) / abs(bend)


def _half_contrast(coefficients: Array, vertex: float, side: int) -> float:
    """The nearest place on one side of the vertex where L has risen by ln 2; NaN when the fit never does."""
    level = np.array(coefficients)
    level[-1] -= np.polyval(coefficients, vertex) + math.log(2)
    roots = np.roots(level)
    real = roots[np.abs(roots.imag) < 1e-9].real
    beyond = real[(real - vertex) * side > 0]
    return float(beyond[np.argmin(np.abs(beyond - vertex))]) if beyond.size else math.nan
