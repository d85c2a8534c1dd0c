"""Where chart and camera stand, where the lens is focused, and where its best focus truly is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.charts.design import ChartDesign
from analysis.synthetic.lens import Lens
from analysis.synthetic.optics import FOCUS_FREQUENCY_LP_MM, REFERENCE_MM, Pupil, best_defocus_waves
from analysis.synthetic.processing import PLAIN, Processing


@dataclass(frozen=True, slots=True)
class Scene:
    """A chart in front of a camera.

    Attributes
    ----------
    focus_distance_mm : the photographer's distance D, from the focal-plane mark to the chart's centre line.
    tilt_deg, pan_deg, roll_deg : the chart is turned about its own u axis (top away), then about the vertical, then
        about the optical axis.
    print_dots_per_mm : rows of dots that greys are printed with; 0 is an even grey.
    print_scale : size of the print relative to the design along u and v.
    bow_mm : how far the sheet's top and bottom stand out from its middle, towards the camera along its normal.
    chart_offset_mm : where the chart's centre stands, (x, y, z) from the point on the axis the camera was set up for;
        a z other than 0 is a chart moved after focusing.
    focus_offset_mm : how far behind the set-up point the widest f-number is focused best.
    print_blur_mm : standard deviation of the ink's edge.
    white_level : linear level of the paper in the photo; what is above 1 is clipped.
    light_gradient, light_gradient_down : relative change of the light from the left to the right border of the
        photo, and from the top to the bottom.
    full_well_electrons : electrons at level 1 and ISO 100, which set the shot noise; 0 switches all noise off.
    iso : sensitivity; electrons at level 1 fall with it, the read noise stays.
    processing : what the camera does to the picture.
    jpeg_quality : of the file; `colour_subsampling` is "444", "422" or "420".
    """

    design: ChartDesign
    focus_distance_mm: float = 556.0
    width_px: int = 6000
    height_px: int = 4000
    pixel_pitch_um: float = 6.0
    tilt_deg: float = 45.0
    pan_deg: float = 0.0
    roll_deg: float = 0.0
    chart_offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    focus_offset_mm: float = 0.0
    print_blur_mm: float = 0.035
    white_level: float = 0.72
    light_gradient: float = 0.05
    full_well_electrons: float = 40_000.0
    read_noise_electrons: float = 6.0
    jpeg_quality: int = 92
    colour_subsampling: str = "422"
    iso: int = 100
    light_gradient_down: float = 0.0
    print_dots_per_mm: float = 0.0
    print_scale: tuple[float, float] = (1.0, 1.0)
    bow_mm: float = 0.0
    processing: Processing = PLAIN

    @property
    def pixel_pitch_mm(self) -> float:
        """Pixel pitch in the unit of everything else."""
        return self.pixel_pitch_um / 1000

    def pupil_distance_mm(self, focal_length_mm: float) -> float:
        """Distance s from the entrance pupil to the set-up point.

        Of a thin lens, from D = s + v and 1/f = 1/s + 1/v. A `ValueError` when D is too short to be focused at all.
        """
        distance = self.focus_distance_mm
        root = distance**2 - 4 * distance * focal_length_mm
        if root <= 0:
            raise ValueError(f"a {focal_length_mm:g} mm lens cannot focus at {distance:g} mm")
        return (distance + math.sqrt(root)) / 2


@dataclass(frozen=True, slots=True)
class Focus:
    """A lens set to a distance: the paraxial focus as vergence, and the image distance that goes with it."""

    paraxial_vergence_per_mm: float
    image_distance_mm: float

    def pupil(self, lens: Lens, f_number: float, magnification: float) -> Pupil:
        """The opening of this lens at an f-number."""
        cone = self.image_distance_mm / (lens.pupil_mm / 2)
        return Pupil(lens.aberration_waves(magnification), lens.stop(f_number), cone)


def vergence_per_wave(lens: Lens) -> float:
    """Change of 1/s (per mm) that makes one wave of defocus at the edge of the widest pupil."""
    return 8 * REFERENCE_MM / lens.pupil_mm**2


def focus_wide_open(scene: Scene, lens: Lens) -> Focus:
    """The lens as a photographer focuses it: wide open, best contrast at the set-up point plus the focusing error."""
    distance = scene.pupil_distance_mm(lens.focal_length_mm) + scene.focus_offset_mm
    focus = Focus(1 / distance, 1 / (1 / lens.focal_length_mm - 1 / distance))
    for _ in range(2):  # the image distance hardly depends on the paraxial focus: two rounds settle it
        waves = best_defocus_waves(focus.pupil(lens, lens.widest_f_number, magnification(scene, lens)))
        paraxial = 1 / distance - waves * vergence_per_wave(lens)
        focus = Focus(paraxial, 1 / (1 / lens.focal_length_mm - paraxial))
    return focus


def magnification(scene: Scene, lens: Lens) -> float:
    """Image size over object size at the set-up point."""
    return lens.focal_length_mm / (scene.pupil_distance_mm(lens.focal_length_mm) - lens.focal_length_mm)


def depth_of_field_mm(scene: Scene, lens: Lens) -> float:
    """Total depth of field at the widest f-number for a blur of 0.03 mm."""
    m = magnification(scene, lens)
    return 2 * lens.widest_f_number * 0.03 * (m + 1) / m**2


def true_best_focus_mm(
    scene: Scene, lens: Lens, f_number: float, frequency_lp_mm: float = FOCUS_FREQUENCY_LP_MM
) -> float:
    """Depth of best focus from the chart's centre line on the axis; positive is behind.

    The through-focus maximum of the lens's own transfer function at this frequency on the sensor, without print or
    pixels. A `ValueError` when the frequency lies beyond the cut-off.
    """
    focus = focus_wide_open(scene, lens)
    pupil = focus.pupil(lens, f_number, magnification(scene, lens))
    vergence = focus.paraxial_vergence_per_mm + best_defocus_waves(pupil, frequency_lp_mm) * vergence_per_wave(lens)
    return 1 / vergence - scene.pupil_distance_mm(lens.focal_length_mm) - scene.chart_offset_mm[2]
