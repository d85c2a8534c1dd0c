"""Find one of our charts in a frame and where it stands.

Coded tags say which chart it is and which way up; they stand where focus is near, and are read on reduced copies, where
blur is smaller. Their corners give a first pose, good enough to look for the nearest discs; each ring of discs found
makes the pose good enough for the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from analysis.charts.design import PAPERS, TAG_DICTIONARY, ChartDesign, Disc, Tag, chart_design
from analysis.charts.discs import expected_centroid, find_disc
from analysis.charts.pose import FocalPrior, PoseFit, Sightings, fit_view
from analysis.charts.view import ChartView, tilted
from analysis.flags import PhotoUnusableError, Quality
from analysis.frames import Frame

Array = npt.NDArray[np.float64]

LONG_SIDES_PX: Final = (1600, 800, 3200, 6400)
"""Sizes at which tags are looked for, the most likely first."""
_LEAST_TAG_PX: Final = 14.0
_TAG_MISFIT: Final = 0.12
"""A tag whose corners lie further from the common pose than this share of its side is not one of ours."""
_LEAST_DISCS: Final = 4
_RING_DISCS: Final = 4
_BLUR_ALLOWED_PX: Final = 10.0
DEFAULT_PUPIL_MM: Final = 25.0
"""Entrance pupil of a photo that does not say: a 50 mm lens at f/2."""


@dataclass(frozen=True)
class Sighting:
    """A chart found: its design, the fitted pose and what it was fitted to."""

    design: ChartDesign
    pose: PoseFit
    discs: Sightings


@dataclass(frozen=True)
class _TagImage:
    """A tag read in a frame: its four corners in px, in the order of `Tag.corners_mm`."""

    tag: Tag
    corners_px: Array


def find_chart(
    frame: Frame, prior: FocalPrior, *, designs: Sequence[ChartDesign] = (), pupil_mm: float = DEFAULT_PUPIL_MM
) -> Sighting:
    """Find our chart and its pose.

    Parameters
    ----------
    frame : the photo.
    prior : of the focal length.
    designs : charts that may be there; all when empty.
    pupil_mm : diameter of the entrance pupil; tells how far discs away from focus are to be trusted.

    Raises
    ------
    PhotoUnusableError
        (NO_CHART) when none is there.
    """
    found = _find_tags(frame, designs or tuple(chart_design(paper) for paper in PAPERS))
    if found is None:
        raise PhotoUnusableError("No LensDB chart was found in this photo.", flag=Quality.NO_CHART)
    design, tags = found
    view = _pose_from_tags(frame, prior, tags)
    if view is not None:
        grown = _grow(frame, design, view, prior, pupil_mm)
        if grown is not None:
            return Sighting(design, *grown)
    raise PhotoUnusableError(
        "A tag of the LensDB chart was seen, but too little of the chart around it.", flag=Quality.NO_CHART
    )


@cache
def _detector() -> Any:
    parameters = cv2.aruco.DetectorParameters()
    parameters.errorCorrectionRate = 0.3  # other people's tags and textures must not become ours
    parameters.polygonalApproxAccuracyRate = 0.05  # blur rounds the corners
    parameters.adaptiveThreshWinSizeMin = 5
    parameters.adaptiveThreshWinSizeMax = 45
    parameters.adaptiveThreshWinSizeStep = 20
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, TAG_DICTIONARY)), parameters)


def _find_tags(frame: Frame, designs: Sequence[ChartDesign]) -> tuple[ChartDesign, list[_TagImage]] | None:
    """The design with most tags, and its tags, at the first size that shows at least two; one will do at the last."""
    best: tuple[ChartDesign, list[_TagImage]] | None = None
    stored = frame.bytes8()
    for long_side_px in LONG_SIDES_PX:
        reduction = max(frame.width_px, frame.height_px) / long_side_px
        if reduction < 0.5:
            break
        for design, tags in _by_design(_read_tags(stored, max(1.0, reduction)), designs):
            if best is None or len(tags) > len(best[1]):
                best = design, tags
        if best is not None and len(best[1]) >= 2:
            break
    return best


def _read_tags(stored: npt.NDArray[np.uint8], reduction: float) -> list[tuple[int, Array]]:
    """(id, corners in px of the full frame) of every tag read on a reduced copy."""
    size = (round(stored.shape[1] / reduction), round(stored.shape[0] / reduction))
    small = cv2.resize(stored, size, interpolation=cv2.INTER_AREA) if reduction > 1 else stored
    corners, ids, _ = _detector().detectMarkers(small)
    if ids is None:
        return []
    factor = np.array([stored.shape[1] / small.shape[1], stored.shape[0] / small.shape[0]])
    places = [(np.asarray(quad, dtype=np.float64).reshape(4, 2) + 0.5) * factor - 0.5 for quad in corners]
    return [(int(tag_id), place) for tag_id, place in zip(np.ravel(ids), places, strict=True)]


def _by_design(
    read: Iterable[tuple[int, Array]], designs: Sequence[ChartDesign]
) -> list[tuple[ChartDesign, list[_TagImage]]]:
    tags = {tag.id: (design, tag) for design in designs for tag in design.tags}
    groups: dict[str, tuple[ChartDesign, list[_TagImage]]] = {}
    for tag_id, corners_px in read:
        if tag_id in tags and _side_px(corners_px) >= _LEAST_TAG_PX:
            design, tag = tags[tag_id]
            groups.setdefault(design.name, (design, []))[1].append(_TagImage(tag, corners_px))
    return list(groups.values())


def _side_px(corners_px: Array) -> float:
    return float(np.hypot(*(corners_px - np.roll(corners_px, 1, axis=0)).T).mean())


def _pose_from_tags(frame: Frame, prior: FocalPrior, tags: list[_TagImage]) -> ChartView | None:
    """A first view from tag corners, kept near the tilt of the instructions; None when the tags contradict it.

    While they do, the one that fits worst is left out: a wrongly read tag is alone.
    """
    tags = list(tags)
    while tags:
        view = fit_view(_corner_sightings(tags), _start(frame, prior, tags[0]), prior, tilt_sd=0.15).view
        misfit = [_misfit(view, image) for image in tags]
        worst = int(np.argmax(misfit))
        if misfit[worst] < _TAG_MISFIT:
            return view
        del tags[worst]
    return None


def _misfit(view: ChartView, image: _TagImage) -> float:
    x, y = view.project(*np.array(image.tag.corners_mm).T)
    distance = np.hypot(x - image.corners_px[:, 0], y - image.corners_px[:, 1])
    return float(distance.mean() / _side_px(image.corners_px))


def _corner_sightings(tags: list[_TagImage]) -> Sightings:
    u, v = np.array([corner for image in tags for corner in image.tag.corners_mm]).T
    x, y = np.concatenate([image.corners_px for image in tags]).T
    return Sightings(u, v, x, y, np.full(u.size, 2.0))


def _start(frame: Frame, prior: FocalPrior, image: _TagImage) -> ChartView:
    """A view tilted as the instructions say that puts one tag where it is seen, at its size and angle."""
    top_left, top_right, bottom_right, bottom_left = image.corners_px
    along = (top_right + bottom_right - top_left - bottom_left) / 2
    roll_deg = math.degrees(math.atan2(-along[1], along[0]))
    scale = float(np.hypot(*along)) / image.tag.side_mm
    distance = prior.focal_px / scale
    middle = image.corners_px.mean(axis=0) - np.array([frame.width_px - 1, frame.height_px - 1]) / 2
    rotation = tilted(45.0, roll_deg)
    offset = rotation @ np.array([image.tag.u_mm, image.tag.v_mm, 0.0])
    place = np.array([middle[0] / scale, -middle[1] / scale, distance])
    return ChartView(rotation, place - offset, prior.focal_px, 0.0, frame.width_px, frame.height_px)


def _grow(
    frame: Frame, design: ChartDesign, view: ChartView, prior: FocalPrior, pupil_mm: float
) -> tuple[PoseFit, Sightings] | None:
    """Find discs ring by ring from the centre outwards, fitting the pose after each ring."""
    rest = sorted(design.discs, key=lambda disc: (math.hypot(disc.u_mm, disc.v_mm), disc.id))
    seen: list[tuple[Disc, float, float]] = []
    pose: PoseFit | None = None
    first_seen = 0
    while rest:
        ring, rest = rest[:_RING_DISCS], rest[_RING_DISCS:]
        new = [(disc, image) for disc in ring if (image := find_disc(frame, view, disc)) is not None]
        seen += [(disc, image.x_px, image.y_px) for disc, image in new]
        first_seen = first_seen or len(seen)
        if new and len(seen) >= _LEAST_DISCS:
            pose = fit_view(disc_sightings(view, seen, pupil_mm), view, prior)
            view = pose.view
    if pose is None:
        return None
    sightings = disc_sightings(view, seen, pupil_mm)
    return fit_view(sightings, view, prior), sightings


def disc_sightings(view: ChartView, seen: Iterable[tuple[Disc, float, float]], pupil_mm: float) -> Sightings:
    """Discs found as points for a pose: moved from centre of mass to centre, weighted by their expected blur.

    Blur is that of the entrance pupil focused on the chart's centre; discs blurred by more than 10 px are left out
    where enough others remain.
    """
    rows = []
    for disc, x_px, y_px in seen:
        mass_x, mass_y = expected_centroid(view, disc)
        x, y = view.project(disc.u_mm, disc.v_mm)
        blur_px = _blur_px(view, disc, pupil_mm)
        rows.append((disc.u_mm, disc.v_mm, x_px - mass_x + x, y_px - mass_y + y, 0.1 + 0.03 * blur_px, blur_px))
    u, v, x_seen, y_seen, sd, blur = np.array(rows, dtype=np.float64).T
    sightings = Sightings(u, v, x_seen, y_seen, sd)
    sharp = blur <= _BLUR_ALLOWED_PX
    return sightings.only(sharp) if sharp.sum() >= 2 * _LEAST_DISCS else sightings


def _blur_px(view: ChartView, disc: Disc, pupil_mm: float) -> float:
    """Diameter of the blur of a point at the disc when the chart's centre is in focus: ``D m |1 - s/Z|``."""
    distance = float(view.distance_of(disc.u_mm, disc.v_mm))
    return pupil_mm * view.scale_px_mm * abs(1 - view.distance_mm / distance)
