"""The chart's geometry keeps the promises its layout was made for."""

import itertools
import math

import pytest

from analysis.charts.design import PAPERS, ChartDesign, Edge, chart_design, design_by_name, design_by_tag

PUPIL_MM, PUPIL_DISTANCE_MM = 50 / 1.2, 443.6  # 50 mm f/1.2 with its focal plane 0.5 m from the chart


@pytest.fixture(params=PAPERS)
def design(request: pytest.FixtureRequest) -> ChartDesign:
    return chart_design(request.param)


def test_everything_lies_on_the_live_area_and_the_live_area_on_the_paper(design):
    half_u, half_v = design.live_half_mm
    assert half_u <= design.width_mm / 2
    assert half_v <= design.height_mm / 2
    points = [corner for item in (*design.bars, *design.tags) for corner in item.corners_mm]
    points += [(disc.u_mm + side * disc.radius_mm, disc.v_mm) for disc in design.discs for side in (-1, 1)]
    points += [end for line in design.check_lines for end in (line.start_mm, line.end_mm)]
    assert all(abs(u) <= half_u and abs(v) <= half_v for u, v in points)


def test_core_suffices_alone(design):
    def inside(u, v, reach):
        return max(abs(u), abs(v)) + reach <= design.core_half_mm

    assert sum(inside(disc.u_mm, disc.v_mm, disc.radius_mm) for disc in design.discs) >= 8
    assert sum(inside(tag.u_mm, tag.v_mm, tag.side_mm / 2) for tag in design.tags) == 2
    assert sum(bar.v_from_mm <= -design.core_half_mm <= design.core_half_mm <= bar.v_to_mm for bar in design.bars) == 8
    assert all(inside(step.u_mm, step.v_mm, 0) for step in design.grey_steps)


def test_discs_and_margins_outlast_the_blur_of_a_fast_lens_at_half_a_metre():
    for disc in chart_design("A4").discs:
        blur_mm = PUPIL_MM * abs(disc.v_mm) * math.sin(math.radians(45)) / PUPIL_DISTANCE_MM
        assert 2 * disc.radius_mm >= blur_mm
        assert disc.margin_mm >= 0.99 * blur_mm


def test_margins_of_discs_hold_nothing_else(design):
    for disc in design.discs:
        reach = disc.radius_mm + disc.margin_mm
        for other in design.discs:
            if other.id != disc.id:
                gap = math.dist((disc.u_mm, disc.v_mm), (other.u_mm, other.v_mm)) - other.radius_mm
                assert gap >= reach
        for item in (*design.tags, *design.grey_steps):
            width, height = _size(item)
            du = max(abs(disc.u_mm - item.u_mm) - width / 2, 0)
            dv = max(abs(disc.v_mm - item.v_mm) - height / 2, 0)
            assert math.hypot(du, dv) >= reach
        for edge in design.edges:
            if edge.v_from_mm - reach <= disc.v_mm <= edge.v_to_mm + reach:
                assert abs(_u_within(edge, disc.v_mm) - disc.u_mm) >= 0.99 * reach


def test_edges_are_clear_of_each_other_and_of_marks(design):
    for bar in design.bars:
        assert bar.clear_mm <= bar.width_mm / 2
    for one, other in itertools.combinations(design.bars, 2):
        if one.v_from_mm == other.v_from_mm:
            gaps = [
                abs(a.u_at(v) - b.u_at(v)) for a in one.edges for b in other.edges for v in (one.v_from_mm, one.v_to_mm)
            ]
            assert min(gaps) >= 2 * one.clear_mm
    for edge in design.edges:
        for item in (*design.tags, *design.grey_steps):
            width, height = _size(item)
            low = max(edge.v_from_mm, item.v_mm - height / 2)
            high = min(edge.v_to_mm, item.v_mm + height / 2)
            if low < high:
                assert min(abs(edge.u_at(v) - item.u_mm) for v in (low, high)) >= edge.clear_mm + width / 2


def test_bars_lean_inwards_so_that_perspective_adds_to_the_slant(design):
    for edge in design.edges:
        middle_u = edge.u_at((edge.v_from_mm + edge.v_to_mm) / 2)
        assert edge.slope * middle_u < 0
        assert abs(edge.slope) == pytest.approx(math.tan(math.radians(4)))


def test_bar_corners_lie_on_its_edges(design):
    for bar in design.bars:
        left, right = bar.edges
        (bottom_left, bottom_right, top_right, top_left) = bar.corners_mm
        assert bottom_left == (left.u_at(bar.v_from_mm), bar.v_from_mm)
        assert top_right == (right.u_at(bar.v_to_mm), bar.v_to_mm)
        assert bottom_right[0] - bottom_left[0] == pytest.approx(bar.width_mm)
        assert top_right[0] - top_left[0] == pytest.approx(bar.width_mm)
        assert (left.dark_side, right.dark_side) == (1, -1)


def test_a_tag_names_its_paper_and_its_place(design):
    for tag in design.tags:
        assert design_by_tag(tag.id) == (design, tag)
    ids = [tag.id for paper in PAPERS for tag in chart_design(paper).tags]
    assert len(ids) == len(set(ids))
    assert max(ids) < 250


def test_tag_cells_survive_six_millimetres_of_focus_error():
    for tag in chart_design("A4").tags[:2]:
        assert tag.side_mm / 6 >= PUPIL_MM * (6 + 4.2 * 0.707) / PUPIL_DISTANCE_MM


def test_names_lead_back(design):
    assert design_by_name(design.name) is design
    assert design_by_name("lensdb-a4").paper == "A4"


def test_unknown_charts_are_refused():
    with pytest.raises(ValueError, match="A7"):
        chart_design("A7")
    with pytest.raises(ValueError, match="nobody"):
        design_by_name("nobody")
    with pytest.raises(ValueError, match="249"):
        design_by_tag(249)


def test_check_lines_have_round_lengths(design):
    expected = 50.0 if design.paper == "A6" else 100.0
    assert [line.length_mm for line in design.check_lines] == [expected, expected]


def _size(item):
    return (item.side_mm, item.side_mm) if hasattr(item, "side_mm") else (item.width_mm, item.height_mm)


def _u_within(edge: Edge, v_mm: float) -> float:
    return edge.u_at(min(max(v_mm, edge.v_from_mm), edge.v_to_mm))
