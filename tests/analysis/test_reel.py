"""Pictures of the reel: on the chart, to scale, and nothing of the room."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from analysis.charts.design import chart_design
from analysis.charts.view import ChartView, tilted
from analysis.frames import Frame, srgb_to_linear
from analysis.reel import reel_pictures

DESIGN = chart_design("A6")
VIEW = ChartView(tilted(45.0, 0.0), np.array([0.0, 0.0, 500.0]), 5000.0, 0.0, 1800, 1200)
ROOM, PAPER = 10, 200


@pytest.fixture(scope="module")
def made():
    """A room of black around the chart's outline, which is paper all over."""
    y, x = np.mgrid[: VIEW.height_px, : VIEW.width_px]
    corners = np.array([(-1, 1), (1, 1), (1, -1), (-1, -1)]) * [DESIGN.width_mm / 2, DESIGN.height_mm / 2]
    px, py = VIEW.project(*corners.T)
    inside = np.ones(x.shape, bool)
    for i in range(4):
        ax, ay, bx, by = px[i - 1], py[i - 1], px[i], py[i]
        inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    frame = Frame(np.where(inside, PAPER, ROOM).astype(np.uint8), srgb_to_linear(256))
    return reel_pictures(frame, DESIGN, VIEW, "photo-001")


def opened(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def test_nothing_of_the_room_is_left(made):
    _, pictures = made
    for data in pictures.values():
        assert opened(data).min() > 100  # a line of mixed pixels along the outline is all


def test_sizes_are_those_promised(made):
    reel, pictures = made
    chart, crop = opened(pictures[reel.chart_name]), opened(pictures[reel.crop_name])
    assert chart.shape == (reel.chart_height_px, reel.chart_width_px)
    assert crop.shape == (reel.crop_height_px, reel.crop_width_px)
    assert max(chart.shape) <= 900


@pytest.mark.parametrize("which", ["chart_depth_rows", "crop_depth_rows"])
def test_depth_rows_fall_from_behind_to_front(made, which):
    reel, _ = made
    rows, depths = np.array(getattr(reel, which)).T
    assert (np.diff(rows) > 0).all()
    assert (np.diff(depths) < 0).all()
    assert depths.min() < 0 < depths.max()


def test_depth_zero_is_the_middle_of_the_crop(made):
    reel, _ = made
    rows, depths = np.array(reel.crop_depth_rows).T
    assert np.interp(0.0, depths[::-1], rows[::-1]) == pytest.approx(reel.crop_height_px / 2, abs=3)


def test_upside_down_depth_rises(made):
    view = replace(VIEW, rotation=tilted(45.0, 180.0))
    frame = Frame(np.full((VIEW.height_px, VIEW.width_px), PAPER, np.uint8), srgb_to_linear(256))
    reel, _ = reel_pictures(frame, DESIGN, view, "photo-001")
    _, depths = np.array(reel.crop_depth_rows).T
    assert (np.diff(depths) > 0).all()
