"""From rows to what travels to a worker, and back.

Photos travel under neutral names, for file names are the owner's words; `renamed` puts theirs back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any, Final

from django.core.files.storage import Storage, storages

from analysis.results import SeriesResult
from lensdb.processing.worker import PhotoReference, Task
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Photo, Series
from lensdb.submissions.queries import series_to_measure

_SUFFIXES: Final = {".jpg": ".jpg", ".jpeg": ".jpg", ".tif": ".tif", ".tiff": ".tif", ".png": ".png"}


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """A task, and the file names behind its neutral ones."""

    task: Task
    file_names: Mapping[str, str]


def work_of(series_ids: Collection[int]) -> dict[int, Work]:
    """The work on these series, by id; those erased or withdrawn meanwhile are missing."""
    rows = series_to_measure().filter(pk__in=series_ids).exclude(standing=Standing.WITHDRAWN)
    return {series.pk: _work(series) for series in rows.prefetch_related("photos")}


def renamed(result: SeriesResult, file_names: Mapping[str, str]) -> SeriesResult:
    """A result that speaks of the owner's files."""
    photos = tuple(dataclasses.replace(photo, file=file_names.get(photo.file, photo.file)) for photo in result.photos)
    return dataclasses.replace(result, photos=photos)


def reworded(sentence: str, file_names: Mapping[str, str]) -> str:
    """A sentence that speaks of the owner's files."""
    for neutral, file_name in file_names.items():
        sentence = sentence.replace(neutral, file_name)
    return sentence


def kept_pictures(pictures: Mapping[str, str]) -> dict[str, str]:
    """Those of the pictures a worker says it kept that are there."""
    derived = storages["derived"]
    return {name: sha256 for name, sha256 in pictures.items() if derived.exists(f"{sha256[:2]}/{sha256}.jpg")}


def _work(series: Series) -> Work:
    photos = list(series.photos.all())
    neutral = [f"photo-{number:03d}{_suffix(photo.file_name)}" for number, photo in enumerate(photos, 1)]
    task = Task(
        label=f"series={series.pk}",
        photos=[_reference(photo, name) for photo, name in zip(photos, neutral, strict=True)],
        options=_options(series),
        derived=storages["derived"].path(""),
    )
    return Work(task, dict(zip(neutral, [photo.file_name for photo in photos], strict=True)))


def _suffix(file_name: str) -> str:
    """That of the file's kind, as we write it; none for any other, which may be anybody's words."""
    return _SUFFIXES.get(PurePath(file_name).suffix.lower(), "")


def _reference(photo: Photo, name: str) -> PhotoReference:
    source = _place(storages["originals"], photo.storage_name)
    return PhotoReference(sha256=photo.sha256, source=source, name=name, f_number=photo.f_number)


def _place(storage: Storage, name: str) -> str:
    """A path where the storage has them, else a URL that works for a short while."""
    try:
        return storage.path(name)
    except NotImplementedError:
        return storage.url(name)


def _options(series: Series) -> dict[str, Any]:
    """What the submission and the catalogue know better than the files, for `analysis.measure.MeasureOptions`."""
    lens = series.lens_copy.lens_model
    is_prime = lens.min_focal_mm is not None and lens.min_focal_mm == lens.max_focal_mm
    return {
        "chart": series.chart,
        "distance_mm": None if series.distance_m is None else 1e3 * series.distance_m,
        "pixel_pitch_um": series.body.pixel_pitch_um,
        "focal_length_mm": lens.min_focal_mm if is_prime else None,
        "crop_factor": series.body.crop_factor,
    }
