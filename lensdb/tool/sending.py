"""What `lensdb submit` does between a folder and a submitted series."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from analysis.photos.exif import CameraFacts, read_facts
from lensdb.tool.client import NotAllowedError, PhotoFile, Site, SiteError, UnreachableError

_ASKED: Final = ("make", "model", "lens", "f_number", "focal_length_mm")


class UndecidedError(Exception):
    """Something the photographer must say; the message says what, and what there is to choose from."""


@dataclass(frozen=True, slots=True)
class LocalPhoto:
    """A photo in the folder, and what the camera wrote in it."""

    file: PhotoFile
    facts: CameraFacts


@dataclass(frozen=True, slots=True)
class Refusal:
    """A photo that was not taken, and why."""

    file_name: str
    sentence: str


Progress = Callable[[int], None]


def read_photos(paths: Sequence[Path], f_numbers: Sequence[float | None]) -> list[LocalPhoto]:
    """Digest and facts of each photo; a typed f-number stands for the one the camera wrote."""
    photos = []
    for path, f_number in zip(paths, f_numbers, strict=True):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            facts = read_facts(file)
        photos.append(LocalPhoto(PhotoFile(path, digest, f_number), facts))
    return photos


def identify(site: Site, photos: Sequence[LocalPhoto]) -> dict[str, Any]:
    """What the site makes of the photos."""
    written = []
    for photo in photos:
        facts = {name: value for name, value in asdict(photo.facts).items() if name in _ASKED}
        written.append(facts | ({"f_number": photo.file.f_number} if photo.file.f_number else {}))
    return site.identify(written)


def choose_lens(site: Site, text: str | None, identified: Mapping[str, Any]) -> dict[str, Any]:
    """The lens that was named on the command line, else the one the photos name."""
    if text is None:
        return _or_ask(identified["lens"], "The photos do not tell their lens: name it with --lens.")
    found = site.lenses(text)
    exact = [lens for lens in found if text.casefold() in {lens["slug"], lens["name"].casefold()}]
    return _only(exact or found, text, "lens")


def choose_body(site: Site, text: str | None, identified: Mapping[str, Any]) -> dict[str, Any]:
    """The body that was named on the command line, else the one the photos name."""
    if text is None:
        return _or_ask(identified["body"], "The photos do not tell their camera: name it with --body.")
    found = site.bodies(text)
    exact = [body for body in found if body["name"].casefold() == text.casefold()]
    return _only(exact or found, text, "body")


def lens_serial(photos: Sequence[LocalPhoto]) -> str:
    """The lens's serial number, when all photos agree on one."""
    found = {photo.facts.lens_serial for photo in photos}
    return found.pop() or "" if len(found) == 1 else ""


def unfinished_draft(site: Site, photos: Sequence[LocalPhoto], lens_slug: str) -> tuple[str, set[str]] | None:
    """A draft of this lens that an earlier run left, holding some of these photos and no others, and which it holds."""
    digests = {photo.file.sha256 for photo in photos}
    for entry in site.all_series():
        if entry["submitted_at"] is None and entry["n_photos"] and entry["lens"]["slug"] == lens_slug:
            held = {photo["sha256"] for photo in site.series(entry["public_id"])["photos"]}
            if held <= digests:
                return str(entry["public_id"]), held
    return None


def upload(site: Site, series: str, photos: Sequence[LocalPhoto], *, progress: Progress) -> list[Refusal]:
    """Send the photos one by one; those the site refuses come back with its reason.

    Raises
    ------
    NotAllowedError, UnreachableError
        When going on makes no sense; what has arrived stays in the draft.
    """
    refusals = []
    for photo in photos:
        try:
            site.send(series, photo.file, progress=progress)
        except (NotAllowedError, UnreachableError):
            raise
        except SiteError as error:
            refusals.append(Refusal(photo.file.path.name, " ".join(filter(None, [str(error), error.next_step]))))
    return refusals


def _or_ask(found: dict[str, Any] | None, question: str) -> dict[str, Any]:
    if found is None:
        raise UndecidedError(question)
    return found


def _only(found: Sequence[dict[str, Any]], text: str, what: str) -> dict[str, Any]:
    if len(found) == 1:
        return found[0]
    if not found:
        raise UndecidedError(f"The site knows no {what} like {text!r}.")
    names = "".join(f"\n  {entry['name']}" for entry in found[:10])
    raise UndecidedError(f"{text!r} may be any of these; give the whole name with --{what}:{names}")
