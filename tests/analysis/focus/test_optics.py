"""Formulae against ray geometry and the figures of the project's first test."""

import math

import pytest

from analysis.focus.optics import Setup, depth_of_field, shift_um
from analysis.thin_lens import depth_of_field_mm

SETUP = Setup(50.0, 500.0, 50 * 500 / 450, 1.2)


def blur_mm(depth_mm, focus_mm, f_number):
    """Blur of a point by a thin lens focused at another depth, from similar triangles at the sensor."""
    image_of_point = 1 / (1 / 50 - 1 / (500 + depth_mm))
    sensor = 1 / (1 / 50 - 1 / (500 + focus_mm))
    return 50 / f_number * abs(sensor / image_of_point - 1)


@pytest.mark.parametrize("f_number", [1.2, 4.0, 16.0])
@pytest.mark.parametrize("focus_mm", [0.0, 2.5])
def test_blur_is_the_criterion_at_the_limits_of_depth_of_field(f_number, focus_mm):
    sensor = 1 / (1 / 50 - 1 / (500 + focus_mm))
    setup = Setup(50.0, 500.0, sensor, 1.2)
    field = depth_of_field(setup, f_number, 1 / (500 + focus_mm), 0.03)
    assert blur_mm(field.near_mm, focus_mm, f_number) == pytest.approx(0.03, rel=1e-6)
    assert blur_mm(field.far_mm, focus_mm, f_number) == pytest.approx(0.03, rel=1e-6)


def test_the_short_formula_agrees_with_the_limits():
    field = depth_of_field(SETUP, 2.0, 1 / 500, 0.006)
    assert field.far_mm - field.near_mm == pytest.approx(depth_of_field_mm(2.0, 0.006, 1 / 9), rel=1e-3)


def test_depth_of_field_reaches_infinity():
    field = depth_of_field(Setup(24.0, 5000.0, 24.1, 1.4), 16.0, 1 / 5000, 0.03)
    assert field.near_mm > -5000
    assert math.isnan(field.far_mm)


def test_shift_at_the_sensor_is_the_defocus_at_infinity():
    """2 mm at 0.5 m is 20 um for a 50 mm lens, positive behind."""
    assert shift_um(SETUP, 1 / 500, 1 / 502) == pytest.approx(2.0 * (50 / 500) ** 2 * 1e3, rel=0.01)
    assert shift_um(SETUP, 1 / 500, 1 / 498) < 0
