"""What `lensdb compare` is given: folders of photos, results of `lensdb measure`, and lenses exported from the site."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from analysis.flags import ConfigurationError
from analysis.measure import NothingMeasuredError, PhotoSource, measure_series
from analysis.results import SeriesResult
from analysis.statement import Lens, Named, SeriesShift
from lensdb.tool.folder import shots_in

UNNAMED: Final = "Unnamed lens"


class UnusableError(ValueError):
    """An entry that holds nothing to compare; the text says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A path, and the copy of the lens its photos are of: what the user calls it, else the path's own name."""

    path: Path
    copy: str

    @classmethod
    def of(cls, text: str) -> Entry:
        """Of ``PATH`` or ``COPY=PATH``."""
        copy, equals, path = text.partition("=")
        if equals and not Path(text).exists():
            return cls(Path(path), copy.strip())
        return cls(Path(text), Path(text).resolve().stem)


@dataclass(slots=True)
class LensEntries:
    """The series of one lens, as `analysis.statement` takes them."""

    lens: Lens = field(default_factory=Lens)
    shifts: list[SeriesShift] = field(default_factory=list)
    names: dict[str, Named] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)
    n_series: int = 0

    def add_result(self, copy: str, result: SeriesResult) -> None:
        """One series; those of one copy bear one name."""
        self.n_series += 1
        self.versions.add(result.analysis_version)
        self._widen(result.reference_f_number, result.focal_length_mm)
        self._name({"id": copy, "label": copy, "after_service": 0})
        if result.pose is None:
            raise UnusableError("The series has no distance, which comparing needs.")
        self.shifts += [
            SeriesShift(
                copy=copy,
                series=self.n_series,
                owner="you",
                body=result.body,
                batch="",
                f_number=round(row.f_number, 2),
                s_mm=result.pose.distance_mm,
                focal_length_mm=result.focal_length_mm,
                reference_f_number=result.reference_f_number,
                shift_um=row.focus_shift_um,
                se_um=row.focus_shift_um_se,
                simulated=False,
            )
            for row in result.focus_shift
            if math.isfinite(row.focus_shift_um) and math.isfinite(row.focus_shift_um_se)
        ]

    def add_export(self, exported: Mapping[str, Any]) -> None:
        """What the site offers of a lens under "All series", see `lensdb.aggregates.exports`."""
        self.versions.add(exported["analysis_version"])
        self.lens = Lens(**exported["lens"]["optics"])
        for name in exported["copies"]:
            self._name(name)
        before = self.n_series
        rows = [SeriesShift(**row) for row in exported["shifts"]]
        self.shifts += [row._replace(series=before + row.series) for row in rows]
        self.n_series = before + len({row.series for row in rows})

    def _name(self, name: Named) -> None:
        self.names.setdefault(name["id"], name)

    def _widen(self, f_number: float, focal_length_mm: float) -> None:
        widest = min(f_number, self.lens.widest_f_number or math.inf)
        longest = max(focal_length_mm, self.lens.focal_length_mm or 0.0)
        self.lens = self.lens._replace(widest_f_number=widest, focal_length_mm=longest)


def add_entry(entry: Entry, lenses: dict[str, LensEntries], *, one_lens: bool) -> None:
    """Read an entry, measuring it where it holds photos, and add it to its lens.

    Raises
    ------
    UnusableError
        When there is nothing to compare in it.
    """
    read = _read_json(entry.path) if entry.path.suffix.lower() == ".json" else _measured(entry.path)
    if isinstance(read, SeriesResult):
        name = read.lens or UNNAMED
        _of_lens(lenses, name, one_lens=one_lens).add_result(entry.copy, read)
    else:
        try:
            _of_lens(lenses, read["lens"]["name"], one_lens=one_lens).add_export(read)
        except (KeyError, TypeError) as error:
            raise UnusableError(f"This is no export of a lens: {error} is missing or wrong.") from error


def _of_lens(lenses: dict[str, LensEntries], name: str, *, one_lens: bool) -> LensEntries:
    return lenses.setdefault(next(iter(lenses), name) if one_lens else name, LensEntries())


def _read_json(path: Path) -> SeriesResult | dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableError(f"Cannot be read as JSON: {error}") from error
    if isinstance(data, dict) and "shifts" in data:
        return data
    try:
        return SeriesResult.from_json(data)
    except ValueError as error:
        raise UnusableError(f"Neither a result of lensdb measure nor an export of a lens: {error}") from error


def _measured(folder: Path) -> SeriesResult:
    if not folder.is_dir():
        raise UnusableError("No such folder or file.")
    photos: Sequence[PhotoSource] = [PhotoSource(path.name, path.read_bytes) for path in shots_in(folder).pictures]
    try:
        return measure_series(photos)
    except (ConfigurationError, NothingMeasuredError) as error:
        raise UnusableError(f"{error} Try lensdb measure on it.") from error
