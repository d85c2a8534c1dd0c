"""lensfun's database as plain entries: what its files say of lenses and bodies, cleaned, and a few lenses more.

Its `<model>` is the string that cameras and their tools write, `<model lang="en">` the name that people use. The
database is CC BY-SA 3.0, by the lensfun project; it comes in the wheel of lensfunpy.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Final
from xml.etree import ElementTree as ET  # the files come with a pinned wheel

from lensdb.catalog import names

_NOT_A_LENS: Final = re.compile(
    r"convert|extender|\bext\.|adapter|CHDK|lens cover|angle lens|, with|macro at|\+ ?\S*(tc|tcl|wcl|x)\b|[ -]TC-?\d"
    r"|\bTCL-|\bWCL-|1\.4x|\b2x\b",
    re.IGNORECASE,
)
_COMPATIBLES: Final = re.compile(r"\s*(& compatibles|\(Standard\))\s*")


@dataclass(slots=True)
class LensEntry:
    """One lens: all of lensfun's entries with the same name, which differ in the sensor they were calibrated on."""

    maker: str
    name: str
    min_focal_mm: float | None
    max_focal_mm: float | None
    widest_f_number: float | None
    crop_factor: float
    mounts: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)


@dataclass(slots=True)
class BodyEntry:
    """One camera."""

    maker: str
    name: str
    mount: str
    crop_factor: float
    aliases: set[str] = field(default_factory=set)


def read() -> tuple[list[LensEntry], list[BodyEntry]]:
    """Every lens and body of the installed database and of ``data/lenses.csv`` and ``data/bodies.csv``, by name."""
    lenses: dict[str, LensEntry] = {}
    bodies: dict[str, BodyEntry] = {}
    for root in _files():
        for element in root.iter("lens"):
            _add_lens(lenses, element)
        for element in root.iter("camera"):
            _add_body(bodies, element)
    for row in _rows("lenses.csv"):
        _add_row(lenses, row)
    for row in _rows("bodies.csv"):
        aliases = {names.body_key(row["maker"], row["model"])}
        own = BodyEntry(row["maker"], row["model"], row["mount"], float(row["crop_factor"]), aliases)
        bodies.setdefault(names.fold(own.name), own)
    return sorted(lenses.values(), key=lambda lens: lens.name), sorted(bodies.values(), key=lambda body: body.name)


def _files() -> Iterator[ET.Element]:
    folder = resources.files("lensfunpy") / "db_files"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".xml"):
            yield ET.fromstring(file.read_bytes())  # noqa: S314 - as above: not from a stranger


def _rows(file_name: str) -> Iterator[dict[str, str]]:
    table = (resources.files("lensdb.catalog") / "data" / file_name).read_text(encoding="utf-8")
    yield from csv.DictReader(line for line in table.splitlines() if not line.startswith("#"))


def _add_lens(lenses: dict[str, LensEntry], element: ET.Element) -> None:
    written, called = _text(element, "model"), _text(element, "model", lang="en")
    maker = names.clean_maker(_text(element, "maker", lang="en") or _text(element, "maker"))
    if not written or maker == "Generic" or _NOT_A_LENS.search(f"{written} {called}"):
        return
    numbers = names.numbers(called)
    if numbers == names.Numbers():
        called, numbers = written, names.numbers(written)
    mounts = {mount.text.strip().replace("Pentak", "Pentax") for mount in element.findall("mount") if mount.text}
    if all(mount[0].islower() for mount in mounts):
        called = _COMPATIBLES.sub(" ", written).strip() + " (fixed lens)"
        numbers = _calibrated(element)
    entry = LensEntry(
        maker=maker,
        name=" ".join(names.with_maker(maker, called).split()),
        min_focal_mm=_attribute(element, "focal", "min") or numbers.min_focal_mm,
        max_focal_mm=_attribute(element, "focal", "max") or numbers.max_focal_mm,
        widest_f_number=_attribute(element, "aperture", "min") or numbers.widest_f_number,
        crop_factor=float(_text(element, "cropfactor") or 1),
    )
    known = lenses.setdefault(names.normalise(entry.name), entry)
    known.crop_factor = min(known.crop_factor, entry.crop_factor)  # made for the largest sensor it was calibrated on
    known.mounts |= mounts
    known.aliases |= _aliases(maker, written, called, entry.name)


def _add_row(lenses: dict[str, LensEntry], row: dict[str, str]) -> None:
    """A line of our own; lensfun's entry stands where it has come to know the lens."""
    numbers = names.numbers(row["name"])
    entry = LensEntry(
        maker=row["maker"],
        name=row["name"],
        min_focal_mm=numbers.min_focal_mm,
        max_focal_mm=numbers.max_focal_mm,
        widest_f_number=numbers.widest_f_number,
        crop_factor=float(row["crop_factor"]),
        mounts={row["mount"]},
        aliases=_aliases(row["maker"], row["name"], *row["aliases"].split("|")),
    )
    lenses.setdefault(names.normalise(entry.name), entry)


def _aliases(maker: str, *texts: str) -> set[str]:
    bare = {names.without_maker(maker, text) for text in texts}
    return {names.normalise(text) for text in bare.union(texts)} - {""}


def _add_body(bodies: dict[str, BodyEntry], element: ET.Element) -> None:
    make, written = _text(element, "maker"), _text(element, "model")
    maker = names.clean_maker(_text(element, "maker", lang="en") or make)
    if maker == "Generic":
        return
    called = _text(element, "model", lang="en") or written
    entry = BodyEntry(
        maker=maker,
        name=names.with_maker(maker, called),
        mount=_text(element, "mount"),
        crop_factor=float(_text(element, "cropfactor") or 1),
    )
    known = bodies.setdefault(names.fold(entry.name), entry)
    known.aliases |= {names.body_key(who, model) for who in (make, maker) for model in (written, called)}


def _calibrated(element: ET.Element) -> names.Numbers:
    """Focal lengths and widest f-number that were calibrated: of a fixed lens, whose name is its camera's."""
    focal = [float(point.get("focal", 0)) for point in element.iter() if point.get("focal")]
    apertures = [float(point.get("aperture", 0)) for point in element.iter("vignetting")]
    return names.Numbers(min(focal, default=None), max(focal, default=None), min(apertures, default=None))


def _text(element: ET.Element, tag: str, lang: str | None = None) -> str:
    for child in element.findall(tag):
        if child.get("lang") == lang and child.text:
            return child.text.strip()
    return ""


def _attribute(element: ET.Element, tag: str, end: str) -> float | None:
    found = element.find(tag)
    value = None if found is None else found.get(end) or found.get("value")
    return float(value) if value else None
