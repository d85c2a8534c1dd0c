"""Every benchmark of the measurement in small, with fixed seeds: it runs, and what it measures is true."""

import json
import math
from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from analysis.flags import FAILS, Quality
from analysis.synthetic import Series
from analysis.synthetic.series import series_truth
from tests import rendered
from tests.benchmarks import bad_series, macro, offsets, running, tables
from tests.benchmarks.accuracy import measure_case
from tests.benchmarks.cases import LEAST_HALF_RANGE, NEAR, Case, Sensor, draw_case

SMALL = Sensor(1600, 1100, (8.0, 9.5))
COARSE_FULL_FRAME = Sensor(4500, 3000, (8.0, 8.0))


def test_cases_are_repeatable_and_a_third_of_them_near():
    cases = [draw_case(7, number) for number in range(36)]
    assert draw_case(7, 5) == cases[5] != cases[4]
    assert sum(case.magnification > NEAR for case in cases) == 12
    assert len({case.series.lens.model for case in cases}) >= 8
    assert sum(case.half_range >= LEAST_HALF_RANGE for case in cases) >= 33


@pytest.fixture(scope="module")
def records():
    return [measure_case(draw_case(7, number, SMALL), None) for number in (9, 13)]


def test_disturbed_series_are_measured_and_their_intervals_mean_something(records):
    values = tables.Values(records)
    assert values.error.size >= 12
    assert tables.rms(values.of_goal) < 2
    assert values.covered.mean() > 0.8


def test_the_accuracy_report_tells_every_bar(records):
    lines = tables.accuracy(records)
    told = [line for line in lines if line.startswith(("holds", "MISSES"))]
    assert len(told) == 6
    assert any("2 series, 2 counted, 1 of them nearer than 1/14, 2 lenses" in line for line in lines)


def test_a_bar_is_missed_where_errors_are_made_larger(records):
    worse = [
        {**record, "rows": [{**row, "error_mm": row["error_mm"] + 3 * row["half_width_mm"]} for row in record["rows"]]}
        for record in records
    ]
    lines = tables.accuracy(worse)
    assert any(line.startswith("MISSES") and "pooled coverage" in line for line in lines)
    assert any(line.startswith("MISSES") and "thirds" in line for line in lines)


def test_series_held_back_are_told_but_not_judged(records):
    fine = [{**record, "flags": []} for record in records]
    held = {**records[0], "name": "held", "flags": [Quality.IRIS.name]}
    held["rows"] = [{**row, "error_mm": 100 * row["half_width_mm"]} for row in held["rows"]]
    lines = tables.accuracy([*fine, held])
    assert [line for line in lines if line.startswith(("holds", "MISSES"))] == tables.accuracy(fine)[-6:]
    assert any("held back by a flag: 1 ['held']" in line for line in lines)
    assert any(line.startswith("with those held back") for line in lines)


def test_too_few_values_to_tell_that_all_are_covered_are_no_miss(records):
    few = tables.Values(records)
    every = np.ones(few.error.size, dtype=bool)
    sure = [
        {**one, "rows": [{**row, "half_width_mm": 1e3 * row["half_width_mm"]} for row in one["rows"]]}
        for one in records
    ]
    assert tables.Values(sure).cover(every) == 99.0
    many = tables.Values(sure * tables.TOLD_FROM)
    assert many.cover(np.ones(many.error.size, dtype=bool)) == 100.0


def test_a_whole_frame_is_measured_as_truly_as_a_window():
    """A wide lens near by: edges lie up to 15 mm off the axis, where the field says more than the focus shift."""
    whole = draw_case(8707496, 9, COARSE_FULL_FRAME).series
    chosen = [i for i, f_number in enumerate(whole.f_numbers) if f_number in (1.4, 2.0, 2.8, 5.6)]
    f_numbers, irises = (tuple(of[i] for i in chosen) for of in (whole.f_numbers, whole.iris_f_numbers))
    record = measure_case(Case("whole", replace(whole, f_numbers=f_numbers, iris_f_numbers=irises)), None)
    assert not tables.fails(record)
    values = tables.Values([record])
    assert values.error.size == 3
    assert values.covered.all()
    assert np.all(values.of_limit < 1)


