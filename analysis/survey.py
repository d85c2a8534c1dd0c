"""Where the chart stood, once per series, and the contrast of every photo measured along its edges.

Pose comes from the photos in which the chart is sharpest over depth. All others are measured along the same paths and
checked against them: by edge phase sideways, by scale along the axis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.charts.design import ChartDesign, design_by_name
from analysis.charts.discs import find_disc
from analysis.charts.find import DEFAULT_PUPIL_MM, Sighting, disc_sightings, find_chart
from analysis.charts.pose import PoseFit, Sightings, fit_view, focal_prior
from analysis.charts.tone import Tone, tone_of
from analysis.charts.view import ChartView
from analysis.flags import FINE, PhotoUnusableError, Quality
from analysis.focus.colour import colour_frequency
from analysis.frames import COLOUR_EVERY, Frame, Scratch, read_frame
from analysis.gather import Given, MeasureOptions, Shot, likely_camera
from analysis.results import Pose
from analysis.sfr.motion import Motion, motion_between
from analysis.sfr.paths import Blocks, EdgePath, common_blocks, edge_paths, vergence_per_row
from analysis.sfr.rows import EdgeContrast, colour_contrast, edge_contrast

SHARPEST_F_NUMBER: Final = 8.0
"""Where blur over the depth of the chart and diffraction together are least, roughly."""
TILT_DEG: Final = (35.0, 60.0)
ROLL_DEG: Final = 2.0
CENTRE_OFF: Final = 0.1
"""How the chart ought to stand: tilt, roll, and its centre off that of the picture, as a share of its side."""
_POSE_PHOTOS: Final = 3
_BLOCKS_IN_ZONE: Final = 28
_MOST_ROWS: Final = 16
_SEEN_SHARE: Final = 0.6
_DISC_AGREES_PX: Final = 1.0
_KEPT_BYTES: Final = 150_000_000
"""Memory for photos that are needed twice: three of 24 megapixels with their colours. Others are decoded again."""


@dataclass(frozen=True)
class Survey:
    """The chart in the frame, for a whole series."""

    design: ChartDesign
    pose: PoseFit
    discs: Sightings
    paths: list[EdgePath]
    blocks: Blocks
    tone: Tone

    @property
    def view(self) -> ChartView:
        """How the camera sees the chart."""
        return self.pose.view


@dataclass(frozen=True)
class Measured:
    """One photo measured: contrast along its edges and how it moved against the reference photo.

    ``colour`` is the contrast in red, green and blue, empty when it was not asked for or the file has no colours;
    ``subsampled``: the file holds them coarsely.
    """

    shot: Shot
    contrast: EdgeContrast
    motion: Motion | None
    view: ChartView
    colour: list[EdgeContrast]
    subsampled: bool


class Darkroom:
    """Decodes photos when asked for, keeping the few that are needed twice as far as memory allows.

    The colours of a photo that is not to be kept last until the next is asked for.

    ``quarter_turns`` anticlockwise are made with every photo: a camera held upright does not always say so.
    """

    def __init__(self, *, colour: bool = False) -> None:
        self._kept: dict[int, Frame] = {}
        self._colour = colour
        self._scratch = Scratch()
        self.quarter_turns = 0

    def frame(self, shot: Shot, *, keep: bool = False) -> Frame | None:
        """The decoded photo, or None after writing down why it cannot be read."""
        kept = self._kept.pop(id(shot), None)
        if kept is None:
            try:
                kept = read_frame(
                    shot.source.read(), colour=self._colour, quarter_turns=self.quarter_turns, scratch=self._scratch
                )
            except PhotoUnusableError as error:
                shot.refuse(str(error), error.flag)
                return None
        if not keep:
            return kept
        kept = kept.thin()
        if sum(frame.size_bytes for frame in self._kept.values()) + kept.size_bytes <= _KEPT_BYTES:
            self._kept[id(shot)] = kept
        return kept

    def keeps(self, shot: Shot) -> bool:
        """Whether it need not be decoded again."""
        return id(shot) in self._kept

    def turn(self, quarter_turns: int) -> None:
        """Turn all photos to come, and forget those kept."""
        self.quarter_turns += quarter_turns
        self._kept.clear()


def pose_order(shots: Sequence[Shot]) -> list[Shot]:
    """Photos in which the chart is likely to be sharpest over its depth first, those without f-number last."""
    return sorted(shots, key=lambda shot: abs(math.log2(shot.f_number / SHARPEST_F_NUMBER)) if shot.known else math.inf)


def find_in_series(shots: Sequence[Shot], darkroom: Darkroom, options: MeasureOptions) -> tuple[Sighting, Shot] | None:
    """The chart in the first photo that shows it, and that photo; None when none does.

    Photos without a chart are refused on the way, and so is the one that shows it without telling its f-number.
    """
    designs = () if options.chart == "auto" else (design_by_name(options.chart),)
    focal_mm, pitch_um = likely_camera(shots, options)
    frame: Frame | None = None
    for shot in pose_order(shots):
        del frame  # before the next photo is decoded
        frame = darkroom.frame(shot, keep=shot.known)
        if frame is None:
            continue
        prior = focal_prior(frame.width_px, frame.height_px, focal_mm, pitch_um)
        pupil_mm = focal_mm / shot.f_number if focal_mm and shot.known else DEFAULT_PUPIL_MM
        try:
            sighting = find_chart(frame, prior, designs=designs, pupil_mm=pupil_mm)
            if turns := _quarter_turns(sighting.pose.view.roll_deg):
                darkroom.turn(turns)
                del frame
                frame = darkroom.frame(shot, keep=shot.known)
                if frame is None:
                    continue
                sighting = find_chart(frame, prior, designs=designs, pupil_mm=pupil_mm)
        except PhotoUnusableError as error:
            shot.refuse(str(error), error.flag)
            continue
        if shot.known:
            return sighting, shot
        shot.refuse_without_f_number()
    return None


def _quarter_turns(roll_deg: float) -> int:
    """Turns that bring the chart's bars near vertical, upside down being as good as upright."""
    turns = round(-roll_deg / 90)
    return turns if turns % 2 else 0


