"""What is given: the photos of a series, what their files say, and what the caller knows better."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from analysis.flags import FINE, ConfigurationError, Quality
from analysis.focus.optics import CRITERIA_MM
from analysis.photos.exif import CameraFacts, pixel_pitch_um, read_facts

FULL_FRAME_DIAGONAL_MM: Final = 43.267


@dataclass(frozen=True)
class PhotoSource:
    """One photo as given: its bytes, or a function that fetches them when needed.

    ``f_number`` overrides what the file says, for lenses that do not tell the camera.
    """

    name: str
    data: bytes | Callable[[], bytes]
    f_number: float | None = None

    def read(self) -> bytes:
        """The bytes of the file."""
        return self.data() if callable(self.data) else self.data


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """What the caller knows better than the files.

    Attributes
    ----------
    chart : "auto" or the name of a chart.
    distance_mm : D, from the focal-plane mark to the chart's centre; checks the print's scale.
    pixel_pitch_um, focal_length_mm : instead of EXIF's.
    crop_factor : of the sensor; worked out from pixel pitch and picture size when None.
    dof_criteria_mm : blur criteria of depth of field, for full frame.
    lens, body : names instead of EXIF's.
    colour : compare the colours too, which takes up to half as long again.
    """

    chart: str = "auto"
    distance_mm: float | None = None
    pixel_pitch_um: float | None = None
    focal_length_mm: float | None = None
    crop_factor: float | None = None
    dof_criteria_mm: tuple[float, ...] = CRITERIA_MM
    lens: str | None = None
    body: str | None = None
    colour: bool = True


@dataclass
class Shot:
    """One photo on its way through the measurement."""

    source: PhotoSource
    facts: CameraFacts
    f_number: float
    flags: Quality = FINE
    problem: str = ""

    @property
    def usable(self) -> bool:
        """Nothing has gone wrong with it so far."""
        return not self.problem

    @property
    def known(self) -> bool:
        """Its f-number is known."""
        return math.isfinite(self.f_number)

    def refuse_without_f_number(self) -> None:
        """Leave it out because its f-number is not known."""
        self.refuse("The photo does not say its f-number, and none was given.", Quality.NO_F_NUMBER)

    def refuse(self, sentence: str, flag: Quality) -> None:
        """Leave it out, with the reason."""
        self.problem, self.flags = sentence, self.flags | flag


@dataclass(frozen=True)
class Given:
    """Facts of the series as a whole."""

    lens: str
    body: str
    focal_length_mm: float
    pixel_pitch_um: float
    crop_factor: float
    flags: Quality


def gather_shots(photos: Sequence[PhotoSource]) -> list[Shot]:
    """Read what each file says."""
    shots = []
    for photo in photos:
        facts = read_facts(photo.read())
        shot = Shot(photo, facts, photo.f_number or facts.f_number or math.nan)
        if facts.edited:
            shot.flags |= Quality.EDITED
        if photo.f_number and facts.f_number and abs(math.log2(photo.f_number / facts.f_number)) > 1 / 3:
            shot.flags |= Quality.EXIF_CONFLICT
        shots.append(shot)
    return shots


def gather_facts(shots: Sequence[Shot], options: MeasureOptions, width_px: int, height_px: int) -> Given:
    """What the files agree on, overridden by what the caller knows.

    Raises
    ------
    ConfigurationError
        (NO_PIXEL_PITCH) when pixel pitch or focal length is known from nowhere.
    """
    facts = [shot.facts for shot in shots]
    focal_mm, pitch_um = likely_camera(shots, options)
    if pitch_um is None:
        raise ConfigurationError(
            "The photos do not say how large the sensor's pixels are; give the pixel pitch in micrometres.",
            flag=Quality.NO_PIXEL_PITCH,
        )
    if focal_mm is None:
        raise ConfigurationError(
            "The photos do not say the focal length; give it in millimetres.", flag=Quality.EXIF_CONFLICT
        )
    diagonal_mm = math.hypot(width_px, height_px) * pitch_um * 1e-3
    lens, body = _commonest([fact.lens for fact in facts]), _commonest([fact.model for fact in facts])
    return Given(
        lens=options.lens or lens,
        body=options.body or body,
        focal_length_mm=focal_mm,
        pixel_pitch_um=pitch_um,
        crop_factor=options.crop_factor or max(1.0, FULL_FRAME_DIAGONAL_MM / diagonal_mm),
        flags=_conflicts(facts),
    )


def likely_camera(shots: Sequence[Shot], options: MeasureOptions) -> tuple[float | None, float | None]:
    """(focal length in mm, pixel pitch in um) as far as they are known."""
    focal_mm = options.focal_length_mm or _middle([shot.facts.focal_length_mm for shot in shots])
    return focal_mm, options.pixel_pitch_um or _middle([pixel_pitch_um(shot.facts) for shot in shots])


def _middle(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _commonest(values: Sequence[str | None]) -> str:
    known = Counter(value for value in values if value)
    return known.most_common(1)[0][0] if known else ""


def _conflicts(facts: Sequence[CameraFacts]) -> Quality:
    """Photos of one series come from one camera, one lens, one focal length."""
    kinds = (
        {fact.model for fact in facts if fact.model},
        {fact.lens for fact in facts if fact.lens},
        {fact.focal_length_mm for fact in facts if fact.focal_length_mm},
        {fact.body_serial for fact in facts if fact.body_serial},
        {fact.lens_serial for fact in facts if fact.lens_serial},
    )
    return Quality.EXIF_CONFLICT if any(len(kind) > 1 for kind in kinds) else FINE
