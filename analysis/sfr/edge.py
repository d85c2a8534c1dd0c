"""The spatial frequency response of one slanted edge: edge, ESF, LSF, SFR.

The method of ISO 12233 (slanted edge, supersampled by projecting pixels along the edge), with the edge position
refined by a robust straight-line fit and the known losses of binning and differencing divided out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analysis.flags import PhotoUnusableError, Quality

Array = npt.NDArray[np.float64]

BINS_PER_PX: Final = 4
_HALF_WINDOW_PX: Final = 16.0
_LINE_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class EdgeResponse:
    """Spatial frequency response of an edge.

    Attributes
    ----------
    frequency_cy_px : (K,) cycles per pixel along the edge's normal, from 0.
    sfr : (K,) response, 1 at frequency 0.
    mtf50_cy_px : first frequency where the response is 0.5; NaN when it never falls so low.
    angle_deg : angle between the edge and the nearer pixel axis.
    """

    frequency_cy_px: Array
    sfr: Array
    mtf50_cy_px: float
    angle_deg: float


def edge_response(region: npt.NDArray[Any]) -> EdgeResponse:
    """Response of the one straight edge in a region.

    Parameters
    ----------
    region : (M, N) linear light, one near-vertical or near-horizontal edge, slanted by some degrees.

    Returns
    -------
    EdgeResponse

    Raises
    ------
    PhotoUnusableError
        (LOW_CONTRAST) when no straight edge crosses the region.
    """
    upright = _with_near_vertical_edge(np.asarray(region, dtype=np.float64))
    offset, slope = _edge_line(upright)
    line_spread, spacing_px = _line_spread(upright, offset, slope)
    frequency, sfr = _spectrum(line_spread, spacing_px)
    return EdgeResponse(frequency, sfr, _first_crossing(frequency, sfr, 0.5), abs(math.degrees(math.atan(slope))))


def _no_edge() -> PhotoUnusableError:
    return PhotoUnusableError("No straight edge crosses this region.", flag=Quality.LOW_CONTRAST)


def _with_near_vertical_edge(region: Array) -> Array:
    """The region turned so that its edge runs from top to bottom, dark on the left."""
    columns, rows = region.mean(axis=0), region.mean(axis=1)
    across = abs(columns[: columns.size // 2].mean() - columns[columns.size // 2 :].mean())
    down = abs(rows[: rows.size // 2].mean() - rows[rows.size // 2 :].mean())
    upright = region if across >= down else region.T
    return upright if upright[:, -3:].mean() >= upright[:, :3].mean() else upright[:, ::-1]


def _edge_line(region: Array) -> tuple[float, float]:
    """(offset, slope) of the edge x = offset + slope * y, from the centroids of row derivatives.

    Each round looks only near the line of the round before, so that noise far from the edge does not pull.
    """
    rows, columns = region.shape
    derivative = np.diff(region, axis=1)
    x, y = np.arange(columns - 1) + 0.5, np.arange(rows, dtype=np.float64)
    centre, half_px = (
        np.full(rows, float(np.average(x, weights=np.clip(derivative.mean(axis=0), 0, None)))),
        columns / 2,
    )
    line = np.array([0.0, centre[0]])
    for _ in range(_LINE_ROUNDS):
        weight = derivative * (np.abs(x - centre[:, None]) <= half_px)
        step = weight.sum(axis=1)
        good = step > 0.3 * np.median(step)
        if np.median(step) <= 0 or good.sum() < max(8, rows // 4):
            raise _no_edge()
        centroid = np.where(good, (weight * x).sum(axis=1) / np.where(good, step, 1), np.nan)
        line = _robust_line(y[good], centroid[good])
        centre = np.polyval(line, y)
        half_px = max(half_px / 2, 12.0)
    return float(line[1]), float(line[0])


def _robust_line(y: Array, x: Array) -> Array:
    keep = np.ones(y.size, dtype=bool)
    for _ in range(3):
        line = np.polyfit(y[keep], x[keep], 1)
        residual = np.abs(x - np.polyval(line, y))
        keep = residual <= 3.5 * 1.4826 * np.median(residual) + 1e-9
    return np.asarray(line)


def _line_spread(region: Array, offset: float, slope: float) -> tuple[Array, float]:
    """(line spread function, its sample spacing in px) along the normal of the edge."""
    rows, columns = region.shape
    y, x = np.mgrid[:rows, :columns]
    distance = (x - offset - slope * y) * math.cos(math.atan(slope))
    half_px = min(_HALF_WINDOW_PX, float(min(-distance.min(axis=1).max(), distance.max(axis=1).min())))
    if half_px < 4:
        raise _no_edge()
    n_bins = 2 * int(half_px * BINS_PER_PX)
    index = np.floor(distance * BINS_PER_PX).astype(int) + n_bins // 2
    inside = (index >= 0) & (index < n_bins)
    count = np.bincount(index[inside], minlength=n_bins)
    total = np.bincount(index[inside], region[inside], minlength=n_bins)
    if count.min() == 0:
        filled = np.flatnonzero(count)
        esf = np.interp(np.arange(n_bins), filled, total[filled] / count[filled])
    else:
        esf = total / count
    return np.diff(esf), 1 / BINS_PER_PX


def _spectrum(line_spread: Array, spacing_px: float) -> tuple[Array, Array]:
    """Response up to 1 cycle per pixel, corrected for bins and differences one sample wide."""
    windowed = line_spread * _tukey(line_spread.size)
    if windowed.sum() == 0:
        raise _no_edge()
    padded = max(1024, 1 << (line_spread.size - 1).bit_length())
    spectrum = np.abs(np.fft.rfft(windowed, padded)) / abs(windowed.sum())
    frequency = np.fft.rfftfreq(padded, spacing_px)
    keep = frequency <= 1.0
    sfr: Array = spectrum[keep] / np.sinc(frequency[keep] * spacing_px) ** 2
    return np.asarray(frequency[keep], dtype=np.float64), sfr


def _tukey(n: int) -> Array:
    """A window flat over its inner half: tapers the noise far from the edge, leaves the edge's own spread alone."""
    t = np.abs(np.linspace(-1, 1, n))
    return np.where(t < 0.5, 1.0, 0.5 * (1 + np.cos(np.pi * (t - 0.5) / 0.5)))


def _first_crossing(frequency: Array, sfr: Array, level: float) -> float:
    below = np.flatnonzero(sfr < level)
    if below.size == 0 or below[0] == 0:
        return math.nan
    i = below[0]
    return float(np.interp(level, [sfr[i], sfr[i - 1]], [frequency[i], frequency[i - 1]]))
