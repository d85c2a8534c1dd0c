"""The rows that cells are made of: what published series say, by the version that is shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from lensdb.aggregates.cells import CopyRow, Shift
from lensdb.aggregates.models import CopyCell
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
    return _after_services([Shift(*row) for row in columns], lens_copy)


def _after_services(shifts: list[Shift], told_of: LensCopy | None) -> list[Shift]:
    """The same, those of serviced specimens told how often they had been serviced when they were photographed."""
    services = services_of({shift.specimen_id for shift in shifts}, told_of=told_of)
    if not services:
        return shifts
    days = photographed_on({shift.series_id for shift in shifts if shift.specimen_id in services})

    def told(shift: Shift) -> Shift:
        before = services.get(shift.specimen_id)
        return shift._replace(after_service=bisect_right(before, days[shift.series_id])) if before else shift

    return [told(shift) for shift in shifts]


def copy_rows(lens: LensModel) -> list[CopyRow]:
    """All copy cells of a lens, as far as model cells are made of them, in no order."""
    rows = CopyCell.objects.filter(lens_model=lens).values_list(
        "band",
        "f_number",
        "specimen_id",
        "after_service",
        "specimen__batch",
        "subject_distance_m",
        "focal_length_mm",
        "simulated",
        "series_um",
        "series_um_se",
    )
    return [CopyRow(*row) for row in rows]


def series_by_reference(lens: LensModel, *, version: str) -> list[tuple[float | None, float, int]]:
    """How many published series there are of each reference f-number and focal length."""
    rows = SeriesMeasurement.objects.filter(
        analysis_version=version,
        series__standing=Standing.PUBLISHED,
        series__lens_copy__specimen__lens_model=lens,
    )
    kinds = rows.values_list("reference_f_number", "focal_length_mm").annotate(n_series=Count("pk"))
    return list(kinds.order_by("reference_f_number", "focal_length_mm"))
