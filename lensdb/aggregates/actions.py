"""Writing cells: always recomputed from source rows, never incremented, and never but under the lens model's lock.

Whatever changes what a copy says inserts a stale mark in the same commit. A refresh takes the lock first and reads
second: marks and data committed after its reading keep their mark and are read by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from lensdb.aggregates import queries
from lensdb.aggregates.cells import Shift, copy_cells, model_cells
from lensdb.aggregates.models import CopyCell, ModelCell
from lensdb.catalog.models import LensModel
from lensdb.submissions.models import StaleCopy

_Cell = TypeVar("_Cell", CopyCell, ModelCell)
_NOT_COMPARED: Final = frozenset({"id", "updated_at"})


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one refresh did."""

    lens: LensModel
    specimens: int
    marks: int


@transaction.atomic
def refresh_next() -> Refreshed | None:
    """Bring the cells of one lens model up to date, that with the oldest mark; None when no lens needs it.

    Lens models that somebody else is refreshing are left to them, so any number may run side by side.
    """
    lens = queries.stale_lenses().select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if lens is None:
        return None
    marks = list(StaleCopy.objects.filter(specimen__lens_model=lens).order_by("id"))
    specimens = {mark.specimen_id for mark in marks}
    _write(lens, CopyCell.objects.filter(specimen__in=specimens), queries.shifts_of(lens, specimens))
    StaleCopy.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    return Refreshed(lens, len(specimens), len(marks))


@transaction.atomic
def rebuild(*, lens: LensModel) -> int:
    """Compute all cells of a lens model anew; how many of them were not as they should have been.

    Marks stay: whoever inserted one after this read them is owed a refresh.
    """
    _lock(lens)
    return _write(lens, CopyCell.objects.filter(lens_model=lens), queries.shifts_of(lens))


@transaction.atomic
def differences(*, lens: LensModel) -> list[str]:
    """What a rebuild would change, one line each; nothing is written. A lens with pending marks may well differ."""
    _lock(lens)
    copies = copy_cells(lens, queries.shifts_of(lens))
    models = model_cells(lens, copies)
    stored_copies = CopyCell.objects.filter(lens_model=lens)
    stored_models = ModelCell.objects.filter(lens_model=lens)
    return [*_compare(stored_copies, copies, _copy_key).told(), *_compare(stored_models, models, _model_key).told()]


def _lock(lens: LensModel) -> None:
    """Wait for, then hold to the end of the transaction, the right to write this lens model's cells."""
    LensModel.objects.select_for_update(no_key=True).get(pk=lens.pk)


def _write(lens: LensModel, stored: QuerySet[CopyCell], shifts: Iterable[Shift]) -> int:
    """Make the `stored` copy cells what `shifts` say, then all model cells what all copy cells say."""
    changed = _replace(stored, copy_cells(lens, shifts), _copy_key)
    wanted = model_cells(lens, CopyCell.objects.filter(lens_model=lens))
    return changed + _replace(ModelCell.objects.filter(lens_model=lens), wanted, _model_key)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Rows to add, rows to change (with the id of the stored one), rows to delete."""

    missing: list[Any]
    changed: list[Any]
    surplus: list[Any]

    def told(self) -> list[str]:
        return [
            f"{name} {type(cell).__name__}: {cell}"
            for name in ("missing", "changed", "surplus")
            for cell in getattr(self, name)
        ]


def _replace(stored: QuerySet[_Cell], wanted: list[_Cell], key: Callable[[_Cell], Hashable]) -> int:
    """Write what differs and nothing else, in a fixed order; how many rows that was."""
    found = _compare(stored, wanted, key)
    stored.filter(pk__in=[cell.pk for cell in found.surplus]).delete()
    stored.model._default_manager.bulk_create(found.missing)  # noqa: SLF001 - Django's public name for it
    for cell in found.changed:
        cell.save(force_update=True)
    return len(found.missing) + len(found.changed) + len(found.surplus)


def _compare(stored: QuerySet[_Cell], wanted: Collection[_Cell], key: Callable[[_Cell], Hashable]) -> _Comparison:
    there = {key(cell): cell for cell in stored.order_by("pk")}
    missing, changed = [], []
    for cell in wanted:
        old = there.pop(key(cell), None)
        if old is None:
            missing.append(cell)
        elif _numbers(old) != _numbers(cell):
            cell.pk = old.pk
            changed.append(cell)
    return _Comparison(missing, changed, list(there.values()))


def _numbers(cell: Model) -> dict[str, Any]:
    fields = cell._meta.concrete_fields  # noqa: SLF001 - Django's documented introspection
    return {field.attname: getattr(cell, field.attname) for field in fields if field.attname not in _NOT_COMPARED}


def _copy_key(cell: CopyCell) -> Hashable:
    return cell.specimen_id, cell.band, cell.f_number


def _model_key(cell: ModelCell) -> Hashable:
    return cell.band, cell.f_number
