"""The whole public surface of the measuring core: photos in, a series result out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.charts.view import ChartView
from analysis.findings import (
    Finding,
    fields_of_depth,
    limits,
    photo_findings,
    shift_rows,
    static_se_mm,
    through_focus,
)
from analysis.flags import FINE, Quality, SeriesUndecidedError
from analysis.focus.curve import FocusCurve, join_edges
from analysis.focus.exposure import exposure_flags
from analysis.focus.joint import NAMED_LP_MM
from analysis.focus.law import SeriesFocus
from analysis.focus.optics import Setup, entrance_distance_mm
from analysis.focus.peak import Peak, find_peak
from analysis.focus.together import Settled, settle
from analysis.frames import Frame
from analysis.gather import Given, MeasureOptions, PhotoSource, Shot, gather_facts, gather_shots
from analysis.reel import reel_pictures
from analysis.results import NAN, PhotoResult, ReelPicture, SeriesResult
from analysis.sfr.motion import Motion, against
from analysis.survey import (
    Darkroom,
    Measured,
    Survey,
    find_in_series,
    measure_contrast,
    pose_result,
    survey_chart,
    survey_flags,
)

__all__ = ["MeasureOptions", "NothingMeasuredError", "PhotoSource", "measure_photo", "measure_series"]

Progress = Callable[[str, int, int], None]
Pictures = Callable[[str, bytes], None]


class NothingMeasuredError(SeriesUndecidedError):
    """No photo of the series could be measured; `photos` says why for each."""

    def __init__(self, sentence: str, *, flag: Quality, photos: tuple[PhotoResult, ...]) -> None:
        super().__init__(sentence, flag=flag)
        self.photos = photos


@dataclass(frozen=True)
class _Seen:
    """One photo with its through-focus curve, peaks by frequency, and reel."""

    measured: Measured
    curve: FocusCurve
    peaks: dict[float, Peak | None]
    flags: Quality
    reel: ReelPicture | None

    @property
    def peak(self) -> Peak | None:
        return self.peaks[NAMED_LP_MM]

    @property
    def inside(self) -> bool:
        return self.peak is not None and self.peak.inside


def measure_photo(photo: PhotoSource, options: MeasureOptions | None = None) -> SeriesResult:
    """Measure one photo by itself: a series of one, without a shift. Raises as `measure_series` does."""
    return measure_series([photo], options)


def measure_series(
    photos: Sequence[PhotoSource],
    options: MeasureOptions | None = None,
    *,
    progress: Progress | None = None,
    pictures: Pictures | None = None,
) -> SeriesResult:
    """Measure the focus shift of a series of photos of one chart.

    Parameters
    ----------
    photos : of one series, any order; f-numbers may repeat.
    options : what the caller knows better than the files.
    progress : called with (file name, photos done, photos in all).
    pictures : called with the name and the JPEG bytes of each reel picture; without it none are made.

    Returns
    -------
    SeriesResult
        A photo that cannot be measured is listed with its problem; undefined values are NaN with a flag.

    Raises
    ------
    NothingMeasuredError
        (a SeriesUndecidedError) when no photo could be measured.
    ConfigurationError
        When pixel pitch or focal length is known from nowhere.
    """
    options = options or MeasureOptions()
    shots = gather_shots(photos)
    darkroom = Darkroom()
    found = find_in_series(shots, darkroom, options)
    if found is None:
        raise _nothing(shots)
    sighting, reference = found
    view = sighting.pose.view
    given = gather_facts(shots, options, view.width_px, view.height_px)
    survey = survey_chart(sighting, shots, darkroom, given, reference)
    seen: dict[int, _Seen] = {}
    for measured, frame in measure_contrast(shots, darkroom, survey, given, reference):
        seen[id(measured.shot)] = _see(measured, frame, survey, shots, pictures)
        if progress is not None:
            progress(measured.shot.source.name, len(seen), len(shots))
    return _conclude(shots, seen, survey, given, options)


def _nothing(shots: Sequence[Shot]) -> NothingMeasuredError:
    problems = tuple(_refused(shot) for shot in shots)
    if not shots:
        return NothingMeasuredError("There are no photos.", flag=Quality.NO_CHART, photos=problems)
    if len(shots) == 1:
        return NothingMeasuredError(shots[0].problem, flag=shots[0].flags, photos=problems)
    common = FINE
    for shot in shots:
        common |= shot.flags
    return NothingMeasuredError("None of the photos could be measured.", flag=common, photos=problems)


def _refused(shot: Shot) -> PhotoResult:
    return PhotoResult(file=shot.source.name, f_number=shot.f_number, flags=shot.flags, problem=shot.problem)


def _see(measured: Measured, frame: Frame, survey: Survey, shots: Sequence[Shot], pictures: Pictures | None) -> _Seen:
    curve = join_edges(measured.contrast)
    peaks = {frequency: find_peak(curve, frequency) for frequency in (10.0, NAMED_LP_MM, 40.0)}
    reel = None
    if pictures is not None:
        number = next(i for i, shot in enumerate(shots, 1) if shot is measured.shot)
        reel, made = reel_pictures(frame, survey.design, measured.view, f"photo-{number:03d}")
        for name, data in made.items():
            pictures(name, data)
    return _Seen(measured, curve, peaks, exposure_flags(measured.contrast, curve), reel)


def _conclude(
    shots: Sequence[Shot], seen: dict[int, _Seen], survey: Survey, given: Given, options: MeasureOptions
) -> SeriesResult:
    """Everything that takes the whole series to know."""
    order = [shot for shot in shots if id(shot) in seen]
    mine = [seen[id(shot)] for shot in order]
    f_numbers = [shot.f_number for shot in order]
    setup = _setup(survey.view, given, min(f_numbers))
    survey_doubts = survey_flags(survey)
    settled = settle(
        f_numbers,
        [one.peak for one in mine],
        [one.curve for one in mine],
        _motions(mine),
        setup,
        tone_doubtful=Quality.TONE_DOUBTFUL in survey_doubts,
    )
    series = settled.series
    flags = [one.measured.shot.flags | one.flags | extra for one, extra in zip(mine, settled.photo_flags, strict=True)]
    criteria = {f"{value:.3f}": value / given.crop_factor for value in options.dof_criteria_mm}
    findings = photo_findings(series, setup, f_numbers, inside=[one.inside for one in mine])
    results = [
        _photo_result(one, i, finding, settled, setup, flags=flags[i], criteria_mm=tuple(criteria.values()))
        for i, (one, finding) in enumerate(zip(mine, findings, strict=True))
    ]
    by_shot = {id(shot): result for shot, result in zip(order, results, strict=True)}
    return SeriesResult(
        chart=survey.design.name,
        lens=given.lens,
        body=given.body,
        focal_length_mm=given.focal_length_mm,
        pixel_pitch_um=given.pixel_pitch_um,
        pose=pose_result(survey, given),
        reference_f_number=float(series.f_numbers[0]),
        static_offset_mm=setup.depth_mm(float(series.vergence[0])),
        static_offset_se_mm=static_se_mm(setup) if math.isfinite(series.vergence[0]) else NAN,
        photos=tuple(by_shot.get(id(shot)) or _refused(shot) for shot in shots),
        focus_shift=shift_rows(
            series,
            setup,
            results,
            criteria_mm=criteria,
            distance_se_relative=survey.pose.distance_se_relative,
        ),
        flags=given.flags | survey_doubts | settled.series_flags | _series_flags(series, flags, setup, options),
    )


def _motions(photos: Sequence[_Seen]) -> list[Motion | None]:
    """Movement of each photo since the first one, None where it is not known."""
    first = next((one.measured.motion for one in photos if one.measured.motion is not None), None)
    return [
        None if one.measured.motion is None or first is None else against(one.measured.motion, first) for one in photos
    ]


def _setup(view: ChartView, given: Given, widest: float) -> Setup:
    return Setup(given.focal_length_mm, view.distance_mm, view.focal_px * given.pixel_pitch_um * 1e-3, widest)


def _photo_result(
    one: _Seen,
    photo: int,
    finding: Finding,
    settled: Settled,
    setup: Setup,
    *,
    flags: Quality,
    criteria_mm: tuple[float, ...],
) -> PhotoResult:
    shot = one.measured.shot
    near, far, extra = limits(settled, photo, shot.f_number, setup, one.curve)
    flags |= extra if one.peak is not None else Quality.NO_PEAK
    result = PhotoResult(file=shot.source.name, f_number=shot.f_number, flags=flags, reel=one.reel)
    return replace(
        result,
        best_focus_mm=finding.depth_mm,
        se_mm=finding.se_mm,
        interval95_mm=finding.interval,
        basis=finding.basis,
        near_limit_mm=near,
        far_limit_mm=far,
        dof=fields_of_depth(setup, shot.f_number, finding.depth_mm, criteria_mm),
        best_focus_10lp_mm=_beside(one, 10.0, settled, setup, finding),
        best_focus_40lp_mm=_beside(one, 40.0, settled, setup, finding),
        curve=through_focus(one.curve, one.peak, setup, NAMED_LP_MM),
    )


def _beside(one: _Seen, frequency_lp_mm: float, settled: Settled, setup: Setup, finding: Finding) -> float:
    """Best focus at another frequency: how far its peak lies from the named one, added to the published value.

    By the joint fit where there is one, else by the photo's own peaks, if both lie whole on the chart.
    """
    if settled.fit is not None and one.measured.shot.f_number in settled.fit.f_numbers:
        k = int(np.searchsorted(settled.fit.f_numbers, one.measured.shot.f_number))
        beside = settled.fit.vergence_10lp if frequency_lp_mm == 10.0 else settled.fit.vergence_40lp
        return finding.depth_mm + setup.depth_mm(float(beside[k])) - setup.depth_mm(float(settled.fit.vergence[k]))
    peak, named = one.peaks[frequency_lp_mm], one.peak
    if peak is None or named is None or not (peak.inside and named.inside):
        return NAN
    return finding.depth_mm + setup.depth_mm(peak.vergence_per_mm) - setup.depth_mm(named.vergence_per_mm)


def _series_flags(series: SeriesFocus, flags: Sequence[Quality], setup: Setup, options: MeasureOptions) -> Quality:
    """Doubts about the series as a whole; those of single photos that spoil a comparison are its own too."""
    common = FINE
    for flag in flags:
        common |= flag & (
            Quality.CAMERA_MOVED
            | Quality.CAMERA_MOVED_AXIS
            | Quality.REFOCUSED
            | Quality.EDITED
            | Quality.EXIF_CONFLICT
        )
    if not series.lawful and Quality.REFOCUSED not in common:
        common |= Quality.FEW_FRAMES
    if math.isnan(series.vergence[0]):
        common |= Quality.NO_REFERENCE
    if options.distance_mm is not None:
        expected = entrance_distance_mm(options.distance_mm, setup.focal_length_mm)
        if not abs(setup.distance_mm / expected - 1) < 0.05:
            common |= Quality.PRINT_SCALE
    return common
