"""All that takes a whole series to know, put together into its result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.axis import Focused, Seen, on_axis
from analysis.charts.view import ChartView
from analysis.colour import colour_rows, in_colour
from analysis.depths import fields_of_depth, limits, seen_depths
from analysis.findings import (
    Finding,
    photo_findings,
    shift_rows,
    static_se_mm,
    through_focus,
)
from analysis.flags import FINE, Quality
from analysis.focus.chromatic import solve_colours
from analysis.focus.joint import NAMED_LP_MM
from analysis.focus.law import SeriesFocus
from analysis.focus.optics import Setup
from analysis.focus.priors import OffAxis
from analysis.focus.together import Settled, settle
from analysis.gather import Given, MeasureOptions, Shot
from analysis.outlook import first_safe
from analysis.results import NAN, FirstSafe, PhotoResult, SeriesResult
from analysis.sfr.motion import Motion, against
from analysis.sfr.paths import block_heights_mm
from analysis.shown import PRINT_SCALE_WITHIN, photo_evidence, print_scale, series_evidence
from analysis.survey import Survey, pose_result, survey_flags

Array = npt.NDArray[np.float64]

SPOILS_COMPARISON: Final = (
    Quality.CAMERA_MOVED | Quality.CAMERA_MOVED_AXIS | Quality.REFOCUSED | Quality.EDITED | Quality.EXIF_CONFLICT
)


def conclude(
    shots: Sequence[Shot], seen: dict[int, Seen], survey: Survey, given: Given, options: MeasureOptions
) -> SeriesResult:
    """Everything that takes the whole series to know."""
    order = [shot for shot in shots if id(shot) in seen]
    setup = _setup(survey.view, given, min(shot.f_number for shot in order))
    doubts = survey_flags(survey)
    mine, off_axis = on_axis([seen[id(shot)] for shot in order], survey, given, setup)
    heights_mm = block_heights_mm(survey.view, survey.blocks, given.pixel_pitch_um)
    settled = _settle(mine, setup, heights_mm, off_axis, tone_doubtful=Quality.TONE_DOUBTFUL in doubts)
    criteria = {f"{value:.3f}": value / given.crop_factor for value in options.dof_criteria_mm}
    results = _with_evidence(_photo_results(mine, settled, setup, tuple(criteria.values())), mine, settled, setup)
    colours = solve_colours([shot.f_number for shot in order], [one.seen.colour for one in mine], setup)
    results = [in_colour(result, colours, setup) for result in results]
    by_shot = {id(shot): result for shot, result in zip(order, results, strict=True)}
    widest = min(results, key=lambda photo: photo.f_number)
    return SeriesResult(
        chart=survey.design.name,
        lens=given.lens,
        body=given.body,
        focal_length_mm=given.focal_length_mm,
        pixel_pitch_um=given.pixel_pitch_um,
        pose=pose_result(survey, given),
        reference_f_number=float(settled.series.f_numbers[0]),
        static_offset_mm=setup.depth_mm(float(settled.series.vergence[0])),
        static_offset_se_mm=widest.se_mm,
        photos=tuple(by_shot.get(id(shot)) or refused(shot) for shot in shots),
        focus_shift=shift_rows(
            settled.series,
            setup,
            results,
            criteria_mm=criteria,
            distance_se_relative=survey.pose.distance_se_relative,
        ),
        longitudinal_colour=colour_rows(colours, results, setup),
        first_safe=_first_safe(results, tuple(criteria)),
        evidence=series_evidence(survey, settled, setup, options.distance_mm),
        flags=given.flags | doubts | settled.series_flags | _series_flags(settled.series, results, setup, options),
    )


def _with_evidence(
    results: Sequence[PhotoResult], photos: Sequence[Focused], settled: Settled, setup: Setup
) -> list[PhotoResult]:
    return [
        replace(
            result,
            evidence=photo_evidence(settled, i, setup, motion=motion, exposure=one.seen.exposure, noise=one.seen.noise),
        )
        for i, (result, one, motion) in enumerate(zip(results, photos, _motions(photos), strict=True))
    ]


def _first_safe(photos: Sequence[PhotoResult], criteria: Sequence[str]) -> tuple[FirstSafe, ...]:
    known = [photo for photo in photos if photo.dof]
    return first_safe([photo.f_number for photo in known], [photo.dof for photo in known], criteria)


def refused(shot: Shot) -> PhotoResult:
    """The result of a photo that was not measured."""
    return PhotoResult(file=shot.source.name, f_number=shot.f_number, flags=shot.flags, problem=shot.problem)


def _settle(
    photos: Sequence[Focused], setup: Setup, image_height_mm: Array, off_axis: OffAxis, *, tone_doubtful: bool
) -> Settled:
    return settle(
        [one.shot.f_number for one in photos],
        [one.peak for one in photos],
        [one.curve for one in photos],
        _motions(photos),
        setup,
        image_height_mm=image_height_mm,
        off_axis=off_axis,
        tone_doubtful=tone_doubtful,
    )


def _motions(photos: Sequence[Focused]) -> list[Motion | None]:
    """Movement of each photo since the first one, None where it is not known."""
    first = next((one.seen.motion for one in photos if one.seen.motion is not None), None)
    return [None if one.seen.motion is None or first is None else against(one.seen.motion, first) for one in photos]


def _setup(view: ChartView, given: Given, widest: float) -> Setup:
    return Setup(given.focal_length_mm, view.distance_mm, view.focal_px * given.pixel_pitch_um * 1e-3, widest)


def _photo_results(
    photos: Sequence[Focused], settled: Settled, setup: Setup, criteria_mm: tuple[float, ...]
) -> list[PhotoResult]:
    f_numbers = [one.shot.f_number for one in photos]
    findings = photo_findings(
        settled.series,
        setup,
        f_numbers,
        inside=[one.inside for one in photos],
        static_mm=static_se_mm(setup, fitted=settled.fit is not None),
    )
    return [
        _photo_result(one, i, finding, settled, setup, criteria_mm=criteria_mm)
        for i, (one, finding) in enumerate(zip(photos, findings, strict=True))
    ]


def _photo_result(
    one: Focused, photo: int, finding: Finding, settled: Settled, setup: Setup, *, criteria_mm: tuple[float, ...]
) -> PhotoResult:
    shot = one.shot
    seen = seen_depths(one.curve, setup)
    zone = limits(settled, photo, shot.f_number, setup, seen)
    flags = one.seen.flags | settled.photo_flags[photo]
    if one.peak is None:
        flags |= Quality.NO_PEAK
    elif zone.near_extrapolated or zone.far_extrapolated:
        flags |= Quality.EXTRAPOLATED
    result = PhotoResult(file=shot.source.name, f_number=shot.f_number, flags=flags, reel=one.seen.reel)
    return replace(
        result,
        best_focus_mm=finding.depth_mm,
        se_mm=finding.se_mm,
        interval95_mm=finding.interval,
        basis=finding.basis,
        near_limit_mm=zone.near_mm,
        far_limit_mm=zone.far_mm,
        near_extrapolated=zone.near_extrapolated,
        far_extrapolated=zone.far_extrapolated,
        dof=fields_of_depth(setup, shot.f_number, finding.depth_mm, criteria_mm, seen),
        best_focus_10lp_mm=_beside(one, 10.0, settled, setup, finding),
        best_focus_40lp_mm=_beside(one, 40.0, settled, setup, finding),
        curve=through_focus(one.curve, one.peak, setup, NAMED_LP_MM),
    )


def _beside(one: Focused, frequency_lp_mm: float, settled: Settled, setup: Setup, finding: Finding) -> float:
    """Best focus at another frequency: how far its peak lies from the named one, added to the published value.

    By the joint fit where there is one, else by the photo's own peaks, if both lie whole on the chart.
    """
    if settled.fit is not None and one.shot.f_number in settled.fit.f_numbers:
        k = int(np.searchsorted(settled.fit.f_numbers, one.shot.f_number))
        beside = settled.fit.vergence_10lp if frequency_lp_mm == 10.0 else settled.fit.vergence_40lp
        return finding.depth_mm + setup.depth_mm(float(beside[k])) - setup.depth_mm(float(settled.fit.vergence[k]))
    peak, named = one.peaks[frequency_lp_mm], one.peak
    if peak is None or named is None or not (peak.inside and named.inside):
        return NAN
    return finding.depth_mm + setup.depth_mm(peak.vergence_per_mm) - setup.depth_mm(named.vergence_per_mm)


def _series_flags(series: SeriesFocus, photos: Sequence[PhotoResult], setup: Setup, options: MeasureOptions) -> Quality:
    """Doubts about the series as a whole; those of single photos that spoil a comparison are its own too."""
    common = FINE
    for photo in photos:
        common |= photo.flags & SPOILS_COMPARISON
    if not series.lawful and Quality.REFOCUSED not in common:
        common |= Quality.FEW_FRAMES
    if math.isnan(series.vergence[0]):
        common |= Quality.NO_REFERENCE
    scale = print_scale(setup, options.distance_mm)
    if options.distance_mm is not None and not abs(1 / scale - 1) < PRINT_SCALE_WITHIN:
        common |= Quality.PRINT_SCALE
    return common
