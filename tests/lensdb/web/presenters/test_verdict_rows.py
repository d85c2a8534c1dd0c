from lensdb.web.presenters.verdict_rows import batch_rows, body_rows, copy_rows, repeat_rows, size_columns
from tests.lensdb.web.told import copy, verdict_told


def test_sizes_say_what_shows_and_what_cannot_be_said():
    first, *_, last = size_columns(verdict_told()["sizes"])
    assert (first.distance, first.shift_mm, first.of_pixel, first.of_print) == (
        "0.5 m",
        "+1.4",
        "1.2 ×, visible",
        "0.24 ×, cannot say",
    )
    assert (first.is_extrapolated, last.is_extrapolated) == (False, True)


def test_an_odd_copy_is_told_and_not_left_out():
    rows = copy_rows(verdict_told(copies=[copy("A", 1.0), copy("C", 30.0, odd=True, batch="Batch 2")]))
    assert [(row.label, row.shift_um, row.remark, row.batch) for row in rows] == [
        ("Copy A", "+1.0", "", "–"),
        ("Copy C", "+30.0", "unlike the others", "Batch 2"),
    ]


def test_batches_are_listed_only_where_they_can_be_told_apart():
    row = {"label": "Batch 1", "n_copies": 2, "mean_um": 8.0, "low_um": None, "high_um": None}
    batches = {"separable": True, "p_value": 0.01, "sentence": "They differ.", "rows": [row]}
    assert [(one.label, one.value_um, one.interval_um) for one in batch_rows(verdict_told(batches=batches))] == [
        ("Batch 1", "+8.0", "–")
    ]
    assert batch_rows(verdict_told(batches=batches | {"separable": False})) == []


def test_a_body_without_a_pair_has_no_difference():
    row = {"body": "Canon EOS 5D", "n_copies": 2, "n_series": 3, "n_pairs": 0}
    row |= {"difference_um": 0.0, "low_um": 0.0, "high_um": 0.0}
    other = row | {"body": "Canon EOS R5", "n_pairs": 2, "difference_um": 0.4, "low_um": -0.6, "high_um": 1.4}
    first, second = body_rows(
        verdict_told(bodies={"tested": True, "p_value": 0.4, "sentence": "", "rows": [row, other]})
    )
    assert (first.difference_um, second.difference_um) == ("–", "+0.4")


def test_repeats_list_each_series_with_its_distance():
    value = {"um": 18.0, "low_um": 17.0, "high_um": 19.0, "distance_m": 1.0}
    row = {"id": "copy-1", "label": "Copy A", "after_service": 0, "mean_um": 17.5}
    repeats = verdict_told()["repeats"] | {"rows": [row | {"values": [value, value | {"um": 17.0, "distance_m": 0.5}]}]}
    [told] = repeat_rows(verdict_told(repeats=repeats))
    assert (told.label, told.n_series, told.values_um) == ("Copy A", 2, "+17.0 at 0.5 m, +18.0 at 1 m")
