"""A pushed camera and a turned ring, told apart by what they do to image size and best focus together."""

import math

import numpy as np
import pytest

from analysis.flags import Quality
from analysis.focus.checks import solve_consistently
from analysis.focus.optics import Setup
from analysis.focus.peak import Peak
from analysis.sfr.motion import Motion

SETUP = Setup(50.0, 500.0, 55.6, 1.2)
F_NUMBERS = (1.2, 1.4, 2.0, 2.8, 4.0, 8.0)
AFTER = np.array([0, 0, 0, 1, 1, 1])
MOVED, REFOCUSED = Quality.CAMERA_MOVED_AXIS, Quality.REFOCUSED


def peak(f_number, off):
    width = 1.2e-5 * f_number
    vergence = 0.00199 + 1e-5 * (1.2 / f_number) ** 2 + off
    return Peak(vergence, 2e-8 * f_number**2, 2 * math.log(2) / width**2, vergence + width, vergence - width, True,
                vergence - width, vergence + width, ())  # fmt: skip


def solved(off, growth, right_px=0.0):
    peaks = [peak(n, off * after) for n, after in zip(F_NUMBERS, AFTER, strict=True)]
    motions = [Motion(right_px * after, 0.0, growth * after, 1e-6, 0.0) for after in AFTER]
    return solve_consistently(F_NUMBERS, peaks, motions, SETUP, 20.0)


def test_nothing_happened():
    assert solved(0.0, 0.0).flags == (Quality(0),) * 6


@pytest.mark.parametrize("nearer_mm", [1.0, -0.5])
def test_a_pushed_camera(nearer_mm):
    growth = nearer_mm / 500
    found = solved(-nearer_mm / 500**2, growth)
    assert found.flags == tuple(MOVED if after else Quality(0) for after in AFTER)
    undisturbed = solved(0.0, 0.0).series.vergence
    assert found.series.vergence == pytest.approx(undisturbed, abs=2e-8)


@pytest.mark.parametrize("breathing", [1.0, -0.3, 0.0])
def test_a_turned_ring_however_the_lens_breathes(breathing):
    by = 4e-6
    found = solved(by, breathing * by * SETUP.image_distance_mm)
    assert any(REFOCUSED in flag for flag in found.flags)
    assert not any(MOVED in flag for flag in found.flags)


def test_sideways_movement_is_reported_and_nothing_else():
    found = solved(0.0, 0.0, right_px=3.0)
    assert found.flags == tuple(Quality.CAMERA_MOVED if after else Quality(0) for after in AFTER)


def test_small_movements_are_let_pass():
    assert solved(0.0, 2e-5, right_px=0.5).flags == (Quality(0),) * 6


def growing(growth):
    """A series whose peaks are where they belong and whose image grows as given."""
    motions = [Motion(0.0, 0.0, float(one), 1e-6, 0.0) for one in growth]
    return solve_consistently(F_NUMBERS, [peak(n, 0.0) for n in F_NUMBERS], motions, SETUP, 20.0)


def test_edges_displaced_by_coma_are_no_movement():
    area = (1.2 / np.array(F_NUMBERS)) ** 2
    found = growing(7e-4 * (area - area[0]))
    assert found.flags == (Quality(0),) * 6
    assert found.moved == (0.0,) * 6


def test_rims_that_cut_the_comatic_tail_wide_open_are_no_movement_either():
    area = (1.2 / np.array(F_NUMBERS)) ** 2
    growth = 7e-4 * (area - area[0])
    growth[1:] += 2e-4
    found = growing(growth)
    assert found.flags == (Quality(0),) * 6
    assert found.moved == (0.0,) * 6


def test_a_camera_pushed_after_the_first_photo_moved_whatever_coma_does():
    area = (1.2 / np.array(F_NUMBERS)) ** 2
    growth = 2e-4 * (area - area[0])
    growth[1:] += 8e-4
    assert all(flag != Quality(0) for flag in growing(growth).flags[1:])
