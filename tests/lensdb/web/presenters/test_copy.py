import dataclasses

import pytest

from lensdb.aggregates.places import CopyPlace
from lensdb.web.presenters.copy import others_plot, others_verdict, own_curves, own_rows, place_told
from tests.lensdb.web.cells import cell
from tests.lensdb.web.told import copy, verdict_told

POINT = {"f_number": 2.8, "band": "0.5", "distance_m": 0.5, "shift_um": 17.0, "se_um": 0.5, "shift_mm": 1.35}
PLACE = CopyPlace(
    after_service=0,
    f_number=2.8,
    band="0.5",
    um=17.0,
    low_um=16.0,
    high_um=18.0,
    n_series=2,
    n_others=8,
    percentile=25.0,
    percentile_low=0.0,
    percentile_high=50.0,
    inside_prediction=True,
    odd=False,
    caution="A place among them is no grade.",
    points=[POINT | {"se_mm": 0.04, "n_series": 2, "basis": "measured"}],
)


def test_its_place_is_told_with_its_doubt_and_its_caution():
    told = place_told(PLACE, 50.0)
    assert (told.title, told.answer) == ("Your copy", "As the others are")
    assert told.sentences == (
        "At f/2.8 and 0.5 m it shifts +17 µm at the sensor (95 %: +16 to +18; 2 series), which is 1.3 mm behind.",
        "2 of 8 other copies (25 %) shift less far behind; its own error leaves 0 to 4 of them.",
        "A place among them is no grade.",
    )


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"odd": True, "inside_prediction": False}, "Unlike the others"),
        ({"inside_prediction": False}, "At the edge of the others"),
        ({"inside_prediction": None}, "Too few others to say"),
    ],
)
def test_how_it_stands_to_the_others_is_the_answer(fields, answer):
    assert place_told(dataclasses.replace(PLACE, **fields), 50.0).answer == answer


def test_beside_too_few_others_there_is_no_percentage():
    few = dataclasses.replace(PLACE, percentile=None, percentile_low=None, percentile_high=None, n_others=1)
    assert len(place_told(few, 50.0).sentences) == 2


def test_before_and_after_a_service_are_two_lines():
    after = dataclasses.replace(PLACE, after_service=1)
    assert [curve["label"] for curve in own_curves([PLACE, after])] == ["Your copy", "Your copy after service"]
    assert place_told(dataclasses.replace(PLACE, after_service=2), 50.0).title == "Your copy after service 2"


def test_the_table_has_the_others_beside_it():
    [row] = own_rows([PLACE], [cell()])
    assert (row.shift_um, row.interval_um, row.all_um, row.next_um) == ("+17", "+16 to +18", "+19", "+16 to +22")
    [alone] = own_rows([PLACE], [])
    assert (alone.all_um, alone.next_um) == ("–", "–")


@pytest.mark.parametrize(
    ("name", "left"), [("copy-1", ["copy-10"]), (None, ["copy-1", "copy-1-serviced-1", "copy-10"])]
)
def test_its_own_specimen_is_left_out_of_the_others_at_all_times(name, left):
    ids = ["copy-1", "copy-1-serviced-1", "copy-10"]
    plot = others_plot({"copies": [{"id": one} for one in ids], "model": []}, name)
    told = verdict_told(copies=[copy("A", 1.0) | {"id": one} for one in ids], points=[{"id": one} for one in ids])
    told["repeats"]["rows"] = [
        {"id": one, "label": one, "after_service": 0, "mean_um": 1.0, "values": []} for one in ids
    ]
    shown = others_verdict(told, name)
    assert [one["id"] for one in plot["copies"]] == left
    assert [one["id"] for one in shown["copies"]] == left
    assert [one["id"] for one in shown["points"]] == left
    assert [one["id"] for one in shown["repeats"]["rows"]] == left
