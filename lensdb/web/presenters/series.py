"""What a series page says: its sentence, its tables, its flags with what they mean and where they stand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import mark_safe

from analysis.drawings import drawing_of
from analysis.flags import MEANING, Quality
from analysis.results import PhotoResult, ReelPicture, SeriesResult, ShiftResult
from lensdb.measurements.models import SeriesMeasurement
from lensdb.submissions.models import Series
from lensdb.submissions.queries import ShownPhoto
from lensdb.web.presenters.numbers import UNKNOWN, count, depth_mm, f_number, interval, metres, plain, signed
from lensdb.web.presenters.series_list import distance_of

PIXEL: Final = "0.006"
PRINT: Final = "0.030"


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One f-number of the shift table, as text."""

    f_number: str
    n_photos: int
    shift_mm: str
    interval_mm: str
    shift_um: str
    of_pixel: str
    of_print: str
    basis: str


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo: what the camera wrote, and what was measured in it."""

    file: str
    f_number: str
    written: str
    best_focus: str
    interval_mm: str
    sharp_zone: str
    basis: str
    remark: str


@dataclass(frozen=True, slots=True)
class FlagTold:
    """A doubt: its name, what it means, where in the series it stands, and the numbers it was raised on, drawn."""

    name: str
    meaning: str
    where: str
    drawing: str
    caption: str


def title(series: Series, measurement: SeriesMeasurement | None) -> str:
    """`Canon EF 50mm f/1.2L USM at 0.5 m`: the distance as given, else as measured."""
    measured = (measurement.subject_distance_m, measurement.focal_length_mm) if measurement else (None, None)
    distance_m = distance_of(series.distance_m, *measured)
    return series.lens_copy.lens_model.name + (f" at {metres(distance_m)}" if distance_m else "")


def sentence(result: SeriesResult) -> str:
    """The largest shift of the series, in one sentence."""
    known = [row for row in result.focus_shift if math.isfinite(row.focus_shift_mm)]
    if len(known) < 2:
        return "No focus shift could be measured in this series."
    most = max(known, key=lambda row: (abs(row.shift_over_half_dof.get(PIXEL, 0.0)), abs(row.focus_shift_mm)))
    shares = most.shift_over_half_dof
    doubt = f"95 %: {interval(*most.interval95_mm)} mm; {plain(abs(most.focus_shift_um))} µm at the sensor"
    return (
        f"Stopped down from {f_number(result.reference_f_number)} to {f_number(most.f_number)}, focus moved "
        f"{depth_mm(most.focus_shift_mm)} ({doubt}; {plain(abs(shares.get(PIXEL, math.nan)))} × half the depth of "
        f"field for one pixel, {plain(abs(shares.get(PRINT, math.nan)))} × for a print)."
    )


def shift_rows(result: SeriesResult) -> list[ShiftRow]:
    return [_shift_row(row) for row in sorted(result.focus_shift, key=lambda row: row.f_number)]


def _shift_row(row: ShiftResult) -> ShiftRow:
    return ShiftRow(
        f_number=f_number(row.f_number),
        n_photos=row.n_photos,
        shift_mm=signed(row.focus_shift_mm),
        interval_mm=interval(*row.interval95_mm),
        shift_um=signed(row.focus_shift_um),
        of_pixel=signed(row.shift_over_half_dof.get(PIXEL)),
        of_print=signed(row.shift_over_half_dof.get(PRINT)),
        basis=row.basis or UNKNOWN,
    )


@dataclass(frozen=True, slots=True)
class DepthRow:
    """Depth of field around best focus at one f-number, as text."""

    f_number: str
    best_focus: str
    pixel: str
    print: str


def depth_rows(result: SeriesResult) -> list[DepthRow]:
    """One row an f-number, wide to narrow, from its first photo with a best focus."""
    first: dict[float, PhotoResult] = {}
    for photo in result.photos:
        if math.isfinite(photo.best_focus_mm) and photo.dof:
            first.setdefault(photo.f_number, photo)
    return [_depth_row(first[value]) for value in sorted(first)]


def _depth_row(photo: PhotoResult) -> DepthRow:
    strict_first = sorted(photo.dof, key=lambda band: band.criterion_mm)
    strict, loose = strict_first[0], strict_first[-1]
    return DepthRow(
        f_number=f_number(photo.f_number),
        best_focus=signed(photo.best_focus_mm),
        pixel=_zone(strict.near_mm, strict.far_mm, strict.near_extrapolated or strict.far_extrapolated),
        print=_zone(loose.near_mm, loose.far_mm, loose.near_extrapolated or loose.far_extrapolated),
    )


def _zone(near_mm: float, far_mm: float, is_extrapolated: bool) -> str:  # noqa: FBT001 - a fact of the zone
    """Front and back end; starred where an end was worked out, not seen on the chart. A far end may be at infinity."""
    if not math.isfinite(near_mm):
        return UNKNOWN
    far = signed(far_mm) if math.isfinite(far_mm) else "infinity"
    return f"{signed(near_mm)} to {far}{'*' if is_extrapolated else ''}"


@dataclass(frozen=True, slots=True)
class Still:
    """A crop of the reel as it stands without a script."""

    url: str
    width_px: int
    height_px: int
    caption: str


def stills(result: SeriesResult, urls: Mapping[str, str]) -> list[Still]:
    """The 100 % crops that were kept, wide to narrow, each with its best focus."""
    kept = [(photo, photo.reel) for photo in result.photos if photo.reel and photo.reel.crop_name in urls]
    return [_still(photo, reel, urls) for photo, reel in sorted(kept, key=lambda pair: pair[0].f_number)]


def _still(photo: PhotoResult, reel: ReelPicture, urls: Mapping[str, str]) -> Still:
    focus = f"best focus {depth_mm(photo.best_focus_mm)}" if math.isfinite(photo.best_focus_mm) else "no best focus"
    caption = f"{f_number(photo.f_number)}: {focus}"
    return Still(urls[reel.crop_name], reel.crop_width_px, reel.crop_height_px, caption)


def photo_rows(photos: Sequence[ShownPhoto], result: SeriesResult | None) -> list[PhotoRow]:
    """The photos as sent, each with what was measured in it, when it was."""
    measured = {photo.file: photo for photo in result.photos} if result else {}
    return [_photo_row(photo, measured.get(photo.file_name)) for photo in photos]


def _photo_row(photo: ShownPhoto, measured: PhotoResult | None) -> PhotoRow:
    row = measured or PhotoResult(file=photo.file_name, f_number=math.nan)
    return PhotoRow(
        file=photo.file_name,
        f_number=f_number(photo.f_number),
        written=written(photo.facts),
        best_focus=signed(row.best_focus_mm),
        interval_mm=interval(*row.interval95_mm),
        sharp_zone=_zone(row.near_limit_mm, row.far_limit_mm, row.near_extrapolated or row.far_extrapolated),
        basis=row.basis or UNKNOWN,
        remark=row.problem or ", ".join(row.flags.names()),
    )


def written(facts: Mapping[str, Any]) -> str:
    """Exposure, sensitivity and focal length as the camera wrote them: `1/125 s · ISO 100 · 50 mm`."""
    parts = []
    exposure, iso, focal = (facts.get(name) for name in ("exposure_s", "iso", "focal_length_mm"))
    if exposure:
        parts.append(f"1/{round(1 / exposure)} s" if exposure < 0.4 else f"{exposure:g} s")
    if iso:
        parts.append(f"ISO {iso:g}")
    if focal:
        parts.append(f"{focal:g} mm")
    return " · ".join(parts)


def flags_told(result: SeriesResult) -> list[FlagTold]:
    """Every flag that stands anywhere in the series, once."""
    return [_flag_told(bit, where, result) for bit in Quality if (where := _where(bit, result))]


def _flag_told(bit: Quality, where: str, result: SeriesResult) -> FlagTold:
    drawn = drawing_of(bit, result)
    return FlagTold(
        name=str(bit.name),
        meaning=MEANING[bit],
        where=where,
        drawing=mark_safe(drawn.svg) if drawn else "",  # noqa: S308 - its words are escaped where it is drawn
        caption=drawn.caption if drawn else "",
    )


def _where(bit: Quality, result: SeriesResult) -> str:
    parts = ["the series"] if bit in result.flags else []
    photos = [photo.file for photo in result.photos if bit in photo.flags]
    if photos:
        parts.append(", ".join(photos) if len(photos) < 4 else count(len(photos), "photo"))
    shifts = [f_number(row.f_number) for row in result.focus_shift if bit in row.flags]
    if shifts:
        parts.append(f"the shift at {', '.join(shifts)}")
    return "; ".join(parts)


def scene_facts(series: Series, result: SeriesResult | None) -> list[tuple[str, str]]:
    """What is known of the set-up, as label and value."""
    facts = [("Lens", series.lens_copy.lens_model.name), ("Body", series.body.name)]
    if series.distance_m:
        facts.append(("Distance, as given", f"{metres(series.distance_m)} from the focal plane"))
    if result is not None:
        facts += _measured_facts(result)
    facts.append(("Focusing", series.get_focusing_method_display()))
    if series.af_micro_adjust is not None:
        facts.append(("AF micro-adjust", signed(float(series.af_micro_adjust), 0)))
    return facts


def _measured_facts(result: SeriesResult) -> list[tuple[str, str]]:
    facts = [("Chart", result.chart), ("Pixel pitch", f"{plain(result.pixel_pitch_um, 2)} µm")]
    if result.pose is not None:
        facts += [
            ("Distance, measured", f"{metres(result.pose.distance_mm / 1000)} from the entrance pupil"),
            ("Chart tilt", f"{plain(result.pose.tilt_deg, 1)}°"),
            ("Magnification", f"1 : {plain(1 / result.pose.magnification, 1)}"),
        ]
    if math.isfinite(result.static_offset_mm):
        offset = f"{depth_mm(result.static_offset_mm)} ± {plain(result.static_offset_se_mm)} mm at the widest f-number"
        facts.append(("Static offset", offset))
    return facts
