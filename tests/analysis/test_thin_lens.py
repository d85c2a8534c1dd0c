import math

import pytest

from analysis.thin_lens import (
    entrance_distance_mm,
    half_depth_of_field_mm,
    half_depth_of_focus_um,
    mark_distance_mm,
    shift_mm,
    shift_mm_per_um,
    shift_um,
)


def test_the_entrance_pupil_is_nearer_than_the_focal_plane():
    assert entrance_distance_mm(500**2 / 450, 50) == pytest.approx(500.0)
    assert math.isnan(entrance_distance_mm(150.0, 50.0))


def test_mark_distance_undoes_the_thin_lens():
    assert mark_distance_mm(entrance_distance_mm(500.0, 50.0), 50.0) == pytest.approx(500.0)


@pytest.mark.parametrize("shift", [-3.0, 0.0, 2.1])
def test_shift_in_front_of_the_lens_undoes_the_definition_at_the_sensor(shift):
    s, focal = 443.6, 50.0
    at_sensor_um = 1000 * focal**2 * (1 / s - 1 / (s + shift))
    assert shift_um(shift, s, focal) == pytest.approx(at_sensor_um)
    assert shift_mm(at_sensor_um, s, focal) == pytest.approx(shift, abs=1e-9)


def test_half_the_depth_of_focus_is_half_the_depth_of_field_at_the_sensor():
    """Where the depth of field is shallow against the distance the two are one and the same."""
    half_field_mm = half_depth_of_field_mm(1.2, 1000.0, 50.0, 0.0006)
    at_sensor_um = half_depth_of_focus_um(1.2, 1000.0, 50.0, 0.0006)
    assert at_sensor_um == pytest.approx(shift_um(half_field_mm, 1000.0, 50.0), rel=1e-3)


def test_its_slope_is_the_derivative():
    slope = (shift_mm(20.001, 443.6, 50.0) - shift_mm(19.999, 443.6, 50.0)) / 0.002
    assert shift_mm_per_um(20.0, 443.6, 50.0) == pytest.approx(slope, rel=1e-6)


def test_focus_beyond_infinity_counts_as_far_away():
    assert shift_mm(1000.0, 5000.0, 50.0) == pytest.approx(1e6 - 5000.0)


def test_depth_of_field_is_twice_its_half():
    """2 N c (m + 1)/m² for 50 mm at f/1.2 and one metre from the pupil, 0.03 mm: 27 mm in all."""
    assert 2 * half_depth_of_field_mm(1.2, 1000.0, 50.0, 0.03) == pytest.approx(27.4, abs=0.1)
