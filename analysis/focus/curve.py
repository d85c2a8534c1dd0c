"""Contrast over depth in one photo: the edges of the chart joined into one curve.

``L = -ln MTF`` is what is fitted everywhere: the contributions of lens, print and camera add up in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.sfr.rows import EdgeContrast

Array = npt.NDArray[np.float64]

GROUPS: Final = 8
"""Groups of edges for the jackknife; left and right edges of a bar and both sides of the chart mix in each."""
_OUTLIER_MAD: Final = 3.5
_LEAST_EDGES: Final = 4


@dataclass(frozen=True)
class FocusCurve:
    """Contrast over vergence, joined over edges.

    Attributes
    ----------
    vergence_per_mm : (B,) middles of the blocks.
    frequencies_lp_mm : (F,).
    mtf_squared : (F, B) free of noise bias, so it scatters about 0 where there is no contrast; NaN where no edge is.
    group_mtf_squared : (G, F, B) the same with one group of edges left out.
    weight : (B,) step power summed: what the noise of a block goes down with.
    """

    vergence_per_mm: Array
    frequencies_lp_mm: tuple[float, ...]
    mtf_squared: Array
    group_mtf_squared: Array
    weight: Array

    def at(self, frequency_lp_mm: float) -> int:
        """Index of a frequency."""
        return self.frequencies_lp_mm.index(frequency_lp_mm)


def join_edges(
    contrast: EdgeContrast, name_frequency_lp_mm: float = 20.0, *, importance: Array | None = None
) -> FocusCurve:
    """Join the edges of a frame block by block, leaving out those that stand apart (a scratch, dust, a shadow).

    Parameters
    ----------
    contrast : sums per edge and block.
    name_frequency_lp_mm : frequency at which an edge is judged to stand apart.
    importance : (E,) weight of each edge; None for all alike.
    """
    named = contrast.frequencies_lp_mm.index(name_frequency_lp_mm)
    usable = usable_cells(contrast, named)
    counts = usable * (1.0 if importance is None else importance[:, None])
    weight = counts * np.where(usable, contrast.step_power, 0.0)
    power = counts[:, None] * np.where(usable[:, None], contrast.power, 0.0)
    group = np.arange(weight.shape[0]) % GROUPS
    keeps = [np.ones(group.size, dtype=bool), *(group != g for g in range(GROUPS))]
    joined = np.stack([_ratio(power[keep].sum(axis=0), weight[keep].sum(axis=0)) for keep in keeps])
    joined[:, :, usable.sum(axis=0) < min(_LEAST_EDGES, weight.shape[0])] = np.nan
    return FocusCurve(
        contrast.blocks.vergence_per_mm, contrast.frequencies_lp_mm, joined[0], joined[1:], weight.sum(axis=0)
    )


def usable_cells(contrast: EdgeContrast, named: int) -> npt.NDArray[np.bool_]:
    """(E, B) where an edge fills a block and does not stand apart from the others at the frequency with this index."""
    full = contrast.rows >= 0.6 * np.nanmax(contrast.rows)
    usable = full & (contrast.step_power > 0)
    return usable & _agreeing(contrast.power[:, named], contrast.step_power, usable)


def _ratio(power: Array, step_power: Array) -> Array:
    return np.asarray(power / np.where(step_power > 0, step_power, np.nan))


def _agreeing(power: Array, step_power: Array, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Edges within 3.5 scaled MAD of the block's median contrast."""
    ratio = np.where(usable, power / np.where(step_power > 0, step_power, 1.0), np.nan)
    with np.errstate(all="ignore"):
        middle = _median(ratio)
        spread = 1.4826 * _median(np.abs(ratio - middle))
    return np.asarray(~(np.abs(ratio - middle) > _OUTLIER_MAD * spread + 1e-6))


def _median(values: Array) -> Array:
    """Median over edges, NaN left out; NaN without any. (`nanmedian` warns and is slow.)"""
    count = np.isfinite(values).sum(axis=0)
    ordered = np.sort(values, axis=0)  # NaN last
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    columns = np.arange(values.shape[1])
    high = np.minimum(high, values.shape[0] - 1)
    return np.asarray((ordered[low, columns] + ordered[high, columns]) / 2)
