"""One simulated photograph, from the scene to the levels a camera would store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.synthetic.blur import Image, SharpPicture, blur, frame_for, prepare
from analysis.synthetic.canvas import sharp_reflectance
from analysis.synthetic.kernels import KernelStack, build_kernels, layers
from analysis.synthetic.lens import Lens
from analysis.synthetic.optics import Array
from analysis.synthetic.processing import demosaiced, developed, mosaic_of, srgb_encoded
from analysis.synthetic.scene import (
    Focus,
    Scene,
    focus_wide_open,
    magnification,
    vergence_per_wave,
)
from analysis.synthetic.view import View, view_of

_MARGIN_PX = 1200.0  # what the coarsest level looks beyond the photo


@dataclass(frozen=True, slots=True)
class SetUp:
    """Scene and lens with all that does not depend on the f-number worked out.

    ``red_and_blue`` are the set-ups of those colours where magnification differs by colour.
    """

    scene: Scene
    lens: Lens
    focus: Focus
    view: View
    sharp: SharpPicture
    red_and_blue: tuple[SetUp, SetUp] | None = None


def set_up(scene: Scene, lens: Lens) -> SetUp:
    """Focus the lens and paint the sharp picture; some seconds at 24 megapixels, done once per pose."""
    green = _set_up_colour(scene, lens, 1)
    if not any(lens.field.lateral_colour):
        return green
    return replace(green, red_and_blue=(_set_up_colour(scene, lens, 0), _set_up_colour(scene, lens, 2)))


def _set_up_colour(scene: Scene, lens: Lens, colour: int) -> SetUp:
    focus = focus_wide_open(scene, lens)
    view = view_of(scene, focus, lens.focal_length_mm, lens.field, colour)
    frame = frame_for(scene.width_px, scene.height_px)
    cells = sharp_reflectance(scene.design, view, frame, scene.print_dots_per_mm)
    sharp = prepare(cells, scene.width_px, scene.height_px, _strip_px(scene, lens, view))
    return SetUp(scene, lens, focus, view, sharp)


def light(setup: SetUp, f_number: float, *, focus_behind_um: float = 0.0) -> Image:
    """Reflectance as the lens images it, (height, width): no noise, no tone curve, even light.

    ``focus_behind_um`` is what a colour's focus lies behind that of green, as `Lens.axial_colour_um`.
    """
    behind = focus_behind_um / 1000 / setup.lens.focal_length_mm**2
    paraxial = setup.focus.paraxial_vergence_per_mm - behind
    kernels = kernels_for(setup, f_number, paraxial)
    return blur(setup.sharp, kernels, setup.view, paraxial, vergence_per_wave(setup.lens))


def render_photo(setup: SetUp, f_number: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The photo as stored levels: light, noise, the camera's processing.

    (height, width), or (height, width, 3) in red, green, blue when the lens has colour errors or the sensor a mosaic.
    """
    scene = setup.scene
    channels = [_lit(channel, setup) for channel in _channels(setup, f_number)]
    if scene.processing.mosaic:
        single = mosaic_of(*channels) if len(channels) == 3 else channels[0]
        exposed = np.clip(_noisy(single, scene, rng), 0, 1)
        return developed(demosaiced(exposed), scene.processing)
    if not scene.processing.is_plain:
        exposures = [_noisy(channel, scene, rng) for channel in channels]
        together = exposures[0] if len(exposures) == 1 else np.stack(exposures, axis=-1)
        return developed(together, scene.processing)
    levels = [_stored(_noisy(channel, scene, rng)) for channel in channels]
    return levels[0] if len(levels) == 1 else np.stack(levels, axis=-1)


def _channels(setup: SetUp, f_number: float) -> list[Image]:
    """Light in red, green and blue, or in one for all where they do not differ."""
    if not setup.lens.has_colour:
        return [light(setup, f_number)]
    red, blue = setup.red_and_blue or (setup, setup)
    behind_red, behind_blue = setup.lens.axial_colour_um
    return [
        light(red, f_number, focus_behind_um=behind_red),
        light(setup, f_number),
        light(blue, f_number, focus_behind_um=behind_blue),
    ]


