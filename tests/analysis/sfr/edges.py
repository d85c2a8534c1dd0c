"""A frame with the chart's edges drawn in closed form: every edge blurred across by one Gaussian, known exactly."""

import numpy as np
from scipy.special import erf

from analysis.charts.design import chart_design
from analysis.charts.view import ChartView, tilted
from analysis.frames import Frame
from analysis.sfr.paths import edge_paths

DESIGN = chart_design("A4")
PITCH_UM = 8.0
VIEW = ChartView(tilted(45.0, 0.0), np.array([0.0, 0.0, 500.0]), 500.0 / 9 / PITCH_UM * 1e3, 0.0, 2000, 1400)
PAPER, INK = 0.72, 0.10
LEVELS = 65535


def frame_of_edges(sigma_px, *, noise=0.0, seed=0, right_px=0.0, down_px=0.0, growth=0.0):
    """The frame as `VIEW` sees it, moved and grown about its centre; 16 bits, linear, nothing but blur in it."""
    light = np.full((VIEW.height_px, VIEW.width_px), PAPER)
    x = np.arange(VIEW.width_px)
    middle_x, middle_y = (VIEW.width_px - 1) / 2, (VIEW.height_px - 1) / 2
    for path in edge_paths(DESIGN, VIEW):
        # Where the moved edge crosses each row: undo the movement for the row, do it for the place along the row.
        row = middle_y + (path.row_px - down_px - middle_y) / (1 + growth)
        place = np.interp(row, path.row_px, path.x_px)
        place = middle_x + (place - middle_x) * (1 + growth) + right_px
        distance = path.sign * (x - place[:, None]) * path.across
        near = np.abs(distance) < path.edge.clear_mm * VIEW.scale_px_mm * 1.06  # up to the middle of bar and gap
        step = INK + (PAPER - INK) * (0.5 + 0.5 * erf(distance / (np.sqrt(2) * sigma_px)))
        light[path.row_px] = np.where(near, step, light[path.row_px])
    light += np.random.default_rng(seed).normal(0.0, noise, light.shape) if noise else 0.0
    stored = np.clip(np.round(light * LEVELS), 0, LEVELS).astype(np.uint16)
    return Frame(stored, (np.arange(LEVELS + 1) / LEVELS).astype(np.float32))


def gaussian_mtf(sigma_px, lp_mm):
    """Of the drawn edges; they are sampled, not integrated over pixels."""
    return np.exp(-2 * (np.pi * sigma_px * lp_mm * PITCH_UM * 1e-3) ** 2)
