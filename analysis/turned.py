"""Two series of one lens, the second with sheet and stand turned by 180 degrees about the optical axis.

A plane of focus that is not square to the axis pulls apparent best focus one way on the near half of the sheet and the
other way on the far half, so it stretches or shrinks every shift. Upside down it does the opposite, and the mean of the
two is free of it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from analysis.flags import ConfigurationError, Quality
from analysis.outlook import first_safe
from analysis.results import (
    NAN,
    Basis,
    Interval,
    PhotoResult,
    Pose,
    SeriesResult,
    ShiftResult,
    TurnedRow,
)

ROLL_WITHIN_DEG: Final = 20.0
DISTANCE_WITHIN: Final = 0.03
_NORMAL95: Final = 1.96
_OF_TURNED: Final = "turned-"


class NotAPairError(ConfigurationError):
    """Two series that cannot be averaged; `str(error)` says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The two series cannot be taken together. {why}", flag=Quality.EXIF_CONFLICT)


def average_turned(upright: SeriesResult, turned: SeriesResult) -> SeriesResult:
    """One result of both: shifts and static offset are means, photos are those of both, each as it was measured.

    Standard errors are the means of both, not smaller: most of what they stand for is the same in both series (tone
    curve, paper, pose), only the tilt of the plane of focus has gone. What each fit took for tilt by itself is put back
    first: the mean knows better. An f-number that one series lacks has no mean.

    Parameters
    ----------
    upright, turned : of one lens, chart, distance and widest f-number.

    Raises
    ------
    NotAPairError
        When they are not such a pair.
    """
    _check_pair(upright, turned)
    pairs = _pairs(upright, turned)
    rows = tuple(_mean_row(one, other) for one, other in pairs)
    photos = (*upright.photos, *(_renamed(photo) for photo in turned.photos))
    known = [photo for photo in photos if photo.dof]
    criteria = list(dict.fromkeys(safe.criterion for safe in upright.first_safe))
    return replace(
        upright,
        static_offset_mm=(_static_as_seen(upright) + _static_as_seen(turned)) / 2,
        static_offset_se_mm=(upright.static_offset_se_mm + turned.static_offset_se_mm) / 2,
        photos=photos,
        focus_shift=rows,
        longitudinal_colour=upright.longitudinal_colour or turned.longitudinal_colour,
        first_safe=first_safe([photo.f_number for photo in known], [photo.dof for photo in known], criteria),
        evidence=None if upright.evidence is None else replace(upright.evidence, depth_scale=1.0),
        turned=tuple(TurnedRow(one.f_number, one.focus_shift_mm, other.focus_shift_mm) for one, other in pairs),
        flags=upright.flags | turned.flags,
    )


def _check_pair(upright: SeriesResult, turned: SeriesResult) -> None:
    if (upright.chart, upright.lens, upright.focal_length_mm) != (turned.chart, turned.lens, turned.focal_length_mm):
        raise NotAPairError("They show different lenses or charts.")
    if upright.reference_f_number != turned.reference_f_number:
        raise NotAPairError("Their widest f-numbers differ, and shifts count from those.")
    if upright.pose is None or turned.pose is None:
        raise NotAPairError("The chart's place is not known in both.")
    _check_poses(upright.pose, turned.pose)


def _check_poses(upright: Pose, turned: Pose) -> None:
    roll = (turned.roll_deg - upright.roll_deg) % 360
    if abs(roll - 180) > ROLL_WITHIN_DEG:
        raise NotAPairError(
            "The chart is not upside down in the second series: turn sheet and stand by 180 degrees about the optical "
            "axis, so that the top of the sheet, still away from the camera, is at the bottom of the picture."
        )
    if abs(turned.distance_mm / upright.distance_mm - 1) > DISTANCE_WITHIN:
        raise NotAPairError("The chart stood at different distances.")


def _pairs(upright: SeriesResult, turned: SeriesResult) -> list[tuple[ShiftResult, ShiftResult]]:
    others = {row.f_number: _as_seen(row, turned) for row in turned.focus_shift}
    return [(_as_seen(row, upright), others[row.f_number]) for row in upright.focus_shift if row.f_number in others]


def _depth_scale(result: SeriesResult) -> float:
    return 1.0 if result.evidence is None else result.evidence.depth_scale


def _static_as_seen(result: SeriesResult) -> float:
    return result.static_offset_mm / _depth_scale(result)


def _as_seen(row: ShiftResult, result: SeriesResult) -> ShiftResult:
    """A shift as it was on the chart, whatever of it the fit took for tilt."""
    scale = _depth_scale(result)
    return replace(
        row,
        focus_shift_mm=row.focus_shift_mm / scale,
        focus_shift_um=row.focus_shift_um / scale,
        shift_over_half_dof={name: value / scale for name, value in row.shift_over_half_dof.items()},
    )


def _mean_row(one: ShiftResult, other: ShiftResult) -> ShiftResult:
    shift, se = (one.focus_shift_mm + other.focus_shift_mm) / 2, (one.se_mm + other.se_mm) / 2
    return ShiftResult(
        f_number=one.f_number,
        n_photos=one.n_photos + other.n_photos,
        focus_shift_mm=shift,
        se_mm=se,
        interval95_mm=_interval(shift, se),
        basis=_basis(one, other) if math.isfinite(shift) else None,
        focus_shift_um=(one.focus_shift_um + other.focus_shift_um) / 2,
        focus_shift_um_se=(one.focus_shift_um_se + other.focus_shift_um_se) / 2,
        shift_over_half_dof={
            name: (value + other.shift_over_half_dof.get(name, NAN)) / 2
            for name, value in one.shift_over_half_dof.items()
        },
        flags=one.flags | other.flags,
    )


def _interval(value: float, se: float) -> Interval:
    return value - _NORMAL95 * se, value + _NORMAL95 * se


def _basis(one: ShiftResult, other: ShiftResult) -> Basis:
    both_measured = one.basis is Basis.MEASURED and other.basis is Basis.MEASURED
    return Basis.MEASURED if both_measured else Basis.BORROWED


def _renamed(photo: PhotoResult) -> PhotoResult:
    """A photo of the turned series under a name that does not meet one of the upright series."""
    reel = photo.reel
    if reel is not None:
        reel = replace(reel, chart_name=turned_name(reel.chart_name), crop_name=turned_name(reel.crop_name))
    return replace(photo, file=turned_name(photo.file), reel=reel)


def turned_name(name: str) -> str:
    """What a photo or picture of the turned series is called beside those of the upright one."""
    return _OF_TURNED + name
