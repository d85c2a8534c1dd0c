"""Transfer function of a rotationally symmetric pupil with defocus and spherical aberration.

The wavefront error over the pupil, in waves, with rho = 1 at the edge of the widest pupil, is

    W(rho) = W040 rho^4 + W060 rho^6 + W080 rho^8 - W020 rho^2,    W020 = D_w^2 / (8 wavelength) * (1/s - 1/sp),

so positive aberration is undercorrected: focus moves behind on stopping down. The transfer function is the
autocorrelation of the pupil. Defocus makes the phase difference of two pupils shifted along x grow with x alone, so a
whole through-focus curve is one Fourier integral over x of what the aberration leaves; a few dozen Gauss nodes carry it
exactly, from diffraction to the geometric limit, and faster than a table could be looked up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

WAVELENGTH_MM: Final = 550e-6
"""Middle of the luminance of daylight."""
ORDERS: Final = (4, 6, 8)
"""Powers of the pupil radius in the aberration."""
_NODES_PER_CYCLE: Final = 5.0
_LEAST_NODES: Final = 16


@dataclass(frozen=True)
class WidestPupil:
    """What turns vergences and f-numbers into waves and shifts of the pupil.

    Attributes
    ----------
    radius_mm : of the entrance pupil at the widest f-number, nominal.
    image_distance_mm : from the pupil to the sensor.
    wavelength_mm : of the light.
    """

    radius_mm: float
    image_distance_mm: float
    wavelength_mm: float = WAVELENGTH_MM

    @property
    def waves_per_vergence(self) -> float:
        """Waves of W020 per unit of vergence (mm)."""
        return self.radius_mm**2 / (2 * self.wavelength_mm)

    def shift(self, frequency_lp_mm: Array | float) -> Array:
        """Shift between the two pupils at a frequency on the sensor, in radii of the widest pupil."""
        return np.asarray(self.wavelength_mm * self.image_distance_mm / self.radius_mm * frequency_lp_mm)

    def depth_of_field(self, criterion_mm: float) -> float:
        """Range of vergence (1/mm) in which the widest pupil's blur disc stays below the criterion."""
        return criterion_mm / (self.radius_mm * self.image_distance_mm)

    def sag_vergence(self, image_height_mm: Array, curvature_per_mm: float) -> Array:
        """By how much vergence of focus (1/mm) grows at an image height when the image surface is curved."""
        return np.asarray(curvature_per_mm * image_height_mm**2 / (2 * self.image_distance_mm**2))


@dataclass(frozen=True)
class Transfer:
    """Transfer function of G pupils at P defocuses each, with derivatives.

    Attributes
    ----------
    value : (G, P), real and signed; 0 beyond the cut-off.
    by_defocus : (G, P) derivative with respect to W020 in waves.
    by_aberration : (3, G, P) with respect to W040, W060, W080 in waves.
    """

    value: Array
    by_defocus: Array
    by_aberration: Array


def transfer(shift: Array, stop: Array, aberration_waves: Array, defocus_waves: Array) -> Transfer:
    """Transfer function and its derivatives.

    Parameters
    ----------
    shift : (G,) of the two pupils, in radii of the widest pupil; see `WidestPupil.shift`.
    stop : (G,) radius of the pupil in the same unit.
    aberration_waves : (3,) W040, W060, W080 at radius 1.
    defocus_waves : (G, P) W020 at radius 1.

    Returns
    -------
    Transfer

    Notes
    -----
    H. H. Hopkins, "The frequency response of a defocused optical system", Proc. R. Soc. A 231 (1955), extended to
    spherical aberration. The number of nodes follows the largest phase difference met.
    """
    across, along = _nodes(_cycles(shift, stop, aberration_waves, defocus_waves))
    # x + shift/2 = stop cos(angle): the node spacing then follows the rounded end of the overlap of the two pupils.
    inside = shift < 2 * stop
    limit = np.arccos(np.minimum(shift / (2 * stop), 1.0))
    angle = limit[:, None] * across[0]
    height = stop[:, None] * np.sin(angle)
    x = stop[:, None] * np.cos(angle) - shift[:, None] / 2
    weight = limit[:, None] * across[1] * height**2 * (inside / stop**2 * (4 / math.pi))[:, None]
    ahead = (x + shift[:, None] / 2)[..., None] ** 2 + (height[..., None] * along[0]) ** 2
    tilt = 2 * x * shift[:, None]
    behind = ahead - tilt[..., None]
    differences = np.stack([ahead**power - behind**power for power in (2, 3, 4)])
    phase = 2 * math.pi * np.tensordot(aberration_waves, differences, 1)
    even, odd = np.cos(phase), np.sin(phase)
    weighted = 2 * math.pi * differences * along[1]
    cosines = np.stack([(even @ along[1]), *(-(weighted * odd).sum(axis=-1))], axis=-1)
    sines = np.stack([(odd @ along[1]), *(weighted * even).sum(axis=-1)], axis=-1)
    turned = 2 * math.pi * tilt
    cosines = np.concatenate([cosines, (turned * sines[..., 0])[..., None]], axis=-1) * weight[..., None]
    sines = np.concatenate([sines, (-turned * (even @ along[1]))[..., None]], axis=-1) * weight[..., None]
    defocus_phase = defocus_waves[..., None] * turned[:, None, :]
    result = np.moveaxis(np.cos(defocus_phase) @ cosines + np.sin(defocus_phase) @ sines, -1, 0)
    return Transfer(result[0], result[4], result[1:4])


