"""Which drawing shows the evidence of which flag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from analysis.drawings import photos, series
from analysis.flags import Quality
from analysis.results import SeriesResult


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG element and what it shows, in a sentence."""

    svg: str
    caption: str


_DRAWN: Final[dict[Quality, tuple[Callable[[SeriesResult], str], str]]] = {
    Quality.CAMERA_MOVED: (photos.moved, "How far the chart's edges moved since the first photo; limit dashed."),
    Quality.CAMERA_MOVED_AXIS: (
        photos.moved_along_axis,
        "Change of the picture's scale since the first photo, as a movement of the camera; limits dashed.",
    ),
    Quality.REFOCUSED: (photos.refocused, "Each photo's focus minus what all others say of it; limits dashed."),
    Quality.MODEL_DISAGREES: (photos.off_the_fit, "Each photo's own peak minus the fit; limits dashed."),
    Quality.MISFIT: (series.misfit, "What the fit leaves over, in units of what noise would; limit dashed."),
    Quality.IRIS: (series.iris, "Opening that explains the photos over the one marked; limits dashed."),
    Quality.CLIPPED: (photos.clipped, "Share of the edges whose paper is as bright as can be; limit dashed."),
    Quality.LOW_CONTRAST: (photos.low_contrast, "Light of the paper over that of the bars; it should be about 7."),
    Quality.SHARPENED: (photos.sharpened, "Contrast given back; a lens gives less than 1. Limit dashed."),
    Quality.NOISE_REDUCED: (
        photos.noise_reduced,
        "Fine over coarse noise on bare paper: 0.3 to 1 unless noise was reduced. A dash: too little noise to say.",
    ),
    Quality.TONE_DOUBTFUL: (series.tone, "Grey steps: light over reflectance, both logarithmic; limits dashed."),
    Quality.TILT: (series.tilt, "The sheet from the side; it should lie between the dashed lines."),
    Quality.ROLL: (series.stand, "The picture, with the chart's centre line."),
    Quality.OFF_CENTRE: (series.stand, "The picture; the chart's centre should lie in the dashed box."),
    Quality.PRINT_SCALE: (series.print_scale, "The check line as designed, and as the distance says it was printed."),
    Quality.FEW_FRAMES: (series.few_frames, "The f-numbers that were there, and those that are needed."),
    Quality.NO_REFERENCE: (series.few_frames, "The f-numbers that were there; the widest gave no best focus."),
    Quality.NO_PEAK: (photos.zone, "Sharpness over the depth that the chart shows."),
    Quality.EXTRAPOLATED: (photos.zone, "Sharpness over the depth that the chart shows: it does not fall to half."),
}


def drawing_of(flag: Quality, result: SeriesResult) -> Drawing | None:
    """The drawn evidence of a flag; None when nothing was seen or the flag is about no number."""
    if flag not in _DRAWN:
        return None
    draw, caption = _DRAWN[flag]
    svg = draw(result)
    return Drawing(svg, caption) if svg else None
