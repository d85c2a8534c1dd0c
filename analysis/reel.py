"""Pictures for the aperture reel: the chart as a whole, and a window at the photo's own pixels around its axis.

Both are cut to the chart's outline: what else stood in the room is painted over, and no metadata is carried along.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from analysis.charts.design import ChartDesign
from analysis.charts.view import ChartView
from analysis.frames import Frame
from analysis.results import ReelPicture

Bytes = npt.NDArray[np.uint8]

_CHART_LONG_SIDE_PX: Final = 900
_CROP_WIDTH_PX: Final = 480
_CROP_HEIGHT_PX: Final = 640
_OUTSIDE: Final = 236
_QUALITY: Final = 85
_DEPTH_MARKS: Final = 9
_RIM_MM: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle of the frame, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int


def reel_pictures(
    frame: Frame, design: ChartDesign, view: ChartView, stem: str
) -> tuple[ReelPicture, dict[str, bytes]]:
    """Both pictures of one photo.

    Parameters
    ----------
    frame, design, view : the photo, its chart and how it is seen.
    stem : what the names of the pictures begin with.

    Returns
    -------
    The description that goes into the result, and the JPEG bytes by name.
    """
    outline = _outline(design, view)
    chart_box, crop_box = _around(outline, view), _on_axis(view)
    long_side_px = max(chart_box.right - chart_box.left, chart_box.bottom - chart_box.top)
    cell = math.ceil(long_side_px / _CHART_LONG_SIDE_PX)
    chart, crop = _cut(frame, outline, chart_box, cell), _cut(frame, outline, crop_box, 1)
    names = f"{stem}-chart.jpg", f"{stem}-crop.jpg"
    picture = ReelPicture(
        chart_name=names[0],
        chart_width_px=chart.shape[1],
        chart_height_px=chart.shape[0],
        chart_depth_rows=_depth_rows(design, view, chart_box, cell),
        crop_name=names[1],
        crop_width_px=crop.shape[1],
        crop_height_px=crop.shape[0],
        crop_depth_rows=_depth_rows(design, view, crop_box, 1),
    )
    return picture, {names[0]: _encoded(chart), names[1]: _encoded(crop)}


def _outline(design: ChartDesign, view: ChartView) -> npt.NDArray[np.float64]:
    """The paper's corners in px, (4, 2), a hair inside its rim."""
    u, v = design.width_mm / 2 - _RIM_MM, design.height_mm / 2 - _RIM_MM
    x, y = view.project(np.array([-u, u, u, -u]), np.array([v, v, -v, -v]))
    return np.stack([x, y], axis=1)


def _around(outline: npt.NDArray[np.float64], view: ChartView) -> _Box:
    low = np.floor(np.clip(outline.min(axis=0), 0, [view.width_px - 1, view.height_px - 1])).astype(int)
    high = np.ceil(np.clip(outline.max(axis=0), 1, [view.width_px, view.height_px])).astype(int)
    return _Box(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _on_axis(view: ChartView) -> _Box:
    """A window about the chart's centre, moved inside the frame where it would leave it."""
    x, y = view.project(0.0, 0.0)
    width, height = min(_CROP_WIDTH_PX, view.width_px), min(_CROP_HEIGHT_PX, view.height_px)
    left = int(np.clip(round(float(x)) - width // 2, 0, view.width_px - width))
    top = int(np.clip(round(float(y)) - height // 2, 0, view.height_px - height))
    return _Box(left, top, left + width, top + height)


def _cut(frame: Frame, outline: npt.NDArray[np.float64], box: _Box, cell: int) -> Bytes:
    """The frame inside the box, squares of `cell` pixels averaged to one, everything off the paper painted over.

    Whole cells, because OpenCV averages those many times faster.
    """
    width, height = (box.right - box.left) // cell, (box.bottom - box.top) // cell
    part = frame.stored[box.top : box.top + height * cell, box.left : box.left + width * cell]
    picture = Frame(part, frame.linear_of).bytes8()
    if cell > 1:
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    paper = np.zeros(picture.shape, dtype=np.uint8)
    corners = (outline - [box.left, box.top] + 0.5) / cell - 0.5
    cv2.fillConvexPoly(paper, np.round(corners).astype(np.int32), 1)
    return np.where(paper, picture, np.uint8(_OUTSIDE)).astype(np.uint8)


def _depth_rows(design: ChartDesign, view: ChartView, box: _Box, cell: int) -> tuple[tuple[float, float], ...]:
    """(row in the picture, depth in mm) along the chart's axis, from top to bottom, only those inside the picture."""
    half = design.live_half_mm[1]
    v = np.linspace(-half, half, 2001)
    _, y = view.project(np.zeros_like(v), v)
    depth = view.distance_of(np.zeros_like(v), v) - view.distance_mm
    row = (y - box.top + 0.5) / cell - 0.5
    inside = (row >= 0) & (row <= (box.bottom - box.top) // cell - 1)
    if not inside.any():
        return ()
    order = np.argsort(row[inside])
    row, depth = row[inside][order], depth[inside][order]
    marks = np.linspace(0, row.size - 1, min(_DEPTH_MARKS, row.size)).astype(int)
    return tuple((round(float(row[i]), 2), round(float(depth[i]), 4)) for i in marks)


def _encoded(picture: Bytes) -> bytes:
    return bytes(
        simplejpeg.encode_jpeg(
            np.ascontiguousarray(picture[:, :, None]), quality=_QUALITY, colorspace="GRAY", colorsubsampling="Gray"
        )
    )
