"""What leaves the measuring core: frozen dataclasses, and the version of the method that made them.

Sign: depth is counted from the plane through the chart's centre line; positive is behind, away from the camera.
A value that is undefined is NaN here and ``null`` in JSON, and a flag on the same object says why.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

from analysis.evidence import PhotoEvidence, SeriesEvidence
from analysis.flags import FINE, Quality
from analysis.records import from_plain, to_plain

ANALYSIS_VERSION: Final = "2026.11.5"
"""Changes whenever the same photos could give other numbers."""

NAN: Final = math.nan
Interval = tuple[float, float]
UNDEFINED: Final[Interval] = (NAN, NAN)


class Basis(StrEnum):
    """Where a value comes from: this frame alone, or what the series as a whole says of it."""

    MEASURED = "measured"
    BORROWED = "borrowed"


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the chart stood.

    Attributes
    ----------
    tilt_deg : angle between the chart and the plane perpendicular to the axis, 45 by design.
    distance_mm : distance s from the entrance pupil to the chart's centre line along the axis.
    magnification : image size over object size at the chart's centre line.
    roll_deg : rotation of the chart about the optical axis.
    residual_px : RMS distance between predicted and seen fiducials.
    n_fiducials : fiducials used.
    """

    tilt_deg: float
    distance_mm: float
    magnification: float
    roll_deg: float
    residual_px: float
    n_fiducials: int


@dataclass(frozen=True, slots=True)
class ThroughFocus:
    """Sharpness over depth in one photo: MTF at 20 lp/mm on the sensor, print and lens together.

    ``depth_mm`` and ``mtf20`` have the same length and rise in depth; ``fit`` is the fitted curve there, NaN outside
    the zone it was fitted in.
    """

    depth_mm: tuple[float, ...]
    mtf20: tuple[float, ...]
    fit: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DepthOfField:
    """Depths between which the blur disc stays below ``criterion_mm`` on the sensor.

    A far limit at infinity is NaN. A limit that the chart does not show is worked out, not seen: it is extrapolated.
    """

    criterion_mm: float
    near_mm: float
    far_mm: float
    near_extrapolated: bool = False
    far_extrapolated: bool = False


@dataclass(frozen=True, slots=True)
class ChannelFocus:
    """Best focus of one colour channel; NaN with NO_COLOUR_PEAK or where the photo itself has none."""

    best_focus_mm: float
    se_mm: float


@dataclass(frozen=True, slots=True)
class ColourDifference:
    """Best focus of a colour minus that of green, in mm of depth and as `ShiftResult.focus_shift_um` at the sensor."""

    mm: float
    se_mm: float
    um: float
    um_se: float


@dataclass(frozen=True, slots=True)
class ColourRow:
    """Longitudinal colour at one f-number; repeats are combined.

    ``frequency_lp_mm`` is where on the sensor colours were compared: 20, or 10 where the file holds colour coarsely
    (CHROMA_SUBSAMPLED; differences are then up to about a quarter too small). A difference that is not known is NaN
    with NO_COLOUR_PEAK.
    """

    f_number: float
    n_photos: int
    frequency_lp_mm: float
    red: ColourDifference
    blue: ColourDifference
    basis: Basis | None
    flags: Quality = FINE


