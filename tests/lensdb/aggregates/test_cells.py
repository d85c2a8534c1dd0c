"""Cells as pure functions of shifts; nothing is saved."""

from collections import defaultdict
from decimal import Decimal

import pytest

from analysis.copies import combine
from lensdb.aggregates.cells import Shift, copy_cells, model_cells, places_of
from lensdb.catalog.models import LensModel

LENS = LensModel(pk=1, name="Fifty", slug="fifty", min_focal_mm=50.0, max_focal_mm=50.0, widest_f_number=1.2)
SHIFT = Shift(
    specimen_id=1,
    series_id=1,
    owner_id=1,
    body="Body",
    batch="",
    f_number=Decimal("2.80"),
    subject_distance_m=0.4436,
    focal_length_mm=50.0,
    reference_f_number=1.2,
    shift_um=20.0,
    shift_um_se=0.5,
    basis="measured",
    simulated=False,
)
ID = iter(range(2, 1000))


def shift(**fields):
    return SHIFT._replace(series_id=next(ID), **fields)


def models(shifts):
    return model_cells(LENS, places_of(copy_cells(LENS, shifts), defaultdict(str)))


def test_all_series_of_one_specimen_make_one_estimate():
    (cell,) = copy_cells(LENS, [shift(shift_um=19.0), shift(shift_um=21.0), shift(shift_um=20.0)])
    together = combine([19.0, 21.0, 20.0], [0.5] * 3)
    assert (cell.n_series, cell.band) == (3, "0.5")
    assert (cell.shift_um, cell.shift_um_se) == (pytest.approx(together.mean), pytest.approx(together.se))


def test_millimetres_are_the_sensors_shift_at_the_cells_own_distance():
    (cell,) = copy_cells(LENS, [shift()])
    assert cell.distance_m == pytest.approx(0.5, abs=1e-3)
    assert cell.shift_mm == pytest.approx(1 / (1 / 443.6 - 20 / (1000 * 2500)) - 443.6)
    assert cell.shift_mm_se == pytest.approx(0.5 * cell.shift_mm / 20.0, rel=0.01)


def test_specimens_f_numbers_and_bands_stand_apart():
    cells = copy_cells(
        LENS,
        [
            shift(),
            shift(specimen_id=2),
            shift(f_number=Decimal("4.00")),
            shift(subject_distance_m=1.95),
        ],
    )
    assert [(cell.specimen_id, cell.band, str(cell.f_number)) for cell in cells] == [
        (1, "0.5", "2.80"),
        (1, "0.5", "4.00"),
        (1, "2", "2.80"),
        (2, "0.5", "2.80"),
    ]


def test_another_reference_is_another_quantity():
    assert copy_cells(LENS, [shift(reference_f_number=1.4)]) == []
    assert copy_cells(LENS, [shift(reference_f_number=None)]) != []
    assert copy_cells(LENS, [shift(reference_f_number=1.25)]) != []


def test_another_focal_length_is_another_quantity():
    assert copy_cells(LENS, [shift(focal_length_mm=35.0)]) == []


def test_a_cell_is_borrowed_when_all_of_it_is_and_simulated_when_any_is():
    (cell,) = copy_cells(LENS, [shift(basis="borrowed"), shift(simulated=True)])
    assert (cell.borrowed, cell.simulated) == (False, True)
    (cell,) = copy_cells(LENS, [shift(basis="borrowed")])
    assert cell.borrowed


def of_specimens(*values_um):
    shifts = [shift(specimen_id=number, shift_um=value) for number, value in enumerate(values_um)]
    (cell,) = models(shifts)
    return cell


def test_one_copy_and_two_say_no_more_than_they_know():
    for cell in (of_specimens(19.0), of_specimens(19.0, 21.0)):
        assert cell.low_um is cell.high_um is cell.pred_low_um is cell.pred_high_um is cell.low_mm is None
    assert of_specimens(19.0, 21.0).mean_um == pytest.approx(20.0, abs=0.01)


def test_three_copies_speak_for_their_kind():
    cell = of_specimens(18.0, 20.0, 22.0)
    assert cell.n_copies == 3
    assert cell.pred_low_um < cell.low_um < 20.0 < cell.high_um < cell.pred_high_um
    assert cell.low_mm < cell.mean_mm < cell.high_mm


def test_a_copy_counts_once_however_many_series_it_has():
    many = [shift(specimen_id=1, shift_um=10.0) for _ in range(20)]
    others = [shift(specimen_id=number, shift_um=30.0) for number in (2, 3)]
    (cell,) = models(many + others)
    assert (cell.n_copies, cell.n_series) == (3, 22)
    assert cell.mean_um == pytest.approx(70 / 3, rel=0.02)


def test_the_reference_is_zero_by_definition():
    reference = {"f_number": Decimal("1.20"), "shift_um": 0.0, "shift_um_se": 0.0}
    shifts = [shift(specimen_id=number, **reference) for number in range(3)]
    cells = copy_cells(LENS, shifts)
    (cell,) = models(shifts)
    assert [(copy.shift_um, copy.shift_um_se, copy.shift_mm) for copy in cells] == [(0.0, 0.0, 0.0)] * 3
    assert (cell.mean_um, cell.low_um, cell.pred_high_um, cell.mean_mm) == (0.0, 0.0, 0.0, 0.0)


def test_the_order_of_rows_changes_no_bit():
    shifts = [shift(specimen_id=number % 3, shift_um=20 + 0.1 * number) for number in range(9)]
    one, other = ([cell.mean_um for cell in models(rows)] for rows in (shifts, shifts[::-1]))
    assert one == other
