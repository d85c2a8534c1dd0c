"""All that is told of a lens, from series whose story is known."""

import re

import pytest

from analysis.copies import Kind
from analysis.statement import Lens, SeriesShift, lens_statement

FIFTY = Lens(widest_f_number=1.2, focal_length_mm=50.0)
NEAR_MM, FAR_MM = 444.0, 1950.0
"""0.5 m and 2 m from the focal-plane mark."""


class Story:
    """Series of a fifty at f/1.2, f/2.8 and f/5.6; the values are those at f/2.8, in µm."""

    def __init__(self, lens=FIFTY):
        self.lens, self.rows, self.series = lens, [], 0

    def series_of(self, copy, um, *, s_mm=NEAR_MM, owner="ada", body="Body I", batch="", se=0.3, **fields):
        self.series += 1
        common = {"s_mm": s_mm, "focal_length_mm": 50.0, "reference_f_number": 1.2, "simulated": False} | fields
        for f_number, share in ((1.2, 0.0), (2.8, 1.0), (5.6, 1.1)):
            shift = SeriesShift(
                copy, self.series, owner, body, batch, f_number, shift_um=share * um, se_um=share * se, **common
            )
            self.rows.append(shift)
        return self

    def statement(self):
        names = {
            copy: {"id": f"id {copy}", "label": f"Copy {copy}", "after_service": int("/" in copy)}
            for copy in {row.copy for row in self.rows}
        }
        return lens_statement(self.rows, self.lens, names)

    def told(self):
        told = self.statement().told
        assert told is not None
        return told


def copies(values, **fields):
    story = Story()
    for number, um in enumerate(values):
        story.series_of(f"{number}", um, **fields)
    return story


def test_copies_that_agree_are_the_design():
    told = copies([19.0, 20.0, 21.0, 20.5]).told()
    assert (told["kind"], told["f_number"], told["at"]) == (Kind.DESIGN, 2.8, None)
    assert (told["n_copies"], told["n_series"], told["n_owners"]) == (4, 4, 1)
    assert told["direction"] == "behind"
    assert told["mean_um"] == pytest.approx(20.1, abs=0.1)
    assert told["pred_low_um"] < told["low_um"] < 20 < told["high_um"] < told["pred_high_um"]
    assert told["worst"]["f_number"] == 2.8
    assert told["worst"]["over_half_dof"]["0.006"] == pytest.approx(5 * told["worst"]["over_half_dof"]["0.030"])


def test_the_typical_size_is_told_at_four_distances_and_says_where_it_matters():
    story = copies([19.0, 20.0, 21.0, 20.5, 19.5])
    for number in range(5):
        story.series_of(f"{number}", 20.0, s_mm=FAR_MM)
    sizes = story.told()["sizes"]
    assert [size["distance_m"] for size in sizes] == [0.5, 1.0, 2.0, 3.0]
    assert [size["extrapolated"] for size in sizes] == [False, False, False, True]
    assert [round(size["um"]) for size in sizes] == [20, 20, 20, 20]
    assert sizes[0]["mm"] < sizes[1]["mm"] < sizes[2]["mm"] < sizes[3]["mm"]
    for size in sizes[:3]:
        assert size["low_um"] < size["um"] < size["high_um"]
        assert size["low_mm"] < size["mm"] < size["high_mm"]
        assert size["matters"] == {"0.006": True, "0.030": False}


def test_of_two_copies_whether_it_matters_cannot_be_said():
    told = copies([19.0, 20.0]).told()
    assert told["kind"] == Kind.UNDECIDED
    assert told["low_um"] is told["pred_low_um"] is told["sizes"][0]["low_mm"] is None
    assert set(told["sizes"][0]["matters"].values()) == {None}


def test_a_distance_too_near_for_the_lens_is_not_told():
    tele = Lens(widest_f_number=1.2, focal_length_mm=200.0)
    story = Story(tele)
    for number in range(3):
        story.series_of(f"{number}", 20.0, s_mm=2500.0, focal_length_mm=200.0)
    assert [size["distance_m"] for size in story.told()["sizes"]] == [1.0, 2.0, 3.0]


def test_a_shift_that_goes_away_with_distance_is_told_so_and_judged_where_most_copies_were():
    story = Story()
    for number, far_um in enumerate((2.0, 2.5, 1.5)):
        story.series_of(f"{number}", 19.0 + number, owner=f"owner {number}")
        story.series_of(f"{number}", far_um, s_mm=FAR_MM, owner=f"owner {number}")
    story.series_of("3", 20.0, owner="owner 3")
    told = story.told()
    assert (told["distance"]["tested"], told["distance"]["changes"]) == (True, True)
    assert told["distance"]["statement"].startswith("The shift eases with distance")
    assert (told["kind"], told["at"]["key"], told["n_copies"], told["n_series"]) == (Kind.DESIGN, "0.5", 4, 4)
    assert [round(contrast["difference_um"]) for contrast in told["distance"]["contrasts"]] == [-17, -18, -20]


def test_a_shift_that_stays_is_told_so():
    story = Story()
    for number in range(4):
        story.series_of(f"{number}", 20.0 + number, owner=f"owner {number}")
        story.series_of(f"{number}", 20.2 + number, s_mm=FAR_MM, owner=f"owner {number}")
    distance = story.told()["distance"]
    assert (distance["tested"], distance["changes"], distance["n_copies"]) == (True, False, 4)
    assert "no change between 0.5 m and 2 m is seen" in distance["statement"]


