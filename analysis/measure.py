"""The whole public surface of the measuring core: photos in, a series result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.axis import Seen
from analysis.charts.noise import paper_noise
from analysis.conclude import conclude, refused
from analysis.flags import FINE, Quality, SeriesUndecidedError
from analysis.focus.colour import photo_colour
from analysis.focus.curve import join_edges
from analysis.focus.exposure import exposure_of
from analysis.focus.rims import log_light
from analysis.frames import Frame
from analysis.gather import MeasureOptions, PhotoSource, Shot, gather_facts, gather_shots
from analysis.reel import reel_pictures
from analysis.results import PhotoResult, SeriesResult
from analysis.survey import Darkroom, Measured, Survey, find_in_series, measure_contrast, survey_chart

__all__ = ["MeasureOptions", "NothingMeasuredError", "PhotoSource", "measure_photo", "measure_series"]

Progress = Callable[[str, int, int], None]
Pictures = Callable[[str, bytes], None]


class NothingMeasuredError(SeriesUndecidedError):
    """No photo of the series could be measured; `photos` says why for each."""

    def __init__(self, sentence: str, *, flag: Quality, photos: tuple[PhotoResult, ...]) -> None:
        super().__init__(sentence, flag=flag)
        self.photos = photos


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
    darkroom = Darkroom(colour=options.colour)
    found = find_in_series(shots, darkroom, options)
    if found is None:
        raise _nothing(shots)
    sighting, reference = found
    view = sighting.pose.view
    given = gather_facts(shots, options, view.width_px, view.height_px)
    survey = survey_chart(sighting, shots, darkroom, given, reference)
    seen: dict[int, Seen] = {}
    for measured, frame in measure_contrast(shots, darkroom, survey, given, reference):
        seen[id(measured.shot)] = _see(measured, frame, survey, shots, pictures)
        if progress is not None:
            progress(measured.shot.source.name, len(seen), len(shots))
        del measured, frame  # before the next photo is decoded
    return conclude(shots, seen, survey, given, options)


def _nothing(shots: Sequence[Shot]) -> NothingMeasuredError:
    problems = tuple(refused(shot) for shot in shots)
    if not shots:
        return NothingMeasuredError("There are no photos.", flag=Quality.NO_CHART, photos=problems)
    if len(shots) == 1:
        return NothingMeasuredError(shots[0].problem, flag=shots[0].flags, photos=problems)
    common = FINE
    for shot in shots:
        common |= shot.flags
    return NothingMeasuredError("None of the photos could be measured.", flag=common, photos=problems)


def _see(measured: Measured, frame: Frame, survey: Survey, shots: Sequence[Shot], pictures: Pictures | None) -> Seen:
    curve = join_edges(measured.contrast)
    reel = None
    if pictures is not None:
        number = next(i for i, shot in enumerate(shots, 1) if shot is measured.shot)
        reel, made = reel_pictures(frame, survey.design, measured.view, f"photo-{number:03d}")
        for name, data in made.items():
            pictures(name, data)
    colour = photo_colour(measured.colour, curve, subsampled=measured.subsampled) if measured.colour else None
    noise = paper_noise(frame, survey.design, measured.view)
    exposure = exposure_of(measured.contrast, curve)
    light = log_light(measured.contrast)
    contrast = measured.contrast.without_phases()
    return Seen(measured.shot, measured.motion, contrast, light, exposure, noise, reel, colour)
