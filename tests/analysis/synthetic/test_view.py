"""Bowed sheets and errors over the field, against geometry done by hand."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.synthetic.field import FULL_FRAME_CORNER_MM, Field
from analysis.synthetic.lens import LENSES, Lens
from analysis.synthetic.photo import render_photo, set_up
from analysis.synthetic.scene import Scene, focus_wide_open
from analysis.synthetic.view import view_of

PERFECT = Lens("Nobody", "Perfect 50mm f/1.2", "Perfect", 50.0, 1.2, 0.0)
SCENE = Scene(chart_design("A4"), width_px=3000, height_px=2000, pixel_pitch_um=12.0)
AXIS = np.array([1499.5, 999.5])
POINTS = np.array([(-50.0, -60.0), (40.0, 10.0), (3.0, 80.0), (0.0, 0.0), (-20.0, 120.0)])


def view(scene=SCENE, **field):
    return view_of(scene, focus_wide_open(scene, PERFECT), 50.0, Field(**field))


def test_nothing_bent_is_a_plain_homography():
    assert view(cosine_fourth=True).bend is None


def test_a_bowed_sheet_comes_towards_the_camera_at_its_ends():
    bowed = view(replace(SCENE, bow_mm=2.0))
    distance = SCENE.pupil_distance_mm(50.0)
    v = POINTS[:, 1]
    lift = 2.0 * (v / 148.5) ** 2
    z = distance + (v - lift) * np.sqrt(0.5)
    y = (v + lift) * np.sqrt(0.5)
    pixels = bowed.project(POINTS)
    scale = bowed.image_distance_mm / 0.012
    assert pixels == pytest.approx(AXIS + scale * np.column_stack([POINTS[:, 0] / z, -y / z]))
    assert 1 / bowed.vergence_at(pixels[:, 0], pixels[:, 1]) == pytest.approx(z, abs=1e-4)


def test_distortion_moves_points_by_the_square_of_their_height():
    straight, barrel = view(), view(distortion=-0.015)
    ideal, seen = straight.project(POINTS), barrel.project(POINTS)
    height_mm = np.hypot(*(ideal - AXIS).T) * 0.012
    change = -0.015 * (height_mm / FULL_FRAME_CORNER_MM) ** 2
    assert seen - AXIS == pytest.approx((ideal - AXIS) * (1 + change)[:, None])
    assert barrel.vergence_at(*seen.T) == pytest.approx(straight.vergence_at(*ideal.T), rel=1e-9)


def test_a_bend_survives_a_turned_chart():
    turned = replace(SCENE, pan_deg=3.0, roll_deg=-2.0, chart_offset_mm=(4.0, -3.0, 1.5), bow_mm=1.5)
    bent = view(turned, distortion=0.02)
    pixels = bent.project(POINTS)
    _, _, z = bent.bend.axes @ np.stack([*POINTS.T, -1.5 * (POINTS[:, 1] / 148.5) ** 2])
    expected = z + turned.pupil_distance_mm(50.0) + 1.5
    assert 1 / bent.vergence_at(*pixels.T) == pytest.approx(expected, abs=1e-3)


def test_a_curved_field_is_in_focus_where_its_surface_meets_the_image():
    """Thin lens: an object whose image would lie h^2 / 2R behind the sensor is in focus at height h."""
    curved = view(curvature_per_mm=1 / 300)
    focal = 1 / 50.0
    paraxial = focal - 1 / curved.image_distance_mm
    for height_mm in (3.0, 9.0):
        sag = height_mm**2 / 600
        expected = focal - 1 / (curved.image_distance_mm + sag)
        x = AXIS[0] + height_mm / 0.012
        in_focus = curved.vergence_at(x, AXIS[1]) - curved.defocus_at(x, AXIS[1], 0.0)
        assert in_focus == pytest.approx(expected - paraxial, rel=0.005)
    assert curved.defocus_at(*AXIS, 0.002) == pytest.approx(curved.vergence_at(*AXIS) - 0.002)


def test_a_tilted_field_is_in_focus_nearer_below():
    tilted = view(tilt_deg=0.1)
    paraxial = 1 / 50.0 - 1 / tilted.image_distance_mm
    y = AXIS[1] + 5.0 / 0.012
    in_focus = tilted.vergence_at(AXIS[0], y) - tilted.defocus_at(AXIS[0], y, 0.0)
    expected = 1 / 50.0 - 1 / (tilted.image_distance_mm + 5.0 * np.tan(np.radians(0.1)))
    assert in_focus == pytest.approx(expected - paraxial, rel=0.005)


def test_a_print_of_the_wrong_size_is_another_chart():
    small = view(replace(SCENE, print_scale=(0.98, 0.97)))
    assert small.project(POINTS) == pytest.approx(view().project(POINTS * (0.98, 0.97)))
    bent = view(replace(SCENE, print_scale=(0.98, 0.97)), distortion=-0.01)
    assert bent.project(POINTS) == pytest.approx(view(distortion=-0.01).project(POINTS * (0.98, 0.97)))


def linear(levels):
    return ((levels / 255 + 0.055) / 1.055) ** 2.4


SMALL = replace(SCENE, width_px=600, height_px=400, pixel_pitch_um=60.0, full_well_electrons=0.0, light_gradient=0.0)


def photo(field=None, **changes):
    lens = replace(LENSES["canon-ef-50-1.2"], field=field or Field())
    return render_photo(set_up(replace(SMALL, **changes), lens), 5.6, np.random.default_rng(0))


def test_light_falls_off_with_the_fourth_power_of_the_cosine():
    even, natural = photo().astype(float), photo(Field(cosine_fourth=True)).astype(float)
    corner = (slice(0, 4), slice(0, 4))
    tangent = np.hypot(298, 198) * 0.06 / 55.6
    expected = np.cos(np.arctan(tangent)) ** 4
    assert linear(natural[corner]).mean() / linear(even[corner]).mean() == pytest.approx(expected, rel=0.02)
    assert natural[200, 300] == even[200, 300]


def test_light_can_fall_off_downwards():
    even, uneven = photo().astype(float), photo(light_gradient_down=-0.4).astype(float)
    for row, expected in ((2, 1.2), (397, 0.8)):
        assert linear(uneven[row, :8]).mean() / linear(even[row, :8]).mean() == pytest.approx(expected, rel=0.02)


def test_colours_of_different_magnification_have_different_edges():
    """Red 2 % larger: what green shows at a place, red shows 2 % farther out."""
    colour = photo(Field(lateral_colour=(0.02, -0.01))).astype(float)
    assert np.array_equal(colour[..., 1], photo())
    for channel, stretch in ((0, 1.02), (2, 0.99)):
        matrix = np.array([[stretch, 0, 299.5 * (1 - stretch)], [0, stretch, 199.5 * (1 - stretch)]])
        y, x = np.mgrid[80:320, 100:500]
        place_x, place_y = matrix[0, 0] * x + matrix[0, 2], matrix[1, 1] * y + matrix[1, 2]
        from_green = colour[..., 1][y, x]
        seen = colour[..., channel][place_y.round().astype(int), place_x.round().astype(int)]
        unmoved = colour[..., channel][y, x]
        assert np.abs(seen - from_green).mean() < 0.5 * np.abs(unmoved - from_green).mean()
