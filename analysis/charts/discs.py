"""Where a disc of the chart lies in a frame, to a fraction of a pixel, also when it is badly out of focus.

A disc's place is the centre of mass of the light missing there. Blur moves no light's centre of mass, however much it
changes from the near to the far side of the disc, as long as all of it falls inside the disc's white margin.
Perspective does: the image of a disc is heavier on its near side. That is computed from the view, and compared like
with like.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from analysis.charts.design import Disc
from analysis.charts.view import ChartView
from analysis.frames import Frame

Array = npt.NDArray[np.float64]

_CIRCLE: Final = np.exp(1j * np.linspace(0, 2 * np.pi, 48, endpoint=False))
_BACKGROUND_FROM: Final = 0.72
"""Share of the margin beyond which a pixel counts as background."""
_LEAST_CONTRAST: Final = 0.25
_AREA_BETWEEN: Final = (0.75, 1.6)
"""Missing light over contrast and area; above 1 when blur has thinned the middle."""
_ROUNDS: Final = 3
_SETTLED_PX: Final = 0.02


@dataclass(frozen=True, slots=True)
class DiscImage:
    """A disc as found: centre of mass in px, contrast (0 to 1) and area relative to the one expected."""

    x_px: float
    y_px: float
    contrast: float
    relative_area: float


@dataclass(frozen=True)
class _Expected:
    """The disc's image by the view: the sensor ellipse as ``centre + shape @ unit vector``, and its centre of mass."""

    x_px: float
    y_px: float
    shape: Array
    area_px: float


def expected_centroid(view: ChartView, disc: Disc) -> tuple[float, float]:
    """Centre of mass of the disc's projected outline, (x, y) in px."""
    x, y, _ = _outline_centroid(view, disc)
    return x, y


def find_disc(frame: Frame, view: ChartView, disc: Disc) -> DiscImage | None:
    """Look for a disc where the view expects it.

    Parameters
    ----------
    frame : the photo.
    view : as known so far; wrong by less than the disc's margin.
    disc : which one.

    Returns
    -------
    DiscImage or None
        None when the frame does not show it whole, or what is there is no such disc.
    """
    expected = _expect(view, disc)
    reach = 1 + disc.margin_mm / disc.radius_mm
    place = _blob(frame, expected, reach)
    found: DiscImage | None = None
    for _ in range(_ROUNDS):
        found = None if place is None else _centre_of_mass(frame, expected, place, reach)
        if found is None or place is None:
            return None
        if math.hypot(found.x_px - place[0], found.y_px - place[1]) < _SETTLED_PX:
            break
        place = (found.x_px, found.y_px)
    return found if found is not None and _is_disc(found) else None


def _is_disc(found: DiscImage) -> bool:
    low, high = _AREA_BETWEEN
    return found.contrast > _LEAST_CONTRAST and low < found.relative_area < high


def _outline_centroid(view: ChartView, disc: Disc) -> tuple[float, float, float]:
    """(x, y, area) of the polygon that the disc's outline projects to."""
    x, y = view.project(disc.u_mm + disc.radius_mm * _CIRCLE.real, disc.v_mm + disc.radius_mm * _CIRCLE.imag)
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    x0, y0 = x.mean(), y.mean()
    cross = (x - x0) * (next_y - y0) - (next_x - x0) * (y - y0)
    area = cross.sum() / 2
    centroid_x = x0 + ((x + next_x - 2 * x0) * cross).sum() / (6 * area)
    centroid_y = y0 + ((y + next_y - 2 * y0) * cross).sum() / (6 * area)
    return float(centroid_x), float(centroid_y), abs(float(area))


def _expect(view: ChartView, disc: Disc) -> _Expected:
    u, v, radius = disc.u_mm, disc.v_mm, disc.radius_mm
    x, y = view.project(np.array([u + radius, u - radius, u, u]), np.array([v, v, v + radius, v - radius]))
    shape = np.array([[x[0] - x[1], x[2] - x[3]], [y[0] - y[1], y[2] - y[3]]]) / 2
    centroid_x, centroid_y, area = _outline_centroid(view, disc)
    return _Expected(centroid_x, centroid_y, shape, area)


def _window(frame: Frame, expected: _Expected, place: tuple[float, float], reach: float) -> tuple[slice, slice] | None:
    """Rows and columns holding the ellipse `reach` times the disc; None when it leaves the frame."""
    half_x, half_y = reach * np.hypot(expected.shape[:, 0], expected.shape[:, 1])
    left, right = math.floor(place[0] - half_x), math.ceil(place[0] + half_x) + 1
    top, bottom = math.floor(place[1] - half_y), math.ceil(place[1] + half_y) + 1
    if left < 0 or top < 0 or right > frame.width_px or bottom > frame.height_px:
        return None
    return slice(top, bottom), slice(left, right)


def _blob(frame: Frame, expected: _Expected, reach: float) -> tuple[float, float] | None:
    """Centre of the dark patch nearest to the expected place that has about the right area."""
    place = (expected.x_px, expected.y_px)
    window = _window(frame, expected, place, reach)
    if window is None:
        return None
    light = frame.linear(*window)
    dark, bright = np.percentile(light, [5, 90])
    if dark > (1 - _LEAST_CONTRAST) * bright:
        return None
    mask = (light < (dark + bright) / 2).astype(np.uint8)
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA] / expected.area_px
    near = [
        (math.hypot(x + window[1].start - place[0], y + window[0].start - place[1]), i)
        for i, (x, y) in enumerate(centres)
        if i and 0.5 < areas[i] < 1.8
    ]
    if count < 2 or not near:
        return None
    x, y = centres[min(near)[1]]
    return float(x + window[1].start), float(y + window[0].start)


def _centre_of_mass(frame: Frame, expected: _Expected, place: tuple[float, float], reach: float) -> DiscImage | None:
    """Centre of mass of the missing light inside disc and margin, about a place known roughly."""
    window = _window(frame, expected, place, reach)
    if window is None:
        return None
    light = frame.linear(*window).astype(np.float64)
    y, x = np.mgrid[window[0], window[1]]
    dx, dy = x - place[0], y - place[1]
    inverse = np.linalg.inv(expected.shape)
    radius = np.hypot(inverse[0, 0] * dx + inverse[0, 1] * dy, inverse[1, 0] * dx + inverse[1, 1] * dy)
    inside = radius <= reach
    outside = inside & (radius >= 1 + _BACKGROUND_FROM * (reach - 1))
    paper = _plane(dx, dy, light, outside)
    missing = np.where(inside, 1 - light / np.maximum(paper, 1e-6), 0.0)
    total = missing.sum()
    core = radius <= 0.5
    if total <= 0 or not core.any():
        return None
    contrast = float(missing[core].mean())
    area = total / max(contrast, 1e-6) / expected.area_px
    return DiscImage(
        place[0] + float((missing * dx).sum() / total),
        place[1] + float((missing * dy).sum() / total),
        contrast,
        float(area),
    )


def _plane(dx: Array, dy: Array, light: Array, where: npt.NDArray[np.bool_]) -> Array:
    """The bare paper's light as a plane through the pixels of a mask: light is seldom even."""
    columns = np.stack([np.ones(where.sum()), dx[where], dy[where]], axis=1)
    solution, *_ = np.linalg.lstsq(columns, light[where], rcond=None)
    return np.asarray(solution[0] + solution[1] * dx + solution[2] * dy)
