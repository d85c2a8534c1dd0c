"""The aperture law on peaks that obey it, with a print of known blur."""

import math

import numpy as np
import pytest

from analysis.focus.law import law_applies, print_term_of, solve_series
from analysis.focus.optics import Setup
from analysis.focus.peak import Peak

SETUP = Setup(50.0, 500.0, 55.6, 1.2)
F_NUMBERS = (1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
PARAXIAL, A, B = 0.001990, 1.0e-5, -1.5e-6
FREQUENCY = 20.0


def true_vergence(f_number):
    r_sq = (1.2 / f_number) ** 2
    return PARAXIAL + A * r_sq + B * r_sq**2


def peak(f_number, *, print_blur_mm=0.035, off=0.0, se=2e-8):
    """A peak as a print of this blur would leave it, its zone growing with the f-number."""
    width = 1.2e-5 * f_number
    curvature = 2 * math.log(2) / width**2
    vergence = true_vergence(f_number)
    pulled = vergence - 2 * print_term_of(print_blur_mm**2, SETUP) * FREQUENCY**2 * vergence / curvature + off
    error = se * f_number**2
    return Peak(pulled, error, curvature, pulled + width, pulled - width, True, pulled - width, pulled + width, ())


def solved(f_numbers=F_NUMBERS, **changes):
    return solve_series(f_numbers, [peak(n, **changes) for n in f_numbers], SETUP, FREQUENCY)


@pytest.mark.parametrize("print_blur_mm", [0.0, 0.035, 0.06])
def test_every_f_number_is_right_whatever_the_print(print_blur_mm):
    found = solved(print_blur_mm=print_blur_mm)
    depth = np.array([SETUP.depth_mm(v) for v in found.vergence])
    truth = np.array([SETUP.depth_mm(true_vergence(n)) for n in F_NUMBERS])
    assert depth == pytest.approx(truth, abs=0.06)
    errors_mm = np.sqrt(np.diag(found.covariance)) / found.vergence**2
    assert (np.abs(depth - truth) < 3 * errors_mm).all()


def test_own_peaks_of_narrow_apertures_are_freed_of_the_print():
    raw = [SETUP.depth_mm(peak(n).vergence_per_mm) for n in F_NUMBERS]
    truth = [SETUP.depth_mm(true_vergence(n)) for n in F_NUMBERS]
    assert raw[-1] - truth[-1] > 0.5
    found = solved()
    freed = [SETUP.depth_mm(v) for v in found.direct]
    assert freed == pytest.approx(truth, abs=0.2)
    assert found.direct_se[-1] > 10 * found.direct_se[0]


def test_a_missing_peak_is_borrowed():
    peaks = [peak(n) if n < 16 else None for n in F_NUMBERS]
    found = solve_series(F_NUMBERS, peaks, SETUP, FREQUENCY)
    assert SETUP.depth_mm(found.vergence[-1]) == pytest.approx(SETUP.depth_mm(true_vergence(16.0)), abs=0.06)
    assert math.isnan(found.direct[-1])


@pytest.mark.parametrize(
    ("f_numbers", "applies"),
    [
        ((1.2, 2.0, 2.8, 8.0), True),
        ((1.2, 2.0, 8.0), False),
        ((1.2, 5.6, 8.0, 11.0), False),
        ((2.8, 4.0, 5.6, 8.0), True),
    ],
)
def test_how_many_f_numbers_the_law_takes(f_numbers, applies):
    assert law_applies(np.array(f_numbers)) is applies


def test_without_the_law_each_photo_stands_alone():
    found = solved((1.2, 4.0, 16.0))
    assert not found.lawful
    assert SETUP.depth_mm(found.vergence[0]) == pytest.approx(SETUP.depth_mm(true_vergence(1.2)), abs=0.02)
    errors = np.sqrt(np.diag(found.covariance))
    assert errors[2] > 20 * errors[0]
    missing = solve_series((1.2, 4.0), [None, peak(4.0)], SETUP, FREQUENCY)
    assert np.isnan(missing.vergence[0])


def test_repeats_are_one_f_number():
    found = solved((1.2, 1.2, 2.0, 2.8, 4.0))
    assert found.f_numbers.tolist() == [1.2, 2.0, 2.8, 4.0]
    assert found.direct.size == 5
    single = solved((1.2, 2.0, 2.8, 4.0))
    assert found.covariance[0, 0] < single.covariance[0, 0]


def test_a_photo_that_breaks_the_law_stands_out():
    peaks = [peak(n, off=4e-6 if n == 2.8 else 0.0) for n in F_NUMBERS]
    found = solve_series(F_NUMBERS, peaks, SETUP, FREQUENCY)
    significance = np.abs(found.innovation / found.innovation_se)
    assert significance.argmax() == F_NUMBERS.index(2.8)
    assert significance.max() > 5
    clean = solved()
    assert np.abs(clean.innovation / clean.innovation_se).max() < 2
