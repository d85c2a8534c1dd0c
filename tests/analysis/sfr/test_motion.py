"""Movements of up to a few pixels put into drawn frames are read back; larger ones are only noticed."""

from functools import cache

import pytest

from analysis.sfr.motion import against, motion_between
from analysis.sfr.paths import common_blocks, edge_paths
from analysis.sfr.rows import edge_contrast
from tests.analysis.sfr.edges import DESIGN, PITCH_UM, VIEW, frame_of_edges

PATHS = edge_paths(DESIGN, VIEW)
BLOCKS = common_blocks(VIEW, PATHS, 4)


@cache
def contrast(sigma_px, seed, **moved):
    return edge_contrast(frame_of_edges(sigma_px, noise=0.01, seed=seed, **moved), PATHS, BLOCKS, PITCH_UM)


def motion(sigma_px=1.0, **moved):
    return motion_between(contrast(1.0, 1), contrast(sigma_px, 2, **moved), PATHS, VIEW, PITCH_UM)


@pytest.mark.parametrize(
    ("right_px", "down_px", "growth"),
    [
        (0.0, 0.0, 0.0),
        (0.3, 0.0, 0.0),
        (-5.0, 0.0, 0.0),
        (6.0, -4.0, 0.0),
        (0.0, 3.0, 0.0),
        (0.0, 0.0, 3e-4),
        (1.0, 1.0, -6e-4),
    ],
)
def test_movement_is_read_back(right_px, down_px, growth):
    found = motion(right_px=right_px, down_px=down_px, growth=growth)
    assert found.right_px == pytest.approx(right_px, abs=0.02, rel=0.03)
    assert found.down_px == pytest.approx(down_px, abs=0.1)
    assert found.scale == pytest.approx(growth, abs=2e-5)
    assert found.scale_se < 5e-5 / 4  # a movement of 5e-5 along the axis is warned of


def test_nothing_is_said_when_nothing_is_in_focus_in_both():
    assert motion(sigma_px=6.0) is None


def test_movements_are_counted_from_the_first_photo():
    first, later = motion(right_px=2.0), motion(right_px=5.0, growth=2e-4)
    since = against(later, first)
    assert since.right_px == pytest.approx(3.0, abs=0.03)
    assert since.scale == pytest.approx(2e-4, abs=2e-5)
