"""What leaves the measuring core: frozen dataclasses, and the version of the method that made them.

Sign: depth is counted from the plane through the chart's centre line; positive is behind, away from the camera.
A value that is undefined is NaN here and ``null`` in JSON, and a flag on the same object says why.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from analysis.flags import FINE, Quality

ANALYSIS_VERSION: Final = "2026.11.1"
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
    """Depths between which the blur disc stays below ``criterion_mm`` on the sensor."""

    criterion_mm: float
    near_mm: float
    far_mm: float


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
    (CHROMA_SUBSAMPLED; differences are then up to a quarter too small). A difference that is not known is NaN with
    NO_COLOUR_PEAK.
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

    ``near_limit_mm`` and ``far_limit_mm`` are the depths where MTF at 20 lp/mm falls to half its peak.
    ``problem`` is a plain sentence, empty when the photo was measured.
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
    flags: Quality = FINE
    analysis_version: str = ANALYSIS_VERSION

    def to_json(self) -> dict[str, Any]:
        """The public JSON of a series, ready for `json.dumps`: NaN is null, flags are names."""
        of_photos = {"photos", "focus_shift", "longitudinal_colour", "analysis_version"}
        return {
            "analysis_version": self.analysis_version,
            "series": {
                name: _plain(getattr(self, name)) for name in self.__dataclass_fields__ if name not in of_photos
            },
            "photos": _plain(self.photos),
            "focus_shift": _plain(self.focus_shift),
            "longitudinal_colour": _plain(self.longitudinal_colour),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SeriesResult:
        """The inverse of `to_json`, checking names and types: the door for results made in another process.

        Raises
        ------
        ValueError
            When the data is not such a result; the message names the field.
        """
        try:
            series = dict(data["series"])
            pose = series.pop("pose")
            return cls(
                analysis_version=_text(data["analysis_version"]),
                chart=_text(series.pop("chart")),
                lens=_text(series.pop("lens")),
                body=_text(series.pop("body")),
                flags=Quality.from_names(series.pop("flags")),
                pose=None if pose is None else Pose(**_numbers(pose)),
                photos=tuple(_photo(photo) for photo in data["photos"]),
                focus_shift=tuple(_shift(shift) for shift in data["focus_shift"]),
                longitudinal_colour=tuple(_colour(row) for row in data.get("longitudinal_colour", ())),
                **_numbers(series),
            )
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"not a series result: {error}") from error


def _plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, Quality):
        return value.names()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, got {value!r}")
    return value


def _number(value: object) -> float:
    if value is None:
        return NAN
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"number expected, got {value!r}")
    return value


def _numbers(data: dict[str, Any]) -> dict[str, Any]:
    return {name: _number(value) for name, value in data.items()}


def _series_of(values: list[Any]) -> tuple[float, ...]:
    return tuple(_number(value) for value in values)


def _interval(values: list[Any]) -> Interval:
    low, high = values
    return _number(low), _number(high)


def _basis(value: str | None) -> Basis | None:
    return None if value is None else Basis(value)


def _depth_rows(values: list[Any]) -> tuple[tuple[float, float], ...]:
    return tuple(_interval(pair) for pair in values)


def _reel(data: dict[str, Any]) -> ReelPicture:
    data = dict(data)
    return ReelPicture(
        chart_name=_text(data.pop("chart_name")),
        crop_name=_text(data.pop("crop_name")),
        chart_depth_rows=_depth_rows(data.pop("chart_depth_rows")),
        crop_depth_rows=_depth_rows(data.pop("crop_depth_rows")),
        **_numbers(data),
    )


def _photo(data: dict[str, Any]) -> PhotoResult:
    data = dict(data)
    curve, reel = data.pop("curve"), data.pop("reel")
    return PhotoResult(
        file=_text(data.pop("file")),
        problem=_text(data.pop("problem")),
        interval95_mm=_interval(data.pop("interval95_mm")),
        basis=_basis(data.pop("basis")),
        flags=Quality.from_names(data.pop("flags")),
        dof=tuple(DepthOfField(**_numbers(item)) for item in data.pop("dof")),
        channels={_text(name): ChannelFocus(**_numbers(item)) for name, item in data.pop("channels").items()},
        curve=None if curve is None else ThroughFocus(**{name: _series_of(item) for name, item in curve.items()}),
        reel=None if reel is None else _reel(reel),
        **_numbers(data),
    )


def _shift(data: dict[str, Any]) -> ShiftResult:
    data = dict(data)
    return ShiftResult(
        interval95_mm=_interval(data.pop("interval95_mm")),
        basis=_basis(data.pop("basis")),
        flags=Quality.from_names(data.pop("flags")),
        shift_over_half_dof=_numbers(data.pop("shift_over_half_dof")),
        **_numbers(data),
    )


def _colour(data: dict[str, Any]) -> ColourRow:
    data = dict(data)
    return ColourRow(
        red=ColourDifference(**_numbers(data.pop("red"))),
        blue=ColourDifference(**_numbers(data.pop("blue"))),
        basis=_basis(data.pop("basis")),
        flags=Quality.from_names(data.pop("flags")),
        **_numbers(data),
    )