def test_best_focus_of_single_photos_is_where_the_lens_was_focused(monkeypatch):
    """One offset of the clean variant, once."""
    monkeypatch.setattr(offsets, "SEEDS", 1)
    monkeypatch.setattr(offsets, "F_NUMBERS", (1.2, 2.0, 2.8, 5.6))
    record = {"name": "clean-0009-1", "offset_mm": 3, "distance_mm": 500.0}
    rows = offsets.focus_of(offsets.photos_of(record["name"], None)[0])
    errors = {row["f_number"]: abs(row["direct_mm"] - 3) for row in rows}
    assert max(error for f_number, error in errors.items() if f_number <= 2.8) < 0.08
    assert max(error for f_number, error in errors.items() if f_number <= 5.6) < 0.15
    assert offsets.report([{**record, "rows": rows}], "clean")[-1].startswith("holds")


def test_a_macro_lens_is_measured_honestly():
    case = macro.draw_macro(1, 0)
    scene = replace(case.series.scene, width_px=1500, height_px=1000, pixel_pitch_um=12.0)
    record = measure_case(Case(case.name, replace(case.series, scene=scene)), None)
    values = tables.Values([record])
    assert values.error.size >= 3
    assert np.all(np.abs(values.error) < 3 / 1.96 * values.half)
    assert "none beyond 3 standard errors: 0 of" in macro.report([record])[-1]


def test_bad_series_are_told_from_good_ones():
    """One of each kind."""
    good = rendered.series()
    series = Series(rendered.SCENE, rendered.LENS, rendered.F_NUMBERS)
    truth = series_truth(series, list(good.photos))
    others = (rendered.series(focus_offset_mm=1.5).sources(), rendered.series(nearer_mm=1.5).sources())
    spoiler = bad_series.Spoiler(bad_series.Sets(series, good.sources(), *others), np.random.default_rng(1))
    kinds = {bad.kind: bad for bad in spoiler.all()}
    assert len(kinds) == 10
    found = [bad_series.measure_bad(bad, series, truth) for bad in kinds.values()]
    assert [one["kind"] for one in found if bad_series.is_silent(one)] == []
    assert found[0]["kind"] == bad_series.GOOD
    assert not FAILS & Quality.from_names(found[0]["flags"])
    lines = bad_series.report([{"name": "1-0000", "series": found}])
    assert lines[-1] == "holds  silent series at most 1 in 100: 0 of 9"


def test_a_wrong_series_without_a_flag_is_silent():
    wrong = {"kind": "refocused in one photo", "refused": False, "flags": [], "worst_se": 5.0, "at": "f/2 +3.00 mm"}
    assert bad_series.is_silent(wrong)
    assert not bad_series.is_silent({**wrong, "flags": [Quality.REFOCUSED.name]})
    assert not bad_series.is_silent({**wrong, "refused": True})
    assert not bad_series.is_silent({**wrong, "worst_se": 2.9})
    assert bad_series.report([{"name": "1-0000", "series": [wrong]}])[-1].startswith("MISSES")


def test_finished_work_is_not_done_again_but_that_of_other_code_is(tmp_path, monkeypatch):
    done = []

    def work(job):
        done.append(job.name)
        return {"name": job.name, "value": math.pi}

    arguments = Namespace(keep=tmp_path / "kept.jsonl", photos=None, render_only=False, processes=1)
    first = running.run(["a", "b"], work, arguments, keep="unused")
    with arguments.keep.open("a") as kept:
        kept.write('{"name": "c", "val')
    assert running.run(["a", "b", "c"], work, arguments, keep="unused")[:2] == first
    assert done == ["a", "b", "c"]
    monkeypatch.setattr(running, "code_fingerprint", lambda _: "other")
    running.run(["a"], work, arguments, keep="unused")
    assert done == ["a", "b", "c", "a"]


def test_photos_are_rendered_once_and_again_for_another_series(tmp_path):
    scene = replace(rendered.SCENE, width_px=300, height_px=200, pixel_pitch_um=50.0)
    series = Series(scene, rendered.LENS, f_numbers=(8.0,))
    photos, truth = running.photos_of(series, tmp_path)
    written = (tmp_path / photos[0].name).stat().st_mtime_ns
    assert running.photos_of(series, tmp_path) == (photos, truth)
    assert (tmp_path / photos[0].name).stat().st_mtime_ns == written
    assert not running.is_rendered(replace(series, seed=1), tmp_path)
    assert json.loads((tmp_path / "truth.json").read_text()) == truth
