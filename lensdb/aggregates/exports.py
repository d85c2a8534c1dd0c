"""All series of a lens for whoever wants to do the statistics themselves; `lensdb compare` reads it.

Series, photographers and batches bear numbers, copies their letters: who owns what is nobody's business. A batch is
told only where at least five copies share it: fewer would narrow down their serial numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

from analysis.statement.evidence import BATCH_NAMED_FROM
from lensdb.aggregates import sources
from lensdb.aggregates.cells import Names, Shift, described
from lensdb.catalog.models import LensModel
from lensdb.measurements.queries import shown_version

_Key = TypeVar("_Key", bound=Hashable)


def exported(lens: LensModel) -> dict[str, Any]:
    """The shifts of all published series that can stand beside each other, by the version that is shown.

    `shifts` are the fields of `analysis.statement.SeriesShift`, `copies` those of its `Named`, `lens.optics` those of
    its `Lens`.
    """
    version = shown_version()
    names = Names(sources.places(lens))
    found = _without_small_batches(sources.shifts_of(lens, version=version))
    rows = [row for row in (shift.for_statement() for shift in found) if row.copy in names]
    series = _numbered(row.series for row in rows)
    owners = _numbered(row.owner for row in rows)
    batches = _numbered(sorted({row.batch for row in rows if row.batch}))
    return {
        "lens": {"slug": lens.slug, "name": lens.name, "optics": described(lens)._asdict()},
        "analysis_version": version,
        "copies": list(names.values()),
        "shifts": [
            row._replace(
                copy=names[row.copy]["id"],
                series=series[row.series],
                owner=f"photographer-{owners[row.owner]}",
                batch=f"batch-{batches[row.batch]}" if row.batch else "",
            )._asdict()
            for row in rows
        ],
    }


def _without_small_batches(shifts: Sequence[Shift]) -> list[Shift]:
    """The same, without the batch of copies that too few others share."""
    copies = {shift.specimen_id: shift.batch for shift in shifts}
    sizes = Counter(copies.values())
    return [shift if sizes[shift.batch] >= BATCH_NAMED_FROM else shift._replace(batch="") for shift in shifts]


def _numbered(keys: Iterable[_Key]) -> dict[_Key, int]:
    """Each key's place among the different ones, from 1."""
    return {key: number for number, key in enumerate(dict.fromkeys(keys), start=1)}
