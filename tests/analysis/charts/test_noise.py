"""Noise of the bare paper: what noise reduction takes away shows, what a mosaic or compression takes does not."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.charts.noise import paper_noise
from analysis.charts.view import ChartView, tilted
from analysis.frames import Frame, srgb_to_linear

DESIGN = chart_design("A4")
VIEW = ChartView(tilted(45.0, 0.0), np.array([0.0, 0.0, 500.0]), 500.0 / 9 / 6.0 * 1e3, 0.0, 2000, 1400)


def paper(sigma_levels, *, seed=4, change=lambda levels: levels, step_levels=0.0):
    noise = np.random.default_rng(seed).normal(200.0, sigma_levels, (VIEW.height_px, VIEW.width_px))
    lit = noise * np.linspace(0.9, 1.1, VIEW.width_px)
    stored = np.clip(np.round(change(lit.astype(np.float32))), 0, 255).astype(np.uint8)
    return Frame(stored, srgb_to_linear(256), step_levels=step_levels)


def test_untouched_noise_is_as_strong_at_fine_as_at_coarse_detail():
    found = paper_noise(paper(3.0), DESIGN, VIEW)
    assert found.fine_share == pytest.approx(1.0, abs=0.2)
    assert found.levels == pytest.approx(3.0, rel=0.1)
    assert not found.is_reduced


def mosaic_interpolated(levels):
    return cv2.sepFilter2D(levels, -1, np.array([0.25, 0.5, 0.25]), np.array([0.25, 0.5, 0.25]))


def noise_reduced(levels):
    return cv2.bilateralFilter(mosaic_interpolated(levels), 5, 6.0, 1.5)


def test_noise_reduction_shows():
    assert paper_noise(paper(4.0, change=noise_reduced), DESIGN, VIEW).is_reduced


def test_nothing_is_said_where_compression_is_coarser_than_the_noise():
    frame = paper(1.2, change=noise_reduced)
    coarse = replace(frame, step_levels=20.0)
    assert not paper_noise(coarse, DESIGN, VIEW).is_judged
    assert not paper_noise(coarse, DESIGN, VIEW).is_reduced


def test_a_sixteen_bit_file_is_told_in_the_same_levels():
    frame = paper(3.0)
    deep = Frame(frame.stored.astype(np.uint16) * 257, srgb_to_linear(65536))
    assert paper_noise(deep, DESIGN, VIEW) == paper_noise(frame, DESIGN, VIEW)


def test_too_little_paper_says_nothing():
    beside = replace(VIEW, centre_mm=np.array([500.0, 0.0, 500.0]))
    found = paper_noise(paper(3.0), DESIGN, beside)
    assert np.isnan(found.levels)
    assert not found.is_judged
