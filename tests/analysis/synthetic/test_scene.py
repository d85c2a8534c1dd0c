"""Projection, focusing and truth against thin-lens formulae."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.synthetic.lens import LENSES, Lens
from analysis.synthetic.scene import (
    Scene,
    focus_wide_open,
    magnification,
    true_best_focus_mm,
    vergence_per_wave,
)
from analysis.synthetic.view import view_of

PERFECT = Lens("Nobody", "Perfect 50mm f/1.2", "Perfect", 50.0, 1.2, 0.0)


@pytest.fixture
def scene():
    return Scene(chart_design("A4"), focus_distance_mm=500.0, width_px=3000, height_px=2000)


def at_pupil_distance(scene, distance_mm, focal_length_mm=50.0):
    return replace(scene, focus_distance_mm=distance_mm**2 / (distance_mm - focal_length_mm))


def test_object_and_image_distance_add_up_to_the_photographer_s(scene):
    focus = focus_wide_open(scene, PERFECT)
    distance = scene.pupil_distance_mm(50.0)
    assert distance + focus.image_distance_mm == pytest.approx(500.0)
    assert 1 / distance + 1 / focus.image_distance_mm == pytest.approx(1 / 50.0)
    assert magnification(scene, PERFECT) == pytest.approx(focus.image_distance_mm / distance)


def test_too_near_is_refused(scene):
    with pytest.raises(ValueError, match="cannot focus at 190 mm"):
        replace(scene, focus_distance_mm=190.0).pupil_distance_mm(50.0)


def test_projection_on_the_centre_line_has_the_magnification(scene):
    view = view_of(scene, focus_wide_open(scene, PERFECT), 50.0)
    left, right, above = view.project(np.array([(-10.0, 0.0), (10.0, 0.0), (0.0, 0.01)]))
    assert (left + right) / 2 == pytest.approx([1499.5, 999.5])
    assert (right - left)[0] * 0.006 / 20 == pytest.approx(magnification(scene, PERFECT))
    assert (999.5 - above[1]) * 0.006 / 0.01 == pytest.approx(
        magnification(scene, PERFECT) * np.cos(np.pi / 4), rel=1e-4
    )


@pytest.mark.parametrize("turned", [{}, {"pan_deg": 3.0, "roll_deg": -2.0, "chart_offset_mm": (4.0, -3.0, 1.5)}])
def test_vergence_over_pixels_is_that_of_the_points(scene, turned):
    scene = replace(scene, **turned)
    view = view_of(scene, focus_wide_open(scene, PERFECT), 50.0)
    points = np.array([(-50.0, -60.0), (40.0, 10.0), (3.0, 80.0), (0.0, 0.0)])
    pixels = view.project(points)
    depth = 1 / view.vergence_at(pixels[:, 0], pixels[:, 1])
    centre = scene.pupil_distance_mm(50.0) + scene.chart_offset_mm[2]
    if not turned:
        assert depth == pytest.approx(centre + points[:, 1] * np.sin(np.pi / 4))
    assert depth[3] == pytest.approx(centre)
    # The ray through the pixel, as long as the depth says, ends where the chart's point is: 80 mm from the centre.
    ray = np.column_stack([(pixels - (1499.5, 999.5)) * 0.006 / view.image_distance_mm * (1, -1), np.ones(4)])
    places = ray * depth[:, None]
    assert np.linalg.norm(places - places[3], axis=1) == pytest.approx(np.linalg.norm(points, axis=1))


def test_top_of_the_chart_is_up_in_the_photo_and_farther(scene):
    view = view_of(scene, focus_wide_open(scene, PERFECT), 50.0)
    _, y = view.project(np.array([(0.0, 20.0)]))[0]
    assert y < 999.5
    assert view.vergence_at(0.0, y) < view.vergence_at(0.0, 999.5)


def test_undercorrected_aberration_moves_focus_behind_on_stopping_down(scene):
    lens = replace(PERFECT, w040_waves=2.0)
    depths = [true_best_focus_mm(scene, lens, f_number) for f_number in (1.2, 2.0, 4.0, 11.0)]
    assert depths[0] == pytest.approx(0.0, abs=1e-4)
    assert np.all(np.diff(depths) > 0)
    overcorrected = replace(PERFECT, w040_waves=-2.0)
    assert true_best_focus_mm(scene, overcorrected, 11.0) < -1.0


def test_a_perfect_lens_does_not_shift(scene):
    for f_number in (1.2, 2.8, 16.0):
        assert true_best_focus_mm(scene, PERFECT, f_number) == pytest.approx(0.0, abs=2e-3)


def test_one_wave_shifts_by_3_3_mm_at_a_metre(scene):
    """50 mm f/1.2 with one wave of primary aberration, as an independent simulation found."""
    scene = at_pupil_distance(scene, 1000.0)
    assert true_best_focus_mm(scene, replace(PERFECT, w040_waves=1.0), 16.0) == pytest.approx(3.3, abs=0.05)


def test_primary_aberration_follows_the_square_of_the_stop(scene):
    """shift(N) / shift(infinity) = 1 - (N_w / N)^2 for aberration small enough for a quadratic peak."""
    lens = replace(PERFECT, w040_waves=1.0)
    limit = true_best_focus_mm(scene, lens, 22.0)
    for f_number in (1.7, 2.4, 4.8):
        expected = 1 - (1.2 / f_number) ** 2
        assert true_best_focus_mm(scene, lens, f_number) / limit == pytest.approx(expected, abs=0.02)


def test_vergence_shift_does_not_depend_on_distance(scene):
    lens = replace(PERFECT, w040_waves=4.0)
    shifts = []
    for distance in (450.0, 1000.0, 3000.0):
        place = at_pupil_distance(scene, distance)
        depth = true_best_focus_mm(place, lens, 16.0)
        shifts.append(1 / distance - 1 / (distance + depth))
    assert shifts == pytest.approx([1.31e-5] * 3, rel=0.02)


def test_errors_of_focus_and_place_move_best_focus_by_as_much(scene):
    lens = LENSES["canon-ef-50-1.2"]
    focused_behind = replace(scene, focus_offset_mm=0.7)
    chart_nearer = replace(scene, chart_offset_mm=(0.0, 0.0, -0.4))
    assert true_best_focus_mm(focused_behind, lens, 1.2) == pytest.approx(0.7, abs=1e-4)
    assert true_best_focus_mm(chart_nearer, lens, 1.2) == pytest.approx(0.4, abs=1e-4)


def test_a_wave_of_defocus_is_eight_wavelengths_over_the_pupil_squared():
    """Blur disc c = D v0 |1/s - 1/s0|: at W020 waves the ray from the pupil's edge lands at half of that."""
    scene = Scene(chart_design("A4"), focus_distance_mm=1000.0)
    focus = focus_wide_open(scene, PERFECT)
    pupil = focus.pupil(PERFECT, 1.2, 0.05)
    radius = abs(pupil.ray_error_mm(np.ones(1), np.array([7.0]))[0, 0])
    difference = 7.0 * vergence_per_wave(PERFECT)
    assert 2 * radius == pytest.approx(PERFECT.pupil_mm * focus.image_distance_mm * difference)


