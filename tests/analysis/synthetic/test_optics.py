"""The optics against closed forms, and its two routes to the same transfer function against each other."""

import numpy as np
import pytest
from scipy.special import j0, j1

from analysis.synthetic.optics import REFERENCE_MM, SPECTRUM, Pupil, best_defocus_waves, transfer, wave_rings

CONE_F12 = 2 * 1.2 * 1.05  # v0 / a of an f/1.2 lens at magnification 1/20


def rings(pupil, defocus, reach_mm):
    width = 0.15 * SPECTRUM[0][0] * pupil.image_cone / (2 * pupil.stop)
    radius = (np.arange(int(reach_mm / width)) + 0.5) * width
    return radius, wave_rings(pupil, defocus, radius, width)


@pytest.mark.parametrize("f_number", [1.2, 4.0, 16.0])
@pytest.mark.parametrize("frequency", [20.0, 80.0])
def test_perfect_lens_has_the_diffraction_limited_mtf(f_number, frequency):
    stop = 1.2 / f_number
    expected = 0.0
    for wavelength, share in SPECTRUM:
        part = min(wavelength * frequency * CONE_F12 / (2 * stop), 1.0)
        expected += share * 2 / np.pi * (np.arccos(part) - part * np.sqrt(1 - part**2))
    pupil = Pupil((0.0, 0.0, 0.0), stop, CONE_F12)
    assert transfer(pupil, np.zeros(1), frequency)[0] == pytest.approx(expected, abs=1e-4)


def test_nothing_passes_beyond_the_cut_off():
    pupil = Pupil((0.0, 0.0, 0.0), 1.2 / 16, CONE_F12)
    assert transfer(pupil, np.zeros(1), 260.0)[0] == 0.0
    with pytest.raises(ValueError, match="cut-off"):
        best_defocus_waves(pupil, 260.0)


@pytest.mark.parametrize("waves", [6.0, 25.0])
def test_large_defocus_is_a_geometric_disc(waves):
    """The more so the larger: diffraction's part falls as the inverse of the defocus."""
    pupil = Pupil((0.0, 0.0, 0.0), 1.0, CONE_F12)
    radius = 2 * CONE_F12 * waves * REFERENCE_MM
    for part in (0.2, 0.5, 1.0):
        frequency = part / radius
        argument = 2 * np.pi * frequency * radius
        disc = 2 * j1(argument) / argument
        assert transfer(pupil, np.array([waves]), frequency)[0] == pytest.approx(disc, abs=0.12 / waves)


def test_a_perfect_lens_without_defocus_makes_the_airy_pattern():
    pupil = Pupil((0.0, 0.0, 0.0), 0.25, CONE_F12)
    radius, energy = rings(pupil, np.zeros(1), 0.03)
    width = radius[1] - radius[0]
    expected = np.zeros_like(radius)
    for wavelength, share in SPECTRUM:
        x = 2 * np.pi * radius * pupil.stop / (wavelength * CONE_F12)
        # Density of the encircled energy 1 - J0^2 - J1^2 (Born and Wolf, 8.5.2): 2 J1^2 / x per unit of x.
        expected += share * 2 * j1(x) ** 2 / x * (x / radius) * width
    assert energy[0] == pytest.approx(expected, abs=1e-5)


def test_energy_of_rings_is_absolute():
    pupil = Pupil((2.0, -1.0, 0.5), 1.0, CONE_F12)
    _, energy = rings(pupil, np.array([-6.0, 0.0, 2.0, 8.0]), 0.08)
    assert np.all(energy.sum(axis=1) < 1.004)
    assert np.all(energy.sum(axis=1) > 0.99)


@pytest.mark.parametrize("aberration", [(0.0, 0.0, 0.0), (2.5, 0.3, 0.0), (-3.0, 4.0, -1.0)])
def test_diffraction_integral_and_autocorrelation_agree(aberration):
    pupil = Pupil(aberration, 0.6, CONE_F12)
    defocus = np.linspace(-8.0, 12.0, 9)
    radius, energy = rings(pupil, defocus, 0.1)
    for frequency in (20.0, 60.0):
        from_image = energy @ j0(2 * np.pi * frequency * radius)
        assert from_image == pytest.approx(transfer(pupil, defocus, frequency), abs=0.006)


def test_small_spherical_aberration_is_brightest_at_least_variance():
    """The Strehl ratio peaks where the wavefront's variance is least: W020 = W040 in our signs."""
    pupil = Pupil((0.5, 0.0, 0.0), 1.0, CONE_F12)
    defocus = np.linspace(0.2, 0.8, 61)
    width = 0.02 * SPECTRUM[0][0] * CONE_F12
    centre = wave_rings(pupil, defocus, np.array([width / 2]), width)[:, 0]
    assert defocus[np.argmax(centre)] == pytest.approx(0.5, abs=0.011)


@pytest.mark.parametrize(("waves", "ratio"), [(2.0, 1.30), (12.0, 1.24)])
def test_best_focus_of_primary_aberration_at_20_lp_mm(waves, ratio):
    """Between least variance (1) and least geometric blur (4/3), as an independent simulation found at f/1.2."""
    assert best_defocus_waves(Pupil((waves, 0.0, 0.0), 1.0, CONE_F12)) / waves == pytest.approx(ratio, abs=0.02)


def test_best_focus_scales_with_the_square_of_the_stop():
    wide = best_defocus_waves(Pupil((0.1, 0.0, 0.0), 1.0, CONE_F12), 200.0)
    half = best_defocus_waves(Pupil((0.1 * 16, 0.0, 0.0), 0.5, CONE_F12), 100.0)
    assert half == pytest.approx(4 * wide, rel=1e-3)


@pytest.mark.parametrize(
    ("aberration", "defocus", "variance"),
    [
        ((0.2, 0.0, 0.0), 0.0, 4 / 45 * 0.2**2),
        ((0.5, 0.0, 0.0), 0.5, 0.5**2 / 180),
        ((0.0, 0.0, 0.0), 0.2, 0.2**2 / 12),
    ],
)
def test_the_strehl_ratio_of_small_errors_is_that_of_marechal(aberration, defocus, variance):
    """exp(-(2 pi sigma)^2), sigma being the wavefront's deviation in waves: primary aberration alone and balanced by
    defocus, and defocus alone (Born and Wolf, 9.3)."""
    width = 0.02 * SPECTRUM[0][0] * CONE_F12
    bad, perfect = (
        wave_rings(Pupil(w, 1.0, CONE_F12), np.array([by]), np.array([width / 2]), width)[0, 0]
        for w, by in ((aberration, defocus), ((0.0, 0.0, 0.0), 0.0))
    )
    weights = np.array([share / wavelength**2 for wavelength, share in SPECTRUM])
    ratios = [np.exp(-((2 * np.pi * REFERENCE_MM / wavelength) ** 2) * variance) for wavelength, _ in SPECTRUM]
    assert bad / perfect == pytest.approx(np.average(ratios, weights=weights), abs=0.02)
