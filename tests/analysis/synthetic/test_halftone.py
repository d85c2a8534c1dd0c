"""Printed dots: as many and as strong as asked for, and grey on average."""

import numpy as np
import pytest

from analysis.charts.design import chart_design
from analysis.charts.marks import INK_REFLECTANCE
from analysis.synthetic.blur import frame_for
from analysis.synthetic.canvas import sharp_reflectance
from analysis.synthetic.halftone import screened
from analysis.synthetic.lens import LENSES
from analysis.synthetic.scene import Scene, focus_wide_open
from analysis.synthetic.view import view_of

PAPER = 0.9
GREY = 0.4


def view_at(tilt_deg=0.0, pixel_pitch_um=3.0):
    scene = Scene(chart_design("A4"), width_px=400, height_px=300, tilt_deg=tilt_deg, pixel_pitch_um=pixel_pitch_um)
    return view_of(scene, focus_wide_open(scene, LENSES["canon-ef-50-1.2"]), 50.0), frame_for(400, 300)


def test_dots_of_a_facing_sheet_have_the_frequency_and_depth_of_the_screen():
    view, frame = view_at()
    grey = np.full((frame.rows, frame.columns), GREY, np.float32)
    dots = screened(grey, frame.centres(), view, PAPER, 5.0) - GREY
    x, y = frame.centres()
    (left, top), (right, bottom) = view.project(np.array([(0.0, 0.0), (10.0, -10.0)]))
    per_px_x, per_px_y = (5.0 / np.sqrt(2) * 10.0 / span for span in (right - left, bottom - top))
    wave = np.outer(np.cos(2 * np.pi * per_px_y * (y - top)), np.cos(2 * np.pi * per_px_x * (x - left)))
    depth = (GREY - INK_REFLECTANCE) * (PAPER - GREY) / (PAPER - INK_REFLECTANCE)
    averaged = np.sinc(per_px_x / 2) * np.sinc(per_px_y)
    assert (dots * wave).mean() / (wave**2).mean() == pytest.approx(depth * averaged, rel=0.01)
    assert abs(dots.mean()) < 0.002


def test_paper_and_solid_ink_have_no_dots():
    view, frame = view_at(45.0)
    for reflectance in (PAPER, INK_REFLECTANCE):
        even = np.full((frame.rows, frame.columns), reflectance, np.float32)
        assert np.allclose(screened(even, frame.centres(), view, PAPER, 5.0), even, atol=1e-6)


def test_dots_too_fine_for_the_cells_are_an_even_grey():
    view, frame = view_at(45.0, pixel_pitch_um=60.0)
    grey = np.full((frame.rows, frame.columns), GREY, np.float32)
    inside = np.abs(screened(grey, frame.centres(), view, PAPER, 60.0) - GREY)[100:300, 200:800]
    assert inside.max() < 0.01


def test_a_printed_bar_keeps_its_grey():
    design = chart_design("A4")
    view, frame = view_at(45.0, pixel_pitch_um=8.0)
    even = sharp_reflectance(design, view, frame)
    printed = sharp_reflectance(design, view, frame, 5.0)
    bar = np.abs(even - design.bar_reflectance) < 1e-4
    assert bar.mean() > 0.1
    assert printed[bar].std() > 0.02
    assert printed[bar].mean() == pytest.approx(design.bar_reflectance, abs=0.002)
