"""Peaks of curves whose peak is known."""

import numpy as np
import pytest

from analysis.focus.curve import FocusCurve
from analysis.focus.peak import find_peak

VERGENCE = np.linspace(0.0018, 0.0022, 800)


def curve(peak, width, *, lean=0.0, height=0.8, noise=0.0, seed=0, vergence=VERGENCE):
    """L = -ln MTF a parabola of half-contrast half-width `width`, leaning by a cubic term."""
    t = (vergence - peak) / width
    mtf = height * np.exp(-np.log(2) * (t**2 + lean * t**3 * (np.abs(t) < 3)))
    mtf = np.where(np.abs(t) < 3, mtf, 0.0)
    groups = mtf**2 + np.random.default_rng(seed).normal(0, noise * np.sqrt(8), (8, 1, vergence.size))
    without = (groups.sum(axis=0) - groups) / 7
    return FocusCurve(vergence, (20.0,), groups.mean(axis=0), without, np.ones(vergence.size))


@pytest.mark.parametrize("width", [4e-6, 2e-5, 1e-4])
@pytest.mark.parametrize("lean", [0.0, 0.15, -0.15])
def test_peak_and_half_contrast(width, lean):
    found = find_peak(curve(0.002003, width, lean=lean), 20.0)
    assert found.vergence_per_mm == pytest.approx(0.002003, abs=0.01 * width)
    assert found.inside
    assert found.curvature == pytest.approx(2 * np.log(2) / width**2, rel=0.02)
    if lean == 0:
        assert found.near_per_mm == pytest.approx(0.002003 + width, abs=0.02 * width)
        assert found.far_per_mm == pytest.approx(0.002003 - width, abs=0.02 * width)


def test_the_error_is_that_of_the_scatter():
    found = [find_peak(curve(0.002, 2e-5, noise=0.02, seed=seed), 20.0) for seed in range(30)]
    scatter = np.std([peak.vergence_per_mm for peak in found])
    assert np.sqrt(np.mean([peak.se_per_mm**2 for peak in found])) == pytest.approx(scatter, rel=0.6)
    assert abs(np.mean([peak.vergence_per_mm for peak in found]) - 0.002) < 3 * scatter / np.sqrt(30)


def test_a_zone_that_leaves_the_chart_is_not_inside():
    found = find_peak(curve(0.00192, 1.5e-4, noise=0.01), 20.0)
    assert not found.inside
    assert found.vergence_per_mm == pytest.approx(0.00192, abs=2e-5)


@pytest.mark.parametrize("height", [0.0, 0.8])
def test_no_contrast_or_no_fall_is_no_peak(height):
    flat = curve(0.002, 1.0, height=height, noise=0.001)
    assert find_peak(flat, 20.0) is None


def test_too_few_blocks_are_no_peak():
    short = curve(0.002, 2e-5, vergence=VERGENCE[398:403])
    assert find_peak(short, 20.0) is None


def test_the_print_term_is_taken_off():
    """A print's blur adds P f^2 V^2 to L and pulls a wide peak towards smaller vergence."""
    width, term = 1e-4, 30.0
    bare = curve(0.002, width)
    printed = bare.mtf_squared * np.exp(-2 * term * 400 * VERGENCE**2)
    pulled = FocusCurve(VERGENCE, (20.0,), printed, np.stack([printed] * 8), bare.weight)
    assert find_peak(pulled, 20.0).vergence_per_mm < 0.00195 + 0.5e-4
    assert find_peak(pulled, 20.0, term).vergence_per_mm == pytest.approx(0.002, abs=0.02 * width)


def test_one_bad_stretch_does_not_pull():
    good = curve(0.002, 4e-5)
    spoiled = good.mtf_squared.copy()
    spoiled[:, 430:438] *= 0.7
    bad = FocusCurve(VERGENCE, (20.0,), spoiled, np.stack([spoiled] * 8), good.weight)
    assert find_peak(bad, 20.0).vergence_per_mm == pytest.approx(0.002, abs=0.03 * 4e-5)
