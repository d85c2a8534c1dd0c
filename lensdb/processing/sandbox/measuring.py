"""The helper that measures: everything the core will ever import is imported here, before a child seals itself."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import cv2
from PIL import Image

from analysis.flags import SeriesUndecidedError
from analysis.measure import MeasureOptions, NothingMeasuredError, PhotoSource, measure_series
from lensdb.processing.sandbox import helper
from lensdb.processing.sandbox.child import Request

PROBLEMS_TOLD: Final = 3


def measure(request: Request) -> dict[str, Any]:
    """Measure the photos of a request; the work of a child."""
    photos = [
        PhotoSource(photo.name, partial(request.read_photo, number), photo.f_number)
        for number, photo in enumerate(request.photos)
    ]
    try:
        options = MeasureOptions(**request.options)
        return measure_series(photos, options, pictures=request.store_picture).to_json()
    except NothingMeasuredError as error:
        raise SeriesUndecidedError(_with_problems(error), flag=error.flag) from error


def warm_up() -> None:
    """Load what libraries load late, and keep them on one thread: a child can neither open files nor start threads."""
    cv2.setNumThreads(1)
    Image.init()


def _with_problems(error: NothingMeasuredError) -> str:
    """The error's sentence, and what was wrong with the first photos."""
    problems = [f"{photo.file}: {photo.problem}" for photo in error.photos[:PROBLEMS_TOLD] if len(error.photos) > 1]
    return " ".join([str(error), *problems])


if __name__ == "__main__":
    warm_up()
    helper.serve(measure)
