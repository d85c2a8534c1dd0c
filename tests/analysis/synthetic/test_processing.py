"""The camera's processing against what each step is by definition."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.synthetic.lens import LENSES
from analysis.synthetic.photo import render_photo, set_up
from analysis.synthetic.processing import (
    Processing,
    demosaiced,
    denoised,
    developed,
    mosaic_of,
    sharpened,
    srgb_encoded,
    with_s_curve,
)
from analysis.synthetic.scene import Scene

SCENE = Scene(chart_design("A4"), width_px=400, height_px=300, pixel_pitch_um=40.0, light_gradient=0.0)
LENS = LENSES["canon-ef-50-1.2"]


@pytest.fixture(scope="module")
def setup():
    return set_up(SCENE, LENS)


def photo(setup, f_number=5.6, **changes):
    return render_photo(replace(setup, scene=replace(SCENE, **changes)), f_number, np.random.default_rng(2))


def wave(cycles_per_px, size=200):
    """A cosine along the rows, (64, size)."""
    return np.tile(np.cos(2 * np.pi * cycles_per_px * np.arange(size)), (64, 1)).astype(np.float32)


def amplitude(picture, cycles_per_px):
    row = picture[32]
    return 2 * abs(np.mean(row * np.exp(-2j * np.pi * cycles_per_px * np.arange(row.size))))


def test_a_demosaiced_plane_is_the_plane():
    y, x = np.indices((32, 48))
    planes = [(c + 0.01 * x - 0.02 * y).astype(np.float32) for c in (0.1, 0.4, 0.8)]
    colour = demosaiced(mosaic_of(*planes))
    for channel, plane in zip(np.moveaxis(colour, -1, 0), planes, strict=True):
        assert channel[1:-1, 1:-1] == pytest.approx(plane[1:-1, 1:-1], abs=1e-6)


@pytest.mark.parametrize("cycles_per_px", [0.05, 0.15, 0.2])
def test_demosaicing_has_the_transfer_of_linear_interpolation(cycles_per_px):
    """Every other sample joined by straight lines: the fundamental is left with cos^2(pi f)."""
    grey = wave(cycles_per_px)
    colour = demosaiced(mosaic_of(grey, grey, grey))
    for channel in (0, 2):
        found = amplitude(colour[..., channel], cycles_per_px)
        assert found == pytest.approx(np.cos(np.pi * cycles_per_px) ** 2, abs=0.01)


@pytest.mark.parametrize("amount", [0.5, 1.5])
@pytest.mark.parametrize("cycles_per_px", [0.05, 0.15, 0.3])
def test_sharpening_has_the_transfer_of_an_unsharp_mask(amount, cycles_per_px):
    found = amplitude(sharpened(wave(cycles_per_px), amount, 1.2), cycles_per_px)
    gaussian = np.exp(-2 * (np.pi * cycles_per_px * 1.2) ** 2)
    assert found == pytest.approx(1 + amount * (1 - gaussian), abs=0.02)


def test_noise_reduction_takes_noise_and_leaves_edges():
    rng = np.random.default_rng(1)
    edge = np.where(np.arange(120) < 60, 0.3, 0.7) + np.zeros((80, 1))
    noisy = (edge + rng.normal(0, 0.01, edge.shape)).astype(np.float32)
    smooth = denoised(noisy, 15.0)
    assert (smooth - edge).std() < 0.4 * (noisy - edge).std()
    assert smooth[:, 60].mean() - smooth[:, 59].mean() == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("amount", [-0.4, 0.3, 0.9])
def test_the_s_curve_rises_from_end_to_end(amount):
    y = np.linspace(0, 1, 1001, dtype=np.float32)
    curve = with_s_curve(y, amount)
    assert np.all(np.diff(curve) > 0)
    assert curve[[0, 500, 1000]] == pytest.approx([0.0, 0.5, 1.0], abs=1e-6)
    assert (curve[501] - curve[499]) / 0.002 == pytest.approx(1 + amount, abs=1e-3)
    with pytest.raises(ValueError, match="not a tone curve"):
        Processing(s_curve=1.5)


def test_plain_development_is_the_srgb_curve():
    linear = np.linspace(-0.1, 1.2, 500, dtype=np.float32)[None, :]
    expected = np.round(255 * srgb_encoded(np.clip(linear, 0, 1)))
    assert np.abs(developed(linear, Processing()) - expected).max() <= 1


def test_processing_switched_off_changes_nothing(setup):
    """The long way round, with a sharpening nobody can see, gives the photo of the short way."""
    plain = photo(setup).astype(int)
    barely = photo(setup, processing=Processing(sharpening=1e-6)).astype(int)
    assert np.abs(plain - barely).max() <= 1
    assert np.mean(plain != barely) < 0.05


def test_a_mosaic_makes_a_colour_photo_of_the_same_tones(setup):
    plain = photo(setup, full_well_electrons=0.0)
    colour = photo(setup, full_well_electrons=0.0, processing=Processing(mosaic=True))
    assert colour.shape == (300, 400, 3)
    assert colour.mean(axis=(0, 1)) == pytest.approx([plain.mean()] * 3, abs=1.5)
    assert np.ptp(colour.astype(int), axis=2).max() > 10  # false colour at the edges, as a mosaic makes it


def test_noise_grows_with_the_root_of_sensitivity(setup):
    quiet = photo(setup, full_well_electrons=0.0).astype(float)
    noise = [(photo(setup, read_noise_electrons=0.0, iso=iso) - quiet).std() for iso in (400, 1600)]
    assert noise[1] / noise[0] == pytest.approx(2.0, rel=0.1)


def test_too_much_light_is_clipped(setup):
    assert (photo(setup) == 255).mean() < 0.001
    assert (photo(setup, white_level=1.3) == 255).mean() > 0.2
