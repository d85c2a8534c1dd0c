"""The registry of quality flags, and the errors of the measuring core.

A flag is doubt written down: every result carries its flags, and their names and meanings here are what the
terminal, the API and the pages show. Names are stable; add new ones at the end.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Final


class Quality(IntFlag):
    """Quality bits of a photo, a shift or a series."""

    NO_CHART = 1 << 0
    NO_PEAK = 1 << 1
    NO_REFERENCE = 1 << 2
    FEW_FRAMES = 1 << 3
    CAMERA_MOVED = 1 << 4
    CAMERA_MOVED_AXIS = 1 << 5
    REFOCUSED = 1 << 6
    MODEL_DISAGREES = 1 << 7
    MISFIT = 1 << 8
    IRIS = 1 << 9
    CLIPPED = 1 << 10
    LOW_CONTRAST = 1 << 11
    NOISE_REDUCED = 1 << 12
    SHARPENED = 1 << 13
    TONE_DOUBTFUL = 1 << 14
    TILT = 1 << 15
    ROLL = 1 << 16
    OFF_CENTRE = 1 << 17
    PRINT_SCALE = 1 << 18
    EXTRAPOLATED = 1 << 19
    CHROMA_SUBSAMPLED = 1 << 20
    EXIF_CONFLICT = 1 << 21
    EDITED = 1 << 22
    UNREADABLE = 1 << 23
    NO_F_NUMBER = 1 << 24
    NO_PIXEL_PITCH = 1 << 25
    NO_COLOUR_PEAK = 1 << 26

    def names(self) -> list[str]:
        """Names of the bits that are set, in the order of the registry."""
        return [bit.name for bit in Quality if bit in self and bit.name is not None]

    @classmethod
    def from_names(cls, names: list[str]) -> Quality:
        """The flags with these names; a `ValueError` names one that does not exist."""
        flags = cls(0)
        for name in names:
            if name not in cls.__members__:
                raise ValueError(f"unknown quality flag {name!r}")
            flags |= cls[name]
        return flags


FINE: Final = Quality(0)
"""Nothing to remark."""

FAILS: Final = (
    Quality.UNREADABLE
    | Quality.CAMERA_MOVED
    | Quality.CAMERA_MOVED_AXIS
    | Quality.REFOCUSED
    | Quality.FEW_FRAMES
    | Quality.NO_REFERENCE
    | Quality.MODEL_DISAGREES
    | Quality.IRIS
    | Quality.CLIPPED
)
"""With any of these, on the series or one of its photos, numbers are not shown to the public unseen."""

MEANING: Final[dict[Quality, str]] = {
    Quality.NO_CHART: "The chart was not found in this photo.",
    Quality.NO_PEAK: "Sharpness has no clear peak on the chart in this photo.",
    Quality.NO_REFERENCE: "The widest f-number gave no best focus, so there is nothing to measure the shift from.",
    Quality.FEW_FRAMES: "Too few different f-numbers to check the series against itself.",
    Quality.CAMERA_MOVED: "The camera or the chart moved sideways between photos.",
    Quality.CAMERA_MOVED_AXIS: "The camera or the chart moved along the optical axis between photos.",
    Quality.REFOCUSED: "Best focus jumps in a way stopping down cannot cause: the lens was refocused.",
    Quality.MODEL_DISAGREES: "The fit over the series and the direct peaks disagree.",
    Quality.MISFIT: "The photos fit the model worse than usual.",
    Quality.IRIS: "The iris opening does not match the f-number.",
    Quality.CLIPPED: "Highlights or shadows on the chart are clipped.",
    Quality.LOW_CONTRAST: "The chart has too little contrast in this photo.",
    Quality.NOISE_REDUCED: "Noise reduction in the camera softened fine detail.",
    Quality.SHARPENED: "Sharpening in the camera left haloes at the edges.",
    Quality.TONE_DOUBTFUL: "The grey steps do not follow the expected tone curve.",
    Quality.TILT: "The chart's tilt is far from 45 degrees.",
    Quality.ROLL: "The chart is rotated in the picture.",
    Quality.OFF_CENTRE: "The chart's centre line lies far from the centre of the picture.",
    Quality.PRINT_SCALE: "The chart seems to be printed at the wrong scale.",
    Quality.EXTRAPOLATED: "The value lies outside the part of the chart that was seen.",
    Quality.CHROMA_SUBSAMPLED: "The file stores colour coarsely: differences between colours come out up to about a "
    "quarter too small.",
    Quality.EXIF_CONFLICT: "The photos' own records contradict each other or the submission.",
    Quality.EDITED: "The file was edited or resized after the camera wrote it.",
    Quality.UNREADABLE: "The file is not a photo that can be read.",
    Quality.NO_F_NUMBER: "The photo does not record its f-number and none was given.",
    Quality.NO_PIXEL_PITCH: "The size of the sensor's pixels is not known.",
    Quality.NO_COLOUR_PEAK: "One of the colours has no clear peak of sharpness on the chart.",
}
"""One plain line per flag, shown wherever the flag is shown."""


class AnalysisError(Exception):
    """Base of the core's errors. `str(error)` is a sentence a photographer understands."""

    def __init__(self, sentence: str, *, flag: Quality) -> None:
        super().__init__(sentence)
        self.flag = flag


class PhotoUnusableError(AnalysisError):
    """One photo cannot be measured; the others of its series may be."""


class SeriesUndecidedError(AnalysisError):
    """The photos can be read but the series gives no answer."""


class ConfigurationError(AnalysisError):
    """Something the caller must supply is missing or contradictory (pixel pitch, f-numbers)."""
