"""The photos of one series in a folder, each shot once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PICTURES: Final = (".jpg", ".jpeg", ".tif", ".tiff", ".png")
"""Formats that are measured, the most wanted first."""
RAW: Final = frozenset({
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos", ".mrw",
    ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class FolderShots:
    """What a folder holds: pictures to measure in the order of their names, and shots that exist as RAW only."""

    pictures: tuple[Path, ...]
    raw_only: tuple[Path, ...]


def shots_in(place: Path) -> FolderShots:
    """The shots of a folder, or the one of a file. RAW and JPEG of one shot count once."""
    files = sorted(place.iterdir(), key=name_order) if place.is_dir() else [place]
    by_shot: dict[str, list[Path]] = {}
    for file in files:
        if file.is_file() and not file.name.startswith(".") and file.suffix.lower() in {*PICTURES, *RAW}:
            by_shot.setdefault(file.stem.lower(), []).append(file)
    chosen = [min(shot, key=_preference) for shot in by_shot.values()]
    raw_only = tuple(file for file in chosen if file.suffix.lower() in RAW)
    return FolderShots(tuple(file for file in chosen if file not in raw_only), raw_only)


def name_order(path: Path) -> list[tuple[int, str]]:
    """Sorts IMG_9 before IMG_10."""
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", path.name.lower())]


def _preference(file: Path) -> int:
    suffix = file.suffix.lower()
    return PICTURES.index(suffix) if suffix in PICTURES else len(PICTURES)
