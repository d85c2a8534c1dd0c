"""The rows that cells are made of: what published series say, by the version that is shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from lensdb.aggregates.cells import Array, Integers, Place, Shift, units_of
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import SeriesMeasurement, ShiftMeasurement
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, StaleCopy
from lensdb.submissions.queries import photographed_on, services_of


def stale_lenses() -> QuerySet[LensModel]:
    """Lens models with stale marks, that with the oldest mark first."""
    marks = StaleCopy.objects.filter(specimen__lens_model=OuterRef("pk"))
    oldest = Subquery(marks.order_by("id").values("id")[:1])
    return LensModel.objects.filter(Exists(marks)).order_by(oldest)


def shifts_of(
    lens: LensModel,
    *,
    version: str,
    specimens: Collection[int] | None = None,
    lens_copy: LensCopy | None = None,
    f_number: Decimal | None = None,
) -> list[Shift]:
    """What the published series of a lens model say; or only some specimens', one owner's copy's, at one f-number."""
    rows = ShiftMeasurement.objects.filter(
        measurement__analysis_version=version,
        measurement__series__standing=Standing.PUBLISHED,
        measurement__series__lens_copy__specimen__lens_model=lens,
        focus_shift_um__isnull=False,
        focus_shift_um_se__isnull=False,
    )
    if specimens is not None:
        rows = rows.filter(measurement__series__lens_copy__specimen__in=specimens)
    if lens_copy is not None:
        rows = rows.filter(measurement__series__lens_copy=lens_copy)
    if f_number is not None:
        rows = rows.filter(f_number=f_number)
    rows = rows.order_by("measurement__series_id", "f_number")
    columns: QuerySet[ShiftMeasurement, Any] = rows.values_list(
        "measurement__series__lens_copy__specimen_id",
        "measurement__series_id",
        "measurement__series__owner_id",
        "measurement__series__body__name",
        "measurement__series__lens_copy__specimen__batch",
        "f_number",
        "measurement__subject_distance_m",
        "measurement__focal_length_mm",
        "measurement__reference_f_number",
        "focus_shift_um",
        "focus_shift_um_se",
        "basis",
        "measurement__series__is_simulated",
    )
    return _after_services([Shift(*row) for row in columns], services_of(lens, told_of=lens_copy))


def _after_services(shifts: list[Shift], services: Mapping[int, Sequence[date]]) -> list[Shift]:
    """The same, those of serviced specimens told how often they had been serviced when they were photographed."""
    if not services:
        return shifts
    days = photographed_on({shift.series_id for shift in shifts if shift.specimen_id in services})

    def told(shift: Shift) -> Shift:
        before = services.get(shift.specimen_id)
        return shift._replace(after_service=bisect_right(before, days[shift.series_id])) if before else shift

    return [told(shift) for shift in shifts]


def places(lens: LensModel) -> list[Place]:
    """All copy cells of a lens in columns: of very many copies, rows would take longer to read than to reckon with."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"lens": lens.pk})
        names = [column.name for column in cursor.description]
        return [_in_order_of_copies(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


_PLACES: Final = """
SELECT band, f_number,
       array_agg(specimen_id) AS specimens,
       array_agg(after_service) AS after_services,
       array_agg(batch) AS batches,
       array_agg(subject_distance_m) AS subject_distances_m,
       array_agg(focal_length_mm) AS focal_lengths_mm,
       array_agg(n_series) AS n_series,
       array_agg(first_series) AS first_series,
       array_agg(series_um[1]) AS first_um,
       array_agg(series_um_se[1]) AS first_um_se,
       string_agg(array_to_string(series_um[2:], ','), ',') FILTER (WHERE n_series > 1) AS further_um,
       string_agg(array_to_string(series_um_se[2:], ','), ',') FILTER (WHERE n_series > 1) AS further_um_se,
       bool_or(simulated) AS simulated
  FROM aggregates_copycell cell JOIN submissions_specimen specimen ON specimen.id = cell.specimen_id
 WHERE cell.lens_model_id = %(lens)s GROUP BY band, f_number ORDER BY band, f_number
"""
"""Columns of a group all follow its rows in the order these came in: to sort here would cost more than all the rest."""
_OF_COPIES: Final = ("subject_distances_m", "focal_lengths_mm", "n_series", "first_series")


def _in_order_of_copies(columns: Mapping[str, Any]) -> Place:
    """A row of `_PLACES`, sorted by specimen and service."""
    units, sizes = units_of(columns["specimens"], columns["after_services"]), np.array(columns["n_series"])
    order, order_of_series = np.argsort(units), np.argsort(np.repeat(units, sizes), kind="stable")
    return Place(
        band=columns["band"],
        f_number=columns["f_number"],
        units=units[order],
        batches=[columns["batches"][place] for place in order.tolist()],
        **{name: np.array(columns[name])[order] for name in _OF_COPIES},
        series_um=_joined(sizes, columns["first_um"], columns["further_um"])[order_of_series],
        series_um_se=_joined(sizes, columns["first_um_se"], columns["further_um_se"])[order_of_series],
        simulated=columns["simulated"],
    )


def _joined(sizes: Integers, first: Sequence[float], further: str | None) -> Array:
    """The series of copies with so many each: the first of each copy, and as text those that follow it, if any do."""
    is_first = np.zeros(sizes.sum(), bool)
    is_first[np.cumsum(sizes) - sizes] = True
    found = np.empty(is_first.size)
    found[is_first] = first
    found[~is_first] = [float(value) for value in further.split(",")] if further else []
    return found


def series_by_reference(lens: LensModel, *, version: str) -> list[tuple[float | None, float, int]]:
    """How many published series there are of each reference f-number and focal length."""
    rows = SeriesMeasurement.objects.filter(
        analysis_version=version,
        series__standing=Standing.PUBLISHED,
        series__lens_copy__specimen__lens_model=lens,
    )
    kinds = rows.values_list("reference_f_number", "focal_length_mm").annotate(n_series=Count("pk"))
    return list(kinds.order_by("reference_f_number", "focal_length_mm"))
