import pytest

from lensdb.catalog.models import LensModel
from lensdb.web.presenters.advice import Trial, advice_for
from lensdb.web.presenters.scene import Scene, of_cells, of_copy
from tests.lensdb.web.cells import cell, reference

FIFTY = LensModel(name="Fifty", slug="fifty", widest_f_number=1.2, crop_factor=1.0)
POINTS = of_cells(
    [
        reference(),
        cell(f_number=2.0, mean_um=14.0, low_um=13.0, high_um=15.0),
        cell(),
        cell(f_number=5.6, mean_um=21.0, low_um=20.0, high_um=22.0),
    ]
)
MINUS = "\N{MINUS SIGN}"


def told(f_number=2.8, distance_m=0.5, criterion="0.006", trial=None, points=POINTS):
    return advice_for(FIFTY, points, 50.0, Scene(distance_m, f_number, criterion), trial)


def test_it_says_where_focus_goes_and_which_steps_bring_it_back():
    first, steps, setting, covered = told().sentences
    assert first.startswith("Focused wide open at 0.5 m and shot at f/2.8, best focus lies 1.5 mm behind the subject;")
    assert first.endswith("so the subject is not sharp.")
    # One step: an eighth of 1.2 · 30 µm / (m + 1) = 4.0 µm at the sensor; 19 µm behind are five of them.
    assert steps.startswith(f"AF micro-adjust {MINUS}5 (95 %: {MINUS}5.0 to {MINUS}4.5) puts the middle")
    assert "no longer sharp at f/1.2" in steps
    assert setting.startswith("No one setting serves everything from f/1.2 to f/2.8")
    assert covered == "Without doing anything, depth of field for one pixel covers the shift from f/5.6 on."


def test_for_a_print_nothing_needs_to_be_done():
    first, _, setting, covered = told(criterion="0.030").sentences
    assert first.endswith("so the subject is still sharp.")
    assert setting == "No adjustment is needed from f/1.2 to f/2.8: the subject stays sharp as it is."
    assert covered == "Depth of field for a print covers the shift at every f-number."


def test_the_photographers_own_trial_counts_instead_of_the_makers_rule():
    by_trial = told(trial=Trial(moved_mm=4.0, steps=10))
    assert "by your own trial" in by_trial.small_print
    assert by_trial.sentences[1].startswith(f"AF micro-adjust {MINUS}4 ")
    assert "an eighth of one side of the depth of focus wide open (Canon" in told().small_print


def test_a_trial_that_moves_focus_the_wrong_way_is_sent_back():
    assert told(trial=Trial(moved_mm=-4.0, steps=10)).problem.startswith("A step must move focus")


def test_a_lens_that_shifts_to_the_front_is_told_so():
    front = of_cells([reference(), cell(mean_um=-19.0, low_um=-20.0, high_um=-18.0)])
    first, steps, *_ = told(points=front).sentences
    assert "mm in front of the subject" in first
    assert steps.startswith("AF micro-adjust +5 ")


def test_wide_open_there_is_nothing_to_adjust():
    assert len(told(f_number=1.2).sentences) == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"f_number": 11.0}, "Nothing was measured at f/11 near 0.5 m."),
        ({"distance_m": 0.15}, "No 50 mm lens focuses at 0.15 m."),
        ({"points": []}, "Nothing was measured at f/2.8 near 0.5 m."),
    ],
)
def test_without_a_measurement_there_is_no_advice(asked, words):
    assert told(**asked).problem == words


def test_the_table_has_every_f_number_measured():
    rows = told().rows
    assert [row.f_number for row in rows] == ["f/1.2", "f/2", "f/2.8", "f/5.6"]
    assert [row.is_sharp for row in rows] == ["yes", "no", "no", "yes"]


def test_one_copy_speaks_with_its_own_interval():
    point = {"f_number": 2.8, "band": "0.5", "distance_m": 0.5, "shift_um": 19.0, "se_um": 1.0, "n_series": 2}
    [measured] = of_copy([point])
    assert (measured.low_um, measured.high_um, measured.n_copies) == (pytest.approx(17.04), pytest.approx(20.96), 1)