def test_an_error_of_scale_that_differs_between_distances_is_no_change():
    """Two per cent on every copy and everybody's: that is how well shifts at two distances compare."""
    story = Story()
    for number in range(12):
        story.series_of(f"{number}", 20.0 + number, owner=f"owner {number}", se=0.05)
        story.series_of(f"{number}", 0.98 * (20.0 + number), s_mm=FAR_MM, owner=f"owner {number}", se=0.05)
    assert story.told()["distance"]["changes"] is False


def test_without_a_copy_at_two_distances_nothing_is_said_of_distance():
    distance = copies([20.0, 21.0, 22.0]).told()["distance"]
    assert (distance["tested"], distance["p_value"], distance["near_m"], distance["contrasts"]) == (
        False,
        None,
        None,
        [],
    )
    assert "not known" in distance["statement"]


def test_an_odd_copy_is_named_and_the_rest_told_without_it():
    told = copies([0.5, -0.4, 1.0, 0.2, 25.0]).told()
    assert told["kind"] == Kind.SPECIMEN
    [odd] = told["odd"]
    assert (odd["label"], round(odd["difference_um"])) == ("Copy 4", 25)
    assert told["without_odd"]["n_copies"] == 4
    assert told["without_odd"]["mean_um"] == pytest.approx(0.3, abs=0.2)
    assert [copy["label"] for copy in told["copies"] if copy["odd"]] == ["Copy 4"]
    assert [copy["um"] for copy in told["copies"]] == sorted(copy["um"] for copy in told["copies"])


def test_batches_are_told_apart_and_named_only_when_five_share_one():
    story = Story()
    for number, (um, batch) in enumerate(
        [(10.0, "UA01"), (11.0, "UA01"), (-9.0, "UB02"), (-10.0, "UB02")] + [(0.5 + 0.1 * n, "UC03") for n in range(5)]
    ):
        story.series_of(f"{number}", um, batch=batch)
    told = story.told()
    assert told["kind"] == Kind.BATCH
    assert told["batches"]["separable"]
    rows = [(row["label"], row["n_copies"], row["low_um"] is None) for row in told["batches"]["rows"]]
    assert rows == [("UC03", 5, False)]
    assert told["batches"]["sentence"].endswith("Batches of fewer than 5 copies are not listed.")
    assert "UA01" not in repr(told)


def test_two_batches_cannot_be_separated():
    batches = Story().series_of("a", 10.0, batch="A1").series_of("b", 11.0, batch="A1").told()["batches"]
    assert (batches["separable"], batches["p_value"], batches["rows"]) == (False, None, [])
    assert "cannot be separated" in batches["sentence"]


def test_repeats_of_a_copy_are_told():
    story = copies([20.0, 21.0, 22.0])
    story.series_of("0", 22.0).series_of("0", 18.0)
    repeats = story.told()["repeats"]
    [row] = repeats["rows"]
    assert (row["label"], [value["um"] for value in row["values"]]) == ("Copy 0", [20.0, 22.0, 18.0])
    assert repeats["low_um"] < repeats["sd_um"] < repeats["high_um"]
    assert copies([20.0, 21.0]).told()["repeats"]["sd_um"] is None


def test_another_body_is_compared_within_copies():
    story = copies([10.0, 20.0, 30.0])
    for number in range(3):
        story.series_of(f"{number}", 10.0 * (number + 1) + 0.1 * number, body="Body II")
    bodies = story.told()["bodies"]
    assert bodies["tested"]
    assert [(row["body"], row["n_series"], row["n_pairs"]) for row in bodies["rows"]] == [
        ("Body I", 3, 0),
        ("Body II", 3, 3),
    ]
    assert re.search(r"does not change it.*: on Body II 3 copies differ by .\d\.\d µm \(95 %: ", bodies["sentence"])
    assert "one body" in copies([20.0]).told()["bodies"]["sentence"]


def test_series_that_cannot_be_compared_are_counted_with_the_reason():
    story = copies([20.0, 21.0])
    story.series_of("0", 5.0, reference_f_number=1.8).series_of("1", 5.0, reference_f_number=2.0)
    story.series_of("1", 5.0, focal_length_mm=35.0)
    statement = story.statement()
    assert statement.told["n_series"] == 2
    assert [(row["reason"], row["n_series"]) for row in statement.left_off] == [("reference", 2), ("focal length", 1)]
    assert "f/1.8, f/2, not at f/1.2" in statement.left_off[0]["sentence"]
    assert statement.told["left_off"] == statement.left_off


def test_where_nothing_can_be_compared_only_the_reason_is_told():
    statement = Story().series_of("a", 20.0, reference_f_number=2.0).statement()
    assert statement.told is None
    assert (statement.cells, statement.left_off[0]["n_series"]) == ({}, 1)


def test_the_order_of_rows_changes_nothing():
    story = copies([19.0, 20.0, 21.0, 20.5])
    story.series_of("0", 22.0, s_mm=FAR_MM)
    before = story.statement()
    story.rows.reverse()
    assert story.statement() == before


def test_a_cell_is_made_of_all_series_and_keeps_the_shared_error_of_scale():
    """Four hundred copies without error of their own still leave 1.5 %."""
    story = Story()
    for number in range(400):
        story.series_of(f"{number:03}", 20.0, se=0.31)
    cell = story.statement().cells["0.5", 2.8]
    assert (cell.n_copies, cell.n_series) == (400, 400)
    assert (cell.high_um - cell.low_um) / 2 == pytest.approx(1.96 * 0.015 * 20, rel=0.01)
