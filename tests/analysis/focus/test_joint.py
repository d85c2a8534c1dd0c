"""The joint fit on series whose truth comes from a Fourier transform of the pupil, with all nuisances on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analysis.flags import Quality
from analysis.focus.joint import JointFitRefusedError, fit_series
from analysis.focus.priors import RIM_PRIOR
from analysis.focus.trust import trusted_fit
from tests.analysis.focus.fft_pupil import F_NUMBERS, Series, photos, series

LENSES = {
    "1 wave": ((1.0, 0.0, 0.0), 1 / 8),
    "4 waves": ((4.0, 0.0, 0.0), 1 / 20),
    "12 waves": ((12.0, 0.0, 0.0), 1 / 45),
    "-20+14 waves": ((-20.0, 14.0, 0.5), 1 / 14),
    "-7-3+1.5 waves": ((-7.0, -3.0, 1.5), 1 / 10),
}
IRIS_ERROR = np.array([0.0, -0.01, 0.02, 0.0, 0.01, -0.02, 0.01, 0.0, 0.02])


@pytest.fixture(autouse=True)
def _no_rims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos made here are those of the axis: no rim cuts the widest pupil."""
    monkeypatch.setattr("analysis.focus.priors.RIM_PRIOR", (0.0, 0.0))


@cache
def clean(lens: str) -> Series:
    aberration, magnification = LENSES[lens]
    return series(np.array(aberration), magnification, pupil_error=0.015, iris_error=IRIS_ERROR)


def shift_mm(vergence: np.ndarray) -> np.ndarray:
    return 1 / vergence - 1 / vergence[0]


def moved(curve, by_per_mm):
    """The photo focused elsewhere: the same contrast at other vergences, on the blocks of the others."""

    def at(rows):
        place = curve.vergence_per_mm - by_per_mm
        flat = [np.interp(place, curve.vergence_per_mm, row) for row in rows.reshape(-1, rows.shape[-1])]
        return np.reshape(flat, rows.shape)

    return replace(curve, mtf_squared=at(curve.mtf_squared), group_mtf_squared=at(curve.group_mtf_squared))


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("print_mm", [0.02, 0.06])
def test_the_shift_at_every_f_number_is_found(lens: str, print_mm: float) -> None:
    truth = clean(lens)
    fit = fit_series(truth.f_numbers, photos(truth, np.random.default_rng(7), print_mm=print_mm), truth.setup)
    error = shift_mm(fit.vergence) - shift_mm(truth.best)
    # Goal of a single value: 95 % within 2.5 % of DoF_w + 2 % of the shift; the fit alone stays well inside.
    assert np.all(np.abs(error) < 0.0125 * truth.setup.dof_w_mm + 0.01 * np.abs(shift_mm(truth.best)))
    expected = 2 * (np.pi * truth.setup.image_distance_mm * print_mm) ** 2
    at_20lp = (20 / truth.setup.distance_mm) ** 2
    assert fit.print_term * at_20lp == pytest.approx(expected * at_20lp, abs=0.015)
    assert 1 < fit.pupil_scale < np.exp(0.035)  # 0.015 in truth; tones are told from it by little
    assert fit.misfit < 1


def test_the_standard_errors_are_those_of_the_scatter() -> None:
    truth = clean("4 waves")
    fits = [fit_series(truth.f_numbers, photos(truth, np.random.default_rng(s)), truth.setup) for s in range(12)]
    against_widest = np.eye(9)[1:] - np.eye(9)[0]
    claimed = np.sqrt([np.diag(against_widest @ fit.covariance @ against_widest.T) for fit in fits]).mean(axis=0)
    found = np.std([against_widest @ fit.vergence for fit in fits], axis=0)
    # Twelve seeds tell a standard deviation to a fifth; the error also covers what does not scatter here.
    assert np.all(found < 1.4 * claimed)
    assert np.all(claimed < 4 * found)


def test_limits_lie_where_contrast_is_half() -> None:
    truth = clean("4 waves")
    fit = fit_series(truth.f_numbers, photos(truth, np.random.default_rng(3)), truth.setup)
    k = F_NUMBERS.index(2.0)
    contrast = (
        np.interp([fit.near[k], fit.far[k]], truth.vergence[k], truth.transfer[k, 1]) / truth.transfer[k, 1].max()
    )
    assert contrast == pytest.approx(0.5, abs=0.03)
    assert fit.near[k] > fit.vergence[k] > fit.far[k]


def test_fine_detail_is_not_looked_for_where_coarse_is_blurred() -> None:
    """At the end of the chart few edges are left; their noise at 40 lp/mm may stand higher than the true peak."""
    truth = clean("4 waves")
    seen = photos(truth, np.random.default_rng(3))
    spoiled = seen[0].mtf_squared.copy()
    spoiled[2, -16:] = 2 * np.nanmax(spoiled[2])
    misled = [replace(seen[0], mtf_squared=spoiled), *seen[1:]]
    fits = [fit_series(truth.f_numbers, curves, truth.setup) for curves in (seen, misled)]
    assert fits[1].problem.samples.vergence[2].tolist() == fits[0].problem.samples.vergence[2].tolist()
    assert np.abs(fits[1].vergence - fits[0].vergence).max() < 3e-3 * truth.setup.dof_w_per_mm


