"""What the field adds to a round kernel: coma, astigmatism and the cat's eye of a vignetted pupil.

A kernel off the axis is the round one of `kernels`, which is exact, plus what rays say of the difference: the image by
rays of the whole bundle less that of the bundle on the axis, both softened by diffraction. At the f-numbers this is
used for, frequencies of interest lie so far below the cut-off that the wave nature of the difference does not show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, rfft2

from analysis.synthetic.field import FULL_FRAME_CORNER_MM, IDEAL, Field
from analysis.synthetic.kernels import FACTORS, PERIOD, REACH, KernelStack, share_of_level
from analysis.synthetic.optics import REFERENCE_MM, SPECTRUM, Array, Pupil

ROUND_FROM_F_NUMBER: Final = 5.0
"""From here on coma and vignetting are gone and astigmatism is below half a wave: kernels are round again."""

NODE_MM: Final = 3.0
"""Kernels are made at places this far apart along a row of the sensor, and blended between."""

_RAYS: Final = 1600


@dataclass(frozen=True, slots=True)
class OffAxisKernels:
    """What is to be added to a `KernelStack` at some places along the rows.

    Attributes
    ----------
    x_px : (nodes,) rising.
    levels : per level (nodes, L, 2 REACH + 1, columns): kernels from their top left corner on.
    """

    x_px: Array
    levels: tuple[NDArray[np.float32], ...]

    def at(self, x_px: float, level: int) -> NDArray[np.float32]:
        """(L, rows, columns) of one level, blended between the nodes on both sides."""
        place = float(np.interp(x_px, self.x_px, np.arange(self.x_px.size)))
        left = min(int(place), self.x_px.size - 2)
        low, high = self.levels[level][left], self.levels[level][left + 1]
        return low + np.float32(place - left) * (high - low)


def disc_of_rays(stop: float) -> Array:
    """(2, rays) points spread evenly over the pupil: a sunflower's seeds."""
    order = np.arange(_RAYS) + 0.5
    turn = order * np.pi * (1 + 5**0.5)
    return stop * np.sqrt(order / _RAYS) * np.stack([np.cos(turn), np.sin(turn)])


def passing(rays: Array, height_mm: Array, field: Field) -> NDArray[np.bool_]:
    """(L, rays): which rays the rims let through to image points at ``height_mm`` (L, 2) from the axis."""
    clear = np.ones((len(height_mm), rays.shape[1]), dtype=bool)
    for shift in field.rim_shifts:
        centre = shift / FULL_FRAME_CORNER_MM * height_mm
        away = (rays[0] - centre[:, :1]) ** 2 + (rays[1] - centre[:, 1:]) ** 2
        clear &= away <= field.rim_radius**2
    return clear


def landing_mm(pupil: Pupil, rays: Array, defocus_waves: Array, height_mm: Array, field: Field) -> Array:
    """(2, L, rays): where rays land, seen from where the ray through the pupil's centre does.

    Minus the gradient of the wavefront times the distance to the sensor, x to the right and y down as in the photo.
    """
    x, y = rays
    rho2 = x**2 + y**2
    w040, w060, w080 = pupil.aberration_waves
    radial = rho2 * (4 * w040 + rho2 * (6 * w060 + 8 * w080 * rho2)) - 2 * defocus_waves[:, None]
    per_wave_mm = pupil.image_cone * REFERENCE_MM
    # Coma c (rho . h) rho^2: at the edge of the pupil its tail is three times c long.
    coma = -field.coma_um / 1000 / (3 * per_wave_mm) / FULL_FRAME_CORNER_MM * height_mm
    along = coma[:, :1] * x + coma[:, 1:] * y
    # Astigmatism q ((rho . t)^2 - (rho . s)^2): a surface dv nearer to the lens is dv / (2 cone^2) of wavefront.
    half = field.astigmatism_per_mm / 2 / (2 * pupil.image_cone**2 * REFERENCE_MM)
    difference = half * (height_mm[:, :1] ** 2 - height_mm[:, 1:] ** 2)
    skew = half * 2 * height_mm[:, :1] * height_mm[:, 1:]
    slope_x = radial * x + coma[:, :1] * rho2 + 2 * along * x + 2 * (difference * x + skew * y)
    slope_y = radial * y + coma[:, 1:] * rho2 + 2 * along * y + 2 * (skew * x - difference * y)
    return -per_wave_mm * np.stack([slope_x, slope_y])


