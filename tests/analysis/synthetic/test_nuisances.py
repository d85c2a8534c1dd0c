"""All nuisances at once: drawn repeatably, put where they belong, told in the truth."""

import json
from dataclasses import replace

import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.photos.exif import read_facts
from analysis.synthetic.lens import LENSES
from analysis.synthetic.nuisances import Nuisances
from analysis.synthetic.scene import Scene, depth_of_field_mm, true_best_focus_mm
from analysis.synthetic.series import TRUTH_FILE, Series, render_series, series_truth

LENS = LENSES["canon-ef-50-1.2"]
SCENE = Scene(chart_design("A4"), width_px=450, height_px=300, pixel_pitch_um=40.0)
SERIES = Series(SCENE, LENS, f_numbers=(1.2, 2.0, 8.0))


def drawn(seed):
    return Nuisances.random(np.random.default_rng(seed))


def test_draws_are_repeatable_and_differ():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_draws_cover_their_ranges():
    many = [drawn(seed) for seed in range(300)]
    assert {nuisances.iso for nuisances in many} == {100, 200, 400, 800, 1600, 3200}
    assert np.std([nuisances.bow_mm for nuisances in many]) == pytest.approx(0.5, rel=0.15)
    assert np.std([error for nuisances in many for error in nuisances.iris_errors]) == pytest.approx(0.036, rel=0.15)
    assert 0.02 <= min(nuisances.print_blur_mm for nuisances in many) < 0.025
    coloured = [any(nuisances.field.lateral_colour) for nuisances in many]
    assert np.mean(coloured) == pytest.approx(0.25, abs=0.08)


def test_they_leave_the_lens_on_the_axis_alone():
    """Truth is that of the lens and its iris: nothing else moves the focus shift by more than the new place does."""
    disturbed = SERIES.disturbed(replace(drawn(3), iris_errors=(0.0,), focus_error=0.0))
    before, after = (series_truth(series, ["a", "b", "c"])["focus_shift"] for series in (SERIES, disturbed))
    assert [row["focus_shift_mm"] for row in after] == pytest.approx([row["focus_shift_mm"] for row in before])


def test_errors_of_place_grow_with_the_chart_and_focus_with_the_depth_of_field():
    nuisances = drawn(4)
    large = replace(SCENE, design=chart_design("A2"))
    placed = nuisances.disturbed_scene(large, LENS)
    assert placed.bow_mm == pytest.approx(2 * nuisances.bow_mm)
    assert placed.chart_offset_mm[:2] == pytest.approx([2 * offset for offset in nuisances.offset_mm])
    assert placed.focus_offset_mm == pytest.approx(nuisances.focus_error * depth_of_field_mm(large, LENS))


def test_an_iris_is_wrong_stopped_down_only_and_never_wider_than_the_lens():
    nuisances = replace(drawn(5), iris_errors=(0.05, -0.2))
    assert nuisances.iris_f_numbers((1.2, 1.4, 4.0, 8.0), LENS) == pytest.approx((1.2, 1.2, 4.2, 6.4))


def test_truth_of_a_photo_is_that_of_its_iris_and_of_the_shift_that_of_the_mark():
    series = replace(SERIES, iris_f_numbers=(1.2, 2.3, 8.0))
    truth = series_truth(series, ["a", "b", "c"])
    assert [photo["f_number"] for photo in truth["photos"]] == [1.2, 2.0, 8.0]
    assert [photo["iris_f_number"] for photo in truth["photos"]] == [1.2, 2.3, 8.0]
    assert truth["photos"][1]["best_focus_mm"] == true_best_focus_mm(SCENE, LENS, 2.3)
    assert truth["focus_shift"] == series_truth(SERIES, ["a", "b", "c"])["focus_shift"]
    with pytest.raises(ValueError, match="2 irises for 3 photos"):
        replace(SERIES, iris_f_numbers=(1.2, 2.0))


def test_a_disturbed_series_is_a_series(tmp_path):
    nuisances = replace(drawn(6), iso=800)
    paths = render_series(replace(SERIES, f_numbers=(4.0,)).disturbed(nuisances), tmp_path)
    facts = read_facts(paths[0].read_bytes())
    assert (facts.f_number, facts.iso) == (4.0, 800)
    truth = json.loads((tmp_path / TRUTH_FILE).read_text())
    assert truth["nuisances"]["bow_mm"] == truth["scene"]["bow_mm"] == nuisances.bow_mm
    assert truth["nuisances"]["processing"] == truth["scene"]["processing"]
    assert truth["lens"]["field"] == truth["nuisances"]["field"]
    assert truth["photos"][0]["iris_f_number"] == pytest.approx(4.0 * (1 + nuisances.iris_errors[0]))
