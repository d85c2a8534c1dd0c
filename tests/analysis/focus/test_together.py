"""Which of fit, law and single photos speaks, on curves made from the law."""

import math

import numpy as np
import pytest

from analysis.flags import Quality
from analysis.focus.curve import FocusCurve
from analysis.focus.optics import Setup
from analysis.focus.peak import find_peak
from analysis.focus.together import settle

SETUP = Setup(50.0, 500.0, 55.6, 1.2)
F_NUMBERS = (1.2, 1.4, 2.0, 2.8, 4.0, 8.0)
VERGENCE = np.arange(0.00178, 0.00226, 1e-6)
FREQUENCIES = (2.5, 10.0, 20.0, 40.0)


def true_vergence(f_number):
    return 0.00199 + 1e-5 * (1.2 / f_number) ** 2


def curve(f_number, off=0.0):
    """Contrast that falls off with defocus in the way of a disc, as a Gaussian, with a trace of noise."""
    defocus_mm = 50 / f_number * SETUP.image_distance_mm * (VERGENCE - true_vergence(f_number) - off)
    logs = np.stack([-1.1 * (frequency * defocus_mm) ** 2 - 0.02 * frequency / 10 for frequency in FREQUENCIES])
    noise = np.random.default_rng(int(10 * f_number)).normal(0, 0.004, (8, len(FREQUENCIES), VERGENCE.size))
    groups = np.exp(2 * logs) + noise
    return FocusCurve(
        VERGENCE, FREQUENCIES, groups.mean(axis=0), (groups.sum(axis=0) - groups) / 7, np.ones(VERGENCE.size)
    )


def settled(f_numbers=F_NUMBERS, off=None, without_peak=()):
    curves = [curve(n, (off or {}).get(n, 0.0)) for n in f_numbers]
    peaks = [None if n in without_peak else find_peak(one, 20.0) for n, one in zip(f_numbers, curves, strict=True)]
    return settle(f_numbers, peaks, curves, [None] * len(f_numbers), SETUP)


def test_where_the_fit_does_not_describe_the_photos_the_law_speaks():
    """Gaussian blur is not how a lens blurs; the fit must notice, and best focus must not suffer."""
    found = settled()
    assert found.fit is None
    assert found.series_flags & (Quality.MODEL_DISAGREES | Quality.MISFIT)
    errors_mm = [
        SETUP.depth_mm(v) - SETUP.depth_mm(true_vergence(n))
        for v, n in zip(found.series.vergence, F_NUMBERS, strict=True)
    ]
    assert errors_mm == pytest.approx([0.0] * 6, abs=0.1)
    assert found.photo_flags == (Quality(0),) * 6


def test_a_refocused_photo_lets_every_photo_stand_alone():
    found = settled(off={2.8: 8e-6})
    assert Quality.REFOCUSED in found.photo_flags[3]
    assert not found.series.lawful
    assert found.fit is None
    moved_mm = SETUP.depth_mm(found.series.vergence[3]) - SETUP.depth_mm(true_vergence(2.8))
    assert moved_mm == pytest.approx(-8e-6 * 500**2, abs=0.3)


def test_few_f_numbers_are_said():
    found = settled((1.2, 4.0, 8.0))
    assert found.series_flags == Quality.FEW_FRAMES
    assert not found.series.lawful


def test_no_peak_at_the_widest_is_no_reference():
    found = settled(without_peak=(1.2,))
    assert math.isnan(found.series.vergence[0])
    assert np.isfinite(found.series.vergence[1:]).all()
