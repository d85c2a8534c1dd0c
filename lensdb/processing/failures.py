"""Why a series could not be measured: every failure has a code, a plain sentence and a next step.

Read by workers and by the site, so it imports neither Django nor Dask. Codes are stable; the sentences are for the
photographer who sent the series.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analysis.flags import AnalysisError, ConfigurationError, PhotoUnusableError
from analysis.photos.memory import PIXELS_MAX


class FailureKind(StrEnum):
    """What kind of trouble it is. Only `PASSING` is tried again."""

    PHOTO_UNUSABLE = "photo_unusable"
    UNDECIDED = "undecided"
    CONFIGURATION = "configuration"
    PASSING = "passing"


@dataclass(frozen=True, slots=True)
class Failure:
    """One way to fail. `sentence` may be replaced by what the core said of this very series."""

    code: str
    kind: FailureKind
    sentence: str
    next_step: str


_TAKE_AGAIN: Final = "Photograph the series again as the instructions on the chart page describe."
_WE_LOOK: Final = "Nothing for you to do: we have been told and will measure the series again."

_PHOTO: Final = (
    ("no_chart", "The chart was not found in the photos.",
     "Check that the chart is whole, upright and well lit in the widest-open photo, and send the series again."),
    ("unreadable", "The files are not photos that can be read.",
     "Copy the files from the camera again, without an editor in between, and send them as a new series."),
    ("photo_unusable", "The photos cannot be measured.", _TAKE_AGAIN),
    ("photo_crashes", "Reading the photos broke the program that decodes them; a file is probably damaged.",
     "Copy the files from the camera again, without an editor in between, and send them as a new series."),
    ("too_big", "Measuring this series needs more memory than a series may use.",
     f"Send JPEG photos straight from the camera, at most {PIXELS_MAX // 10**6} megapixels each."),
    ("too_slow", "Measuring this series took longer than a series may take.",
     "Send fewer photos, one or two for each f-number, straight from the camera."),
)  # fmt: skip
_UNDECIDED: Final = (
    ("no_peak", "Sharpness has no clear peak on the chart in any photo.",
     "Focus on the chart's centre line at the widest f-number before the series, and use a tripod."),
    ("no_reference", "The photo at the widest f-number gave no best focus, so there is nothing to measure from.",
     "Focus on the chart's centre line at the widest f-number, and photograph the series again."),
    ("few_frames", "There are too few different f-numbers.",
     "Photograph at least four f-numbers, three of them near the widest, and send them as one series."),
    ("undecided", "The photos can be read but give no answer.", _TAKE_AGAIN),
    ("measuring_failed", "Measuring this series failed in a way we did not foresee.", _WE_LOOK),
)  # fmt: skip
_CONFIGURATION: Final = (
    ("no_pixel_pitch", "The size of the sensor's pixels is not known.",
     "Choose the camera body in the submission, or ask us to add it."),
    ("no_distance", "The distance is not known: the chart's position could not be worked out, and none was typed.",
     "Measure from the focal-plane mark to the chart's centre line, and send the series again with that distance."),
    ("no_focal_length", "The focal length is not known.",
     "Choose the lens in the submission, or ask us to add it."),
    ("withdrawn", "The series was withdrawn before it was measured.", "Nothing for you to do."),
    ("no_f_number", "The photos do not record their f-numbers.",
     "Type the f-number beside each photo when you submit the series."),
    ("configuration", "Something the measuring needs is missing or contradicts the photos.",
     "Check lens, body, distance and f-numbers, and send the series again."),
)  # fmt: skip
_PASSING: Final = (
    ("worker_lost", "The machine that measured the series was lost, several times over.", _WE_LOOK),
    ("worker_stalled", "The machine that measured the series stopped answering, several times over.", _WE_LOOK),
    ("worker_outdated", "The machine that measured the series runs an older version of the measuring.", _WE_LOOK),
    ("worker_trouble", "The machine that measured the series had trouble of its own.", _WE_LOOK),
    ("worker_unsealed", "The machine that measured the series cannot seal off what decodes photos.", _WE_LOOK),
    ("worker_storage", "The machine that measured the series could not read or write its folders.", _WE_LOOK),
    ("photo_missing", "A photo could not be fetched from our storage.", _WE_LOOK),
    ("photo_changed", "A photo in our storage is not the one you sent.", _WE_LOOK),
)

MACHINES: Final[Mapping[str, str]] = {
    "worker_unsealed": "a worker's kernel has no Landlock or no seccomp, so it measures nothing",
    "worker_storage": "a worker cannot read or write its folders",
}
"""Failures of a machine in which no series has a part, as the health page tells them: series wait, none is charged."""

FAILURES: Final[Mapping[str, Failure]] = {
    code: Failure(code, kind, sentence, next_step)
    for kind, rows in (
        (FailureKind.PHOTO_UNUSABLE, _PHOTO),
        (FailureKind.UNDECIDED, _UNDECIDED),
        (FailureKind.CONFIGURATION, _CONFIGURATION),
        (FailureKind.PASSING, _PASSING),
    )
    for code, sentence, next_step in rows
}
"""The registry."""


def code_of(error: AnalysisError) -> str:
    """The code of what the measuring core raised: the first of its flags that the registry knows, else its kind."""
    for name in error.flag.names():
        if name.lower() in FAILURES:
            return name.lower()
    if isinstance(error, PhotoUnusableError):
        return "photo_unusable"
    return "configuration" if isinstance(error, ConfigurationError) else "undecided"
