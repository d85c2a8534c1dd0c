from lensdb.web.presenters.curve import HEIGHT, WIDTH, shown_range_um, small_curve
from tests.lensdb.web.cells import cell, reference

CELLS = [reference(), cell(), cell(f_number=8.0, mean_um=21.0, pred_low_um=17.0, pred_high_um=25.0)]


def test_one_scale_holds_all_lenses_and_zero():
    low, high = shown_range_um([CELLS, [cell(mean_um=-30.0, pred_low_um=None, pred_high_um=None)]])
    assert (low, high) == (-30.0, 25.0)
    low, high = shown_range_um([])
    assert low < 0 < high


def test_the_curve_runs_wide_to_narrow_inside_its_frame():
    curve = small_curve(CELLS, shown_range_um([CELLS]))
    assert curve is not None
    xs = [x for x, _ in curve.points]
    assert xs == sorted(xs)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in curve.points)
    assert curve.points[0][1] == curve.zero_y > curve.points[-1][1]
    assert curve.label == "Shift at 0.5 m in µm at the sensor: f/1.2 0.00, f/2.8 +19, f/8 +21"


def test_f_numbers_have_one_place_for_all_lenses():
    fast, slow = small_curve(CELLS, (0.0, 30.0)), small_curve(CELLS[1:], (0.0, 30.0))
    assert fast is not None
    assert slow is not None
    assert fast.points[1:] == slow.points


def test_no_band_without_a_prediction_and_no_curve_of_one_point():
    alone = [{**row, "pred_low_um": None, "pred_high_um": None} for row in CELLS]
    curve = small_curve(alone, (0.0, 30.0))
    assert curve is not None
    assert curve.band == ""
    assert small_curve(CELLS[:1], (0.0, 30.0)) is None