def added_kernels(
    pupil: Pupil,
    field: Field,
    stack: KernelStack,
    heights_mm: Sequence[Array],
    *,
    pixel_pitch_mm: float,
    print_blur_px: tuple[Array, Array],
) -> Iterator[tuple[NDArray[np.float32], ...]]:
    """What the field adds at some places: for each, one array (L, 2 REACH + 1, columns) per level.

    Layer i of a place is seen at row i of its ``height_mm`` (L, 2), from the axis to the right and down.
    """
    rays = disc_of_rays(pupil.stop)
    waves = stack.defocus_waves
    centre = np.zeros((waves.size, 2))
    axis_px = landing_mm(pupil, rays, waves, centre, IDEAL) / pixel_pitch_mm
    taken = list(_by_level(axis_px, np.full(axis_px.shape[1:], 1 / _RAYS), stack.size_px))
    for height_mm in heights_mm:
        clear = passing(rays, height_mm, field)
        bent_px = landing_mm(pupil, rays, waves, height_mm, field) / pixel_pitch_mm
        added = _by_level(bent_px, clear / np.maximum(clear.sum(axis=1, keepdims=True), 1), stack.size_px)
        yield tuple(
            _softened(more - less, pupil, factor, pixel_pitch_mm, print_blur_px)
            for factor, more, less in zip(FACTORS, added, taken, strict=True)
        )


def light_share(field: Field, stop: float, height_mm: Array) -> Array:
    """Share of the light the rims leave at image heights (n,)."""
    across = np.column_stack([height_mm, np.zeros_like(height_mm)])
    return passing(disc_of_rays(stop), across, field).mean(axis=1)


def _by_level(place_px: Array, weight: Array, size_px: Array) -> Iterator[Array]:
    """What each level shows of rays, split as `kernels` splits the light."""
    radius_px = np.hypot(*place_px)
    for factor in FACTORS[:-1]:
        share = weight * share_of_level(radius_px / factor, size_px / factor)
        weight = weight - share
        yield _splat(place_px, share, factor)
    yield _splat(place_px, weight, FACTORS[-1])


def _splat(place_px: Array, weight: Array, factor: int) -> Array:
    """(L, rows, columns) of a level's period: each ray shared between the four cells around it, wrapped about 0."""
    rows, columns = PERIOD, PERIOD * (2 if factor == 1 else 1)
    layer, ray = np.nonzero(weight)
    x = np.clip(place_px[0, layer, ray] / factor, -PERIOD / 2 + 1, PERIOD / 2 - 1) * (columns / PERIOD)
    y = np.clip(place_px[1, layer, ray] / factor, -PERIOD / 2 + 1, PERIOD / 2 - 1)
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right_part, low_part = x - left, y - top
    shares = weight[layer, ray]
    size = len(weight) * rows * columns
    out = np.zeros(size)
    for down, part_y in ((0, 1 - low_part), (1, low_part)):
        for right, part_x in ((0, 1 - right_part), (1, right_part)):
            cell = (layer * rows + (top + down) % rows) * columns + (left + right) % columns
            out += np.bincount(cell, shares * part_x * part_y, size)
    return out.reshape(-1, rows, columns)


def _softened(
    picture: Array, pupil: Pupil, factor: int, pixel_pitch_mm: float, print_blur_px: tuple[Array, Array]
) -> NDArray[np.float32]:
    """Diffraction, the ink's blur, and the size of a level's cells put on; the splat's own blur taken off."""
    rows, columns = picture.shape[1:]
    cell_px = factor * PERIOD / columns
    along = np.fft.fftfreq(rows) / factor  # cycles per pixel
    across = np.fft.rfftfreq(columns) / cell_px
    soft = _diffraction(pupil, np.hypot(along[:, None], across) / pixel_pitch_mm)
    soft /= np.sinc(along * factor)[:, None] ** 2 * np.sinc(across * cell_px) ** 2
    if factor > 1:
        soft *= (np.sinc(along) / np.sinc(factor * along))[:, None] * (np.sinc(across) / np.sinc(factor * across))
    blur_x, blur_y = print_blur_px
    ink_x = np.exp(-2 * (np.pi * blur_x[:, None] * across) ** 2)
    ink_y = np.exp(-2 * (np.pi * blur_y[:, None] * along) ** 2)
    kernels = irfft2(rfft2(picture) * (soft * ink_y[:, :, None] * ink_x[:, None, :]), s=(rows, columns))
    reach = REACH * columns // rows
    kept = kernels[:, np.arange(-REACH, REACH + 1)][:, :, np.arange(-reach, reach + 1)]
    return kept.astype(np.float32)


def _diffraction(pupil: Pupil, frequency_lp_mm: Array) -> Array:
    """The transfer function of a perfect lens."""
    total = np.zeros_like(frequency_lp_mm)
    for wavelength, share in SPECTRUM:
        part = np.minimum(wavelength * frequency_lp_mm * pupil.image_cone / (2 * pupil.stop), 1.0)
        total += share * 2 / np.pi * (np.arccos(part) - part * np.sqrt(1 - part**2))
    return total
