"""The chart comes out at true size in every format."""

import io
import re
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest
from PIL import Image

from analysis.charts.design import PAPERS, TAG_DICTIONARY, chart_design
from analysis.charts.draw import chart_levels, chart_pdf, chart_png, chart_svg, printed_grey

DPI = 254.0  # ten pixels to the millimetre


@pytest.fixture(scope="module")
def levels():
    return chart_levels(chart_design("A4"), DPI)


def row_column(design, u, v):
    return round((design.height_mm / 2 - v) * 10 - 0.5), round((design.width_mm / 2 + u) * 10 - 0.5)


def test_png_has_the_size_of_the_paper_and_says_so():
    picture = Image.open(io.BytesIO(chart_png(chart_design("A6"), 300)))
    assert picture.mode == "L"
    assert picture.size == (round(105 * 300 / 25.4), round(148 * 300 / 25.4))
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_png_shows_shapes_in_their_greys(levels):
    design = chart_design("A4")
    for step in design.grey_steps:
        assert levels[row_column(design, step.u_mm, step.v_mm)] == round(255 * printed_grey(step.reflectance, design))
    for bar in design.bars:
        u, v = np.mean(bar.corners_mm, axis=0)
        assert levels[row_column(design, u, v)] == round(255 * printed_grey(design.bar_reflectance, design))
    assert levels[0, 0] == 255


def test_printed_greys_are_the_reflectances_again_after_srgb():
    design = chart_design("A4")
    for reflectance in (0.05, 0.13, 0.45, 0.9):
        level = printed_grey(reflectance, design)
        linear = level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        assert linear * design.paper_reflectance == pytest.approx(reflectance, rel=1e-6)


def test_bars_have_their_width_on_paper(levels):
    design = chart_design("A4")
    row = row_column(design, 0, 20.0)[0]
    v = design.height_mm / 2 - (row + 0.5) / 10
    darkness = (255 - levels[row].astype(float)) / (255 - round(255 * printed_grey(design.bar_reflectance, design)))
    for bar in design.bars[:8]:
        left, right = (10 * (design.width_mm / 2 + edge.u_at(v)) for edge in bar.edges)
        inside = darkness[int(left) - 20 : int(right) + 20]
        assert inside.sum() / 10 == pytest.approx(bar.width_mm, abs=0.01)


@pytest.mark.parametrize("paper", PAPERS)
def test_tags_are_read_with_their_ids_and_corners(paper):
    design = chart_design(paper)
    dpi = 200 / design.scale
    picture = chart_levels(design, dpi)
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, TAG_DICTIONARY))
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(picture)
    found = dict(zip(np.ravel(ids).tolist(), corners, strict=True))
    assert sorted(found) == [tag.id for tag in design.tags]
    for tag in design.tags:
        expected = [
            ((design.width_mm / 2 + u) * dpi / 25.4 - 0.5, (design.height_mm / 2 - v) * dpi / 25.4 - 0.5)
            for u, v in tag.corners_mm
        ]
        assert found[tag.id].reshape(4, 2) == pytest.approx(np.array(expected), abs=1.5)


def test_svg_is_in_millimetres():
    design = chart_design("Letter")
    root = ET.fromstring(chart_svg(design))  # noqa: S314 - our own text
    assert root.get("width") == "215.9mm"
    assert root.get("viewBox") == "-107.95 -139.7 215.9 279.4"
    circles = [item for item in root.iter() if item.tag.endswith("circle")]
    assert len(circles) == len(design.discs)
    first = design.discs[0]
    assert float(circles[0].get("cx")) == pytest.approx(first.u_mm, abs=1e-4)
    assert float(circles[0].get("cy")) == pytest.approx(-first.v_mm, abs=1e-4)


@pytest.mark.parametrize("paper", ["A6", "A4", "A2"])
def test_pdf_has_the_paper_s_size_two_pages_and_the_same_bytes_every_time(paper):
    design = chart_design(paper)
    data = chart_pdf(design)
    assert data == chart_pdf(design)
    boxes = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
    assert len(boxes) == 2
    for width, height in boxes:
        assert float(width) / 72 * 25.4 == pytest.approx(design.width_mm, abs=0.01)
        assert float(height) / 72 * 25.4 == pytest.approx(design.height_mm, abs=0.01)
    assert b"/PrintScaling /None" in data
