"""Simulated lenses: a thin lens with rotationally symmetric aberration, named after real models for the demo.

Sign: positive aberration is undercorrected, the usual case; its best focus moves behind on stopping down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.synthetic.field import IDEAL, Field


@dataclass(frozen=True, slots=True)
class Lens:
    """What the renderer needs to know of a lens, and what its EXIF says.

    ``w040_waves``, ``w060_waves`` and ``w080_waves`` are the spherical aberration at the edge of the widest pupil, in
    waves of 550 nm, of a distant subject; ``w040_per_magnification`` is added to the first per unit of magnification,
    as lenses without floating elements do at close range. ``axial_colour_um`` is how far red and blue focus behind
    green, as the distance on the sensor side it would be at infinity; ``field`` holds the errors off the axis. A lens
    without colour errors is rendered in grey.
    """

    maker: str
    model: str
    exif_name: str
    focal_length_mm: float
    widest_f_number: float
    w040_waves: float
    w060_waves: float = 0.0
    w080_waves: float = 0.0
    w040_per_magnification: float = 0.0
    axial_colour_um: tuple[float, float] = (0.0, 0.0)
    field: Field = IDEAL

    @property
    def has_colour(self) -> bool:
        """Whether red, green and blue make different pictures."""
        return any(self.axial_colour_um) or any(self.field.lateral_colour)

    @property
    def pupil_mm(self) -> float:
        """Diameter of the entrance pupil at the widest f-number."""
        return self.focal_length_mm / self.widest_f_number

    def stop(self, f_number: float) -> float:
        """Radius of the pupil at an f-number relative to the widest."""
        return self.widest_f_number / f_number

    def aberration_waves(self, magnification: float) -> tuple[float, float, float]:
        """Coefficients of rho^4, rho^6 and rho^8 at this magnification."""
        return self.w040_waves + self.w040_per_magnification * magnification, self.w060_waves, self.w080_waves

    def copy(self, rng: np.random.Generator, *, spread: float = 0.06) -> Lens:
        """Another specimen: aberrations scattered by the relative standard deviation ``spread``.

        The scatter of the higher orders follows the first, as spacing errors make it, with a small part of their own.
        """
        common, own4, own6, own8 = rng.normal(0.0, spread, 4)
        return replace(
            self,
            w040_waves=self.w040_waves * (1 + common + 0.2 * own4),
            w060_waves=self.w060_waves * (1 + common + 0.2 * own6),
            w080_waves=self.w080_waves * (1 + common + 0.2 * own8),
        )


LENSES: Final[dict[str, Lens]] = {
    # The shift of the lens that began the project: about 21 um at the sensor.
    "canon-ef-50-1.2": Lens("Canon", "Canon EF 50mm f/1.2L USM", "EF50mm f/1.2L USM", 50.0, 1.2, 2.3, 0.25),
    # The one whose shift grows at close range.
    "canon-ef-50-1.4": Lens(
        "Canon", "Canon EF 50mm f/1.4 USM", "EF50mm f/1.4 USM", 50.0, 1.4, 0.6, -0.6, w040_per_magnification=18.0
    ),
    "canon-ef-85-1.2": Lens("Canon", "Canon EF 85mm f/1.2L II USM", "EF85mm f/1.2L II USM", 85.0, 1.2, 1.6, 0.4),
    # Well corrected: two orders all but cancel, so that the shift starts late.
    "sigma-35-1.4": Lens("Sigma", "Sigma 35mm f/1.4 DG HSM", "35mm F1.4 DG HSM", 35.0, 1.4, 1.4, -1.1, 0.3),
    # Old design, large shift.
    "zeiss-sonnar-50-1.5": Lens("Zeiss", "Zeiss C Sonnar T* 1.5/50 ZM", "C Sonnar T* 1,5/50 ZM", 50.0, 1.5, 4.2, 0.9),
    # The fastest there is, the widest and the longest.
    "leica-noctilux-50-0.95": Lens(
        "Leica", "Leica Noctilux-M 50mm f/0.95 ASPH", "Noctilux-M 1:0.95/50 ASPH.", 50.0, 0.95, 4.5, -1.6, 0.4
    ),
    "canon-ef-24-1.4": Lens("Canon", "Canon EF 24mm f/1.4L II USM", "EF24mm f/1.4L II USM", 24.0, 1.4, 1.5, -0.4),
    "sigma-150-2.8-macro": Lens(
        "Sigma", "Sigma 150mm f/2.8 EX DG OS APO Macro", "150mm F2.8 EX DG OS Macro HSM", 150.0, 2.8, 0.5, 0.1
    ),
    "nikon-105-1.4": Lens("Nikon", "Nikon AF-S 105mm f/1.4E ED", "AF-S Nikkor 105mm f/1.4E ED", 105.0, 1.4, 1.3, -0.7),
    # None at all.
    "canon-ef-100-2.8-macro": Lens(
        "Canon", "Canon EF 100mm f/2.8L Macro IS USM", "EF100mm f/2.8L Macro IS USM", 100.0, 2.8, 0.0
    ),
}
"""Presets by name. The names are of real models, the figures are invented for simulation."""


def specimen(preset: str, number: int, *, spread: float = 0.06) -> Lens:
    """A numbered copy of one of `LENSES`, always the same for the same number; number 0 is the preset itself."""
    lens = LENSES[preset]
    return lens if number == 0 else lens.copy(np.random.default_rng([number, *preset.encode()]), spread=spread)
