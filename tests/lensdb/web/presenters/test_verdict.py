import pytest

from lensdb.web.presenters.verdict import answers, grows_in_mm, whose_doing
from tests.lensdb.web.told import size, verdict_told


def answer(question, **fields):
    [found] = [one for one in answers(verdict_told(**fields)) if question in one.question]
    return found


def test_four_questions_are_answered_with_their_reasons():
    told = answers(verdict_told())
    assert [one.answer for one in told] == ["The design", "At 100 %, not in a print", "No", "No sign of it"]
    assert told[0].reason.endswith("Judged at f/2.8; 9 copies of 4 photographers, 21 series.")
    assert "f/2 and 0.5 m: 1.3 × half the depth of field for one pixel" in told[1].reason
    assert told[2].reason == "No change at the sensor from 0.5 m to 2 m (4 copies, 14 series, p = 0.15)."


def test_a_verdict_at_one_distance_says_which():
    assert "Judged at f/2.8, 0.5 m;" in answer("Whose", at={"key": "0.5", "label": "0.5 m"}).reason


@pytest.mark.parametrize(
    ("pixel", "paper", "words"),
    [(6.0, 1.2, "Even in a print"), (-1.3, -0.3, "At 100 %, not in a print"), (0.9, 0.2, "No")],
)
def test_whether_it_shows_is_said_of_a_stated_picture(pixel, paper, words):
    worst = {"f_number": 2.0, "distance_m": 0.5, "over_half_dof": {"0.006": pixel, "0.030": paper}}
    assert answer("picture", worst=worst).answer == words


def test_a_shift_of_one_copy_alone_is_not_said_of_the_lens():
    worst = {"f_number": 2.0, "distance_m": 0.5, "over_half_dof": {"0.006": 0.3, "0.030": 0.06}}
    odd = {"id": "copy-C", "label": "Copy C", "after_service": 0, "difference_um": 30.0, "p_value": 0.001}
    point = {"id": "copy-C", "label": "Copy C", "after_service": 0, "distance_m": 0.5, "um": 30.0, "mm": 2.8}
    told = answer("picture", kind="specimen", worst=worst, odd=[odd], points=[point])
    assert told.answer == "In that copy"
    # Half the depth of field at 0.5 m is 1.4 mm / 1.2.
    assert told.reason.startswith("The odd copy is up to 2.4 × half the depth of field for one pixel off")


@pytest.mark.parametrize(
    ("fields", "ends", "words"),
    [
        ({"tested": False}, (18, 18), "Not known yet"),
        ({"changes": True}, (18, 3), "Yes, it falls"),
        ({"changes": True}, (3, 18), "No, it grows"),
        ({}, (18, 17), "No"),
    ],
)
def test_whether_it_goes_away_with_distance_is_what_the_test_says(fields, ends, words):
    curve = [size(0.5, share=1, um=ends[0]), size(2.0, share=1, um=ends[1])]
    told = verdict_told()["distance"] | fields
    assert answer("distance", distance=told, curve=curve).answer == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"tested": False, "p_value": None}, "Not known yet"), ({"p_value": 0.01}, "It seems so")],
)
def test_another_body_is_answered_by_its_test(fields, words):
    assert answer("body", bodies=verdict_told()["bodies"] | fields).answer == words


def test_millimetres_are_explained_with_the_lens_own_numbers():
    told = grows_in_mm(verdict_told()["sizes"])
    assert "1.4 mm behind at 0.5 m and 27 mm behind at 2 m are 18 and 18 µm at the sensor" in told
    assert "1.2 × and 1.1 × half the depth of field" in told
    assert "Here" not in grows_in_mm([size(0.5, share=1.2)])


def test_no_verdict_is_no_word():
    assert whose_doing("") == ""
    assert whose_doing("design") == "The design"
