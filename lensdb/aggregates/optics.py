"""The few formulae of the thin lens that cells need. Distances and focal lengths in mm.

`s` is the distance from the entrance pupil, D the photographer's, from the focal-plane mark.
"""

from __future__ import annotations

from typing import Final

_LEAST_VERGENCE_PER_MM: Final = 1e-6
"""What would focus beyond a kilometre counts as a kilometre away."""


def mark_distance_mm(s_mm: float, focal_mm: float) -> float:
    """D of s: ``s²/(s − f)``, the inverse of ``s = (D + √(D² − 4Df))/2``."""
    return s_mm**2 / (s_mm - focal_mm)


def shift_mm(shift_um: float, s_mm: float, focal_mm: float) -> float:
    """In front of the lens, what is ``shift_um = 1000 f² (1/s − 1/s_N)`` at the sensor; positive is behind."""
    vergence = max(1 / s_mm - shift_um / (1000 * focal_mm**2), _LEAST_VERGENCE_PER_MM)
    return 1 / vergence - s_mm


def shift_mm_per_um(shift_um: float, s_mm: float, focal_mm: float) -> float:
    """How much `shift_mm` grows with a µm at the sensor: ``s_N²/(1000 f²)``."""
    return (s_mm + shift_mm(shift_um, s_mm, focal_mm)) ** 2 / (1000 * focal_mm**2)


def half_depth_of_field_mm(f_number: float, s_mm: float, focal_mm: float, criterion_mm: float) -> float:
    """``N c (m + 1)/m²`` at the magnification m of the distance s, for a blur criterion c on the sensor."""
    magnification = focal_mm / (s_mm - focal_mm)
    return f_number * criterion_mm * (magnification + 1) / magnification**2
