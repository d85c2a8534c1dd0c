import pytest

from lensdb.catalog.models import LensModel
from lensdb.web.presenters.compare import compared, plot_points
from lensdb.web.presenters.scene import Scene
from tests.lensdb.web.cells import cell, reference

FIFTY = LensModel(name="Fifty", slug="fifty", widest_f_number=1.2, crop_factor=1.0)
SCENE = Scene(0.5, 2.8)


def test_a_lens_is_told_in_the_scene_that_was_chosen():
    told = compared(FIFTY, [reference(), cell()], SCENE, place=0)
    # 19 µm at f/2.8 against N c/(m + 1) = 2.8 · 6 µm / 1.127: Smith, Modern Optical Engineering, depth of focus.
    assert told.of_half_dof == "1.3"
    assert told.sentence == "visible. Focus moves 1.5 mm behind, 1.3 × half the depth of field."
    assert (told.shift_um, told.interval_um, told.visible) == ("+19", "+18 to +20", "visible")
    assert told.note == "9 copies, 11 series at 0.5 m and f/2.8"


def test_for_a_print_the_same_shift_is_not_visible():
    told = compared(FIFTY, [reference(), cell()], Scene(0.5, 2.8, "0.030"), place=0)
    assert (told.of_half_dof, told.visible) == ("0.25", "not visible")


def test_on_a_smaller_format_the_same_shift_weighs_more():
    small = LensModel(name="Small", slug="small", widest_f_number=1.2, crop_factor=1.5)
    assert compared(small, [reference(), cell()], SCENE, place=0).of_half_dof == "1.9"


def test_the_nearest_distance_speaks_and_says_so_when_it_is_far():
    cells = [reference(), cell(), cell(band="2", distance_m=2.0, mean_um=12.0, n_copies=3)]
    assert compared(FIFTY, cells, Scene(1.9, 2.8), place=0).shift_um == "+12"
    far = compared(FIFTY, cells, Scene(4.0, 2.8), place=0)
    assert far.note.endswith("at 2 m and f/2.8, taken as the same at the sensor")
    assert far.sentence.endswith("half the depth of field, measured at 2 m.")


def test_at_its_widest_a_lens_is_focused_and_nothing_moves():
    told = compared(FIFTY, [reference(), cell()], Scene(0.5, 1.2), place=0)
    assert told.sentence == "not visible. Focus stays where it was put: f/1.2 is its widest."


@pytest.mark.parametrize(
    ("cells", "scene", "words"),
    [
        ([], SCENE, "not measured yet."),
        ([reference(), cell()], Scene(0.5, 1.0), "opens to f/1.2 only."),
        ([reference(), cell()], Scene(0.5, 11.0), "not measured at f/11."),
        ([reference(), cell()], Scene(0.15, 2.8), "does not focus at 0.15 m."),
    ],
)
def test_what_is_not_known_is_said_and_not_guessed(cells, scene, words):
    told = compared(FIFTY, cells, scene, place=0)
    assert told.sentence == words
    assert told.shift_mm == told.of_half_dof == "\N{EN DASH}"


def test_the_plot_has_every_unit_of_the_scene():
    [_, point] = plot_points(FIFTY, [reference(), cell()], SCENE)
    assert point["um"] == [19.0, 18.0, 20.0]
    assert point["mm"][0] == pytest.approx(1.50, abs=0.01)
    assert point["share"][0] == pytest.approx(1.27, abs=0.01)


def test_too_near_for_a_lens_leaves_its_sensor_side_alone():
    [_, point] = plot_points(FIFTY, [reference(), cell()], Scene(0.15, 2.8))
    assert (point["mm"], point["share"]) == (None, None)


def test_a_mean_over_copies_that_differ_says_so():
    told = compared(FIFTY, [reference(), cell()], SCENE, place=0, kind="specimen")
    assert told.sentence.endswith("half the depth of field (mean of 9 copies, one of them unlike the others).")


def test_a_shift_too_small_to_be_written_is_hardly_one():
    told = compared(FIFTY, [reference(), cell(mean_um=0.04)], SCENE, place=0)
    assert told.sentence == "not visible. Focus hardly moves, under 0.01 × half the depth of field."