def _lit(level: Image, setup: SetUp) -> Image:
    """Reflectance to the linear level of an uneven exposure."""
    scene = setup.scene
    level *= np.float32(scene.white_level / scene.design.paper_reflectance)
    level *= np.linspace(1 - scene.light_gradient / 2, 1 + scene.light_gradient / 2, scene.width_px, dtype=np.float32)
    if scene.light_gradient_down != 0:
        half = scene.light_gradient_down / 2
        level *= np.linspace(1 - half, 1 + half, scene.height_px, dtype=np.float32)[:, None]
    if setup.lens.field.cosine_fourth:
        level *= _cosine_fourth(setup)
    return level


def _cosine_fourth(setup: SetUp) -> Image:
    """What the angle of view leaves of the light, (height, width)."""
    scene = setup.scene
    scale = setup.view.image_distance_mm / scene.pixel_pitch_mm
    x = (np.arange(scene.width_px, dtype=np.float32) - (scene.width_px - 1) / 2) / scale
    y = (np.arange(scene.height_px, dtype=np.float32) - (scene.height_px - 1) / 2) / scale
    return ((1 + x[None, :] ** 2 + y[:, None] ** 2) ** -2).astype(np.float32)


def srgb_levels(count: int) -> NDArray[np.uint8]:
    """The sRGB tone curve as a table over ``count`` equal steps of linear light."""
    return np.round(255 * srgb_encoded(np.linspace(0.0, 1.0, count))).astype(np.uint8)


def _strip_px(scene: Scene, lens: Lens, view: View) -> int:
    """Width over which depth along a row changes by half a wave; the whole picture when it hardly changes.

    By a quarter where the view is bent, since the change is steep at the borders there: blending of neighbouring strips
    then errs by less than 0.005 in contrast, measured. No strip may be as narrow as a cell of the coarsest level.
    """
    per_px = view.steepest_along_rows(scene.width_px, scene.height_px) / vergence_per_wave(lens)
    if per_px * scene.width_px < 0.1:
        return 1 << 30
    waves, least_px = (0.5, 128) if view.bend is None else (0.25, 72)
    return max(int(waves / per_px), least_px)


def kernels_for(setup: SetUp, f_number: float, paraxial: float) -> KernelStack:
    """Kernels over all depths of the frame for this paraxial focus (vergence per mm)."""
    scene, lens, view = setup.scene, setup.lens, setup.view
    pupil = setup.focus.pupil(lens, f_number, magnification(scene, lens))
    points = 2 if view.bend is None else 9  # the corners of a plane are its extremes
    x = np.linspace(-_MARGIN_PX, scene.width_px + _MARGIN_PX, points)
    y = np.linspace(-_MARGIN_PX, scene.height_px + _MARGIN_PX, points)
    defocus = view.defocus_at(x[:, None], y[None, :], paraxial)
    # A far margin may lie behind the camera or beyond infinity; no real chart does.
    waves = np.clip(defocus, 1e-6 - paraxial, 5 / lens.focal_length_mm - paraxial) / vergence_per_wave(lens)
    nodes = layers(pupil, float(waves.min()), float(waves.max()))
    vergence = paraxial + nodes * vergence_per_wave(lens)
    return build_kernels(pupil, nodes, scene.pixel_pitch_mm, _print_blur_px(setup, vergence))


def _print_blur_px(setup: SetUp, vergence: Array) -> tuple[Array, Array]:
    """The ink's blur on the sensor along x and y. Perspective shortens v by cos(tilt) and again with depth."""
    scene = setup.scene
    across = scene.print_blur_mm / scene.pixel_pitch_mm * setup.focus.image_distance_mm * vergence
    distance = scene.pupil_distance_mm(setup.lens.focal_length_mm)
    along = across * np.cos(np.radians(scene.tilt_deg)) * distance * vergence
    return across, along


def _noisy(level: Image, scene: Scene, rng: np.random.Generator) -> Image:
    """Photon and read noise as one normal of matching variance."""
    if scene.full_well_electrons <= 0:
        return level
    electrons = scene.full_well_electrons * 100 / scene.iso
    read = (scene.read_noise_electrons / electrons) ** 2
    deviation = np.maximum(level, 0)
    deviation *= np.float32(1 / electrons)
    deviation += np.float32(read)
    np.sqrt(deviation, out=deviation)
    deviation *= rng.standard_normal(level.shape, np.float32)
    deviation += level
    return deviation


@lru_cache(maxsize=1)
def _tone_table() -> NDArray[np.uint8]:
    return srgb_levels(1 << 14)


def _stored(level: Image) -> NDArray[np.uint8]:
    table = _tone_table()
    return table[np.clip(level * (table.size - 1) + 0.5, 0, table.size - 1).astype(np.uint16)]