def test_a_curved_field_is_told_from_a_focus_shift() -> None:
    truth = clean("4 waves")
    setup, curvature = truth.setup, 1 / 600
    # On the tilted chart image height grows with depth: 45 degrees, top away.
    height = [setup.image_distance_mm * (1 - setup.distance_mm * v) for v in truth.vergence]
    bent = [
        v + curvature * h**2 / (2 * setup.image_distance_mm**2) for v, h in zip(truth.vergence, height, strict=True)
    ]
    seen = photos(replace(truth, vergence=np.array(bent)), np.random.default_rng(5))
    heights = [setup.image_distance_mm * (1 - setup.distance_mm * curve.vergence_per_mm) for curve in seen]
    flat = fit_series(truth.f_numbers, seen, setup)
    curved = fit_series(truth.f_numbers, seen, setup, image_height_mm=heights)
    errors = [np.abs(shift_mm(fit.vergence) - shift_mm(truth.best)).max() for fit in (flat, curved)]
    assert errors[1] < 0.0125 * setup.dof_w_mm
    assert errors[1] < errors[0]


def test_a_tilted_plane_of_focus_is_told_far_off_by_the_width_of_the_curves() -> None:
    """There it is likelier than pupils that are all too small. What is left of it is in every interval."""
    truth, stretch = clean("12 waves"), 0.04
    flat = photos(truth, np.random.default_rng(6))
    zero = 1 / truth.setup.distance_mm
    tilted = [replace(c, vergence_per_mm=zero + (c.vergence_per_mm - zero) / (1 + stretch)) for c in flat]
    fits = [fit_series(truth.f_numbers, seen, truth.setup) for seen in (flat, tilted)]
    shifts = [np.diff(fit.vergence).sum() for fit in fits]
    assert shifts[0] / shifts[1] == pytest.approx(1, abs=0.4 * stretch)
    assert fits[1].depth_scale / fits[0].depth_scale == pytest.approx(1 + stretch, abs=0.4 * stretch)


