"""Edges joined into one curve."""

import numpy as np
import pytest

from analysis.focus.curve import GROUPS, join_edges
from analysis.sfr.paths import Blocks
from analysis.sfr.rows import EdgeContrast

EDGES, COUNT = 16, 40


def contrast(mtf_squared, *, rows=4.0):
    """Edges of these squared contrasts, (E, B), with unit steps."""
    step = np.full(mtf_squared.shape, rows**2 / 4)
    power = (mtf_squared * step)[:, None, :].repeat(2, axis=1)
    blocks = Blocks(0.0019, 1e-6, mtf_squared.shape[1])
    full = np.full(mtf_squared.shape, rows)
    return EdgeContrast((10.0, 20.0), blocks, power, step, power.astype(complex), full, full, full)


def test_alike_edges_are_their_common_contrast():
    joined = join_edges(contrast(np.full((EDGES, COUNT), 0.25)))
    assert joined.mtf_squared == pytest.approx(0.25)
    assert joined.group_mtf_squared.shape == (GROUPS, 2, COUNT)
    assert joined.vergence_per_mm[0] == pytest.approx(0.0019 + 0.5e-6)


def test_an_edge_that_stands_apart_is_left_out():
    squared = 0.25 + np.random.default_rng(0).normal(0, 0.005, (EDGES, COUNT))
    spoiled = squared.copy()
    spoiled[5, 10:20] = 0.9
    assert join_edges(contrast(spoiled)).mtf_squared == pytest.approx(0.25, abs=0.006)


def test_blocks_with_too_few_edges_are_unknown():
    some = contrast(np.full((EDGES, COUNT), 0.25))
    some.rows[3:, 7] = 0.0
    joined = join_edges(some)
    assert np.isnan(joined.mtf_squared[:, 7]).all()
    assert np.isfinite(np.delete(joined.mtf_squared, 7, axis=1)).all()


def test_leaving_a_group_out_leaves_its_edges_out():
    squared = 0.25 + np.random.default_rng(0).normal(0, 0.02, (EDGES, COUNT))
    squared[0::GROUPS] += 0.02
    without = join_edges(contrast(squared)).group_mtf_squared[:, 1].mean(axis=1)
    assert without.argmin() == 0
    assert without[1:].min() - without[0] > 0.001
