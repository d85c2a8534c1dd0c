"""Rendered photos against the optics, edge by edge."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.synthetic.blur import frame_for, prepare
from analysis.synthetic.field import Field
from analysis.synthetic.lens import LENSES, Lens
from analysis.synthetic.optics import transfer
from analysis.synthetic.photo import light, render_photo, set_up
from analysis.synthetic.scene import Scene, magnification, vergence_per_wave

DESIGN = chart_design("A4")
LENS = LENSES["canon-ef-50-1.2"]
QUIET = Scene(DESIGN, width_px=1700, height_px=1000, pixel_pitch_um=8.0, print_blur_mm=0.0, full_well_electrons=0.0)
WINDOW_PX = 24


@pytest.fixture(scope="module")
def straight():
    return set_up(QUIET, LENS)


@pytest.fixture(scope="module")
def turned():
    return set_up(replace(QUIET, pan_deg=1.5, roll_deg=-1.0, chart_offset_mm=(2.0, 1.0, 0.0)), LENS)


def edge_response(setup, picture, edge, row, frequency_lp_mm):
    """Complex response of one edge around one row at one frequency along the row, its phase about the true place.

    Rows over two periods of the slant are averaged. Also returns the defocus of those rows, and the frequency across
    the edge.
    """
    v = np.linspace(edge.v_from_mm, edge.v_to_mm, 4001)
    path = setup.view.project(np.column_stack([edge.u_at(v), v]))[::-1]
    nearby = np.array([row - 8, row + 8])
    slope = np.diff(np.interp(nearby, path[:, 1], path[:, 0]))[0] / 16
    half = round(1 / abs(slope))  # two periods of the pixels' phase in all
    rows = np.arange(row - half, row + half)
    places = np.interp(rows, path[:, 1], path[:, 0])
    frequency_px = frequency_lp_mm * setup.scene.pixel_pitch_mm
    responses = []
    for y, place in zip(rows, places, strict=True):
        start = round(place) - WINDOW_PX
        step = np.diff(picture[y, start : start + 2 * WINDOW_PX + 1].astype(float))
        x = np.arange(start, start + 2 * WINDOW_PX) + 0.5 - place
        responses.append((step * np.exp(-2j * np.pi * frequency_px * x)).sum() / step.sum())
    # The pixel along and across the row, and the difference of neighbours, are boxes: divided out, the lens is left.
    seen = np.mean(responses) / (np.sinc(frequency_px) ** 2 * np.sinc(frequency_px * slope))
    paraxial = setup.focus.paraxial_vergence_per_mm
    waves = setup.view.defocus_at(places, rows, paraxial) / vergence_per_wave(setup.lens)
    return seen, waves, frequency_lp_mm * np.hypot(1, slope)


def check_mtf(setup, f_number, edges):
    """Single rows scatter a little, by what the pixels alias; their mean must not be off."""
    picture = light(setup, f_number)
    pupil = setup.focus.pupil(setup.lens, f_number, magnification(setup.scene, setup.lens))
    for frequency, each, together in ((20.0, 0.008, 0.003), (40.0, 0.025, 0.006)):
        errors = []
        for edge in edges:
            for row in CENTRAL_ROWS:
                response, waves, across_edge = edge_response(setup, picture, edge, row, frequency)
                errors.append(response.real - transfer(pupil, waves, across_edge).mean())
        assert np.abs(errors).max() < each
        assert abs(np.mean(errors)) < together


CENTRAL_ROWS = range(440, 561, 12)


@pytest.mark.parametrize("f_number", [1.2, 2.8, 8.0])
def test_edges_have_the_mtf_of_the_lens_at_their_depth(straight, f_number):
    check_mtf(straight, f_number, DESIGN.bars[4].edges)


@pytest.mark.parametrize("f_number", [1.2, 4.0])
def test_also_when_depth_changes_along_the_rows(turned, f_number):
    edges = (DESIGN.bars[0].edges[0], DESIGN.bars[7].edges[1])
    check_mtf(turned, f_number, edges)


def test_also_when_sheet_and_field_are_bent():
    """Slopes and depths of these edges come from the bent projection, contrast from the curved field."""
    field = Field(distortion=-0.03, curvature_per_mm=1 / 200, tilt_deg=0.1)
    bent = set_up(replace(QUIET, bow_mm=2.0), replace(LENS, field=field))
    check_mtf(bent, 1.4, (DESIGN.bars[0].edges[0], DESIGN.bars[4].edges[0], DESIGN.bars[7].edges[1]))
    picture = light(bent, 5.6)
    for edge in DESIGN.bars[0].edges:
        response, *_ = edge_response(bent, picture, edge, 500, 20.0)
        assert np.angle(response) / (2 * np.pi * 20.0 * QUIET.pixel_pitch_mm) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("f_number", [1.2, 5.6])
def test_edges_are_where_the_projection_puts_them(straight, f_number):
    picture = light(straight, f_number)
    for bar in DESIGN.bars[:8]:
        for edge in bar.edges:
            response, *_ = edge_response(straight, picture, edge, 500, 20.0)
            offset_px = -np.angle(response) / (2 * np.pi * 20.0 * QUIET.pixel_pitch_mm)
            assert offset_px == pytest.approx(0.0, abs=0.01)


def test_contrast_peaks_at_the_true_best_focus():
    """On fine rows around the peak a parabola through MTF at 20 lp/mm finds the truth."""
    scene = replace(QUIET, focus_offset_mm=0.6)
    setup = set_up(scene, LENS)
    picture = light(setup, 1.2)
    rows = np.arange(460, 521, 4)
    depths = 1 / setup.view.vergence_at(850.0, rows - 0.5) - scene.pupil_distance_mm(50.0)
    contrast = [
        np.mean([edge_response(setup, picture, edge, row, 20.0)[0].real for edge in DESIGN.bars[3].edges])
        for row in rows
    ]
    near = np.abs(depths - 0.6) < 1.0
    a, b, _ = np.polyfit(depths[near], np.array(contrast)[near], 2)
    assert -b / (2 * a) == pytest.approx(0.6, abs=0.03)


def test_print_blur_multiplies_mtf_by_its_gaussian(straight):
    blurred = set_up(replace(QUIET, print_blur_mm=0.05), LENS)
    edge = DESIGN.bars[4].edges[0]
    sharp, *_ = edge_response(straight, light(straight, 4.0), edge, 500, 40.0)
    soft, *_ = edge_response(blurred, light(blurred, 4.0), edge, 500, 40.0)
    on_sensor_mm = 0.05 * magnification(QUIET, LENS)
    expected = np.exp(-2 * (np.pi * 40.0 * on_sensor_mm) ** 2)
    assert (soft / sharp).real == pytest.approx(expected, abs=0.01)


def test_depth_of_field_is_where_blur_reaches_its_criterion():
    """At +- N c (m + 1) / m^2 the rays of a point fill a disc of diameter c."""
    perfect = Lens("Nobody", "Perfect", "Perfect", 50.0, 1.2, 0.0)
    scene = replace(QUIET, focus_distance_mm=1000.0)
    setup = set_up(scene, perfect)
    m = magnification(scene, perfect)
    half = 2.8 * 0.06 * (m + 1) / m**2
    distance = scene.pupil_distance_mm(50.0)
    pupil = setup.focus.pupil(perfect, 2.8, m)
    diameters = []
    for depth in (-half, half):
        waves = (1 / (distance + depth) - 1 / distance) / vergence_per_wave(perfect)
        diameters.append(2 * abs(pupil.ray_error_mm(np.array([pupil.stop]), np.array([waves]))[0, 0]))
    # Near is a little more, far a little less; the formula is their harmonic middle.
    assert 2 / (1 / diameters[0] + 1 / diameters[1]) == pytest.approx(0.06, rel=0.01)


@pytest.mark.parametrize("f_number", [1.2, 2.8, 11.0])
@pytest.mark.parametrize("which", ["straight", "turned"])
def test_an_even_surface_stays_even(request, which, f_number):
    setup = request.getfixturevalue(which)
    frame = frame_for(QUIET.width_px, QUIET.height_px)
    even = prepare(np.full((frame.rows, frame.columns), 0.5, np.float32), QUIET.width_px, QUIET.height_px)
    picture = light(replace(setup, sharp=even), f_number)
    assert np.abs(picture - 0.5).max() < 0.003


def test_far_blur_is_a_disc_of_the_right_size(straight):
    """A disc of ink far out of focus: its light is spread, not lost, over the blur disc of thin-lens optics."""
    picture = light(straight, 1.2)
    disc = next(disc for disc in DESIGN.discs if (disc.u_mm, disc.v_mm) == (56.0, 42.0))
    x, y = straight.view.project(np.array([(disc.u_mm, disc.v_mm)]))[0]
    vergence = straight.view.vergence_at(x, y)
    defocus = abs(vergence - straight.focus.paraxial_vergence_per_mm)
    blur_px = LENS.pupil_mm * straight.view.image_distance_mm * defocus / QUIET.pixel_pitch_mm
    rim = straight.view.project(
        np.array([(disc.u_mm + disc.radius_mm, disc.v_mm), (disc.u_mm, disc.v_mm + disc.radius_mm)])
    )
    across, along = rim[0, 0] - x, y - rim[1, 1]
    reach = int(across + blur_px)
    patch = picture[round(y) - reach : round(y) + reach + 1, round(x) - reach : round(x) + reach + 1]
    darkness = (DESIGN.paper_reflectance - patch) / (DESIGN.paper_reflectance - 0.05)
    assert darkness.sum() == pytest.approx(np.pi * across * along, rel=0.02)
    outside = np.hypot(*np.indices(patch.shape) - reach) > across + blur_px / 2 + 4
    assert np.abs(darkness[outside]).max() < 0.02


def test_noise_is_that_of_the_electrons():
    scene = replace(QUIET, full_well_electrons=20_000.0, light_gradient=0.0)
    setup = set_up(scene, LENS)
    levels = render_photo(setup, 8.0, np.random.default_rng(3))
    x, y = setup.view.project(np.array([(0.0, 67.3)]))[0].round().astype(int)
    white = levels[y - 4 : y + 5, x + 35 : x + 95] / 255
    linear = ((white + 0.055) / 1.055) ** 2.4
    assert linear.mean() == pytest.approx(scene.white_level, rel=0.01)
    electrons = scene.white_level * 20_000
    assert linear.std() == pytest.approx(np.sqrt(electrons + 36) / 20_000, rel=0.15)


def test_same_seed_same_photo(straight):
    noisy = replace(straight, scene=replace(QUIET, full_well_electrons=10_000.0))
    one, again, other = (render_photo(noisy, 4.0, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_colours_focus_apart_as_the_lens_says():
    """Red 20 um behind green is as sharp at a depth as green is that much nearer."""
    lens = replace(LENS, axial_colour_um=(20.0, -15.0))
    setup = set_up(QUIET, lens)
    levels = render_photo(setup, 2.0, np.random.default_rng(0))
    assert levels.shape == (1000, 1700, 3)
    assert np.array_equal(levels[..., 1], render_photo(set_up(QUIET, LENS), 2.0, np.random.default_rng(0)))
    rows = np.arange(420, 581, 8)
    vergence = setup.view.vergence_at(850.0, rows - 0.5)
    peaks = []
    for channel in np.moveaxis(((levels / 255 + 0.055) / 1.055) ** 2.4, -1, 0):
        contrast = np.array([edge_response(setup, channel, DESIGN.bars[3].edges[1], row, 20.0)[0].real for row in rows])
        near = contrast > 0.8 * contrast.max()
        a, b, _ = np.polyfit(vergence[near], contrast[near], 2)
        peaks.append(-b / (2 * a))
    apart_um = 1000 * 50.0**2 * (peaks[1] - np.array(peaks))
    assert apart_um == pytest.approx([20.0, 0.0, -15.0], abs=1.0)