@dataclass(frozen=True, slots=True)
class ReelPicture:
    """Two pictures of one photo for the aperture reel, and where depth lies on them.

    ``chart_*`` is the whole chart reduced, ``crop_*`` a window at the photo's own pixels around the axis. The names
    are those under which the caller stored the JPEG bytes. ``*_depth_rows`` are (row_px, depth_mm) pairs, enough to
    draw a depth on the picture by linear interpolation.
    """

    chart_name: str
    chart_width_px: int
    chart_height_px: int
    chart_depth_rows: tuple[tuple[float, float], ...]
    crop_name: str
    crop_width_px: int
    crop_height_px: int
    crop_depth_rows: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """One photo: best focus at its f-number, or the reason why there is none.

    ``near_limit_mm`` and ``far_limit_mm`` are the depths where MTF at 20 lp/mm falls to half its peak; a limit off the
    chart is extrapolated, and a far one at infinity NaN. ``problem`` is a plain sentence, empty when the photo was
    measured.
    """

    file: str
    f_number: float
    best_focus_mm: float = NAN
    se_mm: float = NAN
    interval95_mm: Interval = UNDEFINED
    basis: Basis | None = None
    near_limit_mm: float = NAN
    far_limit_mm: float = NAN
    dof: tuple[DepthOfField, ...] = ()
    best_focus_10lp_mm: float = NAN
    best_focus_40lp_mm: float = NAN
    channels: dict[str, ChannelFocus] = field(default_factory=dict)
    flags: Quality = FINE
    problem: str = ""
    curve: ThroughFocus | None = None
    reel: ReelPicture | None = None
    near_extrapolated: bool = False
    far_extrapolated: bool = False
    evidence: PhotoEvidence | None = None


@dataclass(frozen=True, slots=True)
class ShiftResult:
    """Focus shift at one f-number against the widest of the series; repeats are combined.

    ``focus_shift_um`` is the sensor-side defocus it would be at infinity, the only unit in which distances and lenses
    compare; ``shift_over_half_dof`` is keyed by the blur criterion in mm as text ("0.006", "0.030").
    """

    f_number: float
    n_photos: int
    focus_shift_mm: float
    se_mm: float
    interval95_mm: Interval
    basis: Basis | None
    focus_shift_um: float
    focus_shift_um_se: float
    shift_over_half_dof: dict[str, float]
    flags: Quality = FINE


@dataclass(frozen=True, slots=True)
class FirstSafe:
    """The smallest f-number from which on, there and at every narrower stop, the depth of field contains a depth.

    ``criterion`` is the blur criterion in mm for full frame as text; ``f_number`` is NaN when the depth of field does
    not contain it even at the narrowest stop whose best focus is known.
    """

    depth_mm: float
    criterion: str
    f_number: float


@dataclass(frozen=True, slots=True)
class TurnedRow:
    """Focus shift at one f-number with the chart upright and upside down; the mean of both is what is published."""

    f_number: float
    upright_mm: float
    turned_mm: float


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """Everything one series says. Made by `analysis.measure.measure_series`; see the JSON contract in `to_json`."""

    chart: str
    lens: str
    body: str
    focal_length_mm: float
    pixel_pitch_um: float
    pose: Pose | None
    reference_f_number: float
    static_offset_mm: float
    static_offset_se_mm: float
    photos: tuple[PhotoResult, ...]
    focus_shift: tuple[ShiftResult, ...]
    longitudinal_colour: tuple[ColourRow, ...] = ()
    first_safe: tuple[FirstSafe, ...] = ()
    turned: tuple[TurnedRow, ...] = ()
    evidence: SeriesEvidence | None = None
    flags: Quality = FINE
    analysis_version: str = ANALYSIS_VERSION

    def to_json(self) -> dict[str, Any]:
        """The public JSON of a series, ready for `json.dumps`: NaN is null, flags are names."""
        return {
            "analysis_version": self.analysis_version,
            "series": {
                field.name: to_plain(getattr(self, field.name)) for field in fields(self) if field.name not in _BESIDE
            },
            **{name: to_plain(getattr(self, name)) for name in _LISTS},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SeriesResult:
        """The inverse of `to_json`, checking names and types: the door for results made in another process.

        What a result of an earlier version does not tell is as if it had not been found.

        Raises
        ------
        ValueError
            When the data is not such a result; the message names the field.
        """
        try:
            beside = {name: data[name] for name in _BESIDE if name in data}
            return from_plain(cls, {**data["series"], **beside})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a series result: {error}") from error


_LISTS: Final = ("photos", "focus_shift", "longitudinal_colour", "first_safe", "turned")
_BESIDE: Final = ("analysis_version", *_LISTS)
"""Fields of a series that stand beside ``series`` in its JSON, not in it."""
