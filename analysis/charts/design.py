"""Geometry of the project's charts. Paper millimetres, u right, v up, origin the page centre; nothing is drawn here.

The layout is made once for A4 and scaled to the other papers. What decided it:

* Best focus of a fast lens lies within a few millimetres of the centre line, so the bars run unbroken through it.
* The bars lean inwards towards the top. Perspective leans everything inwards as well, so the slant of an edge on the
  sensor never falls below the printed one; leaning all bars one way would leave half of them upright at short range.
* The core, 60 mm around the centre, must suffice alone: the ends of the sheet leave the frame at short range.
* A disc and its white margin are each at least as wide as the blur there of a 50 mm f/1.2 at 0.5 m,
  ``D |z| / s`` with D = 41.7 mm and s = 444 mm; tags say which chart it is and which way up, so they stand where
  focus is always near.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

Point = tuple[float, float]

PAPER_SIZES_MM: Final[dict[str, Point]] = {
    "A6": (105.0, 148.0),
    "A5": (148.0, 210.0),
    "A4": (210.0, 297.0),
    "Letter": (215.9, 279.4),
    "A3": (297.0, 420.0),
    "A2": (420.0, 594.0),
}
PAPERS: Final = tuple(PAPER_SIZES_MM)
"""Papers there is a chart for, smallest first."""

TILT_DEG: Final = 45.0
PAPER_REFLECTANCE: Final = 0.90
BAR_REFLECTANCE: Final = 0.13
TAG_DICTIONARY: Final = "DICT_4X4_250"
TAG_CELLS: Final = 6
"""Cells along the side of a tag, its black border included."""

_SCALES: Final = {"A6": 0.5, "A5": math.sqrt(0.5), "A4": 1.0, "Letter": 1.0, "A3": math.sqrt(2.0), "A2": 2.0}
# The lowest ids of a dictionary are on everybody's desk; ours start well above them.
_FIRST_TAG_IDS: Final = {paper: 100 + 10 * index for index, paper in enumerate(PAPERS)}

# The A4 layout. All values below are millimetres on A4 and are multiplied by the scale of the paper.
_EDGE_SLOPE: Final = math.tan(math.radians(4.0))
_LIVE_HALF: Final = (100.0, 135.0)
_CORE_HALF: Final = 60.0
_BAR_WIDTH: Final = 5.0
_EDGE_CLEAR: Final = 2.4
_CORE_BARS_U: Final = (11.0, 21.0, 31.0, 41.0)
_CORE_BARS_V: Final = 65.0
_OUTER_BARS_U: Final = (11.0, 21.0, 31.0, 41.0, 51.0)
_OUTER_BARS_V: Final = (70.0, 124.0)
# |u|, |v|, diameter, white margin: one disc in each quadrant, or one each side where v is 0.
_CORE_DISCS: Final = ((54.0, 17.5, 3.2, 1.6), (55.0, 29.0, 3.6, 2.2), (56.0, 42.0, 4.2, 3.0), (57.0, 57.0, 5.0, 3.8))
_OUTER_DISCS: Final = (
    (76.0, 0.0, 4.0, 2.5),
    (76.0, 48.0, 5.2, 3.4),
    (78.0, 76.0, 6.4, 5.2),
    (82.0, 99.0, 7.4, 6.7),
    (84.0, 121.0, 8.4, 8.1),
)
# u, v, side; the first two are the core's.
_TAGS: Final = (
    (-54.0, 0.0, 8.4),
    (54.0, 0.0, 8.4),
    (-74.0, 23.0, 12.0),
    (74.0, 23.0, 12.0),
    (-74.0, -23.0, 12.0),
    (74.0, -23.0, 12.0),
)
# Both sides carry the same six greys, in opposite order, so that uneven light averages out.
_GREYS: Final = (0.05, 0.09, 0.20, 0.31, 0.45, 0.66)
_GREY_U: Final = (51.0, 54.5, 58.0)
_GREY_V: Final = 8.9
_GREY_SIZE: Final = (3.3, 5.0)
_CHECK_U: Final = 95.0
_CHECK_V: Final = -131.0


@dataclass(frozen=True, slots=True)
class Disc:
    """A dark disc with a ring of bare paper ``margin_mm`` wide around it."""

    id: int
    u_mm: float
    v_mm: float
    radius_mm: float
    margin_mm: float


@dataclass(frozen=True, slots=True)
class Edge:
    """One long side of a bar: ``u = u0_mm + slope * v`` between two v.

    ``dark_side`` is +1 when the bar lies to the right (larger u) of the edge, -1 when to the left. ``clear_mm`` is the
    width on either side, along u, in which the paper shows nothing but the bar and its background.
    """

    bar_id: int
    u0_mm: float
    slope: float
    v_from_mm: float
    v_to_mm: float
    dark_side: int
    clear_mm: float

    def u_at(self, v_mm: float) -> float:
        """Where the edge is at height v; also beyond its ends."""
        return self.u0_mm + self.slope * v_mm


@dataclass(frozen=True, slots=True)
class Bar:
    """A slanted dark parallelogram with level ends. ``u0_mm`` is its left side carried on to v = 0."""

    id: int
    u0_mm: float
    width_mm: float
    slope: float
    v_from_mm: float
    v_to_mm: float
    clear_mm: float

    @property
    def edges(self) -> tuple[Edge, Edge]:
        """The left and the right side."""
        return (
            Edge(self.id, self.u0_mm, self.slope, self.v_from_mm, self.v_to_mm, +1, self.clear_mm),
            Edge(self.id, self.u0_mm + self.width_mm, self.slope, self.v_from_mm, self.v_to_mm, -1, self.clear_mm),
        )

    @property
    def corners_mm(self) -> tuple[Point, Point, Point, Point]:
        """Bottom left, bottom right, top right, top left."""
        left, right = self.edges
        low, high = self.v_from_mm, self.v_to_mm
        return (left.u_at(low), low), (right.u_at(low), low), (right.u_at(high), high), (left.u_at(high), high)


@dataclass(frozen=True, slots=True)
class Tag:
    """A coded tag, upright when v is up. ``id`` is of `TAG_DICTIONARY`; ``side_mm`` includes the black border."""

    id: int
    u_mm: float
    v_mm: float
    side_mm: float

    @property
    def corners_mm(self) -> tuple[Point, Point, Point, Point]:
        """Top left, top right, bottom right, bottom left, the order in which OpenCV reports them."""
        u, v, half = self.u_mm, self.v_mm, self.side_mm / 2
        return (u - half, v + half), (u + half, v + half), (u + half, v - half), (u - half, v - half)


@dataclass(frozen=True, slots=True)
class GreyStep:
    """An evenly grey rectangle about a centre."""

    u_mm: float
    v_mm: float
    width_mm: float
    height_mm: float
    reflectance: float


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line whose printed length the photographer measures with a ruler."""

    start_mm: Point
    end_mm: Point

    @property
    def length_mm(self) -> float:
        """Its length when the chart is printed at true size."""
        return math.dist(self.start_mm, self.end_mm)


