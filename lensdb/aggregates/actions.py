"""Writing cells: always recomputed from source rows, never incremented, and never but under the lens model's lock.

Whatever changes what a copy says inserts a stale mark in the same commit. A refresh takes the lock first and reads
second: marks and data committed after its reading keep their mark and are read by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from analysis.statement import Told, judged
from analysis.statement.case import Case, f_number_of_verdict
from analysis.statement.evidence import left_off
from lensdb.aggregates import sources
from lensdb.aggregates.cells import (
    Names,
    Place,
    copy_cells,
    described,
    different,
    model_cells,
    numbers_of,
    places_of,
)
from lensdb.aggregates.models import CellCheck, CopyCell, LensRevision, LensVerdict, ModelCell
from lensdb.catalog.models import LensModel
from lensdb.lib.commits import commit_point
from lensdb.measurements.queries import shown_version
from lensdb.submissions.models import StaleCopy

_Cell = TypeVar("_Cell", CopyCell, ModelCell, LensVerdict)
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

    Lens models that somebody else is refreshing are left to them, so any number may run side by side. A lens model that
    one of the specimens was taken from is brought up to date as well.
    """
    lens = sources.stale_lenses().select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if lens is None:
        return None
    version = shown_version()
    marks = list(StaleCopy.objects.filter(specimen__lens_model=lens).order_by("id"))
    specimens = {mark.specimen_id for mark in marks}
    left = list(LensModel.objects.filter(copy_cells__specimen__in=specimens).exclude(pk=lens.pk).distinct())
    shifts = sources.shifts_of(lens, version=version, specimens=specimens)
    _replace(CopyCell.objects.filter(specimen__in=specimens), copy_cells(lens, shifts), _copy_key)
    for one in (lens, *left):
        _lock(one)
        _write_together(one, version)
    StaleCopy.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    revise(lenses=[lens, *left])
    commit_point("cells")
    return Refreshed(lens, len(specimens), len(marks))


@transaction.atomic
def rebuild(*, lens: LensModel) -> int:
    """Compute all cells of a lens model anew; how many of them were not as they should have been.

    Marks stay: whoever inserted one after this read them is owed a refresh.
    """
    _lock(lens)
    version = shown_version()
    copies = copy_cells(lens, sources.shifts_of(lens, version=version))
    revise(lenses=[lens])
    return _replace(CopyCell.objects.filter(lens_model=lens), copies, _copy_key) + _write_together(lens, version)


@transaction.atomic
def revise(*, lenses: Iterable[LensModel]) -> None:
    """Say that the pages of these lenses are new from this commit on; a refresh and a rebuild do so themselves."""
    now = timezone.now()
    ids = sorted(lens.pk for lens in lenses)
    LensRevision.objects.bulk_create([LensRevision(lens_model_id=pk) for pk in ids], ignore_conflicts=True)
    LensRevision.objects.filter(pk__in=ids).update(number=F("number") + 1, changed_at=now)


@transaction.atomic
def differences(*, lens: LensModel) -> list[str] | None:
    """What a rebuild would change, one line each; nothing is written. None while a refresh is due, which may be why."""
    _lock(lens)
    version = shown_version()
    shifts = sources.shifts_of(lens, version=version)
    copies, batches = copy_cells(lens, shifts), {shift.specimen_id: shift.batch for shift in shifts}
    models, verdicts = _together(lens, places_of(copies, batches), version)
    if StaleCopy.objects.filter(specimen__lens_model=lens).exists():  # asked last: what was read has its mark by now
        return None
    return [
        *_compare(CopyCell.objects.filter(lens_model=lens), copies, _copy_key).told(),
        *_compare(ModelCell.objects.filter(lens_model=lens), models, _model_key).told(),
        *_compare(LensVerdict.objects.filter(lens_model=lens), verdicts, _verdict_key).told(),
    ]


def record_check(*, lenses: int, differing: int) -> CellCheck:
    """Keep the outcome of a comparison of all lenses, for whoever watches over the site."""
    return CellCheck.objects.create(lenses=lenses, differing=differing)


def _lock(lens: LensModel) -> None:
    """Wait for, then hold to the end of the transaction, the right to write this lens model's cells."""
    LensModel.objects.select_for_update(no_key=True).get(pk=lens.pk)


def _write_together(lens: LensModel, version: str) -> int:
    """Make the model cells and the verdict what all stored copy cells say; how many rows that changed."""
    models, verdicts = _together(lens, sources.places(lens), version)
    return _replace(ModelCell.objects.filter(lens_model=lens), models, _model_key) + _replace(
        LensVerdict.objects.filter(lens_model=lens), verdicts, _verdict_key
    )


def _together(lens: LensModel, places: Sequence[Place], version: str) -> tuple[list[ModelCell], list[LensVerdict]]:
    """Model cells and the verdict, if there is anything to judge; unsaved."""
    models = model_cells(lens, places)
    counted = sources.series_by_reference(lens, version=version)
    not_counted = left_off(described(lens), counted)
    case = _case(lens, places, version)
    if case is not None:
        told = judged(case, numbers_of(models), not_counted)
        return models, [_verdict(lens, told, version)]
    nothing = LensVerdict(lens_model=lens, analysis_version=version, left_off=not_counted)
    return models, [nothing] if counted else []


def _case(lens: LensModel, places: Sequence[Place], version: str) -> Case | None:
    """The comparable series at the verdict's f-number; None where there are none.

    Series are read after the cells: one that was published in between has no name yet, but a mark of its own.
    """
    measured = [place for place in places if place.series_um_se.any()]
    exact = {float(place.f_number): place.f_number for place in measured}
    units = {f_number: [place.units for place in measured if place.f_number == exact[f_number]] for f_number in exact}
    like = described(lens)
    f_number = f_number_of_verdict(like, {f_number: different(here).size for f_number, here in units.items()})
    if f_number is None:
        return None
    names = Names(places)
    shifts = [
        shift.for_statement()
        for shift in sources.shifts_of(lens, version=version, f_number=exact[f_number])
        if shift.shift_um_se > 0 and shift.is_comparable(like)
    ]
    named = [shift for shift in shifts if shift.copy in names]
    return Case(like, f_number, named, names, names.serviced) if named else None


def _verdict(lens: LensModel, told: Told, version: str) -> LensVerdict:
    return LensVerdict(
        lens_model=lens,
        analysis_version=version,
        kind=told["kind"],
        reason=told["reason"],
        f_number=Decimal(str(told["f_number"])),
        band=told["at"]["key"] if told["at"] else "",
        n_copies=told["n_copies"],
        n_series=told["n_series"],
        n_owners=told["n_owners"],
        simulated=told["simulated"],
        left_off=told["left_off"],
        told=told,
    )


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
    return cell.specimen_id, cell.after_service, cell.band, cell.f_number


def _model_key(cell: ModelCell) -> Hashable:
    return cell.band, cell.f_number


def _verdict_key(cell: LensVerdict) -> Hashable:
    return cell.lens_model_id
