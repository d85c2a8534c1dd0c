"""Nothing printed comes near what is measured, and every format shows the same marks."""

import numpy as np
import pytest

from analysis.charts.design import PAPERS, TAG_CELLS, chart_design
from analysis.charts.marks import Circle, chart_marks, lettering, tag_shapes
from analysis.charts.outlines import shape_outlines, stroke_outlines


@pytest.fixture(params=PAPERS)
def design(request):
    return chart_design(request.param)


def added_outlines(design):
    """Corner lists of everything that is not itself measured: lines, ticks, lettering."""
    marks = chart_marks(design)
    measured = len(design.bars) + len(design.discs) + len(design.grey_steps)
    measured += sum(len(tag_shapes(tag)) for tag in design.tags)
    added = [np.array(shape.corners_mm) for shape in marks.shapes[measured:]]
    assert len(added) > 100
    return added + list(stroke_outlines(marks.strokes))


def filled(outlines):
    """Points along the borders of polygons, close enough to stand for them."""
    starts = np.concatenate(outlines)
    ends = np.concatenate([np.roll(outline, -1, axis=0) for outline in outlines])
    return np.concatenate([starts + part * (ends - starts) for part in np.linspace(0, 1, 5)])


def test_marks_stay_on_the_paper(design):
    points = filled(added_outlines(design))
    half_u, half_v = design.live_half_mm
    assert np.abs(points[:, 0]).max() <= half_u
    assert np.abs(points[:, 1]).max() <= half_v


def test_marks_keep_clear_of_the_edges(design):
    points = filled(added_outlines(design))
    for edge in design.edges:
        beside = (points[:, 1] >= edge.v_from_mm) & (points[:, 1] <= edge.v_to_mm)
        distance = np.abs(points[beside, 0] - edge.u_at(points[beside, 1]))
        assert distance.min(initial=np.inf) >= edge.clear_mm


def test_marks_keep_out_of_the_margins_of_discs(design):
    points = filled(added_outlines(design))
    for disc in design.discs:
        distance = np.hypot(points[:, 0] - disc.u_mm, points[:, 1] - disc.v_mm)
        assert distance.min() >= disc.radius_mm + disc.margin_mm


def test_marks_leave_tags_and_greys_alone(design):
    points = filled(added_outlines(design))
    for tag in design.tags:
        reach = tag.side_mm / 2 + tag.side_mm / TAG_CELLS
        assert np.maximum(np.abs(points[:, 0] - tag.u_mm), np.abs(points[:, 1] - tag.v_mm)).min() >= reach
    for step in design.grey_steps:
        beside = np.abs(points[:, 0] - step.u_mm) < step.width_mm / 2
        assert not np.any(beside & (np.abs(points[:, 1] - step.v_mm) < step.height_mm / 2))


def test_centre_line_is_a_millimetre_on_a4():
    shapes = chart_marks(chart_design("A4")).shapes
    across = [
        shape
        for shape in shapes
        if not isinstance(shape, Circle) and shape.corners_mm[0][0] < 0 < shape.corners_mm[1][0]
    ]
    heights = {
        round(s.corners_mm[2][1] - s.corners_mm[1][1], 6) for s in across if s.corners_mm[0][1] < 0 < s.corners_mm[2][1]
    }
    assert 1.0 in heights


def test_lettering_is_as_high_and_as_wide_as_asked():
    points = np.concatenate([stroke.points_mm for stroke in lettering("H", (3.0, 4.0), 2.0, align=0.5)])
    assert points.min(axis=0) == pytest.approx([3.0 - 0.7, 4.0])
    assert points.max(axis=0) == pytest.approx([3.0 + 0.7, 6.0])


def test_lettering_upwards_is_turned_a_quarter():
    level = np.concatenate([stroke.points_mm for stroke in lettering("Fe", (0.0, 0.0), 2.0)])
    turned = np.concatenate([stroke.points_mm for stroke in lettering("Fe", (0.0, 0.0), 2.0, upwards=True)])
    assert turned == pytest.approx(np.column_stack([-level[:, 1], level[:, 0]]))


def test_unknown_characters_are_named():
    with pytest.raises(ValueError, match="€"):
        lettering("5 €", (0, 0), 2.0)


def test_circles_keep_their_area():
    ((outline,), (reflectance,)) = shape_outlines((Circle(1.0, 2.0, 3.0, 0.1),))[0]
    following = np.roll(outline, -1, axis=0)
    area = np.sum(outline[:, 0] * following[:, 1] - following[:, 0] * outline[:, 1]) / 2
    assert area == pytest.approx(np.pi * 9)
    assert reflectance == 0.1
