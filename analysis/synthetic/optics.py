"""Wave optics of a rotationally symmetric pupil: point spread, transfer function, and where focus truly is.

The wavefront error over the pupil, in waves of 550 nm, rho = 1 at the edge of the widest pupil, is

    W(rho) = W040 rho^4 + W060 rho^6 + W080 rho^8 - W020 rho^2,    W020 = D_w^2 / 8 * (1/s - 1/sp),

with D_w the widest pupil, s the distance of the object and sp that of the paraxial focus, both from the entrance pupil.
A near object has W020 > 0 and undercorrected aberration has W040 > 0, so that wide open the best object lies nearer
than the paraxial focus.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import j0

Array = NDArray[np.float64]

REFERENCE_MM: Final = 550e-6
"""The wavelength in whose waves aberrations are given."""

SPECTRUM: Final = ((480e-6, 0.25), (550e-6, 0.5), (620e-6, 0.25))
"""Wavelength in mm and weight: a coarse luminance curve, enough to wash out monochromatic rings."""

FOCUS_FREQUENCY_LP_MM: Final = 20.0


@dataclass(frozen=True, slots=True)
class Pupil:
    """The opening at one f-number.

    Attributes
    ----------
    aberration_waves : coefficients of rho^4, rho^6, rho^8.
    stop : radius relative to the widest pupil, 0 < stop <= 1.
    image_cone : distance from pupil to sensor over the radius of the widest pupil, v0 / a.
    """

    aberration_waves: tuple[float, float, float]
    stop: float
    image_cone: float

    def wavefront(self, rho: Array) -> Array:
        """Aberration in waves at pupil radius rho, without defocus."""
        square = rho * rho
        w040, w060, w080 = self.aberration_waves
        return square * square * (w040 + square * (w060 + square * w080))

    def ray_error_mm(self, rho: Array, defocus_waves: Array) -> Array:
        """Where on the sensor a ray through rho lands, shape (defocus, rho): v0/a * dW/drho."""
        w040, w060, w080 = self.aberration_waves
        slope = rho**3 * (4 * w040 + rho**2 * (6 * w060 + 8 * w080 * rho**2))
        return self.image_cone * REFERENCE_MM * (slope - 2 * rho * defocus_waves[:, None])


def wave_rings(pupil: Pupil, defocus_waves: Array, radius_mm: Array, width_mm: float) -> Array:
    """Energy of the diffraction image in rings, as shares of the whole.

    Parameters
    ----------
    pupil : the opening.
    defocus_waves : (L,) W020 at the edge of the widest pupil.
    radius_mm : (B,) mean radius of each ring on the sensor.
    width_mm : width of every ring; must resolve the diffraction image, about a quarter of wavelength x f-number.

    Returns
    -------
    (L, B) shares; they sum to less than 1 by what falls outside the rings.

    Notes
    -----
    Amplitude is the Hankel transform of the pupil function, and Parseval's theorem gives the whole energy, so the
    shares are absolute: no normalisation hides light that was missed.
    """
    edge_cycles = np.abs(pupil.ray_error_mm(np.array([pupil.stop]), defocus_waves)).max()
    cycles = (edge_cycles + radius_mm.max()) / (pupil.image_cone * SPECTRUM[0][0]) * pupil.stop
    rho, weight = _panels(int(np.ceil(cycles / 2)) + 2)
    rho, weight = rho * pupil.stop, weight * pupil.stop
    error = pupil.wavefront(rho) - defocus_waves[:, None] * rho**2
    energy = np.zeros((defocus_waves.size, radius_mm.size))
    for wavelength, share in SPECTRUM:
        phase = 2 * np.pi * REFERENCE_MM / wavelength * error
        frequency = radius_mm / (wavelength * pupil.image_cone)
        bessel = j0(2 * np.pi * np.outer(rho, frequency)) * (2 * np.pi * weight * rho)[:, None]
        intensity = (np.cos(phase) @ bessel) ** 2 + (np.sin(phase) @ bessel) ** 2
        ring = 2 * np.pi * frequency * width_mm / (wavelength * pupil.image_cone)
        energy += share * intensity * ring / (np.pi * pupil.stop**2)
    return energy


def transfer(pupil: Pupil, defocus_waves: Array, frequency_lp_mm: float) -> Array:
    """Optical transfer function at one frequency on the sensor, (L,) for (L,) defocus; 0 beyond the cut-off.

    Notes
    -----
    Autocorrelation of the pupil function by Gauss quadrature over a quarter of the overlap of the two shifted pupils;
    the phase difference is odd across it, so the transfer function is real.
    """
    total = np.zeros(defocus_waves.size)
    for wavelength, share in SPECTRUM:
        half = wavelength * frequency_lp_mm * pupil.image_cone / 2
        if half >= pupil.stop:
            continue
        x, x_weight = _interval(0.0, pupil.stop - half)
        node, node_weight = _interval(0.0, 1.0)
        height = np.sqrt(pupil.stop**2 - (x + half) ** 2)
        y = np.outer(height, node)
        weight = np.outer(x_weight * height, node_weight)
        ahead, behind = np.hypot(x[:, None] + half, y), np.hypot(x[:, None] - half, y)
        aberration = pupil.wavefront(ahead) - pupil.wavefront(behind)
        defocus = ahead**2 - behind**2
        scale = 2 * np.pi * REFERENCE_MM / wavelength
        for index, waves in enumerate(defocus_waves):
            total[index] += share * np.sum(weight * np.cos(scale * (aberration - waves * defocus)))
    return 4 * total / (np.pi * pupil.stop**2)


def best_defocus_waves(pupil: Pupil, frequency_lp_mm: float = FOCUS_FREQUENCY_LP_MM) -> float:
    """The defocus W020 at which contrast at this frequency is highest.

    Raises
    ------
    ValueError
        When the frequency lies beyond the cut-off, so that there is no contrast at all.
    """
    ends = pupil.ray_error_mm(np.linspace(0.0, pupil.stop, 65)[1:], np.zeros(1))[0]
    # Rays through rho meet the axis at the defocus below; best focus lies among them.
    crossings = ends / (2 * np.linspace(0.0, pupil.stop, 65)[1:] * pupil.image_cone * REFERENCE_MM)
    margin = 0.5 / pupil.stop**2
    trial = np.arange(min(0.0, crossings.min()) - margin, max(0.0, crossings.max()) + margin, 0.1 / pupil.stop**2)
    contrast = np.abs(transfer(pupil, trial, frequency_lp_mm))
    if contrast.max() <= 0:
        raise ValueError(f"no contrast at {frequency_lp_mm} lp/mm: beyond the cut-off of this pupil")
    start = trial[int(np.argmax(contrast))]
    step = trial[1] - trial[0]
    found = minimize_scalar(
        lambda waves: -abs(transfer(pupil, np.array([waves]), frequency_lp_mm)[0]),
        bounds=(start - step, start + step),
        method="bounded",
        options={"xatol": 1e-5 / pupil.stop**2},
    )
    return float(found.x)


@cache
def _gauss(order: int) -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(order)


def _interval(start: float, end: float, order: int = 48) -> tuple[Array, Array]:
    """Gauss nodes and weights on an interval."""
    node, weight = _gauss(order)
    return start + (end - start) * (node + 1) / 2, weight * (end - start) / 2


def _panels(count: int) -> tuple[Array, Array]:
    """Gauss nodes and weights on 0...1 in panels of 12; a panel carries two cycles without loss."""
    node, weight = _interval(0.0, 1.0, 12)
    return ((np.arange(count)[:, None] + node) / count).ravel(), np.tile(weight / count, count)