@dataclass(frozen=True, slots=True)
class ChartDesign:
    """One chart on one paper.

    Attributes
    ----------
    name : stable name, for example ``lensdb-a4``.
    width_mm, height_mm : of the paper.
    live_half_mm : half width and half height of the printed field.
    core_half_mm : half side of the square field that suffices alone.
    measure_v_mm : the bars of the core run unbroken over -measure_v_mm ... +measure_v_mm.
    scale : size relative to the A4 layout.
    edge_slope : |du/dv| of every bar's sides.
    """

    name: str
    paper: str
    width_mm: float
    height_mm: float
    live_half_mm: Point
    core_half_mm: float
    measure_v_mm: float
    scale: float
    edge_slope: float
    discs: tuple[Disc, ...]
    bars: tuple[Bar, ...]
    tags: tuple[Tag, ...]
    grey_steps: tuple[GreyStep, ...]
    check_lines: tuple[CheckLine, ...]
    tilt_deg: float = TILT_DEG
    paper_reflectance: float = PAPER_REFLECTANCE
    bar_reflectance: float = BAR_REFLECTANCE
    centre_line_v_mm: float = 0.0

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every measuring edge, bar by bar, left side first."""
        return tuple(edge for bar in self.bars for edge in bar.edges)


@cache
def chart_design(paper: str) -> ChartDesign:
    """The chart for one of `PAPERS`.

    Raises
    ------
    ValueError
        When there is no chart for that paper.
    """
    if paper not in PAPER_SIZES_MM:
        raise ValueError(f"no chart for paper {paper!r}; there is one for {', '.join(PAPERS)}")
    scale = _SCALES[paper]
    width_mm, height_mm = PAPER_SIZES_MM[paper]
    return ChartDesign(
        name=f"lensdb-{paper.lower()}",
        paper=paper,
        width_mm=width_mm,
        height_mm=height_mm,
        live_half_mm=(scale * _LIVE_HALF[0], scale * _LIVE_HALF[1]),
        core_half_mm=scale * _CORE_HALF,
        measure_v_mm=scale * _CORE_BARS_V,
        scale=scale,
        edge_slope=_EDGE_SLOPE,
        discs=_discs(scale),
        bars=_bars(scale),
        tags=tuple(
            Tag(_FIRST_TAG_IDS[paper] + index, scale * u, scale * v, scale * side)
            for index, (u, v, side) in enumerate(_TAGS)
        ),
        grey_steps=_grey_steps(scale),
        check_lines=_check_lines(scale),
    )


def design_by_name(name: str) -> ChartDesign:
    """The chart called ``lensdb-a4`` and the like; a `ValueError` when there is none of that name."""
    for paper in PAPERS:
        if name == f"lensdb-{paper.lower()}":
            return chart_design(paper)
    raise ValueError(f"no chart is called {name!r}")


def design_by_tag(tag_id: int) -> tuple[ChartDesign, Tag]:
    """The chart that carries this tag, and the tag; a `ValueError` when none of ours does."""
    for paper in PAPERS:
        for tag in chart_design(paper).tags:
            if tag.id == tag_id:
                return chart_design(paper), tag
    raise ValueError(f"tag {tag_id} is on none of the charts")


def _discs(scale: float) -> tuple[Disc, ...]:
    places = [
        (side * u, half * v, diameter / 2, margin)
        for u, v, diameter, margin in _CORE_DISCS + _OUTER_DISCS
        for half in ((1, -1) if v else (1,))
        for side in (-1, 1)
    ]
    return tuple(Disc(index, *(scale * value for value in place)) for index, place in enumerate(places))


def _bars(scale: float) -> tuple[Bar, ...]:
    """Core bars first, then those of the upper and the lower end, each from left to right."""
    low, high = _OUTER_BARS_V
    middle = (low + high) / 2
    rows = (
        (_CORE_BARS_U, -_CORE_BARS_V, _CORE_BARS_V, 0.0),
        (_OUTER_BARS_U, low, high, middle),
        (_OUTER_BARS_U, -high, -low, -middle),
    )
    bars: list[Bar] = []
    for offsets, v_from, v_to, v_middle in rows:
        # Left bars lean right and right bars lean left; each is at its nominal place at the middle of its length.
        lefts = [(-u - _BAR_WIDTH, _EDGE_SLOPE) for u in reversed(offsets)] + [(u, -_EDGE_SLOPE) for u in offsets]
        for u, slope in lefts:
            u0 = u - slope * v_middle
            place = (scale * value for value in (v_from, v_to, _EDGE_CLEAR))
            bars.append(Bar(len(bars), scale * u0, scale * _BAR_WIDTH, slope, *place))
    return tuple(bars)


def _grey_steps(scale: float) -> tuple[GreyStep, ...]:
    width, height = _GREY_SIZE
    places = [(u, v) for v in (_GREY_V, -_GREY_V) for u in _GREY_U]
    steps = [(-u, v, grey) for (u, v), grey in zip(places, _GREYS, strict=True)]
    steps += [(u, v, grey) for (u, v), grey in zip(places, reversed(_GREYS), strict=True)]
    return tuple(GreyStep(scale * u, scale * v, scale * width, scale * height, grey) for u, v, grey in steps)


def _check_lines(scale: float) -> tuple[CheckLine, CheckLine]:
    """One along u at the foot, one along v at the left; 100 mm, and 50 mm where 100 mm has no room."""
    half = 50.0 if scale > 0.6 else 25.0
    u, v = scale * _CHECK_U, scale * _CHECK_V
    return CheckLine((-half, v), (half, v)), CheckLine((-u, -half), (-u, half))
