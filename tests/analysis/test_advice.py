"""The first test's lens: 50 mm f/1.2, some 20 µm of shift at the sensor by f/2.8."""

import math

import pytest

from analysis.advice import (
    MOST_STEPS,
    Picture,
    ShiftAt,
    advise,
    compromise,
    first_covered_f_number,
    step_by_measurement_um,
    step_by_rule_um,
)

PIXEL_MM, PRINT_MM = 0.006, 0.030
SHIFTS = [
    ShiftAt(1.2, 0.0),
    ShiftAt(2.0, 14.0, (13.0, 15.0)),
    ShiftAt(2.8, 19.0, (17.0, 21.0)),
    ShiftAt(4.0, 21.0),
    ShiftAt(5.6, 22.0),
]


def at(s_mm: float, criterion_mm: float = PIXEL_MM) -> Picture:
    return Picture(50.0, 1.2, s_mm, criterion_mm)


def test_wide_open_there_is_nothing_to_do():
    advice = advise(at(500.0), SHIFTS[0], step_um=4.0)
    assert advice.steps == 0
    assert advice.covered
    assert advice.shift_mm == 0.0
    assert advice.near_mm == pytest.approx(-advice.far_mm, rel=0.02)


def test_a_shift_behind_is_mended_by_steps_towards_the_camera():
    advice = advise(at(500.0), SHIFTS[2], step_um=4.0)
    assert advice.steps == -5
    assert advice.steps95 == (pytest.approx(-5.25), pytest.approx(-4.25))
    assert advice.shift_mm == pytest.approx(1.907, abs=0.001)
    assert not advice.covered
    assert advice.near_mm > 0, "the subject lies in front of all that is sharp"


def test_what_helps_stopped_down_hurts_wide_open():
    """20 µm at f/1.2 are three times the 6.5 µm that a pixel allows there."""
    assert advise(at(500.0), SHIFTS[2], step_um=4.0).wide_open_over_half_dof == pytest.approx(
        20 / (7.2 * 0.9), rel=1e-6
    )


def test_the_depth_of_field_covers_a_shift_from_some_f_number_on():
    stops = [advise(at(500.0), shift, step_um=4.0) for shift in SHIFTS]
    assert [stop.covered for stop in stops] == [True, False, False, True, True]
    assert first_covered_f_number(stops) == 4.0


def test_no_f_number_covers_a_shift_that_grows_faster_than_the_depth_of_field():
    stops = [advise(at(500.0), ShiftAt(n, 30.0 * n), step_um=4.0) for n in (2.0, 4.0)]
    assert math.isnan(first_covered_f_number(stops))


def test_a_print_forgives_what_a_pixel_does_not():
    assert advise(at(500.0, PRINT_MM), SHIFTS[2], step_um=4.0).covered


def test_the_setting_for_a_range_is_best_at_its_worst_f_number():
    found = compromise(at(500.0), SHIFTS[:3], step_um=1.0)
    half = [6.48, 10.8, 15.12]

    def worst(x: float) -> float:
        return max(abs(shift.shift_um + x) / side for shift, side in zip(SHIFTS, half, strict=False))

    assert found.worst_over_half_dof == pytest.approx(worst(found.steps), rel=1e-6)
    assert all(worst(found.steps) <= worst(x) + 1e-9 for x in range(-MOST_STEPS, MOST_STEPS + 1))
    assert found.uncorrected == pytest.approx(14 / 10.8)
    assert found.is_enough


def test_no_setting_serves_wide_open_and_a_large_shift():
    assert not compromise(at(500.0), [ShiftAt(1.2, 0.0), ShiftAt(2.0, 60.0)], step_um=4.0).is_enough


def test_a_range_needs_an_f_number():
    with pytest.raises(ValueError, match="at least one"):
        compromise(at(500.0), [], step_um=4.0)


def test_the_scale_of_a_camera_ends():
    assert not advise(at(500.0), ShiftAt(2.8, 100.0), step_um=4.0).in_reach


def test_the_makers_step_is_an_eighth_of_the_depth_of_focus_wide_open():
    """Far away 1.2 · 30 µm / 8; the criterion of the picture has no part in it."""
    assert step_by_rule_um(at(1e6)) == pytest.approx(4.5, rel=1e-3)
    assert step_by_rule_um(at(1e6, PRINT_MM)) == step_by_rule_um(at(1e6))


def test_a_trial_tells_the_step():
    """10 steps moved focus 4 mm at half a metre: 40 µm, a little less for the curvature of 1/s."""
    assert step_by_measurement_um(4.0, 10, 500.0, 50.0) == pytest.approx(3.97, abs=0.01)
    assert step_by_measurement_um(-4.0, -10, 500.0, 50.0) == pytest.approx(4.03, abs=0.01)


@pytest.mark.parametrize(("moved", "steps"), [(4.0, 0), (4.0, -10), (0.0, 10)])
def test_a_trial_that_tells_nothing_is_refused(moved, steps):
    with pytest.raises(ValueError, match="must move focus"):
        step_by_measurement_um(moved, steps, 500.0, 50.0)
