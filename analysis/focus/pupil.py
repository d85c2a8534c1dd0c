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
_NODES_PER_CYCLE: Final = 6.0
_LEAST_NODES: Final = 12
_MOST_CYCLES: Final = 60.0
_STEP: Final = 1e-4


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


@dataclass(frozen=True)
class Transfer:
    """Transfer function of G pupils at P defocuses each, with derivatives.

    Attributes
    ----------
    value : (G, P), real and signed; 0 beyond the cut-off.
    by_defocus : (G, P) derivative with respect to W020 in waves.
    by_aberration : (3, G, P) with respect to W040, W060, W080 in waves.
    by_stop : (G, P) with respect to the logarithm of the stop.
    """

    value: Array
    by_defocus: Array
    by_aberration: Array
    by_stop: Array


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
    spherical aberration. The number of nodes follows the largest phase difference of each pupil.
    """
    order = _orders(_cycles(shift, stop, aberration_waves, defocus_waves))
    parts = np.zeros((6, *defocus_waves.shape))
    for rule in np.unique(order):
        mine = order == rule
        parts[:, mine] = _integrals(int(rule), shift[mine], stop[mine], aberration_waves, defocus_waves[mine])
    return Transfer(parts[0], parts[4], parts[1:4], parts[5])


@dataclass(frozen=True)
class _Overlap:
    """Nodes across the overlap of two pupils, (G, N) each: weight, waves of defocus per W020 in radians, and what the
    aberrations do.

    ``differences`` (3, 4, G, N) are radians per wave of each aberration, as coefficients of even powers of the height.
    """

    weight: Array
    turned: Array
    differences: Array

    @classmethod
    def of(cls, shift: Array, stop: Array, across: tuple[Array, Array]) -> _Overlap:
        """With x + shift/2 = stop cos(angle): the node spacing then follows the rounded end of the overlap."""
        inside = shift < 2 * stop
        limit = np.arccos(np.minimum(shift / (2 * stop), 1.0))
        angle = limit[:, None] * across[0]
        height_sq = (stop[:, None] * np.sin(angle)) ** 2
        ahead = stop[:, None] * np.cos(angle)
        tilt = (2 * ahead - shift[:, None]) * shift[:, None]
        weight = limit[:, None] * across[1] * height_sq * (inside / stop**2 * (4 / math.pi))[:, None]
        return cls(weight, 2 * math.pi * tilt, 2 * math.pi * _differences(ahead**2, tilt, height_sq))


def _integrals(order: int, shift: Array, stop: Array, aberration_waves: Array, defocus_waves: Array) -> Array:
    """(6, G, P) value and derivatives by the aberrations, by defocus and by the stop, with Gauss rules of one order.

    The difference of phase between the two pupils is a polynomial in the square of the height, so that moments of its
    cosine and sine over the height carry all derivatives.
    """
    across, along = _gauss(order), _gauss(order // 2)
    here, larger = (_Overlap.of(shift, size, across) for size in (stop, stop * (1 + _STEP)))
    powers = along[0] ** (2 * np.arange(4)[:, None])
    coefficients = np.tensordot(aberration_waves, here.differences, 1)
    phase = np.moveaxis(coefficients, 0, -1) @ powers
    moments = (along[1] * powers).T
    even, odd = (np.moveaxis(part(phase) @ moments, -1, 0) * here.weight for part in (np.cos, np.sin))
    bent = (np.tensordot(aberration_waves, larger.differences, 1) - coefficients) / _STEP
    grown = (larger.weight / np.where(here.weight > 0, here.weight, 1.0) - 1) / _STEP
    turned, turning = here.turned, (larger.turned - here.turned) / _STEP
    by_aberration = [(here.differences * part).sum(axis=1) for part in (odd, even)]
    by_stop = [grown * even[0] - (bent * odd).sum(axis=0), grown * odd[0] + (bent * even).sum(axis=0)]
    cosines = np.stack([even[0], *-by_aberration[0], turned * odd[0], by_stop[0], turning * odd[0]], axis=-1)
    sines = np.stack([odd[0], *by_aberration[1], -turned * even[0], by_stop[1], -turning * even[0]], axis=-1)
    angle = defocus_waves[..., None] * turned[:, None, :]
    result = np.moveaxis(np.cos(angle) @ cosines + np.sin(angle) @ sines, -1, 0)
    result[5] += defocus_waves * result[6]
    return np.asarray(result[:6])


def _differences(axial: Array, tilt: Array, height_sq: Array) -> Array:
    """(3, 4, G, N) coefficients of powers of t^2 in ``a^n - (a - tilt)^n``, n = 2, 3, 4; a = axial + height_sq t^2."""
    none = np.zeros_like(tilt)
    second = [2 * axial - tilt, 2 * height_sq, none, none]
    third = [3 * axial * (axial - tilt) + tilt**2, 3 * second[0] * height_sq, 3 * height_sq**2, none]
    fourth = [
        second[0] * (2 * axial * (axial - tilt) + tilt**2),
        4 * third[0] * height_sq,
        6 * second[0] * height_sq**2,
        4 * height_sq**3,
    ]
    return tilt * np.stack([np.stack(second), np.stack(third), np.stack(fourth)])


def _cycles(shift: Array, stop: Array, aberration_waves: Array, defocus_waves: Array) -> Array:
    """(G,) most turns of the phase difference between the middle and the edge of each pupil."""
    rho = stop[:, None] * np.linspace(0.1, 1.0, 10)
    slope = sum(power * w * rho ** (power - 1) for power, w in zip(ORDERS, aberration_waves, strict=True))
    extremes = np.stack([defocus_waves.min(axis=1), defocus_waves.max(axis=1)])
    return np.asarray((np.abs(slope - 2 * extremes[..., None] * rho) * shift[:, None]).max(axis=(0, 2)))


@cache
def _gauss(order: int) -> tuple[Array, Array]:
    """Nodes and weights on 0...1."""
    node, weight = np.polynomial.legendre.leggauss(order)
    return (node + 1) / 2, weight / 2


def _orders(cycles: Array) -> npt.NDArray[np.intp]:
    """Of the Gauss rule across the overlap, in steps of 8 nodes so that few are ever made; along it half as many do."""
    return (8 * np.ceil((_LEAST_NODES + _NODES_PER_CYCLE * np.minimum(cycles, _MOST_CYCLES)) / 8)).astype(np.intp)


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
