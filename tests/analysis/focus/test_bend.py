"""The bend of the field across the picture, measured on edges whose peaks are known, and taken out."""

import numpy as np
import pytest

from analysis.focus.bend import bend_across, slid
from analysis.focus.curve import join_edges
from analysis.focus.optics import sag_vergence
from analysis.focus.peak import find_peak
from analysis.focus.priors import CURVATURE_SD
from analysis.sfr.paths import Blocks
from analysis.sfr.rows import EdgeContrast

EDGES, COUNT = 24, 400
BLOCKS = Blocks(0.00185, 0.75e-6, COUNT)
AXIS_PER_MM = 0.002
IMAGE_MM = 55.0
ACROSS_MM = np.repeat(np.linspace(-6.0, 6.0, EDGES)[:, None], COUNT, axis=1)
WEIGHTS = np.exp(-0.5 * (ACROSS_MM[:, 0] / 2.5) ** 2)
WIDTH_PER_MM = 1e-5
"""Of the peak at f/1.4; further on in proportion."""
F_NUMBERS = (1.4, 2.0, 2.8, 4.0)


def photo(f_number, curvature_per_m, *, noise=0.0, seed=0, edges=slice(None)):
    """Edges that peak where a field of this curvature puts them."""
    centre = AXIS_PER_MM + sag_vergence(ACROSS_MM, 1e-3 * curvature_per_m, IMAGE_MM)
    away = (BLOCKS.vergence_per_mm - centre) / (WIDTH_PER_MM * f_number / 1.4)
    squared = 0.8 * np.exp(-(away**2)) + np.random.default_rng(seed).normal(0, noise, away.shape)
    step = np.zeros_like(squared)
    step[edges] = 4.0
    power = (squared * step)[:, None].repeat(3, axis=1)
    return EdgeContrast((10.0, 20.0, 40.0), BLOCKS, power, step, power[:, :0].astype(complex), step, step, step)


def measured(contrasts, f_numbers=F_NUMBERS):
    return bend_across(f_numbers, contrasts, ACROSS_MM, WEIGHTS, IMAGE_MM)


def peak_mm(contrast):
    """Depth of the peak of all edges joined, in mm from that on the axis."""
    return (AXIS_PER_MM - find_peak(join_edges(contrast, importance=WEIGHTS), 20.0).vergence_per_mm) / AXIS_PER_MM**2


@pytest.mark.parametrize("curvature_per_m", [-4.0, 0.0, 1.5, 4.0])
def test_the_bend_is_that_of_the_field(curvature_per_m):
    seen = [photo(n, curvature_per_m, noise=0.05, seed=k) for k, n in enumerate(F_NUMBERS)]
    bend = measured(seen)
    assert bend.curvature_per_m == pytest.approx(curvature_per_m, abs=0.03 + 0.02 * abs(curvature_per_m))
    assert 0 < bend.se_per_m < 0.05


def test_the_widest_photo_tells_only_when_it_is_alone():
    """Rims move the peaks of its edges, too."""
    odd = photo(1.4, 4.0)
    assert measured([odd, *(photo(n, 1.0) for n in F_NUMBERS[1:])]).curvature_per_m == pytest.approx(1.0, abs=0.03)
    assert measured([odd], [1.4]).curvature_per_m == pytest.approx(4.0, abs=0.1)


def test_without_a_peak_nothing_is_known():
    bend = measured([photo(n, 0.0, edges=slice(0)) for n in F_NUMBERS])
    assert (bend.curvature_per_m, bend.se_per_m) == pytest.approx((0.0, CURVATURE_SD))


def test_edges_are_slid_to_where_they_peak_on_the_axis():
    bent, flat = photo(2.0, 4.0), photo(2.0, 0.0)
    freed = slid(bent, sag_vergence(ACROSS_MM, 4e-3, IMAGE_MM))
    there = freed.step_power > 0
    assert there.mean() > 0.9  # what slides in from beyond the blocks is not known
    assert freed.power[:, 1][there] == pytest.approx(flat.power[:, 1][there], abs=0.01)
    assert not freed.power[:, 1][~there].any()


def test_a_bent_field_is_no_focus_shift_once_it_is_taken_out():
    """Joined as they are, narrow peaks follow the edges in the middle, wide ones the mean of all."""
    seen = [photo(n, 4.0) for n in F_NUMBERS]
    slide = sag_vergence(ACROSS_MM, 1e-3 * measured(seen).curvature_per_m, IMAGE_MM)
    left, freed = np.ptp([peak_mm(one) for one in seen]), [peak_mm(slid(one, slide)) for one in seen]
    assert np.abs(freed).max() < 0.1
    assert np.ptp(freed) < 0.2 * left
