"""What a lens does differently away from the axis, as far as round kernels can show it.

Coma, astigmatism and the cat's eye of a vignetted pupil make kernels that are not round; the renderer has none, so they
are left out rather than imitated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FULL_FRAME_CORNER_MM: Final = 21.633
"""Half the diagonal of 36 x 24 mm: the image height that distortion is quoted for."""


@dataclass(frozen=True, slots=True)
class Field:
    """Errors over the field.

    Attributes
    ----------
    distortion : relative change of image height at `FULL_FRAME_CORNER_MM`, growing as its square; negative is barrel.
    curvature_per_mm : of the surface of best focus behind the lens, 1/R; positive bends towards the lens, so that off
        the axis the lens is focused nearer.
    tilt_deg : of that surface against the sensor about the horizontal; positive is focused nearer in the lower half of
        the photo.
    lateral_colour : magnification of red and of blue relative to green, less 1.
    cosine_fourth : whether light falls off with the fourth power of the cosine of the angle of view.
    """

    distortion: float = 0.0
    curvature_per_mm: float = 0.0
    tilt_deg: float = 0.0
    lateral_colour: tuple[float, float] = (0.0, 0.0)
    cosine_fourth: bool = False

    @property
    def bends(self) -> bool:
        """Whether the projection, or the surface of best focus, is not flat."""
        return not self.distortion == self.curvature_per_mm == self.tilt_deg == 0


IDEAL: Final = Field()
