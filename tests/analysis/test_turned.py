"""A series and the same again with the chart upside down."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.measure import MeasureOptions, measure_series
from analysis.results import Basis, SeriesResult
from analysis.synthetic import Field, Series
from analysis.turned import NotAPairError, average_turned
from tests.rendered import LENS, SCENE, render

F_NUMBERS = (1.2, 1.4, 2.0, 4.0)
TILTED = replace(LENS, field=Field(tilt_deg=0.5))


@pytest.fixture(scope="module")
def pair():
    """Both ways up through a lens whose plane of focus is tilted by half a degree, which is a lot."""
    both = [render(Series(replace(SCENE, roll_deg=roll), TILTED, F_NUMBERS, seed=8)) for roll in (0.0, 180.0)]
    options = MeasureOptions(colour=False)
    return [measure_series(one.sources(), options) for one in both], list(both[0].truth_mm.values())


def shifts(result):
    return np.array([row.focus_shift_mm for row in result.focus_shift])


def test_the_mean_is_free_of_the_tilt_of_the_plane_of_focus(pair):
    (upright, turned), truth = pair
    true_shift = np.array(truth) - truth[0]
    mean = average_turned(upright, turned)
    assert shifts(upright)[-1] - true_shift[-1] > 0.1
    assert shifts(turned)[-1] - true_shift[-1] < -0.08
    assert abs(shifts(mean) - true_shift).max() < 0.05
    assert mean.static_offset_mm == pytest.approx((upright.static_offset_mm + turned.static_offset_mm) / 2, abs=2e-3)


def test_the_mean_knows_better_than_each_fit_what_is_tilt(pair):
    (upright, turned), _ = pair
    mean = average_turned(upright, turned)
    assert upright.evidence.depth_scale < 1 < turned.evidence.depth_scale
    assert mean.evidence.depth_scale == 1
    seen = [(row.upright_mm, row.turned_mm) for row in mean.turned]
    assert shifts(mean) == pytest.approx(np.mean(seen, axis=1))
    for k, one in enumerate((upright, turned)):
        assert [row[k] for row in seen] == pytest.approx(shifts(one) / one.evidence.depth_scale)


def test_the_interval_is_no_narrower_than_one_series_allows(pair):
    (upright, turned), _ = pair
    for one, other, mean in zip(
        upright.focus_shift, turned.focus_shift, average_turned(upright, turned).focus_shift, strict=True
    ):
        assert min(one.se_mm, other.se_mm) <= mean.se_mm <= max(one.se_mm, other.se_mm)
        low, high = mean.interval95_mm
        assert low <= mean.focus_shift_mm <= high


def test_photos_of_both_are_told_apart(pair):
    mean = average_turned(*pair[0])
    names = [photo.file for photo in mean.photos]
    assert len(set(names)) == 2 * len(F_NUMBERS)
    assert names[len(F_NUMBERS)].startswith("turned-")
    assert [row.n_photos for row in mean.focus_shift] == [2] * len(F_NUMBERS)
    assert SeriesResult.from_json(mean.to_json()).to_json() == mean.to_json()


def test_what_one_series_borrows_the_mean_borrows(pair):
    upright, turned = pair[0]
    borrowed = replace(turned, focus_shift=tuple(replace(row, basis=Basis.BORROWED) for row in turned.focus_shift))
    assert {row.basis for row in average_turned(upright, borrowed).focus_shift} == {Basis.BORROWED}


def test_only_a_pair_is_averaged(pair):
    upright, turned = pair[0]
    with pytest.raises(NotAPairError, match="not upside down"):
        average_turned(upright, upright)
    with pytest.raises(NotAPairError, match="different lenses"):
        average_turned(upright, replace(turned, lens="another"))
    with pytest.raises(NotAPairError, match="widest f-numbers differ"):
        average_turned(upright, replace(turned, reference_f_number=2.0))
    with pytest.raises(NotAPairError, match="different distances"):
        average_turned(upright, replace(turned, pose=replace(turned.pose, distance_mm=600.0)))
