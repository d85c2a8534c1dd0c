"""What a lens does differently away from the axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FULL_FRAME_CORNER_MM: Final = 21.633
"""Half the diagonal of 36 x 24 mm: the image height that errors are quoted for."""


@dataclass(frozen=True, slots=True)
class Field:
    """Errors over the field.

    Attributes
    ----------
    distortion : relative change of image height at `FULL_FRAME_CORNER_MM`, growing as its square; negative is barrel.
    curvature_per_mm : of the surface of best focus behind the lens, 1/R; positive bends towards the lens, so that off
        the axis the lens is focused nearer. With astigmatism, of the surface midway between the two.
    tilt_deg : of that surface against the sensor about the horizontal; positive is focused nearer in the lower half of
        the photo.
    lateral_colour : magnification of red and of blue relative to green, less 1.
    cosine_fourth : whether light falls off with the fourth power of the cosine of the angle of view.
    coma_um : length of the comatic tail at `FULL_FRAME_CORNER_MM` wide open (tangential coma), growing with the image
        height and with the square of the opening; positive points away from the axis.
    astigmatism_per_mm : curvature of the tangential surface over that of the middle one, and of that over the sagittal.
    rim_shifts, rim_radius : the front and the rear rim of the barrel as seen from `FULL_FRAME_CORNER_MM`: how far they
        lie off the pupil's centre towards the image point, and their radius, in radii of the widest pupil. What they
        leave of the pupil is the cat's eye.
    """

    distortion: float = 0.0
    curvature_per_mm: float = 0.0
    tilt_deg: float = 0.0
    lateral_colour: tuple[float, float] = (0.0, 0.0)
    cosine_fourth: bool = False
    coma_um: float = 0.0
    astigmatism_per_mm: float = 0.0
    rim_shifts: tuple[float, float] = (0.0, 0.0)
    rim_radius: float = 1.0

    @property
    def bends(self) -> bool:
        """Whether the projection, or the surface of best focus, is not flat."""
        return not self.distortion == self.curvature_per_mm == self.tilt_deg == self.astigmatism_per_mm == 0

    @property
    def is_round(self) -> bool:
        """Whether a point's image is round everywhere."""
        return self.coma_um == self.astigmatism_per_mm == 0 and not any(self.rim_shifts)


IDEAL: Final = Field()
