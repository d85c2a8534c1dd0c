"""Cells are covered as geometry says."""

import numpy as np
import pytest

from analysis.charts.coverage import BAND_ROWS, cover, cover_bands


def one(corners, weight=1.0):
    return [(np.array([corners], float), np.array([weight]))]


def test_a_rectangle_covers_its_share_of_each_cell():
    covered = cover(one([(1.25, 1.5), (3.75, 1.5), (3.75, 3.0), (1.25, 3.0)], 2.0), 4, 5)
    expected = np.outer([0, 0.5, 1, 0], [0, 0.75, 1, 0.75, 0]) * 2
    assert covered == pytest.approx(expected)


def test_orientation_does_not_matter():
    corners = [(1.3, 0.4), (6.1, 1.9), (3.2, 5.5)]
    assert cover(one(corners), 8, 8) == pytest.approx(cover(one(corners[::-1]), 8, 8))


def test_area_is_kept_also_across_bands_and_beyond_the_grid():
    rows = BAND_ROWS + 40
    triangle = np.array([(2.2, 3.1), (57.9, 20.4), (30.3, rows - 5.7)])
    area = _area(triangle)
    assert cover(one(triangle), rows, 60).sum() == pytest.approx(area, rel=1e-4)
    half_outside = [(-10, 2), (10, 2), (10, 4), (-10, 4)]
    assert cover(one(half_outside), 6, 20).sum() == pytest.approx(20)


def test_a_slanted_edge_lies_where_it_should():
    slope = 0.07
    corners = [(10.3, 0), (40, 0), (40, 64), (10.3 + 64 * slope, 64)]
    covered = cover(one(corners), 64, 50)
    position = 50 - covered.sum(axis=1) - 10  # dark from the edge to column 40
    assert position == pytest.approx(10.3 + slope * (np.arange(64) + 0.5), abs=1e-4)


def test_bands_together_are_the_whole():
    stacks = one([(1.0, 2.0), (20.0, 90.0), (3.0, 300.0)])
    whole = cover(stacks, 310, 24)
    assert np.concatenate([band for _, band in cover_bands(stacks, 310, 24)]) == pytest.approx(whole)


def _area(corners):
    (x0, y0), (x1, y1), (x2, y2) = corners
    return abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
