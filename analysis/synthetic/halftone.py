"""The dots a printer makes its greys of."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from analysis.charts.marks import INK_REFLECTANCE
from analysis.synthetic.optics import Array
from analysis.synthetic.view import View

Image = NDArray[np.float32]


def screened(picture: Image, pixels: tuple[Array, Array], view: View, paper: float, dots_per_mm: float) -> Image:
    """The picture with its greys broken into dots, their mean unchanged.

    Parameters
    ----------
    picture : (rows, columns) reflectance.
    pixels : x (columns,) and y (rows,) of the cells, evenly spaced.
    view : the projection; where it is bent the screen is laid out as if it were not, which only shears it.
    paper : reflectance of the bare paper; it has no dots, and neither has solid ink.
    dots_per_mm : rows of dots per mm, of a square screen turned by 45 degrees.

    Notes
    -----
    A product of two cosines is the screen's first harmonic, the only one a camera resolves. Each cell averages it.
    """
    x, y = pixels
    inverse: Array = np.linalg.inv(view.homography).astype(np.float64)
    per_mm = dots_per_mm / math.sqrt(2)
    out = np.empty_like(picture)
    for row, reflectance in enumerate(picture):
        place = inverse @ np.stack([x, np.full_like(x, y[row]), np.ones_like(x)])
        u, v = place[:2] / place[2]
        kept = np.sinc(per_mm * np.abs(np.gradient(u))) * np.sinc(per_mm * _height_mm(inverse, x, y, row))
        dots = kept * np.cos(2 * np.pi * per_mm * u) * np.cos(2 * np.pi * per_mm * v)
        depth = (reflectance - INK_REFLECTANCE) * (paper - reflectance) / (paper - INK_REFLECTANCE)
        out[row] = reflectance + np.maximum(depth, 0) * dots
    return out


def _height_mm(inverse: Array, x: Array, y: Array, row: int) -> float:
    """How much of the sheet a row is high, at its middle."""
    middle = float(x[x.size // 2])
    step = float(y[1] - y[0])
    ends = inverse @ np.array([[middle, middle], [y[row] - step / 2, y[row] + step / 2], [1.0, 1.0]])
    return abs(float(ends[1, 1] / ends[2, 1] - ends[1, 0] / ends[2, 0]))