def test_the_demo_lens_shifts_like_the_one_that_began_the_project():
    """18 to 23 um at the sensor and 2.0 to 2.3 mm at half a metre; the mark at -2 mm becomes sharp at f/8."""
    lens = LENSES["canon-ef-50-1.2"]
    scene = at_pupil_distance(Scene(chart_design("A4")), 500.0)
    depth = true_best_focus_mm(scene, lens, 8.0)
    assert 2.0 <= depth <= 2.3
    assert 18.0 <= 1000 * 50.0**2 * (1 / 500.0 - 1 / (500.0 + depth)) <= 23.0
    m = magnification(scene, lens)

    def sharp_in_front(f_number):
        half_depth_of_field = f_number * 0.006 * (m + 1) / m**2
        return true_best_focus_mm(scene, lens, f_number) - half_depth_of_field <= -2.0

    assert sharp_in_front(8.0)
    assert not sharp_in_front(5.6)


def test_copies_differ_and_are_repeatable():
    lens = LENSES["zeiss-sonnar-50-1.5"]
    one, again, other = (lens.copy(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    spread = np.std([lens.copy(np.random.default_rng(seed), spread=0.1).w040_waves for seed in range(200)])
    assert spread / lens.w040_waves == pytest.approx(0.1, rel=0.2)
