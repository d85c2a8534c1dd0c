"""What a camera does to linear light before it is a picture: mosaic, tone, noise reduction, sharpening.

All of it is off by default, and then a photo is linear light through the plain sRGB curve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

_RED_BLUE = np.array([[0.25, 0.5, 0.25], [0.5, 1.0, 0.5], [0.25, 0.5, 0.25]], np.float32)
_GREEN = np.array([[0.0, 0.25, 0.0], [0.25, 1.0, 0.25], [0.0, 0.25, 0.0]], np.float32)
_NEIGHBOURS_PX: Final = 5


@dataclass(frozen=True, slots=True)
class Processing:
    """The picture style of a camera.

    Attributes
    ----------
    mosaic : one colour per pixel (red top left, blue diagonally from it), the others interpolated bilinearly.
    s_curve : contrast over the sRGB curve: the slope at mid-grey is 1 + s_curve; below 1 in size.
    noise_reduction_levels : how far neighbours may differ, in levels of 255, to be averaged (bilateral filter).
    sharpening : amount of the unsharp mask, 1 adding the whole of what a Gaussian takes away.
    sharpening_radius_px : standard deviation of that Gaussian.
    """

    mosaic: bool = False
    s_curve: float = 0.0
    noise_reduction_levels: float = 0.0
    sharpening: float = 0.0
    sharpening_radius_px: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a tone curve that falls somewhere."""
        if not -1 < self.s_curve < 1:
            raise ValueError(f"an S-curve of {self.s_curve:g} is not a tone curve: give less than 1")

    @property
    def is_plain(self) -> bool:
        """Whether nothing is done to tones after the sRGB curve."""
        return self.s_curve == self.noise_reduction_levels == self.sharpening == 0


PLAIN: Final = Processing()


def srgb_encoded(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """The sRGB tone curve (IEC 61966-2-1), 0...1 to 0...1."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)


def mosaic_of(red: Image, green: Image, blue: Image) -> Image:
    """One value per pixel behind a Bayer filter, red at the top left."""
    single = green.copy()
    single[0::2, 0::2] = red[0::2, 0::2]
    single[1::2, 1::2] = blue[1::2, 1::2]
    return single


def demosaiced(single: Image) -> Image:
    """Red, green and blue (height, width, 3) by bilinear interpolation; exact where light changes linearly."""
    places = np.zeros((3, *single.shape), np.float32)
    places[0, 0::2, 0::2] = single[0::2, 0::2]
    places[1, 0::2, 1::2] = single[0::2, 1::2]
    places[1, 1::2, 0::2] = single[1::2, 0::2]
    places[2, 1::2, 1::2] = single[1::2, 1::2]
    kernels = (_RED_BLUE, _GREEN, _RED_BLUE)
    # Mirroring about the border pixel keeps the mosaic's order beyond it.
    channels = [
        cv2.filter2D(place, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
        for place, kernel in zip(places, kernels, strict=True)
    ]
    return np.stack(channels, axis=-1).astype(np.float32, copy=False)


def developed(linear: Image, processing: Processing) -> NDArray[np.uint8]:
    """Linear light, grey or colour, to levels: sRGB curve, S-curve, noise reduction, sharpening."""
    levels = _encoded(linear, processing.s_curve)
    levels = denoised(levels, processing.noise_reduction_levels)
    levels = sharpened(levels, processing.sharpening, processing.sharpening_radius_px)
    scaled = np.multiply(levels, np.float32(255))
    np.round(scaled, out=scaled)
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def with_s_curve(levels: Image, amount: float) -> Image:
    """More contrast in the middle, less at the ends: y - amount sin(2 pi y) / (2 pi)."""
    if amount == 0:
        return levels
    return levels - np.float32(amount / (2 * math.pi)) * np.sin(np.float32(2 * math.pi) * levels)


def denoised(levels: Image, difference_levels: float) -> Image:
    """Each pixel the mean of those near it in place and in level."""
    if difference_levels == 0:
        return levels
    smooth = cv2.bilateralFilter(np.ascontiguousarray(levels), _NEIGHBOURS_PX, difference_levels / 255, 1.5)
    return smooth.astype(np.float32, copy=False)


def sharpened(levels: Image, amount: float, radius_px: float) -> Image:
    """Unsharp mask: what a Gaussian takes away is added `amount` times."""
    if amount == 0:
        return levels
    soft = cv2.GaussianBlur(levels, (0, 0), radius_px, borderType=cv2.BORDER_REFLECT_101)
    added = np.subtract(levels, soft.astype(np.float32, copy=False))
    added *= np.float32(amount)
    added += levels
    return added


def _encoded(linear: Image, s_curve: float) -> Image:
    """`srgb_encoded` of clipped light, and the S-curve over it, by a table fine enough for 16 bits."""
    table = with_s_curve(srgb_encoded(np.linspace(0.0, 1.0, 1 << 16)).astype(np.float32), s_curve)
    place = np.multiply(linear, np.float32(table.size - 1))
    place += np.float32(0.5)
    np.clip(place, 0, table.size - 1, out=place)
    return table.take(place.astype(np.uint16))