def survey_chart(
    sighting: Sighting, shots: Sequence[Shot], darkroom: Darkroom, given: Given, reference: Shot
) -> Survey:
    """The pose, fitted again with the same discs seen in further sharp photos, and where the edges lie."""
    usable = [shot for shot in shots if shot.usable and shot.known and shot is not reference]
    sighting = _with_more_photos(sighting, pose_order(usable)[: _POSE_PHOTOS - 1], darkroom, given)
    frame = darkroom.frame(reference, keep=True)
    tone = Tone(math.nan, ()) if frame is None else tone_of(frame, sighting.design, sighting.pose.view)
    return _lay_out(sighting, given, min(shot.f_number for shot in (reference, *usable)), tone)


def _with_more_photos(sighting: Sighting, shots: Sequence[Shot], darkroom: Darkroom, given: Given) -> Sighting:
    view = sighting.pose.view
    seen = [sighting.discs]
    frame: Frame | None = None
    for shot in shots:
        del frame  # before the next photo is decoded
        frame = darkroom.frame(shot, keep=True)
        if frame is None or (frame.width_px, frame.height_px) != (view.width_px, view.height_px):
            continue
        found = [(disc, image) for disc in sighting.design.discs if (image := find_disc(frame, view, disc))]
        if len(found) < len(sighting.discs) // 2:
            continue
        places = [(disc, image.x_px, image.y_px) for disc, image in found]
        sightings = disc_sightings(view, places, given.focal_length_mm / shot.f_number)
        x, y = view.project(sightings.u_mm, sightings.v_mm)
        if np.median(np.hypot(x - sightings.x_px, y - sightings.y_px)) < _DISC_AGREES_PX:
            seen.append(sightings)
    prior = focal_prior(view.width_px, view.height_px, given.focal_length_mm, given.pixel_pitch_um)
    joined = Sightings(*(np.concatenate([getattr(s, name) for s in seen]) for name in Sightings.__dataclass_fields__))
    return replace(sighting, pose=fit_view(joined, view, prior), discs=joined)


def _lay_out(sighting: Sighting, given: Given, widest: float, tone: Tone) -> Survey:
    view = sighting.pose.view
    paths = edge_paths(sighting.design, view)
    blocks = common_blocks(view, paths, _rows(view, given, widest))
    return Survey(sighting.design, sighting.pose, sighting.discs, paths, blocks, tone)


