import pytest

from lensdb.web.presenters.lens import Verdict, cell_row, copy_rows, headline, main_band, telling_cell, verdict
from tests.lensdb.web.cells import cell, reference

SHIFT = (
    "Stopped down from f/1.2 to f/2.8, focus moves 1.9 mm behind at 0.5 m (19 µm at the sensor; "
    "1.3 × half the depth of field at f/2.8 for one pixel, 0.25 × for a print)."
)
DIFFER = (
    "9 copies differ: the next one is expected anywhere from \N{MINUS SIGN}4.0 to +42 µm at the sensor, so it is "
    "the specimen as much as the design."
)


def test_the_headline_tells_shift_agreement_and_distance():
    far = cell(band="2", distance_m=2.0, n_copies=3, over_half_dof={"0.006": 1.2, "0.030": 0.24})
    told = headline([reference(), cell(), far])
    assert told.sentences == (
        SHIFT,
        "9 copies agree: it is the design.",
        "Stepping back does not cure it: at 2 m it is still 1.2 × (3 copies).",
    )
    assert told.verdict == Verdict.AT_PIXELS
    assert told.cell == cell()


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.4, "Stepping back eases it: at 2 m it is 0.40 ×"), (2.6, "Stepping back makes it worse: at 2 m it is 2.6 ×")],
)
def test_a_lens_whose_shift_changes_with_distance_is_told_so(share, words):
    far = cell(band="2", distance_m=2.0, n_copies=1, over_half_dof={"0.006": share, "0.030": share / 5})
    assert headline([reference(), cell(n_copies=9), far]).sentences[2] == f"{words} (1 copy)."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"n_copies": 1, "n_series": 2}, "One copy at this distance, 2 series: this says it of this specimen only."),
        ({"n_copies": 2}, "Two copies at this distance: too few to tell the design from the specimens."),
        (
            {"pred_low_um": -4.0, "pred_high_um": 42.0},
            DIFFER,
        ),
        ({"pred_low_um": None, "pred_high_um": None}, "9 copies."),
    ],
)
def test_agreement_is_claimed_only_where_copies_show_it(fields, words):
    assert headline([reference(), cell(**fields)]).sentences[1] == words


def test_a_lens_without_a_shift_is_not_made_to_have_one():
    quiet = cell(mean_um=1.0, mean_mm=0.1, over_half_dof={"0.006": 0.07, "0.030": 0.01})
    told = headline([reference(), quiet])
    assert told.sentences[0].startswith("Stopping down hardly moves focus: 0.10 mm behind at most at 0.5 m (")
    assert told.verdict == Verdict.NOT_VISIBLE


def test_the_sentence_speaks_of_the_band_with_most_copies_and_the_worst_f_number():
    cells = [
        reference(),
        cell(),
        cell(f_number=4.0, over_half_dof={"0.006": 1.1, "0.030": 0.2}),
        cell(band="2", distance_m=2.0, n_copies=2, over_half_dof={"0.006": 5.0, "0.030": 1.0}),
    ]
    told = telling_cell(cells)
    assert told is not None
    assert (told["band"], told["f_number"]) == ("0.5", 2.8)


def test_nothing_measured_is_said_plainly():
    told = headline([])
    assert (str(told), told.verdict, told.cell) == ("Nobody has measured this lens yet.", Verdict.UNKNOWN, None)
    assert main_band([]) == ""


@pytest.mark.parametrize(
    ("pixel", "print_", "word"),
    [
        (5.0, 1.0, Verdict.IN_PRINT),
        (1.0, 0.2, Verdict.AT_PIXELS),
        (-1.4, -0.3, Verdict.AT_PIXELS),
        (0.9, 0.2, "not visible"),
    ],
)
def test_the_verdict_follows_the_largest_shift(pixel, print_, word):
    assert verdict([reference(), cell(over_half_dof={"0.006": pixel, "0.030": print_})]) == word


def test_a_table_row_says_what_is_not_known_with_a_dash():
    row = cell_row(cell(n_copies=1, low_mm=None, high_mm=None, pred_low_um=None, pred_high_um=None))
    assert (row.shift_mm, row.interval_mm, row.prediction_um, row.of_pixel, row.n_copies) == (
        "+1.9",
        "–",
        "–",
        "+1.3",
        1,
    )


def test_copies_are_listed_where_the_headline_looks():
    point = {"f_number": 2.8, "band": "0.5", "distance_m": 0.5, "shift_um": 19.0, "se_um": 0.5, "shift_mm": 1.9}
    point |= {"se_mm": 0.05, "n_series": 1, "basis": "measured"}
    copies = [
        {"id": "copy-1", "label": "Copy A", "n_series": 2, "points": [point]},
        {"id": "copy-2", "label": "Copy B", "n_series": 1, "points": [point | {"band": "2"}]},
    ]
    first, second = copy_rows(copies, cell())
    assert (first.label, first.shift_um, first.interval_um) == ("Copy A", "+19", "+18 to +20")
    assert (second.label, second.shift_um, second.basis) == ("Copy B", "–", "–")