def _cycles(shift: Array, stop: Array, aberration_waves: Array, defocus_waves: Array) -> float:
    """Most turns of the phase difference between the middle and the edge of any of the pupils."""
    rho = stop[:, None] * np.linspace(0.1, 1.0, 10)
    slope = sum(power * w * rho ** (power - 1) for power, w in zip(ORDERS, aberration_waves, strict=True))
    extremes = np.stack([defocus_waves.min(axis=1), defocus_waves.max(axis=1)])
    return float((np.abs(slope - 2 * extremes[..., None] * rho) * shift[:, None]).max())


@cache
def _gauss(order: int) -> tuple[Array, Array]:
    """Nodes and weights on 0...1."""
    node, weight = np.polynomial.legendre.leggauss(order)
    return (node + 1) / 2, weight / 2


def _nodes(cycles: float) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Gauss rules across the overlap and along its height, in steps of 8 nodes so that few are ever made."""
    order = 8 * math.ceil((_LEAST_NODES + _NODES_PER_CYCLE * min(cycles, 60.0)) / 8)
    return _gauss(order), _gauss(order // 2)


def best_defocus(shift: Array, stop: Array, aberration_waves: Array) -> Array:
    """W020 in waves, (G,), at which contrast is highest; NaN beyond the cut-off.

    A grid over all places where rays cross the axis, then Newton's steps on the derivative, held inside their cell.
    """
    rho = np.linspace(0.05, 1.0, 20) * stop[:, None]
    crossing = sum(power / 2 * w * rho ** (power - 2) for power, w in zip(ORDERS, aberration_waves, strict=True))
    crossing = np.asarray(crossing) * np.ones_like(rho)
    margin = 0.5 / stop**2
    low, high = crossing.min(axis=1) - margin, crossing.max(axis=1) + margin
    count = int(np.clip(np.ceil(((high - low) / (0.12 / stop**2)).max()), 24, 400))
    trial = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, count)
    contrast = np.abs(transfer(shift, stop, aberration_waves, trial).value)
    rows = np.arange(stop.size)
    top = np.clip(contrast.argmax(axis=1), 1, count - 2)
    best, cell = trial[rows, top], (high - low) / (count - 1)
    low, high = best - cell, best + cell
    for _ in range(8):
        nudge = 1e-3 * cell
        slopes = transfer(shift, stop, aberration_waves, best[:, None] + nudge[:, None] * np.array([-1.0, 0.0, 1.0]))
        uphill = slopes.by_defocus * np.sign(slopes.value)
        bend = (uphill[:, 2] - uphill[:, 0]) / (2 * nudge)
        low, high = np.where(uphill[:, 1] > 0, best, low), np.where(uphill[:, 1] > 0, high, best)
        newton = best - uphill[:, 1] / np.where(bend < 0, bend, -1.0)
        held = (bend < 0) & (newton >= low) & (newton <= high)
        best = np.where(held, newton, (low + high) / 2)
    return np.where(contrast[rows, top] > 0, best, np.nan)


def best_defocus_slopes(shift: Array, stop: Array, aberration_waves: Array, best_waves: Array) -> Array:
    """(4, G) how `best_defocus` changes with W040, W060, W080 (waves) and with the logarithm of the stop.

    At the peak the derivative by defocus is zero; where it stays zero is how the peak moves.
    """
    step = 1e-4
    places = best_waves[:, None] + step / stop[:, None] ** 2 * np.array([-1.0, 0.0, 1.0])
    here = transfer(shift, stop, aberration_waves, places).by_defocus
    bend = (here[:, 2] - here[:, 0]) / (2 * step) * stop**2
    moved = [
        transfer(shift, stop, aberration_waves + step * unit, best_waves[:, None]).by_defocus[:, 0]
        for unit in np.eye(3)
    ]
    moved.append(transfer(shift, stop * (1 + step), aberration_waves, best_waves[:, None]).by_defocus[:, 0])
    return np.asarray(-(np.stack(moved) - here[:, 1]) / step / bend)


def half_contrast(shift: Array, stop: Array, aberration_waves: Array, best_waves: Array) -> Array:
    """(2, G) W020 below and above the best at which contrast first falls to half its peak; NaN where it does not.

    The geometric blur disc halves contrast ``0.176 / (shift stop)`` waves from focus; diffraction and aberration widen
    that, and ten times as far is looked.
    """
    geometric = 0.176 / (shift * stop)
    far = 10 * np.linspace(0.0, 1.0, 400) ** 1.5
    found = np.full((2, stop.size), np.nan)
    for side, sign in enumerate((-1.0, 1.0)):
        waves = best_waves[:, None] + sign * geometric[:, None] * far
        contrast = np.abs(transfer(shift, stop, aberration_waves, waves).value)
        level = contrast / np.where(contrast[:, :1] > 0, contrast[:, :1], np.nan) - 0.5
        for g, row in enumerate(level):
            below = np.flatnonzero(row < 0)
            if below.size:
                i = below[0]
                found[side, g] = np.interp(0.0, [row[i], row[i - 1]], [waves[g, i], waves[g, i - 1]])
    return found
