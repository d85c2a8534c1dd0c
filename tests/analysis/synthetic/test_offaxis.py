"""Coma, astigmatism and the cat's eye against closed forms and the exact integral over the clipped pupil."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.synthetic.field import FULL_FRAME_CORNER_MM, Field
from analysis.synthetic.lens import LENSES
from analysis.synthetic.offaxis import landing_mm, light_share
from analysis.synthetic.optics import REFERENCE_MM, Pupil
from analysis.synthetic.photo import light, render_photo, set_up
from analysis.synthetic.scene import Scene, magnification
from tests.analysis.synthetic.test_photo import edge_response

DESIGN = chart_design("A4")
LENS = LENSES["canon-ef-50-1.2"]
QUIET = Scene(DESIGN, width_px=1700, height_px=1000, pixel_pitch_um=8.0, print_blur_mm=0.0, full_well_electrons=0.0)
ROUND_PUPIL = Pupil((0.0, 0.0, 0.0), 1.0, 2.5)


@pytest.fixture(scope="module")
def off_axis():
    field = Field(coma_um=40.0, astigmatism_per_mm=1 / 500, rim_shifts=(0.9, -0.8), rim_radius=1.05)
    return set_up(QUIET, replace(LENS, field=field))


@pytest.fixture(scope="module")
def even(off_axis):
    """The same with nothing but grey before the lens."""
    grey = tuple(0 * level + 0.5 for level in off_axis.sharp.levels)
    return replace(off_axis, sharp=replace(off_axis.sharp, levels=grey))


@pytest.mark.parametrize("f_number", [1.2, 2.8, 11.0])
def test_an_even_surface_stays_even(even, f_number):
    """But for the part in 500 by which growing coma draws light apart."""
    assert np.abs(light(even, f_number) - 0.5).max() < 0.006


def transfer_by_sampling(pupil, field, waves, height_mm, frequency):
    """Transfer function at (fx, fy) in lp/mm: the sheared pupil's autocorrelation on a fine square grid."""
    half = 550e-6 * pupil.image_cone / 2 * np.array(frequency)
    axis = np.linspace(-1, 1, 401) * pupil.stop
    x, y = np.meshgrid(axis, axis)

    def opening(x, y):
        radius2 = x**2 + y**2
        seen = radius2 <= pupil.stop**2
        for shift in field.rim_shifts:
            centre = shift / 21.633 * np.array(height_mm)
            seen &= (x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= field.rim_radius**2
        w040, w060, w080 = pupil.aberration_waves
        error = w040 * radius2**2 + w060 * radius2**3 + w080 * radius2**4 - waves * radius2
        per_wave_mm = 550e-6 * pupil.image_cone
        along = (x * height_mm[0] + y * height_mm[1]) / 21.633
        error -= field.coma_um / 1000 / (3 * per_wave_mm) * along * radius2
        depth_mm = field.astigmatism_per_mm / 2
        across = x * height_mm[1] - y * height_mm[0]
        error += depth_mm * ((along * 21.633) ** 2 - across**2) / (2 * pupil.image_cone * per_wave_mm)
        return seen, error

    (ahead, w1), (behind, w2) = opening(x + half[0], y + half[1]), opening(x - half[0], y - half[1])
    # A ray lands at minus the gradient of its error.
    return np.sum(ahead * behind * np.exp(2j * np.pi * (w1 - w2))) / opening(x, y)[0].sum()


@pytest.mark.parametrize(("f_number", "row"), [(1.2, 430), (1.2, 560), (2.0, 400), (2.0, 600)])
def test_off_the_axis_edges_have_the_mtf_and_the_place_that_coma_astigmatism_and_rims_leave(off_axis, f_number, row):
    """The exact integral over the clipped pupil against the picture, amplitude and phase, on both sides."""
    picture = light(off_axis, f_number)
    pupil = off_axis.focus.pupil(LENS, f_number, magnification(QUIET, LENS))
    for edge in (DESIGN.bars[0].edges[0], DESIGN.bars[7].edges[1]):
        response, waves, _ = edge_response(off_axis, picture, edge, row, 20.0)
        v = np.linspace(edge.v_from_mm, edge.v_to_mm, 2001)
        path = off_axis.view.project(np.column_stack([edge.u_at(v), v]))[::-1]
        x = float(np.interp(row, path[:, 1], path[:, 0]))
        slope = float(np.gradient(path[:, 0], path[:, 1])[np.searchsorted(path[:, 1], row)])
        height_mm = (0.008 * (x - 849.5), 0.008 * (row - 499.5))
        expected = np.mean(
            [
                transfer_by_sampling(pupil, off_axis.lens.field, wave, height_mm, (20.0, -20.0 * slope))
                for wave in np.quantile(waves, (0.1, 0.3, 0.5, 0.7, 0.9))
            ]
        )
        assert abs(response) == pytest.approx(abs(expected), abs=0.02)
        assert np.angle(response) == pytest.approx(np.angle(expected), abs=0.06)


def test_coma_s_tail_points_away_from_the_axis_and_is_as_long_as_told():
    edge_of_pupil = np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]])
    place = landing_mm(ROUND_PUPIL, edge_of_pupil, np.zeros(1), np.array([[21.633, 0.0]]), Field(coma_um=30.0))
    assert place[0, 0] == pytest.approx([0.030, 0.030, 0.010])
    assert place[1, 0] == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_astigmatism_has_two_line_images_as_far_apart_as_told():
    """A point 9 mm to the right of the axis is an upright line where its tangential rays meet, a level one where the
    sagittal do: R_t = 200 mm apart from the middle puts them h^2 / 2R before and behind it."""
    rim = np.array([np.cos([0, 1, 2, 3]), np.sin([0, 1, 2, 3])])
    sag_mm = 9.0**2 / (2 * 200.0)
    waves = sag_mm / (2 * ROUND_PUPIL.image_cone**2 * REFERENCE_MM)
    for sign, level in ((1, 0), (-1, 1)):
        place = landing_mm(
            ROUND_PUPIL, rim, np.array([sign * waves]), np.array([[9.0, 0.0]]), Field(astigmatism_per_mm=1 / 200)
        )
        assert place[level, 0] == pytest.approx(np.zeros(4), abs=1e-12)
        assert np.abs(place[1 - level, 0]).max() > sag_mm / ROUND_PUPIL.image_cone


def test_two_rims_leave_the_lens_of_two_circles():
    """Rims as large as the pupil, shifted by d radii to both sides: all that is left is their common part."""
    field = Field(rim_shifts=(0.3, -0.3), rim_radius=1.0)
    left = light_share(field, 1.0, np.array([0.0, FULL_FRAME_CORNER_MM]))
    common = (2 * np.arccos(0.3) - 0.6 * np.sqrt(1 - 0.09)) / np.pi
    assert left == pytest.approx([1.0, common], abs=0.003)
    assert light_share(field, 0.7, np.array([FULL_FRAME_CORNER_MM])) == pytest.approx([1.0])


def test_vignetting_darkens_the_corners_of_fast_photos_only(off_axis, even):
    scene = replace(QUIET, light_gradient=0.0)
    wide, narrow = (render_photo(replace(even, scene=scene), n, np.random.default_rng(0)) / 255 for n in (1.2, 8.0))
    corner_mm = np.hypot(849.5, 499.5) * 0.008
    expected = light_share(off_axis.lens.field, 1.0, np.array([corner_mm]))[0]
    assert np.ptp(narrow[::50, ::50]) < 0.01
    linear = ((wide + 0.055) / 1.055) ** 2.4
    assert linear[0, 0] / linear[500, 850] == pytest.approx(expected, abs=0.02)
