"""What the camera left of its noise, seen on bare paper between the chart's bars.

Noise of a sensor is as strong at fine as at coarse detail; reading colours out of a mosaic takes about half of the fine
part away. Noise reduction takes far more, and with it fine detail of the picture, so a photo whose fine noise is
missing cannot be trusted at the edges either. Compression takes fine noise away as well: where its steps are too
coarse for the noise, nothing is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.charts.design import ChartDesign
from analysis.charts.view import ChartView
from analysis.frames import Frame

Array = npt.NDArray[np.float64]

NOISE_REDUCED: Final = 0.25
"""Fine over coarse noise (amplitudes squared) below which noise was reduced. Measured on rendered paper: 0.31 to 0.52
behind a mosaic, 1 without, down to 0.10 with noise reduction that shows."""
_LEAST_LEVELS: Final = 1.0
_STEPS_OF_NOISE: Final = 4.0
"""Compression is too coarse for a judgement when its step is more than this many times the coarse noise."""
_TILE_PX: Final = 16
_LEAST_TILES: Final = 12
_MOST_TILES: Final = 160
_COARSE_CY_PX: Final = (0.05, 0.13)
_FINE_CY_PX: Final = (0.2, 0.3)
_WITHIN_V: Final = 12.0
_SQUARE: Final = 3.2
"""Squares of paper between bars, up to so far from the centre line, where blur is least; mm on A4."""


@dataclass(frozen=True, slots=True)
class PaperNoise:
    """Noise of the bare paper.

    Attributes
    ----------
    levels : standard deviation it would have if all of it were as strong as the coarse part, in levels of 255.
    fine_share : fine over coarse noise power; 1 for untouched noise.
    step_levels : steps of the file's compression at fine detail.
    """

    levels: float
    fine_share: float
    step_levels: float

    @property
    def is_judged(self) -> bool:
        """There is enough noise to say something, also after compression."""
        return self.levels >= max(_LEAST_LEVELS, self.step_levels / _STEPS_OF_NOISE)

    @property
    def is_reduced(self) -> bool:
        """Fine noise is missing."""
        return self.is_judged and self.fine_share < NOISE_REDUCED


UNSEEN: Final = PaperNoise(math.nan, math.nan, math.nan)


def paper_noise(frame: Frame, design: ChartDesign, view: ChartView) -> PaperNoise:
    """Noise on the paper between the bars; NaN where too little of it is seen."""
    tiles = [tile for region in _squares(frame, design, view) for tile in _tiles(region)]
    if len(tiles) < _LEAST_TILES:
        return UNSEEN
    power = _power(np.stack(tiles[:: math.ceil(len(tiles) / _MOST_TILES)]))
    frequency = np.fft.fftfreq(_TILE_PX)
    radius = np.hypot(frequency[:, None], frequency[None, :])
    coarse, fine = (power[(radius >= low) & (radius < high)].mean() for low, high in (_COARSE_CY_PX, _FINE_CY_PX))
    if not coarse > 0:
        return PaperNoise(0.0, math.nan, frame.step_levels)
    return PaperNoise(math.sqrt(coarse), float(fine / coarse), frame.step_levels)


def _squares(frame: Frame, design: ChartDesign, view: ChartView) -> list[Array]:
    """Stored levels of squares of paper in the gaps between neighbouring bars about the centre line."""
    half, reach = design.scale * _SQUARE / 2, design.scale * _WITHIN_V
    core = [bar for bar in design.bars if bar.v_from_mm < 0 < bar.v_to_mm]
    ordered = sorted(core, key=lambda bar: bar.u0_mm)
    found = []
    for left, right in pairwise(ordered):
        if right.u0_mm - left.u0_mm > 2.5 * left.width_mm:  # the column in the middle holds figures
            continue
        for v in np.arange(-reach, reach, 2 * half):
            u = (left.edges[1].u_at(float(v)) + right.edges[0].u_at(float(v))) / 2
            x, y = view.project(u + np.array([-half, half, half, -half]), v + np.array([half, half, -half, -half]))
            if view.contains(x, y, 1.0).all():
                (_, x0, x1, _), (_, y0, y1, _) = np.sort(x), np.sort(y)
                part = frame.stored[math.ceil(y0) : math.floor(y1), math.ceil(x0) : math.floor(x1)]
                found.append(part / (1.0 if frame.stored.dtype == np.uint8 else 257.0))
    return found


def _tiles(region: Array) -> list[Array]:
    rows, columns = (size // _TILE_PX for size in region.shape)
    return [
        region[r * _TILE_PX : (r + 1) * _TILE_PX, c * _TILE_PX : (c + 1) * _TILE_PX]
        for r in range(rows)
        for c in range(columns)
    ]


def _power(tiles: Array) -> Array:
    """Mean power spectrum of tiles (T, n, n), each freed of a plane: light is seldom even."""
    ramp = np.linspace(-1, 1, _TILE_PX)
    norm = (ramp**2).sum() * _TILE_PX
    flat = tiles - tiles.mean(axis=(1, 2), keepdims=True)
    down, across = np.einsum("tij,i->t", flat, ramp) / norm, np.einsum("tij,j->t", flat, ramp) / norm
    flat = flat - down[:, None, None] * ramp[:, None] - across[:, None, None] * ramp
    window = np.hanning(_TILE_PX + 2)[1:-1]
    both = window[:, None] * window
    return np.asarray((np.abs(np.fft.fft2(flat * both)) ** 2).mean(axis=0) / (both**2).sum())
