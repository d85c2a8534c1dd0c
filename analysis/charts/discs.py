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
_SETTLED_PX: Final = 0.05
_CELLS_HALF: Final = 24
"""Cells along the half axis of a patch: enough for a hundredth of a pixel."""


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


@dataclass(frozen=True)
class _Patch:
    """Linear light around a place, cells of several pixels averaged where the disc is large, and where the cells lie.

    Averaging moves no centre of mass, and a few thousand cells are enough.
    """

    light: Array
    x_px: Array
    y_px: Array


def _patch(frame: Frame, expected: _Expected, place: tuple[float, float], reach: float) -> _Patch | None:
    """The ellipse `reach` times the disc about a place; None when it leaves the frame."""
    half_x, half_y = reach * np.hypot(expected.shape[:, 0], expected.shape[:, 1])
    cell = max(1, int(min(half_x, half_y) / _CELLS_HALF))
    columns, rows = 2 * math.ceil(half_x / cell) + 1, 2 * math.ceil(half_y / cell) + 1
    left, top = round(place[0] - columns * cell / 2 + 0.5), round(place[1] - rows * cell / 2 + 0.5)
    right, bottom = left + columns * cell, top + rows * cell
    if left < 0 or top < 0 or right > frame.width_px or bottom > frame.height_px:
        return None
    light = frame.linear(slice(top, bottom), slice(left, right))
    if cell > 1:
        light = np.asarray(cv2.resize(light, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.float32)
    middle = (cell - 1) / 2
    x, y = left + middle + cell * np.arange(columns), top + middle + cell * np.arange(rows)
    return _Patch(light.astype(np.float64), x[None, :], y[:, None])


def _blob(frame: Frame, expected: _Expected, reach: float) -> tuple[float, float] | None:
    """Centre of the dark patch nearest to the expected place that has about the right area."""
    patch = _patch(frame, expected, (expected.x_px, expected.y_px), reach)
    if patch is None:
        return None
    ordered = np.sort(patch.light, axis=None)
    dark, bright = ordered[ordered.size // 20], ordered[ordered.size * 9 // 10]
    if dark > (1 - _LEAST_CONTRAST) * bright:
        return None
    mask = (patch.light < (dark + bright) / 2).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=4)
    step_x, step_y = patch.x_px[0, 1] - patch.x_px[0, 0], patch.y_px[1, 0] - patch.y_px[0, 0]
    areas = stats[:, cv2.CC_STAT_AREA] * step_x * step_y / expected.area_px
    x, y = patch.x_px[0, 0] + step_x * centres[:, 0], patch.y_px[0, 0] + step_y * centres[:, 1]
    fits = (areas > 0.5) & (areas < 1.8)
    fits[0] = False  # the background
    if not fits.any():
        return None
    nearest = np.argmin(np.where(fits, np.hypot(x - expected.x_px, y - expected.y_px), np.inf))
    return float(x[nearest]), float(y[nearest])


def _centre_of_mass(frame: Frame, expected: _Expected, place: tuple[float, float], reach: float) -> DiscImage | None:
    """Centre of mass of the missing light inside disc and margin, about a place known roughly."""
    patch = _patch(frame, expected, place, reach)
    if patch is None:
        return None
    dx, dy = patch.x_px - place[0], patch.y_px - place[1]
    inverse = np.linalg.inv(expected.shape)
    radius = np.hypot(inverse[0, 0] * dx + inverse[0, 1] * dy, inverse[1, 0] * dx + inverse[1, 1] * dy)
    inside = radius <= reach
    paper = _plane(dx, dy, patch.light, inside & (radius >= 1 + _BACKGROUND_FROM * (reach - 1)))
    missing = np.where(inside, 1 - patch.light / np.maximum(paper, 1e-6), 0.0)
    total = missing.sum()
    core = radius <= 0.5
    if total <= 0 or not core.any():
        return None
    contrast = float(missing[core].mean())
    cell_px = (patch.x_px[0, 1] - patch.x_px[0, 0]) ** 2
    return DiscImage(
        x_px=place[0] + float((missing * dx).sum() / total),
        y_px=place[1] + float((missing * dy).sum() / total),
        contrast=contrast,
        relative_area=float(total * cell_px / max(contrast, 1e-6) / expected.area_px),
    )


def _plane(dx: Array, dy: Array, light: Array, where: npt.NDArray[np.bool_]) -> Array:
    """The bare paper's light as a plane through the cells of a mask: light is seldom even."""
    weight = where.astype(np.float64)
    basis = [np.ones_like(light), dx + 0 * dy, dy + 0 * dx]
    normal = np.array([[float((weight * a * b).sum()) for a in basis] for b in basis])
    right = np.array([float((weight * light * a).sum()) for a in basis])
    solution = np.linalg.lstsq(normal, right, rcond=None)[0]
    return np.asarray(solution[0] + solution[1] * dx + solution[2] * dy)