def test_rims_that_cut_the_widest_pupil_are_taken_off_best_focus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the axis the widest photo is taken through a smaller pupil than on it, where best focus is asked for."""
    monkeypatch.setattr("analysis.focus.priors.RIM_PRIOR", RIM_PRIOR)
    aberration, magnification = LENSES["12 waves"]
    cut = np.array([RIM_PRIOR[0], *[0.0] * (len(F_NUMBERS) - 1)])
    seen = series(np.array(aberration), magnification, iris_error=cut)
    whole = series(np.array(aberration), magnification)
    fit = fit_series(seen.f_numbers, photos(seen, np.random.default_rng(4)), seen.setup)
    limit = 0.01 * seen.setup.dof_w_mm + 0.01 * np.abs(shift_mm(whole.best))
    assert np.all(np.abs(shift_mm(fit.vergence) - shift_mm(whole.best)) < limit)
    assert np.abs(shift_mm(seen.best) - shift_mm(whole.best))[-1] > limit[-1] / 2


def test_repeats_are_fitted_as_one_f_number() -> None:
    truth, rng = clean("4 waves"), np.random.default_rng(2)
    twice = fit_series(truth.f_numbers * 2, photos(truth, rng) + photos(truth, rng), truth.setup)
    assert twice.f_numbers.tolist() == list(F_NUMBERS)
    assert twice.slip.shape == (18,)
    assert np.abs(shift_mm(twice.vergence) - shift_mm(truth.best)).max() < 0.01 * truth.setup.dof_w_mm


@pytest.mark.parametrize("kept", [(1.2, 2.0, 4.0, 8.0), (1.2, 1.4, 2.0, 16.0)])
def test_four_f_numbers_are_enough(kept: tuple[float, ...]) -> None:
    truth = clean("-7-3+1.5 waves")
    which = [truth.f_numbers.index(n) for n in kept]
    seen = photos(truth, np.random.default_rng(4))
    fit = fit_series(kept, [seen[i] for i in which], truth.setup)
    error = shift_mm(fit.vergence) - shift_mm(truth.best[which])
    se = np.sqrt(fit.covariance[0, 0] + np.diag(fit.covariance) - 2 * fit.covariance[0]) * truth.setup.distance_mm**2
    assert np.all(np.abs(error) < 3 * np.maximum(se, 0.005 * truth.setup.dof_w_mm))
    assert np.all(np.abs(error) < 0.05 * truth.setup.dof_w_mm)


@pytest.mark.parametrize("kept", [(1.2, 2.0, 8.0), (1.2, 2.0, 5.6, 8.0, 11.0, 16.0)])
def test_too_few_or_too_slow_f_numbers_are_refused(kept: tuple[float, ...]) -> None:
    truth = clean("4 waves")
    seen = photos(truth, np.random.default_rng(4))
    curves = [seen[truth.f_numbers.index(n)] for n in kept]
    with pytest.raises(JointFitRefusedError) as refusal:
        fit_series(kept, curves, truth.setup)
    assert refusal.value.flag == Quality.FEW_FRAMES
    assert trusted_fit(kept, curves, truth.setup).fit is None


def test_photos_without_a_curve_or_without_contrast_are_done_without() -> None:
    truth = clean("4 waves")
    seen = photos(truth, np.random.default_rng(8))
    rng = np.random.default_rng(9)
    blank = replace(seen[3], mtf_squared=1e-4 * rng.normal(size=seen[3].mtf_squared.shape))
    fit = fit_series(truth.f_numbers, [seen[0], None, seen[2], blank, *seen[4:]], truth.setup)
    assert fit.f_numbers.tolist() == [1.2, 2.0, 4.0, 5.6, 8.0, 11.0, 16.0]
    assert np.isnan(fit.slip).tolist() == [False, True, False, True, False, False, False, False, False]


@pytest.mark.parametrize("lens", ["1 wave", "4 waves", "-20+14 waves"])
def test_a_good_series_is_trusted_and_agrees_with_its_direct_peaks(lens: str) -> None:
    truth = clean(lens)
    trusted = trusted_fit(truth.f_numbers, photos(truth, np.random.default_rng(11)), truth.setup)
    assert trusted.fit is not None
    assert trusted.flags == Quality(0)
    assert trusted.left_out is None
    assert np.isfinite(trusted.direct[:3]).all()
    assert np.abs(trusted.direct[:3] - truth.best[:3]).max() < 0.02 * truth.setup.dof_w_per_mm


@pytest.mark.parametrize("lens", ["1 wave", "-20+14 waves"])
@pytest.mark.parametrize("f_number", [1.2, 1.4, 2.0, 4.0, 5.6])
def test_a_refocused_photo_is_named_and_left_out(lens: str, f_number: float) -> None:
    truth = clean(lens)
    seen = photos(truth, np.random.default_rng(6))
    slipped, by = F_NUMBERS.index(f_number), 0.1 * truth.setup.dof_w_per_mm
    seen[slipped] = moved(seen[slipped], by)
    trusted = trusted_fit(truth.f_numbers, seen, truth.setup)
    assert trusted.left_out == slipped
    assert trusted.slip[slipped] == pytest.approx(by, rel=0.5)
    assert trusted.fit is not None
    others = np.delete(truth.best, slipped)
    error = shift_mm(trusted.fit.vergence) - shift_mm(others)
    assert np.abs(error).max() < 0.02 * truth.setup.dof_w_mm


def test_photos_focused_at_random_are_not_trusted() -> None:
    truth, rng = clean("4 waves"), np.random.default_rng(12)
    seen = [moved(curve, 0.4 * truth.setup.dof_w_per_mm * rng.normal()) for curve in photos(truth, rng)]
    trusted = trusted_fit(truth.f_numbers, seen, truth.setup)
    assert trusted.fit is None
    assert trusted.flags & (Quality.MODEL_DISAGREES | Quality.MISFIT)


def test_a_wrong_f_number_at_the_widest_is_seen_in_the_pupil() -> None:
    truth = clean("4 waves")
    seen = photos(truth, np.random.default_rng(13))
    wrong = replace(truth.setup, focal_length_mm=truth.setup.focal_length_mm * 1.2)
    assert trusted_fit(truth.f_numbers, seen, wrong).flags & Quality.IRIS


@pytest.mark.parametrize(("f_number", "told"), [(2.0, True), (16.0, False)])
def test_an_iris_off_its_mark_is_told_where_it_matters(f_number: float, *, told: bool) -> None:
    """At f/16 best focus no longer moves, and the curve is too flat to tell an iris from a tone curve."""
    aberration, magnification = LENSES["4 waves"]
    iris_error = np.where(np.array(F_NUMBERS) == f_number, 0.3, 0.0)
    truth = series(np.array(aberration), magnification, iris_error=iris_error)
    trusted = trusted_fit(truth.f_numbers, photos(truth, np.random.default_rng(14)), truth.setup)
    assert abs(trusted.tried.iris[F_NUMBERS.index(f_number)] - 1) > 0.125
    assert bool(trusted.flags & Quality.IRIS) == told


def test_a_slip_among_four_f_numbers_leaves_no_fit_but_is_still_told() -> None:
    truth = clean("4 waves")
    kept = (1.2, 2.0, 4.0, 8.0)
    seen = photos(truth, np.random.default_rng(14))
    curves = [seen[truth.f_numbers.index(n)] for n in kept]
    curves[1] = moved(curves[1], 0.3 * truth.setup.dof_w_per_mm)
    trusted = trusted_fit(kept, curves, truth.setup)
    assert trusted.fit is None
    assert trusted.flags & Quality.MODEL_DISAGREES
    assert np.isfinite(trusted.slip).all()
