"""Numbers put together: shifts, their units and intervals."""

import math
from dataclasses import replace

import numpy as np
import pytest

from analysis.findings import photo_findings, scale_se_relative, shift_rows
from analysis.flags import FINE, Quality
from analysis.focus.law import SeriesFocus
from analysis.focus.optics import Setup
from analysis.results import Basis, PhotoResult

SETUP = Setup(50.0, 500.0, 500 / 9, 1.2)
F_NUMBERS = np.array([1.2, 2.0, 8.0])
DEPTHS = np.array([0.0, 1.5, 2.0])
SE = 2e-8


def series(**changes):
    found = SeriesFocus(
        f_numbers=F_NUMBERS,
        vergence=1 / (500 + DEPTHS),
        covariance=SE**2 * np.eye(3),
        direct=1 / (500 + DEPTHS),
        direct_se=np.array([1.0, 2.0, 40.0]) * SE,
        print_term=0.0,
        lawful=True,
        misfit=0.0,
        innovation=np.zeros(3),
        innovation_se=np.ones(3),
    )
    return replace(found, **changes)


def rows(found, flags=(FINE, FINE, FINE)):
    photos = [
        PhotoResult(f"{n}.jpg", n, basis=Basis.MEASURED, flags=flag)
        for n, flag in zip(F_NUMBERS.tolist(), flags, strict=True)
    ]
    return shift_rows(found, SETUP, photos, criteria_mm={"0.030": 0.030}, distance_se_relative=0.002)


def test_shift_in_both_units_and_against_depth_of_field():
    reference, middle, narrow = rows(series())
    assert (reference.focus_shift_mm, reference.focus_shift_um, reference.se_mm) == (0.0, 0.0, 0.0)
    assert middle.focus_shift_mm == pytest.approx(1.5)
    assert narrow.focus_shift_um == pytest.approx(1e3 * 2500 * (1 / 500 - 1 / 502))
    half_dof = 8.0 * 0.030 * (1 / 9 + 1) * 81
    assert narrow.shift_over_half_dof["0.030"] == pytest.approx(2.0 / half_dof)


def test_the_interval_holds_what_a_series_cannot_show():
    narrow = rows(series())[2]
    scatter_mm = math.sqrt(2) * SE * 502**2
    scale = math.hypot(0.004, 0.0009 * 9)  # of print and pose; of a plane of focus tilted by 0.05 degrees
    assert narrow.se_mm == pytest.approx(math.hypot(scatter_mm, 0.006 * SETUP.dof_w_mm, scale * 2.0), rel=0.01)
    low, high = narrow.interval95_mm
    assert high - low == pytest.approx(2 * 1.96 * narrow.se_mm)
    assert narrow.focus_shift_um_se > narrow.se_mm * 9.9


def test_the_interval_grows_with_the_shift_the_more_the_farther_away():
    """A tilted plane of focus changes the scale of depth over the magnification."""
    far = Setup(50.0, 2000.0, 51.3, 1.2)
    relative = [scale_se_relative(setup) for setup in (SETUP, far)]
    assert relative == pytest.approx([0.0091, 0.0353], rel=0.01)


def test_without_reference_there_is_no_shift():
    found = rows(series(vergence=np.array([math.nan, 0.002, 0.002])))
    assert all(math.isnan(row.focus_shift_mm) and Quality.NO_REFERENCE in row.flags for row in found)
    assert [row.basis for row in found] == [None] * 3


def test_flags_of_photos_are_those_of_their_shift_but_for_limits():
    found = rows(series(), (Quality(0), Quality.CLIPPED | Quality.EXTRAPOLATED, Quality(0)))
    assert [row.flags for row in found] == [Quality(0), Quality.CLIPPED, Quality(0)]


def test_what_a_photo_hardly_knows_is_borrowed():
    found = photo_findings(series(), SETUP, F_NUMBERS.tolist(), inside=[True, True, True], static_mm=0.2)
    assert [one.basis for one in found] == [Basis.MEASURED, Basis.MEASURED, Basis.BORROWED]
    off_chart = photo_findings(series(), SETUP, F_NUMBERS.tolist(), inside=[True, False, True], static_mm=0.2)
    assert off_chart[1].basis is Basis.BORROWED


def test_the_interval_of_best_focus_holds_what_all_photos_share():
    for static_mm in (0.0, 0.5):
        found = photo_findings(series(), SETUP, F_NUMBERS.tolist(), inside=[True] * 3, static_mm=static_mm)
        own_mm = math.hypot(SE * 500**2, 0.006 * SETUP.dof_w_mm)
        assert found[0].se_mm == pytest.approx(math.hypot(own_mm, static_mm), rel=0.01)


def test_repeats_keep_their_own_difference():
    direct = 1 / (500 + np.array([-0.1, 0.1, 1.5]))
    found = photo_findings(series(direct=direct), SETUP, [1.2, 1.2, 2.0], inside=[True] * 3, static_mm=0.2)
    assert [one.depth_mm for one in found] == pytest.approx([-0.1, 0.1, 1.5], abs=1e-3)
