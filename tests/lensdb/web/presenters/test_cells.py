import pytest

from lensdb.web.presenters.cells import Visibility, cell_row, main_band, telling_cell, visibility
from tests.lensdb.web.cells import cell, reference


def test_the_band_with_most_copies_and_the_worst_f_number_say_most():
    cells = [
        reference(),
        cell(),
        cell(f_number=4.0, over_half_dof={"0.006": 1.1, "0.030": 0.2}),
        cell(band="2", distance_m=2.0, n_copies=2, over_half_dof={"0.006": 5.0, "0.030": 1.0}),
    ]
    told = telling_cell(cells)
    assert told is not None
    assert (told["band"], told["f_number"]) == ("0.5", 2.8)


def test_nothing_measured_has_no_band():
    assert (main_band([]), telling_cell([]), visibility([])) == ("", None, Visibility.UNKNOWN)


@pytest.mark.parametrize(
    ("pixel", "print_", "word"),
    [
        (5.0, 1.0, Visibility.IN_PRINT),
        (1.0, 0.2, Visibility.AT_PIXELS),
        (-1.4, -0.3, Visibility.AT_PIXELS),
        (0.9, 0.2, "not visible"),
    ],
)
def test_what_shows_follows_the_largest_shift(pixel, print_, word):
    assert visibility([reference(), cell(over_half_dof={"0.006": pixel, "0.030": print_})]) == word


def test_a_table_row_says_what_is_not_known_with_a_dash():
    row = cell_row(cell(n_copies=1, low_mm=None, high_mm=None, pred_low_um=None, pred_high_um=None))
    assert (row.shift_mm, row.interval_mm, row.prediction_um, row.of_pixel, row.n_copies) == (
        "+1.9",
        "–",
        "–",
        "+1.3",
        1,
    )
