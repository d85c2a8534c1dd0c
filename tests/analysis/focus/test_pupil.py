"""The transfer function against closed forms and against a Fourier transform of the pupil."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import j1

from analysis.focus.pupil import WidestPupil, best_defocus, best_defocus_slopes, half_contrast, transfer
from tests.analysis.focus.fft_pupil import FREQUENCIES, contrast

LENSES = [(0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (12.0, 0.0, 0.0), (-20.0, 14.0, 0.0), (-7.0, -3.0, 1.5)]
PUPIL = WidestPupil(radius_mm=50 / 1.2 / 2, image_distance_mm=52.6)


def of_stop(stop: float) -> tuple[np.ndarray, np.ndarray]:
    return PUPIL.shift(np.array(FREQUENCIES)), np.full(len(FREQUENCIES), stop)


def test_a_perfect_pupil_in_focus_has_the_contrast_of_an_airy_disc() -> None:
    shift = np.array([0.1, 0.7, 1.3, 1.9])
    seen = transfer(shift, np.ones(4), np.zeros(3), np.zeros((4, 1))).value[:, 0]
    x = shift / 2
    assert seen == pytest.approx(2 / np.pi * (np.arccos(x) - x * np.sqrt(1 - x**2)), abs=1e-7)


def test_far_from_focus_contrast_is_that_of_a_disc() -> None:
    shift, waves = np.array([0.01]), np.linspace(5, 60, 12)
    seen = transfer(shift, np.ones(1), np.zeros(3), waves[None]).value[0]
    z = 4 * np.pi * waves * shift
    assert seen == pytest.approx(2 * j1(z) / z, abs=0.01)


@pytest.mark.parametrize("aberration", LENSES)
@pytest.mark.parametrize("f_number", [1.2, 2.8, 16.0])
def test_it_agrees_with_a_fourier_transform_of_the_pupil(aberration: tuple[float, ...], f_number: float) -> None:
    shift, stop = of_stop(1.2 / f_number)
    best = best_defocus(shift, stop, np.array(aberration))[1]
    waves = best + np.array([-2.0, -0.7, 0.0, 0.3, 1.5]) / stop[0] ** min(2, f_number)
    seen = transfer(shift, stop, np.array(aberration), np.tile(waves, (3, 1))).value
    cone = PUPIL.image_distance_mm / PUPIL.radius_mm
    expected = np.array([contrast(aberration, w, stop[0], cone) for w in waves]).T
    assert seen == pytest.approx(expected, abs=1.5e-3)


def test_derivatives_are_those_of_the_function() -> None:
    shift, stop = PUPIL.shift(np.array([10.0, 20.0, 40.0])), np.array([1.0, 0.6, 0.2])
    aberration, waves, step = np.array([-20.0, 14.0, 1.0]), np.tile(np.linspace(-6, 5, 7), (3, 1)), 1e-5
    seen = transfer(shift, stop, aberration, waves)
    for i, unit in enumerate(np.eye(3)):
        up = transfer(shift, stop, aberration + step * unit, waves).value
        down = transfer(shift, stop, aberration - step * unit, waves).value
        assert seen.by_aberration[i] == pytest.approx((up - down) / (2 * step), abs=1e-7)
    slope = (
        transfer(shift, stop, aberration, waves + step).value - transfer(shift, stop, aberration, waves - step).value
    )
    assert seen.by_defocus == pytest.approx(slope / (2 * step), abs=1e-7)
    larger, smaller = (transfer(shift, stop * size, aberration, waves).value for size in (1 + step, 1 - step))
    assert seen.by_stop == pytest.approx((larger - smaller) / (2 * step), abs=2e-3)


def test_a_far_defocused_curve_leaves_the_others_as_they_are() -> None:
    """Each is integrated as finely as itself asks for."""
    shift, stop, aberration = np.full(2, PUPIL.shift(40.0)), np.ones(2), np.array([4.0, -1.0, 0.5])
    near = np.linspace(-3, 8, 9)
    both = transfer(shift, stop, aberration, np.stack([near, near + 170.0]))
    alone = transfer(shift[:1], stop[:1], aberration, near[None])
    assert both.value[0] == pytest.approx(alone.value[0], abs=1e-12)
    assert both.by_aberration[:, 0] == pytest.approx(alone.by_aberration[:, 0], abs=1e-12)
    assert np.all(np.abs(both.value[1]) < 0.01)


def test_there_is_no_contrast_beyond_the_cut_off() -> None:
    shift, stop = np.array([0.5, 0.5]), np.array([0.2, 1.0])
    seen = transfer(shift, stop, np.array([1.0, 0, 0]), np.zeros((2, 3))).value
    assert np.all(seen[0] == 0)
    assert np.all(seen[1] > 0.1)
    assert np.isnan(best_defocus(shift, stop, np.zeros(3))).tolist() == [True, False]


@pytest.mark.parametrize(("waves", "of_aberration"), [(2.0, 1.30), (12.0, 1.24)])
def test_best_focus_of_primary_aberration_lies_between_least_variance_and_least_blur(
    waves: float, of_aberration: float
) -> None:
    shift, stop = of_stop(1.0)
    best = best_defocus(shift, stop, np.array([waves, 0.0, 0.0]))[1]
    assert best / waves == pytest.approx(of_aberration, abs=0.01)


def test_undercorrection_moves_focus_behind_on_stopping_down() -> None:
    stop = np.array([1.0, 0.5, 0.1])
    best = best_defocus(np.full(3, PUPIL.shift(20.0)), stop, np.array([4.0, 0.0, 0.0]))
    # More defocus is more vergence is nearer.
    assert best[0] > best[1] > best[2]


@pytest.mark.parametrize("aberration", LENSES)
def test_slopes_of_best_focus_are_those_of_best_focus(aberration: tuple[float, ...]) -> None:
    stop, step = np.array([1.0, 0.6, 0.25]), 1e-3
    shift, waves = np.full(3, PUPIL.shift(20.0)), np.array(aberration)
    slopes = best_defocus_slopes(shift, stop, waves, best_defocus(shift, stop, waves))
    for i, unit in enumerate(np.eye(3)):
        moved = best_defocus(shift, stop, waves + step * unit) - best_defocus(shift, stop, waves - step * unit)
        assert slopes[i] == pytest.approx(moved / (2 * step), abs=5e-3)
    moved = best_defocus(shift, stop * (1 + step), waves) - best_defocus(shift, stop * (1 - step), waves)
    assert slopes[3] == pytest.approx(moved / (2 * step), abs=0.05)


@pytest.mark.parametrize("aberration", LENSES)
def test_half_contrast_is_half_of_the_peak(aberration: tuple[float, ...]) -> None:
    stop, waves = np.array([1.0, 0.3, 0.1]), np.array(aberration)
    shift = np.full(3, PUPIL.shift(20.0))
    best = best_defocus(shift, stop, waves)
    below, above = half_contrast(shift, stop, waves, best)
    seen = transfer(shift, stop, waves, np.stack([best, below, above], axis=1)).value
    assert np.all((below < best) & (best < above))
    assert seen[:, 1:] / seen[:, :1] == pytest.approx(0.5, abs=0.01)