def _rows(view: ChartView, given: Given, widest: float) -> int:
    """Rows of a block: even, and so few that the half-peak zone of the widest photo holds 28 blocks.

    A blur disc of diameter c halves contrast at frequency f where ``c f = 0.705``.
    """
    image_mm = view.focal_px * given.pixel_pitch_um * 1e-3
    half_zone = 0.705 / 20.0 / (given.focal_length_mm / widest * image_mm)
    rows = 2 * half_zone / vergence_per_row(view) / _BLOCKS_IN_ZONE
    return int(max(2, min(_MOST_ROWS, 2 * (rows // 2))))


def measure_contrast(
    shots: Sequence[Shot], darkroom: Darkroom, survey: Survey, given: Given, reference: Shot
) -> Iterator[tuple[Measured, Frame]]:
    """Measure every usable photo, the reference first and those already decoded next.

    Refused ones are left out with their reason. The frames come without their colours, which take three times the
    memory of their luminance.
    """
    first: EdgeContrast | None = None
    frame: Frame | None = None
    # Those kept go before others are decoded, so that their memory is free by then.
    for shot in sorted(shots, key=lambda shot: (shot is not reference, not darkroom.keeps(shot))):
        if not shot.usable:
            continue
        if not shot.known:
            shot.refuse_without_f_number()
            continue
        del frame  # before the next photo is decoded
        frame = darkroom.frame(shot)
        if frame is None:
            continue
        if (frame.width_px, frame.height_px) != (survey.view.width_px, survey.view.height_px):
            shot.refuse("The picture's size differs from that of the others in the series.", Quality.EXIF_CONFLICT)
            continue
        contrast = edge_contrast(frame, survey.paths, survey.blocks, given.pixel_pitch_um)
        if first is None:
            first = contrast
        if not _chart_is_there(contrast, first):
            shot.refuse("The chart is not where it stands in the other photos.", Quality.CAMERA_MOVED)
            continue
        motion = motion_between(first, contrast, survey.paths, survey.view, given.pixel_pitch_um)
        colour = _in_colour(frame, survey, given)
        measured = Measured(shot, contrast, motion, survey.view, colour, frame.is_subsampled)
        frame = replace(frame, colour=None)
        yield measured, frame
        del measured, contrast


def _in_colour(frame: Frame, survey: Survey, given: Given) -> list[EdgeContrast]:
    """In blocks that hold whole pairs of those rows that are kept in colour."""
    if frame.colour is None:
        return []
    frequency = colour_frequency(subsampled=frame.colour.subsampled)
    blocks = survey.blocks.joined(COLOUR_EVERY)
    return colour_contrast(frame, survey.paths, blocks, given.pixel_pitch_um, frequency)


def _chart_is_there(contrast: EdgeContrast, reference: EdgeContrast) -> bool:
    """Most edges step the right way, by about as much as in the reference photo relative to the paper."""
    full = reference.rows > 0
    here = contrast.step[full] / np.maximum(contrast.level * contrast.rows, 1e-9)[full]
    there = reference.step[full] / np.maximum(reference.level * reference.rows, 1e-9)[full]
    return bool(np.mean(here > 0.5 * there) > _SEEN_SHARE)


def pose_result(survey: Survey, given: Given) -> Pose:
    """The pose as it is reported."""
    view = survey.view
    return Pose(
        tilt_deg=view.tilt_deg,
        distance_mm=view.distance_mm,
        magnification=view.scale_px_mm * given.pixel_pitch_um * 1e-3,
        roll_deg=view.roll_deg,
        residual_px=survey.pose.residual_px,
        n_fiducials=len({(u, v) for u, v in zip(survey.discs.u_mm, survey.discs.v_mm, strict=True)}),
    )


def survey_flags(survey: Survey) -> Quality:
    """Doubts about how the chart stood and how its greys came out."""
    view, flags = survey.view, FINE
    if survey.tone.is_doubtful:
        flags |= Quality.TONE_DOUBTFUL
    if not TILT_DEG[0] <= view.tilt_deg <= TILT_DEG[1]:
        flags |= Quality.TILT
    if abs((view.roll_deg + 90) % 180 - 90) > ROLL_DEG:
        flags |= Quality.ROLL
    x, y = view.project(0.0, 0.0)
    if abs(x / view.width_px - 0.5) > CENTRE_OFF or abs(y / view.height_px - 0.5) > CENTRE_OFF:
        flags |= Quality.OFF_CENTRE
    return flags
