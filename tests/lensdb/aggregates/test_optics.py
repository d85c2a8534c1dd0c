import math

import pytest

from lensdb.aggregates.optics import half_depth_of_field_mm, mark_distance_mm, shift_mm, shift_mm_per_um


def test_mark_distance_undoes_the_thin_lens():
    distance, focal = 500.0, 50.0
    s = (distance + math.sqrt(distance**2 - 4 * distance * focal)) / 2
    assert mark_distance_mm(s, focal) == pytest.approx(distance)


@pytest.mark.parametrize("shift", [-3.0, 0.0, 2.1])
def test_shift_in_front_of_the_lens_undoes_the_definition_at_the_sensor(shift):
    s, focal = 443.6, 50.0
    at_sensor_um = 1000 * focal**2 * (1 / s - 1 / (s + shift))
    assert shift_mm(at_sensor_um, s, focal) == pytest.approx(shift, abs=1e-9)


def test_its_slope_is_the_derivative():
    slope = (shift_mm(20.001, 443.6, 50.0) - shift_mm(19.999, 443.6, 50.0)) / 0.002
    assert shift_mm_per_um(20.0, 443.6, 50.0) == pytest.approx(slope, rel=1e-6)


def test_focus_beyond_infinity_counts_as_far_away():
    assert shift_mm(1000.0, 5000.0, 50.0) == pytest.approx(1e6 - 5000.0)


def test_depth_of_field_is_twice_its_half():
    """2 N c (m + 1)/m² for 50 mm at f/1.2 and one metre from the pupil, 0.03 mm: 27 mm in all."""
    assert 2 * half_depth_of_field_mm(1.2, 1000.0, 50.0, 0.03) == pytest.approx(27.4, abs=0.1)
