"""The slanted-edge response against edges whose response is known in closed form."""

import numpy as np
import pytest
from scipy.special import erf

from analysis.flags import PhotoUnusableError
from analysis.sfr.edge import edge_response


def gaussian_edge(sigma_px, angle_deg, *, rows=160, columns=96, noise=0.0, seed=1):
    """A pixel-integrated edge blurred by a Gaussian, rendered by averaging 9 x 9 points in each pixel."""
    points = (np.arange(9) - 4) / 9
    y, x = np.mgrid[:rows, :columns].astype(float)
    normal = np.array([np.cos(np.radians(angle_deg)), -np.sin(np.radians(angle_deg))])
    light = np.zeros((rows, columns))
    for dy in points:
        for dx in points:
            distance = (x + dx - columns / 2 + 0.3) * normal[0] + (y + dy - rows / 2) * normal[1]
            light += 0.5 + 0.5 * erf(distance / (np.sqrt(2) * sigma_px))
    light = 0.1 + 0.7 * light / points.size**2
    return light + np.random.default_rng(seed).normal(0, noise, light.shape)


def true_response(frequency_cy_px, sigma_px, angle_deg):
    """Gaussian times the square pixel along the normal of the edge."""
    along = np.sinc(frequency_cy_px * np.cos(np.radians(angle_deg)))
    across = np.sinc(frequency_cy_px * np.sin(np.radians(angle_deg)))
    return np.exp(-2 * (np.pi * sigma_px * frequency_cy_px) ** 2) * along * across


@pytest.mark.parametrize("sigma_px", [0.4, 0.8, 1.6, 3.0])
@pytest.mark.parametrize("angle_deg", [3.0, 5.0, 8.9, -5.0])
def test_response_of_a_gaussian_edge(sigma_px, angle_deg):
    found = edge_response(gaussian_edge(sigma_px, angle_deg))
    keep = found.frequency_cy_px <= 0.5
    truth = true_response(found.frequency_cy_px[keep], sigma_px, angle_deg)
    assert found.sfr[keep] == pytest.approx(truth, abs=0.01)
    assert found.angle_deg == pytest.approx(abs(angle_deg), abs=0.05)


def test_a_near_horizontal_or_mirrored_edge_is_the_same_edge():
    edge = gaussian_edge(0.8, 5.0)
    mtf50 = edge_response(edge).mtf50_cy_px
    for view in (edge.T, edge[:, ::-1], edge[::-1], 1 - edge):
        assert edge_response(view).mtf50_cy_px == pytest.approx(mtf50, abs=1e-3)


def test_noise_scatters_but_does_not_fool():
    found = [edge_response(gaussian_edge(0.8, 5.0, noise=0.01, seed=seed)).mtf50_cy_px for seed in range(5)]
    truth = edge_response(gaussian_edge(0.8, 5.0)).mtf50_cy_px
    assert found == pytest.approx([truth] * 5, abs=0.01)


def test_no_edge_is_said():
    flat = np.random.default_rng(0).normal(0.5, 0.01, (60, 60))
    with pytest.raises(PhotoUnusableError, match="No straight edge"):
        edge_response(flat)
