"""One simulated photograph, from the scene to the levels a camera would store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.synthetic.blur import Depths, Image, SharpPicture, blur, frame_for, prepare
from analysis.synthetic.canvas import sharp_reflectance
from analysis.synthetic.kernels import KernelStack, build_kernels, layers
from analysis.synthetic.lens import Lens
from analysis.synthetic.offaxis import (
    NODE_MM,
    ROUND_FROM_F_NUMBER,
    OffAxisKernels,
    added_kernels,
    light_share,
)
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
    return SetUp(scene, lens, focus, view, prepare(cells, scene.width_px, scene.height_px))


def light(setup: SetUp, f_number: float, *, focus_behind_um: float = 0.0) -> Image:
    """Reflectance as the lens images it, (height, width): no noise, no tone curve, even light.

    ``focus_behind_um`` is what a colour's focus lies behind that of green, as `Lens.axial_colour_um`.
    """
    behind = focus_behind_um / 1000 / setup.lens.focal_length_mm**2
    paraxial = setup.focus.paraxial_vergence_per_mm - behind
    stack = kernels_for(setup, f_number, paraxial)
    round_everywhere = setup.lens.field.is_round or f_number >= ROUND_FROM_F_NUMBER
    centres_px = _strip_centres(setup, round_everywhere=round_everywhere)
    depths = Depths(setup.view, paraxial, vergence_per_wave(setup.lens), centres_px, upright=round_everywhere)
    off_axis = None if round_everywhere else off_axis_kernels(setup, f_number, stack, depths)
    return blur(setup.sharp, stack, depths, off_axis)


def render_photo(setup: SetUp, f_number: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The photo as stored levels: light, noise, the camera's processing.

    (height, width), or (height, width, 3) in red, green, blue when the lens has colour errors or the sensor a mosaic.
    """
    return exposed(light_on_sensor(setup, f_number), setup.scene, rng)


def light_on_sensor(setup: SetUp, f_number: float) -> list[Image]:
    """Linear light of a photo, uneven as it falls: in red, green and blue, or in one for all where they are equal."""
    return [_lit(channel, setup, f_number) for channel in _channels(setup, f_number)]


def exposed(channels: list[Image], scene: Scene, rng: np.random.Generator) -> NDArray[np.uint8]:
    """What the camera makes of `light_on_sensor`, which is left as it is: one more photo with noise of its own."""
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
    """Evenly lit, as `light_on_sensor`."""
    if not setup.lens.has_colour:
        return [light(setup, f_number)]
    red, blue = setup.red_and_blue or (setup, setup)
    behind_red, behind_blue = setup.lens.axial_colour_um
    return [
        light(red, f_number, focus_behind_um=behind_red),
        light(setup, f_number),
        light(blue, f_number, focus_behind_um=behind_blue),
    ]


def _lit(level: Image, setup: SetUp, f_number: float) -> Image:
    """Reflectance to the linear level of an uneven exposure."""
    scene = setup.scene
    level *= np.float32(scene.white_level / scene.design.paper_reflectance)
    level *= np.linspace(1 - scene.light_gradient / 2, 1 + scene.light_gradient / 2, scene.width_px, dtype=np.float32)
    if scene.light_gradient_down != 0:
        half = scene.light_gradient_down / 2
        level *= np.linspace(1 - half, 1 + half, scene.height_px, dtype=np.float32)[:, None]
    if setup.lens.field.cosine_fourth:
        level *= _cosine_fourth(setup)
    if any(setup.lens.field.rim_shifts) and f_number < ROUND_FROM_F_NUMBER:
        level *= _left_by_rims(setup, f_number)
    return level


def _left_by_rims(setup: SetUp, f_number: float) -> Image:
    """What mechanical vignetting leaves of the light, (height, width)."""
    scene, lens = setup.scene, setup.lens
    x, y = (scene.pixel_pitch_mm * (np.arange(size) - (size - 1) / 2) for size in (scene.width_px, scene.height_px))
    height_mm = np.hypot(x, y[:, None])
    known_mm = np.linspace(0.0, float(height_mm.max()), 33)
    share = light_share(lens.field, lens.stop(f_number), known_mm)
    return np.interp(height_mm, known_mm, share).astype(np.float32)


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


def _strip_centres(setup: SetUp, *, round_everywhere: bool) -> Array:
    """Where along a row of the photo depth and field are taken; between, they are blended.

    Depth changes by half a wave of the widest opening from one to the next, by a quarter where the view is bent:
    blending then errs by less than 0.005 in contrast, measured. (Waves of the photo's own opening would do for its
    contrast, but best focus at f/5.6 then strays by depths of field of f/1.4.) None for a photo over whose width depth
    hardly changes.
    """
    scene, lens, view = setup.scene, setup.lens, setup.view
    x_px, steepness = view.steepness_along_rows(scene.width_px, scene.height_px)
    per_px = steepness / vergence_per_wave(lens)
    if round_everywhere and per_px.max() * scene.width_px < 0.1:
        return np.empty(0)
    waves, least_px = (0.5, 128) if view.bend is None else (0.25, 72)
    widest_px = scene.width_px if round_everywhere and view.bend is None else NODE_MM / scene.pixel_pitch_mm
    steps = np.clip(per_px / waves, 1 / widest_px, 1 / least_px)
    count = np.concatenate([[0.0], np.cumsum((steps[1:] + steps[:-1]) / 2 * np.diff(x_px))])
    wanted = np.linspace(0, count[-1], max(2, round(count[-1]) + 1))
    return np.interp(wanted, count, x_px)


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


def off_axis_kernels(setup: SetUp, f_number: float, stack: KernelStack, depths: Depths) -> OffAxisKernels:
    """What coma, astigmatism and the cat's eye add to the round kernels.

    A layer is one of depth and, the chart being tilted, lies at one height of the photo: there its field is taken.
    """
    scene, lens = setup.scene, setup.lens
    pupil = setup.focus.pupil(lens, f_number, magnification(scene, lens))
    pitch = scene.pixel_pitch_mm
    ink_px = _print_blur_px(setup, depths.paraxial + stack.defocus_waves * depths.per_wave)
    y_px = np.linspace(-_MARGIN_PX, scene.height_px + _MARGIN_PX, 257)
    x0, y0 = (scene.width_px - 1) / 2, (scene.height_px - 1) / 2
    nodes_px = np.linspace(0, scene.width_px, max(3, round(scene.width_px * pitch / NODE_MM) + 1))
    heights_mm = []
    for x_px in nodes_px:
        waves = depths.waves_at(float(x_px), y_px)
        order = np.argsort(waves)
        seen_px = np.interp(stack.defocus_waves, waves[order], y_px[order])
        heights_mm.append(pitch * np.column_stack([np.full_like(seen_px, x_px - x0), seen_px - y0]))
    made = added_kernels(pupil, lens.field, stack, heights_mm, pixel_pitch_mm=pitch, print_blur_px=ink_px)
    return OffAxisKernels(nodes_px, tuple(np.stack(level) for level in zip(*made, strict=True)))


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
