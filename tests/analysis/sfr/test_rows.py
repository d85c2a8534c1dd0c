"""Contrast by rows against edges of known blur, with noise and without."""

import numpy as np
import pytest

from analysis.sfr.paths import block_heights_mm, cell_places_mm, common_blocks, edge_paths, importance, vergence_per_row
from analysis.sfr.rows import FREQUENCIES_LP_MM, edge_contrast
from tests.analysis.sfr.edges import DESIGN, INK, PAPER, PITCH_UM, VIEW, frame_of_edges, gaussian_mtf

PATHS = edge_paths(DESIGN, VIEW)
BLOCKS = common_blocks(VIEW, PATHS, 4)


def contrast(frame):
    return edge_contrast(frame, PATHS, BLOCKS, PITCH_UM)


@pytest.mark.parametrize("sigma_px", [0.8, 1.5, 3.0])
def test_contrast_of_gaussian_edges(sigma_px):
    found = contrast(frame_of_edges(sigma_px))
    squared = found.power.sum(axis=(0, 2)) / found.step_power.sum()
    truth = [gaussian_mtf(sigma_px, lp_mm) for lp_mm in FREQUENCIES_LP_MM]
    assert np.sqrt(np.maximum(squared, 0)) == pytest.approx(truth, abs=0.004)


def test_noise_adds_no_contrast_where_there_is_none():
    """At 40 lp/mm these edges have lost all contrast; the power of single spectra there would be all noise."""
    found = contrast(frame_of_edges(6.0, noise=0.02))
    squared = found.power[:, -1] / np.where(found.step_power > 0, found.step_power, np.nan)
    biased = np.abs(found.spectrum[:, -1]) ** 2 / np.where(found.step > 0, found.step, np.nan) ** 2
    mean, error = np.nanmean(squared), np.nanstd(squared) / np.sqrt(np.isfinite(squared).sum())
    assert abs(mean) < 4 * error
    assert np.nanmean(biased) > 10 * abs(mean)


def test_the_step_is_that_of_paper_and_ink():
    found = contrast(frame_of_edges(1.0))
    full = found.rows > 0
    assert (found.step[full] / found.rows[full]) == pytest.approx(PAPER - INK, abs=1e-3)
    assert found.level[full] == pytest.approx(PAPER, abs=1e-3)


def test_frequencies_beyond_the_pixels_are_unknown():
    found = edge_contrast(frame_of_edges(1.0), PATHS, BLOCKS, 12.0)
    assert np.isnan(found.power[:, -1]).all()
    assert np.isfinite(found.power[:, 2]).all()


def test_vergence_is_even_over_rows():
    rows, v = np.linspace(100, 1300, 9), np.linspace(-90, 90, 6001)
    _, y = VIEW.project(np.zeros_like(v), v)
    vergence = np.interp(rows, y[::-1], (1 / VIEW.distance_of(np.zeros_like(v), v))[::-1])
    assert np.diff(vergence) / np.diff(rows) == pytest.approx(vergence_per_row(VIEW), rel=1e-4)


@pytest.mark.parametrize("rows", [2, 4])
def test_rows_lie_evenly_about_the_middle_of_their_block(rows):
    """A block whose rows all lie to one side of its middle would move every best focus of a series alike."""
    blocks = common_blocks(VIEW, PATHS, rows)
    for path in PATHS:
        index = blocks.index_of(path.vergence_per_mm)
        count = np.bincount(index, minlength=blocks.count + 1)[: blocks.count]
        total = np.bincount(index, path.vergence_per_mm, minlength=blocks.count + 1)[: blocks.count]
        full = count == rows
        assert full.sum() > 10
        off = total[full] / rows - blocks.vergence_per_mm[full]
        assert abs(off.mean()) < 0.1 * vergence_per_row(VIEW)


def test_core_edges_span_depth_zero_with_clear_ground_on_both_sides():
    core = [path for path in PATHS if path.edge.v_from_mm < 0 < path.edge.v_to_mm]
    assert len(core) == 16
    for path in core:
        assert path.vergence_per_mm.min() < 1 / 500 < path.vergence_per_mm.max()
        assert path.half_window_px <= path.edge.clear_mm * VIEW.scale_px_mm


def test_edges_near_the_axis_count_most():
    paths = edge_paths(DESIGN, VIEW)
    weight = importance(VIEW, paths, PITCH_UM)
    off_axis = np.array([abs(path.x_px.mean() - (VIEW.width_px - 1) / 2) for path in paths])
    assert np.all(np.diff(weight[np.argsort(off_axis)]) <= 0)
    assert weight[np.argmax(off_axis)] < 0.05 < weight.max()
    # What the field adds goes by the place on the sensor, whatever share of the picture that is.
    assert importance(VIEW, paths, PITCH_UM / 100) == pytest.approx(np.ones(len(paths)), abs=1e-3)


def test_places_on_the_sensor_are_those_of_the_chart():
    path = PATHS[0]
    across, down = cell_places_mm(VIEW, PATHS, BLOCKS, PITCH_UM)
    block = int(BLOCKS.index_of(path.vergence_per_mm[[200]])[0])
    centre_px = np.array([(VIEW.width_px - 1) / 2, (VIEW.height_px - 1) / 2])
    expected = 1e-3 * PITCH_UM * (np.array([path.x_px[200], path.row_px[200]]) - centre_px)
    assert [across[0, block], down[0, block]] == pytest.approx(expected, abs=4e-3 * PITCH_UM)
    heights = block_heights_mm(VIEW, BLOCKS, PITCH_UM)
    assert heights[block] == pytest.approx(abs(expected[1]), abs=8e-3 * PITCH_UM)
    assert heights.min() < 1e-2 * heights.max()
