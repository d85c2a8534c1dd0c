"""The formulae of the thin lens: what a shift at the sensor is in front of the lens, and how deep the sharp zone is.

Distances and focal lengths in mm; positive depth is behind, away from the camera. `s` is the distance from the entrance
pupil, D the photographer's, from the focal-plane mark.
"""

from __future__ import annotations

import math
from typing import Final

_LEAST_VERGENCE_PER_MM: Final = 1e-6
"""What would focus beyond a kilometre counts as a kilometre away."""


def entrance_distance_mm(distance_mm: float, focal_mm: float) -> float:
    """Distance s of D: ``(D + √(D² − 4Df))/2``; NaN when nothing can be focused that near (D < 4 f)."""
    root = distance_mm**2 - 4 * distance_mm * focal_mm
    return (distance_mm + math.sqrt(root)) / 2 if root >= 0 else math.nan


def mark_distance_mm(s_mm: float, focal_mm: float) -> float:
    """Distance D of s: ``s²/(s − f)``, the inverse of `entrance_distance_mm`."""
    return s_mm**2 / (s_mm - focal_mm)


def magnification(s_mm: float, focal_mm: float) -> float:
    """Image size over object size: ``f/(s − f)``."""
    return focal_mm / (s_mm - focal_mm)


def shift_mm(shift_um: float, s_mm: float, focal_mm: float) -> float:
    """In front of the lens, what is ``shift_um = 1000 f² (1/s − 1/s_N)`` at the sensor; positive is behind."""
    vergence = max(1 / s_mm - shift_um / (1000 * focal_mm**2), _LEAST_VERGENCE_PER_MM)
    return 1 / vergence - s_mm


def shift_um(shift_mm: float, s_mm: float, focal_mm: float) -> float:
    """At the sensor, as the defocus it would be at infinity, what is a shift in front of the lens: its inverse."""
    return 1000 * focal_mm**2 * (1 / s_mm - 1 / (s_mm + shift_mm))


def shift_mm_per_um(shift_um: float, s_mm: float, focal_mm: float) -> float:
    """How much `shift_mm` grows with a µm at the sensor: ``s_N²/(1000 f²)``."""
    return (s_mm + shift_mm(shift_um, s_mm, focal_mm)) ** 2 / (1000 * focal_mm**2)


def depth_of_field_mm(f_number: float, criterion_mm: float, magnification: float) -> float:
    """Total depth of field ``2 N c (m + 1)/m²`` for a blur criterion c on the sensor."""
    return 2 * f_number * criterion_mm * (magnification + 1) / magnification**2


def half_depth_of_field_mm(f_number: float, s_mm: float, focal_mm: float, criterion_mm: float) -> float:
    """Half of `depth_of_field_mm` at the magnification of the distance s."""
    return depth_of_field_mm(f_number, criterion_mm, magnification(s_mm, focal_mm)) / 2


def half_depth_of_focus_um(f_number: float, s_mm: float, focal_mm: float, criterion_mm: float) -> float:
    """What `half_depth_of_field_mm` is at the sensor, as the defocus it would be at infinity: ``1000 N c/(m + 1)``.

    Blur is linear in vergence, so this is the limit on either side: D v0 |1/s − 1/s_N| = c with D = f/N and
    v0 = f (m + 1).
    """
    return 1000 * f_number * criterion_mm / (magnification(s_mm, focal_mm) + 1)
