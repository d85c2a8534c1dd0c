"""What runs on a Dask worker: fetch a series' photos, have them measured in a child, keep the pictures.

Imports neither Django nor PostgreSQL's client, and takes and returns small dictionaries of plain values, so that a
worker needs no secret of the site's: it reads photos from a folder or short-lived URLs and writes to one folder.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import logging
import math
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, TypedDict

import httpx

from lensdb.lib import faults, folders
from lensdb.processing.failures import MACHINES
from lensdb.processing.sandbox import seals
from lensdb.processing.sandbox.client import PHOTOS_MAX, Helper, HelperLostError, OpenPhoto, Outcome
from lensdb.processing.sandbox.limits import MIB, Limits

log = logging.getLogger("lensdb.worker")

PHOTO_MAX_BYTES: Final = 512 * MIB
_CHUNK_BYTES: Final = MIB
_CRASHING_PHOTOS_MAX: Final = 3
"""So many photos may crash their decoder before the series is given up."""
_PROBE_BYTES: Final = 4 * MIB
_CPU_SECONDS: Final = 20.0
_CPU_SECONDS_PER_PHOTO: Final = 4.0
_CPU_SECONDS_PER_MB: Final = 0.15


class PhotoReference(TypedDict):
    """A photo of a task: what it is called, where its bytes are, and what they must hash to."""

    sha256: str
    source: str
    name: str
    f_number: float | None


class Task(TypedDict):
    """One series to measure. `options` are those of `analysis.measure.MeasureOptions`; `derived` is a folder.

    `label` says in the worker's log which series in which attempt this is; numbers of rows, nobody's words.
    """

    label: str
    photos: list[PhotoReference]
    options: dict[str, Any]
    derived: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker says of a task, as the dictionary that travels: a result, or a failure's code and its words."""

    result: dict[str, Any] | None = None
    pictures: Mapping[str, str] = dataclasses.field(default_factory=dict)
    failure: str = ""
    sentence: str = ""
    detail: str = ""
    cpu_seconds: float = 0.0


