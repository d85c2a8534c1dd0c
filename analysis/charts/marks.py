"""What is printed on a chart, as plain shapes and strokes in paper millimetres. Every writer draws the same list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from analysis.charts.design import TAG_CELLS, TAG_DICTIONARY, ChartDesign, CheckLine, Point, Tag
from analysis.charts.lettering import text_strokes, text_width

INK_REFLECTANCE: Final = 0.05
LAYOUT_VERSION: Final = 1

# A4 millimetres, scaled with the paper, except that ticks stand at true millimetres.
_CENTRE_LINE: Final = 1.0
_CENTRE_HALF: Final = 6.5
_RAIL_LINE: Final = (61.5, 71.0)
_TICK_LEFT: Final = -4.0
_FIGURE_LEFT: Final = -0.3
_SMALL_FIGURE_RIGHT: Final = -4.6
_COLUMN_CLEAR: Final = 2.8
_RULE_U: Final = 92.0
_LINE_WEIGHT: Final = 0.13  # of the height of capitals


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled polygon on bare paper."""

    corners_mm: tuple[Point, ...]
    reflectance: float


@dataclass(frozen=True, slots=True)
class Circle:
    """A filled disc on bare paper."""

    u_mm: float
    v_mm: float
    radius_mm: float
    reflectance: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of ink with round ends through some points."""

    points_mm: tuple[Point, ...]
    width_mm: float


Shape = Polygon | Circle


@dataclass(frozen=True, slots=True)
class Marks:
    """A chart as drawn: shapes never overlap each other, strokes (lettering) may touch among themselves."""

    shapes: tuple[Shape, ...]
    strokes: tuple[Stroke, ...]


@cache
def chart_marks(design: ChartDesign) -> Marks:
    """Everything that is printed."""
    ruled, figures = _depth_scale(design)
    rule, rule_figures = _paper_scale(design)
    checks = [shape for line in design.check_lines for shape in _check_line(line, design.scale)]
    shapes = [*_measuring_shapes(design), *_centre_line(design), *ruled, *rule, *checks]
    return Marks(tuple(shapes), (*figures, *rule_figures, *_captions(design)))


def rectangle(u_mm: float, v_mm: float, width_mm: float, height_mm: float, reflectance: float) -> Polygon:
    """An upright rectangle about its centre."""
    left, right = u_mm - width_mm / 2, u_mm + width_mm / 2
    low, high = v_mm - height_mm / 2, v_mm + height_mm / 2
    return Polygon(((left, low), (right, low), (right, high), (left, high)), reflectance)


def lettering(
    text: str, at: Point, height_mm: float, *, align: float = 0.0, upwards: bool = False, bold: bool = False
) -> list[Stroke]:
    """A line of text with its baseline through a point; ``align`` is 0 left, 0.5 centred, 1 right of it.

    ``upwards`` turns it a quarter, to be read from the right.
    """
    start = -align * text_width(text, height_mm)
    weight = _LINE_WEIGHT * height_mm * (1.35 if bold else 1.0)
    strokes = []
    for chain in text_strokes(text, height_mm):
        x, y = chain[:, 0] + start, chain[:, 1]
        points = np.column_stack([at[0] - y, at[1] + x] if upwards else [at[0] + x, at[1] + y])
        strokes.append(Stroke(tuple((float(u), float(v)) for u, v in points), weight))
    return strokes


def tag_shapes(tag: Tag) -> list[Polygon]:
    """The dark cells of a tag, runs of a row merged."""
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, TAG_DICTIONARY))
    dark = cv2.aruco.generateImageMarker(dictionary, tag.id, TAG_CELLS) == 0
    cell = tag.side_mm / TAG_CELLS
    left, top = tag.u_mm - tag.side_mm / 2, tag.v_mm + tag.side_mm / 2
    shapes = []
    for row, cells in enumerate(dark):
        borders = np.flatnonzero(np.diff(np.concatenate([[False], cells, [False]]).astype(np.int8)))
        for start, end in borders.reshape(-1, 2):
            u, width = left + cell * (start + end) / 2, cell * (end - start)
            shapes.append(rectangle(u, top - cell * (row + 0.5), width, cell, INK_REFLECTANCE))
    return shapes


def _measuring_shapes(design: ChartDesign) -> list[Shape]:
    bars = [Polygon(bar.corners_mm, design.bar_reflectance) for bar in design.bars]
    discs = [Circle(disc.u_mm, disc.v_mm, disc.radius_mm, INK_REFLECTANCE) for disc in design.discs]
    greys = [
        rectangle(step.u_mm, step.v_mm, step.width_mm, step.height_mm, step.reflectance) for step in design.grey_steps
    ]
    tags = [shape for tag in design.tags for shape in tag_shapes(tag)]
    return [*bars, *discs, *greys, *tags]


def _centre_line(design: ChartDesign) -> list[Shape]:
    """On the axis, where the photographer focuses, and in both rails; never across a measuring edge."""
    scale, v, thickness = design.scale, design.centre_line_v_mm, design.scale * _CENTRE_LINE
    start, end = _RAIL_LINE
    rail, length = scale * (start + end) / 2, scale * (end - start)
    return [
        rectangle(0.0, v, 2 * scale * _CENTRE_HALF, thickness, INK_REFLECTANCE),
        rectangle(-rail, v, length, thickness, INK_REFLECTANCE),
        rectangle(rail, v, length, thickness, INK_REFLECTANCE),
    ]


def _depth_scale(design: ChartDesign) -> tuple[list[Shape], list[Stroke]]:
    """Ticks at whole millimetres of depth in the white column, signed figures that can be read in a 100 % crop."""
    scale = design.scale
    per_depth = 1 / math.sin(math.radians(design.tilt_deg))
    step, figure_step = (1, 5) if scale <= 1 else (2, 10)
    ticks: list[Shape] = []
    figures: list[Stroke] = []
    for depth in range(step, int(scale * 123.0 / per_depth) + 1, step):
        for signed in (depth, -depth):
            v = signed * per_depth
            long = 1 + 0.45 * (depth % figure_step == 0) + 0.45 * (depth % (2 * figure_step) == 0)
            left, right = scale * _TICK_LEFT, scale * (_TICK_LEFT + 1.25 * long)
            thickness = scale * (0.36 if depth % figure_step == 0 else 0.24)
            ticks.append(rectangle((left + right) / 2, v, right - left, thickness, INK_REFLECTANCE))
            if depth % figure_step == 0:
                figures += _large_figure(design, signed, v)
            elif depth % (2 * step) == 0 and depth < 10:
                at = (scale * _SMALL_FIGURE_RIGHT, v - scale * 0.75)
                figures += lettering(f"{signed:+d}".replace("-", "−"), at, scale * 1.5, align=1.0)
    return ticks, figures


def _large_figure(design: ChartDesign, depth: int, v_mm: float) -> list[Stroke]:
    """As large as the column is wide there, up to 3.2 mm on A4."""
    text = f"{depth:+d}".replace("-", "−")
    near = 3 * design.scale
    beside = [edge for edge in design.edges if edge.v_from_mm - near <= v_mm <= edge.v_to_mm + near]
    inner = min(abs(edge.u_at(v_mm)) for edge in beside)
    room = inner - design.scale * (_COLUMN_CLEAR + _FIGURE_LEFT)
    height = min(3.2 * design.scale, room / text_width(text, 1.0))
    return lettering(text, (design.scale * _FIGURE_LEFT, v_mm - height / 2), height, bold=True)


def _paper_scale(design: ChartDesign) -> tuple[list[Shape], list[Stroke]]:
    """A ruler in millimetres of paper along the right border."""
    scale, u = design.scale, design.scale * _RULE_U
    half = int(60 * scale) // 10 * 10
    ticks: list[Shape] = []
    figures: list[Stroke] = []
    for v in range(-half, half + 1):
        length = scale * (3.0 if v % 10 == 0 else 2.2 if v % 5 == 0 else 1.5)
        ticks.append(rectangle(u + length / 2, v, length, scale * 0.2, INK_REFLECTANCE))
        if v % 10 == 0:
            figures += lettering(
                f"{v:+d}".replace("-", "−") if v else "0", (u - scale, v - 0.7 * scale), 1.4 * scale, align=1
            )
    figures += lettering("mm on paper", (scale * 98.4, 0.0), 1.6 * scale, align=0.5, upwards=True)
    return ticks, figures


def _check_line(line: CheckLine, scale: float) -> list[Shape]:
    """The line between two crossbars; its length counts between the middles of the crossbars."""
    (u0, v0), (u1, v1) = line.start_mm, line.end_mm
    thin, cross = scale * 0.25, scale * 3.0
    lengthwise = (line.length_mm - thin, thin) if v0 == v1 else (thin, line.length_mm - thin)
    crossbar = (thin, cross) if v0 == v1 else (cross, thin)
    middle = rectangle((u0 + u1) / 2, (v0 + v1) / 2, *lengthwise, INK_REFLECTANCE)
    return [middle, rectangle(u0, v0, *crossbar, INK_REFLECTANCE), rectangle(u1, v1, *crossbar, INK_REFLECTANCE)]


def _captions(design: ChartDesign) -> list[Stroke]:
    scale = design.scale
    across, along = design.check_lines
    top = scale * 129.0
    strokes = lettering("LensDB focus chart", (scale * -67, top), 3.0 * scale, bold=True)
    caption = f"{design.paper} · layout {LAYOUT_VERSION} · this end away from the camera, {design.tilt_deg:.0f}°"
    strokes += lettering(caption, (scale * 67, top), 2.0 * scale, align=1.0)
    strokes += lettering(
        f"{across.length_mm:.1f} mm · print at 100 %", (0.0, across.start_mm[1] + 1.4 * scale), 2.0 * scale, align=0.5
    )
    at = (along.start_mm[0] - 1.4 * scale, 0.0)
    strokes += lettering(f"{along.length_mm:.1f} mm", at, 2.0 * scale, align=0.5, upwards=True)
    for side in (-1, 1):
        middle = side * scale * sum(_RAIL_LINE) / 2
        strokes += lettering("+ mm behind", (middle, 2.2 * scale), 1.25 * scale, align=0.5)
        strokes += lettering("− mm in front", (middle, -3.45 * scale), 1.25 * scale, align=0.5)
    return strokes
