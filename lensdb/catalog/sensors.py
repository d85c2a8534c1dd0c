"""Pixel pitch of common bodies, from a table of sensor widths and picture widths."""

from __future__ import annotations

import csv
from importlib import resources

from lensdb.catalog import names


def pixel_pitches_um() -> dict[str, float]:
    """Body key (see `names.body_key`) -> pixel pitch in micrometres, for the bodies in ``data/sensors.csv``."""
    return {key: round(1e3 * width_mm / columns, 3) for key, width_mm, columns in _table()}


def widths_mm() -> dict[str, float]:
    """Body key -> width of its sensor in millimetres."""
    return {key: width_mm for key, width_mm, _ in _table()}


def _table() -> list[tuple[str, float, int]]:
    text = (resources.files("lensdb.catalog") / "data" / "sensors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return [(names.body_key(row["maker"], row["model"]), float(row["width_mm"]), int(row["columns"])) for row in rows]
