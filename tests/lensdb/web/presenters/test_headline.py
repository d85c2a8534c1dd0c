import pytest

from lensdb.web.presenters.headline import curve_sentence, headline
from tests.lensdb.web.cells import cell, reference
from tests.lensdb.web.told import copy, size, verdict_told

SHIFT = (
    "Stopped down from f/1.2 to f/2.8, focus moves 1.9 mm behind at 0.5 m (19 µm at the sensor; "
    "1.3 × half the depth of field at f/2.8 for one pixel, 0.25 × for a print)."
)


def sentences(**fields):
    return headline([reference(), cell()], verdict_told(**fields)).sentences


def test_it_tells_shift_agreement_and_distance():
    assert sentences() == (
        SHIFT,
        "9 copies agree: it is the design.",
        "Stepping back does not cure it: at f/2.8 still 1.1 × at 2 m.",
    )


@pytest.mark.parametrize(
    ("kind", "n_copies", "words"),
    [
        ("specimen", 6, "5 copies agree and one does not: it is that specimen."),
        ("batch", 6, "6 copies differ by their batch."),
        ("no shift", 3, "3 copies agree: there is no shift to be seen."),
        ("undecided", 4, "4 copies do not settle whether it is the design or the specimen."),
        ("undecided", 2, "Two copies: too few to tell the design from the specimens."),
        ("undecided", 1, "One copy, 21 series: this says it of this specimen only."),
    ],
)
def test_whose_doing_it_is_comes_from_the_verdict(kind, n_copies, words):
    assert sentences(kind=kind, n_copies=n_copies)[1] == words


@pytest.mark.parametrize(
    ("near", "far", "words"),
    [
        (1.2, 0.4, "Stepping back eases it: at f/2.8 from 1.2 × at 0.5 m to 0.40 × at 2 m."),
        (0.4, 1.2, "Stepping back makes it worse: at f/2.8 from 0.40 × at 0.5 m to 1.2 × at 2 m."),
    ],
)
def test_a_shift_that_changes_in_the_picture_is_told_so(near, far, words):
    assert sentences(curve=[size(0.5, share=near), size(2.0, share=far)])[2] == words


def test_the_odd_copy_is_told_with_its_shift():
    told = sentences(kind="specimen", n_copies=6, copies=[copy("A", 1.0), copy("C", 27.0, odd=True)])
    assert told[1] == "5 copies agree and one does not, with +27 µm at the sensor: it is that specimen."


def test_where_one_copy_is_odd_the_shift_told_first_is_that_of_the_others():
    others = {"mean_um": 1.9, "low_um": 1.0, "high_um": 2.8, "pred_low_um": -0.5, "pred_high_um": 4.3, "n_copies": 5}
    told = headline([reference(), cell()], verdict_told(kind="specimen", n_copies=6, without_odd=others))
    assert told.sentences[0] == (
        "In most copies, stopped down from f/1.2 to f/2.8, focus moves 0.19 mm behind at 0.5 m (1.9 µm at the sensor; "
        "0.13 × half the depth of field at f/2.8 for one pixel, 0.02 × for a print)."
    )


def test_what_was_not_tested_is_not_told():
    untested = verdict_told()["distance"] | {"tested": False}
    assert len(sentences(distance=untested)) == 2


def test_a_lens_without_a_shift_is_not_made_to_have_one():
    quiet = cell(mean_um=1.0, mean_mm=0.1, over_half_dof={"0.006": 0.07, "0.030": 0.01})
    told = headline([reference(), quiet], verdict_told(kind="no shift"))
    assert told.sentences[0].startswith("Stopping down hardly moves focus: 0.10 mm behind at most at 0.5 m (")
    assert len(told.sentences) == 2


def test_the_curve_is_told_in_words_for_those_who_see_no_plot():
    far = cell(band="2", distance_m=2.0, n_copies=3, mean_mm=30.0)
    told = curve_sentence([reference(), cell(f_number=4.0, mean_mm=2.1), cell(), far])
    assert told == "At 0.5 m from f/1.2, mean of 9 copies: +1.9 mm at f/2.8, +2.1 mm at f/4; plus is behind."
    assert curve_sentence([reference()]) == ""


def test_an_f_number_that_fewer_copies_speak_of_says_so():
    told = curve_sentence([reference(), cell(), cell(f_number=11.0, n_copies=1, mean_mm=2.2)])
    assert told == "At 0.5 m from f/1.2, mean of 9 copies: +1.9 mm at f/2.8, +2.2 mm at f/11 (1 copy); plus is behind."


def test_nothing_measured_is_said_plainly():
    told = headline([], None)
    assert (str(told), told.cell) == ("Nobody has measured this lens yet.", None)
