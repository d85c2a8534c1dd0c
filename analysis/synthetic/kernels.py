"""Blur kernels for every depth in a photo: layers of equal defocus, levels of resolution.

A kernel is split by distance from its centre. The core is applied at full resolution; each further ring is smooth and
is applied at a quarter of the resolution of the one before. The parts add up to the whole kernel, whose energy is that
of the diffraction integral.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import j0

from analysis.synthetic.optics import REFERENCE_MM, SPECTRUM, Array, Pupil, wave_rings

FACTORS: Final = (1, 4, 16, 64)
"""Pixels per cell of each level, along both axes; level 0 has two cells to a pixel along x."""

REACH: Final = 16
"""Kernels extend over this many rows of their level either side."""

PERIOD: Final = 40
"""Rows of a level after which kernels repeat while they are computed."""

# Both in rows of the level: where a level's share of a kernel ends, and from which size of blur it has none.
_TAPER: Final = (9.0, 15.0)
_FADE: Final = (16.0, 26.0)
_WAVE_LIMIT: Final = 14.0
_FARTHEST_PX: Final = 1200.0


@dataclass(frozen=True, slots=True)
class KernelStack:
    """Kernels of one f-number.

    Attributes
    ----------
    defocus_waves : (L,) rising; between layers, kernels are blended linearly.
    levels : one array (L, rows, columns) per factor: the quarter from the centre outwards of the symmetric kernel.
    size_px : (L,) radius that holds 95 % of the light.
    """

    defocus_waves: Array
    levels: tuple[NDArray[np.float32], ...]
    size_px: Array


def layers(pupil: Pupil, low_waves: float, high_waves: float) -> Array:
    """Defocus values covering low to high: 0.2 waves of the actual stop apart near focus, 4 % of the blur far off."""
    near, far = _focal_zone(pupil)
    values = [low_waves]
    while values[-1] < high_waves or len(values) < 2:
        outside = max(near - values[-1], values[-1] - far, 0.0)
        values.append(values[-1] + max(0.2 / pupil.stop**2, 0.04 * outside))
    return np.array(values)


def build_kernels(
    pupil: Pupil, defocus_waves: Array, pixel_pitch_mm: float, print_blur_px: tuple[Array, Array]
) -> KernelStack:
    """Kernels of all layers: diffraction, aberration, defocus and print.

    Parameters
    ----------
    pupil : the opening.
    defocus_waves : (L,) of `layers`.
    pixel_pitch_mm : of the sensor.
    print_blur_px : standard deviation of the print's blur along x and along y, (L,) each.
    """
    radius_px, energy = _rings(pupil, defocus_waves, pixel_pitch_mm)
    size_px = radius_px[np.argmax(np.cumsum(energy, axis=1) > 0.95, axis=1)]
    remaining = np.ones_like(energy)
    levels = []
    for factor in FACTORS:
        last = factor == FACTORS[-1]
        share = remaining if last else remaining * share_of_level(radius_px / factor, size_px / factor)
        remaining = remaining - share
        levels.append(_level_kernels(radius_px, energy * share, factor, print_blur_px))
    return KernelStack(defocus_waves, tuple(levels), size_px)


def _focal_zone(pupil: Pupil) -> tuple[float, float]:
    """Range of defocus in which some zone of the pupil is in focus, widened by 4 waves."""
    rho = np.linspace(0.05, 1.0, 20) * pupil.stop
    per_wave = 2 * rho * pupil.image_cone * REFERENCE_MM
    focus = pupil.ray_error_mm(rho, np.zeros(1))[0] / per_wave
    margin = 4 / pupil.stop**2
    return float(min(focus.min(), 0.0) - margin), float(max(focus.max(), 0.0) + margin)


def _rings(pupil: Pupil, defocus_waves: Array, pixel_pitch_mm: float) -> tuple[Array, Array]:
    """Radii (B,) in pixels and energies (L, B): diffraction near focus, rays where defocus dwarfs the wavelength."""
    near, far = _focal_zone(pupil)
    reach = (_WAVE_LIMIT - 4) / pupil.stop**2
    is_wave = (defocus_waves > near - reach) & (defocus_waves < far + reach)
    airy_mm = SPECTRUM[0][0] * pupil.image_cone / (2 * pupil.stop)
    width_mm = 0.15 * airy_mm
    rho = np.linspace(0.0, pupil.stop, 50)
    waves = defocus_waves[is_wave]
    inner_mm = 6 * airy_mm + (np.abs(pupil.ray_error_mm(rho, waves)).max() if waves.size else 0.0)
    fine = np.arange(0.0, inner_mm + width_mm, width_mm)
    coarse = np.geomspace(fine[-1], max(_FARTHEST_PX * pixel_pitch_mm, 2 * fine[-1]), 400)
    borders = np.concatenate([fine, coarse[1:]])
    radius = (borders[1:] + borders[:-1]) / 2
    energy = np.empty((defocus_waves.size, radius.size))
    if waves.size:
        energy[is_wave] = _with_tail(wave_rings(pupil, waves, radius[: fine.size - 1], width_mm), borders)
    energy[~is_wave] = _ray_rings(pupil, defocus_waves[~is_wave], borders)
    return radius / pixel_pitch_mm, energy


def _with_tail(inner: Array, borders: Array) -> Array:
    """The light that the computed rings miss, laid where light bent at the edge of a pupil goes: density ~ 1/r^3."""
    inner = inner / np.maximum(inner.sum(axis=1, keepdims=True), 1.0)
    start = borders[inner.shape[1]]
    outer = borders[inner.shape[1] :]
    tail = start / outer[:-1] - start / outer[1:]
    missing = 1 - inner.sum(axis=1, keepdims=True)
    return np.hstack([inner, missing * tail / tail.sum()])


def _ray_rings(pupil: Pupil, defocus_waves: Array, borders: Array, rays: int = 4000) -> Array:
    """Energy per ring by geometric optics: rays spread evenly over the area of the pupil."""
    rho = pupil.stop * np.sqrt((np.arange(rays) + 0.5) / rays)
    energy = np.empty((defocus_waves.size, borders.size - 1))
    for index, waves in enumerate(defocus_waves):
        landing = np.abs(pupil.ray_error_mm(rho, np.array([waves]))[0])
        ring = np.minimum(np.searchsorted(borders, landing, side="right") - 1, borders.size - 2)
        energy[index] = np.bincount(ring, minlength=borders.size - 1) / rays
    return energy


def share_of_level(radius: Array, size: Array) -> Array:
    """Share (L, B) of a level in the light at radii (B,) or (L, B) of kernels of size (L,), all in its rows."""
    return _fall(size, *_FADE)[:, None] * _fall(radius, *_TAPER)


def _fall(value: Array, start: float, end: float) -> Array:
    """1 up to start, 0 from end on, smooth between."""
    part = np.clip((value - start) / (end - start), 0.0, 1.0)
    return np.cos(np.pi / 2 * part) ** 2


def _level_kernels(
    radius_px: Array, energy: Array, factor: int, print_blur_px: tuple[Array, Array]
) -> NDArray[np.float32]:
    """Quarter kernels (L, rows, columns) of one level from the energy in rings."""
    cells = 2 if factor == 1 else 1  # per row height, along x
    across = np.arange(cells * PERIOD // 2 + 1) / (PERIOD * factor)  # cycles per pixel
    along = np.arange(PERIOD // 2 + 1) / (PERIOD * factor)
    frequency = np.hypot(across[None, :], along[:, None]).ravel()
    used = energy.max(axis=0) > 0
    response = energy[:, used] @ j0(2 * np.pi * np.outer(radius_px[used], frequency))
    response = response.reshape(-1, along.size, across.size)
    total = response[:, 0, 0].copy()
    blur_x, blur_y = print_blur_px
    response *= np.exp(-2 * (np.pi * blur_x[:, None] * across) ** 2)[:, None, :]
    response *= np.exp(-2 * (np.pi * blur_y[:, None] * along) ** 2)[:, :, None]
    # The sharp picture of a coarse level is averaged over its cells; what is wanted is the average over a pixel.
    # (At level 0 the rows are pixels already and pairs of cells are averaged at the end.)
    if factor > 1:
        response *= (np.sinc(along) / np.sinc(factor * along))[:, None] * (np.sinc(across) / np.sinc(factor * across))
    rows, columns = _inverse_cosines(PERIOD, REACH + 1), _inverse_cosines(cells * PERIOD, cells * REACH + 1)
    kernels = rows @ response @ columns.T
    weight = np.outer(*(np.where(np.arange(n) == 0, 1.0, 2.0) for n in kernels.shape[1:]))
    found = (kernels * weight).sum(axis=(1, 2))
    scale = np.divide(total, found, out=np.zeros_like(total), where=total > 1e-7)
    return (kernels * scale[:, None, None]).astype(np.float32)


def _inverse_cosines(period: int, count: int) -> Array:
    """(count, period / 2 + 1): from the cosine spectrum of an even sequence of this period to its first values."""
    order = np.arange(period // 2 + 1)
    weight = np.where((order == 0) | (order == period // 2), 1.0, 2.0) / period
    return np.cos(2 * np.pi * np.outer(np.arange(count), order) / period) * weight