class _FetchError(Exception):
    """A photo cannot be had; carries the code of the failure."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


_helper = Helper(must_seal=seals.is_required(os.environ))
_one_at_a_time = threading.Lock()


def dask_setup(_worker: object) -> None:
    """Say at the start of a worker what it lacks; Dask calls this in every worker that preloads this module."""
    if lacking := seals.missing():
        so = "nothing is measured here" if seals.is_required(os.environ) else "what decodes photos is not sealed off"
        log.error("event=%r", f"this kernel has no {' and no '.join(lacking)}: {so}")


def measure(task: Task) -> dict[str, Any]:
    """Measure one series; the return value is a `Report` as a dictionary."""
    log.info("event=%r %s", "measuring", task["label"])
    report = _reported(task)
    told = "measured" if report.result is not None else report.failure
    log.info("event=%r %s cpu_seconds=%.2f detail=%r", told, task["label"], report.cpu_seconds, report.detail[-200:])
    return dataclasses.asdict(report)


def _reported(task: Task) -> Report:
    try:
        with contextlib.ExitStack() as opened:
            faults.here("fetch.before")
            if len(task["photos"]) > PHOTOS_MAX:
                return Report(failure="too_slow")
            photos = [
                OpenPhoto(photo["name"], photo["f_number"], opened.enter_context(_fetched(photo)).fileno())
                for photo in task["photos"]
            ]
            faults.here("fetch.after")
            nothing = opened.enter_context(tempfile.TemporaryFile())
            with _one_at_a_time:
                outcome = _confirmed(_measured(photos, task["options"], nothing.fileno()))
        faults.here("report.before")
        report = _report(outcome, Path(task["derived"]))
        faults.here("report.after")
    except _FetchError as error:
        return Report(failure=error.code, detail=str(error))
    except HelperLostError as error:
        return Report(failure="worker_trouble", detail=str(error))
    except OSError as error:  # the folders of this machine: full, read-only or away, whichever series it is
        return Report(failure="worker_storage", detail=str(error))
    return report


def _measured(photos: list[OpenPhoto], options: dict[str, Any], nothing: int) -> Outcome:
    """Measure; a photo whose decoder crashes is left out, which the core reports as a photo that cannot be read."""
    allowed = limits([os.fstat(photo.descriptor).st_size for photo in photos])
    for _ in range(_CRASHING_PHOTOS_MAX):
        outcome = _measured_again(photos, options, allowed)
        if outcome.failure != "photo_crashes" or outcome.last_read is None:
            return outcome
        photos[outcome.last_read] = dataclasses.replace(photos[outcome.last_read], descriptor=nothing)
    return outcome


def _measured_again(photos: list[OpenPhoto], options: dict[str, Any], allowed: Limits) -> Outcome:
    """Measure, and once more when helper or child were killed meanwhile: the series had no part in it."""
    try:
        outcome = _helper.measure(photos, options, allowed)
    except HelperLostError as error:
        if isinstance(error.__cause__, TimeoutError):
            raise
        log.warning("event=%r detail=%r", "measured once more", str(error))
    else:
        if outcome.failure != "worker_trouble":
            return outcome
        log.warning("event=%r detail=%r", "measured once more", outcome.detail)
    return _helper.measure(photos, options, allowed)


def _confirmed(outcome: Outcome) -> Outcome:
    """What a child says of this machine is believed when it is so: a series that says it is not charged for it."""
    if outcome.failure == "worker_storage":
        with tempfile.TemporaryFile() as file:
            file.write(bytes(_PROBE_BYTES))
    is_so = outcome.failure == "worker_unsealed" and seals.missing()
    if outcome.failure in MACHINES and not is_so:
        return dataclasses.replace(outcome, failure="worker_trouble")
    return outcome


def limits(photo_bytes: Sequence[int]) -> Limits:
    """What a child may use for photos of so many bytes each.

    A photo of 24 megapixels takes a third of a second of CPU time, one of 60 less than one, a PNG of 30 MB more than
    one: four seconds and something for each megabyte are many times that, also on a slow machine. Bytes are counted
    and not pixels, for those of a file made to do harm cost nothing. Wall time is twice as much, so that a busy machine
    fails nobody. Memory is the host's to say (``LENSDB_MEASURE_MEMORY_MB``).
    """
    cpu_seconds = math.ceil(
        _CPU_SECONDS + _CPU_SECONDS_PER_PHOTO * len(photo_bytes) + _CPU_SECONDS_PER_MB * sum(photo_bytes) / 1e6
    )
    memory_mib = os.environ.get("LENSDB_MEASURE_MEMORY_MB", "")
    memory_bytes = int(memory_mib) * MIB if memory_mib else Limits().memory_bytes
    return Limits(memory_bytes=memory_bytes, cpu_seconds=cpu_seconds, wall_seconds=2 * cpu_seconds)


def _report(outcome: Outcome, derived: Path) -> Report:
    if outcome.result is None:
        return Report(
            failure=outcome.failure,
            sentence=outcome.sentence,
            detail=outcome.detail,
            cpu_seconds=outcome.cpu_seconds,
        )
    return Report(
        result=outcome.result.to_json(),
        pictures={name: _keep(data, derived) for name, data in outcome.pictures.items()},
        cpu_seconds=outcome.cpu_seconds,
    )


def _keep(picture: bytes, derived: Path) -> str:
    """Store a picture under its digest, whole or not at all, and return the digest."""
    sha256 = hashlib.sha256(picture).hexdigest()
    place = derived / sha256[:2] / f"{sha256}.jpg"
    if place.exists():
        with contextlib.suppress(OSError):
            place.touch()  # as new as the measurement that will name it, for whoever sweeps
    else:
        folders.make_below(derived, place.parent)
        draft = place.with_name(f".{sha256}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(picture)
        draft.chmod(folders.file_mode(derived))
        faults.here("picture-rename.before")
        draft.replace(place)
        faults.here("picture-rename.after")
    return sha256


@contextlib.contextmanager
def _fetched(photo: PhotoReference) -> Iterator[BinaryIO]:
    """The photo's file, open and found to be the one that was sent."""
    is_remote = photo["source"].startswith(("https://", "http://"))
    with _downloaded(photo["source"]) if is_remote else _local(photo["source"]) as file:
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]  # typeshed's BinaryIO lacks readinto
        if digest.hexdigest() != photo["sha256"]:
            raise _FetchError("photo_changed", f"{photo['sha256']} has other bytes")
        yield file


@contextlib.contextmanager
def _local(path: str) -> Iterator[BinaryIO]:
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - only opening it may count as missing, not what is done with it
    except FileNotFoundError as error:
        raise _FetchError("photo_missing", f"{type(error).__name__} at {Path(path).name}") from error
    with file:
        yield file


@contextlib.contextmanager
def _downloaded(url: str) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as file:
        try:
            with httpx.stream("GET", url, timeout=60) as response:
                response.raise_for_status()
                for chunk in response.iter_bytes(_CHUNK_BYTES):
                    file.write(chunk)
                    if file.tell() > PHOTO_MAX_BYTES:
                        raise _FetchError("photo_changed", "longer than any photo")
        except httpx.HTTPError as error:  # not its text: the URL is a secret while it lives
            raise _FetchError("photo_missing", type(error).__name__) from None
        yield file
