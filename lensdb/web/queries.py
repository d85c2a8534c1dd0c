"""Reads that only pages need; everything else is read through the apps' own queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from django.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce

from lensdb.accounts.models import User
from lensdb.aggregates.models import LensVerdict, ModelCell
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import SeriesMeasurement
from lensdb.measurements.queries import measured_by_shown
from lensdb.processing.enums import JobState
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Photo, Series
from lensdb.submissions.queries import copies_of

# Composing a query with subqueries takes longer than running it: what is the same in every request is composed once.
_MEASURED: Final = LensModel.objects.filter(Exists(ModelCell.objects.filter(lens_model=OuterRef("pk"))))
_BEST_KNOWN: Final = _MEASURED.annotate(most_copies=Max("model_cells__n_copies")).order_by("-most_copies", "name")


def measured_lenses() -> QuerySet[LensModel]:
    """Lenses that have at least one cell, by name."""
    return _MEASURED.prefetch_related("mounts")


def best_known_lenses(limit: int) -> QuerySet[LensModel]:
    """The measured lenses that most copies speak for."""
    return _BEST_KNOWN.prefetch_related("mounts")[:limit]


def mounts_of(lenses: QuerySet[LensModel]) -> list[str]:
    """Names of the mounts that these lenses come in, for the filter of the index."""
    names = lenses.values_list("mounts__name", flat=True).order_by("mounts__name").distinct()
    return [name for name in names if name]


def kinds_of(lenses: Iterable[LensModel]) -> dict[int, str]:
    """Whose doing the shift of each of these lenses is, by lens id: the verdicts' words without all that is told."""
    rows = LensVerdict.objects.filter(lens_model__in=list(lenses), told__isnull=False)
    return dict(rows.values_list("lens_model_id", "kind"))


class ListedSeries(NamedTuple):
    """What a list says of a series; `measured_*` are those of its newest measurement, `job_state` in one's own list.

    `is_counted` is whether the version that is shown has measured it, so that figures may count it.
    """

    public_id: str
    lens: str
    body_name: str
    distance_m: float | None
    measured_s_m: float | None
    measured_focal_mm: float | None
    n_photos: int
    is_simulated: bool
    standing: str
    submitted_at: datetime | None
    is_counted: bool
    job_state: str | None


SeriesInLists = QuerySet[Series, ListedSeries]


def _listed(job_state: BaseExpression) -> SeriesInLists:
    """Every series, the newest first, and of each no more than a list says."""
    newest = SeriesMeasurement.objects.filter(series=OuterRef("pk")).order_by("-id")
    photos = Photo.objects.filter(series=OuterRef("pk")).order_by().values("series").annotate(n=Count("pk"))
    said: dict[str, Any] = {
        "lens": F("lens_copy__lens_model__name"),
        "body_name": F("body__name"),
        "measured_s_m": Subquery(newest.values("subject_distance_m")[:1]),
        "measured_focal_mm": Subquery(newest.values("focal_length_mm")[:1]),
        "n_photos": Coalesce(Subquery(photos.values("n")), 0),
        "is_counted": measured_by_shown(),
        "job_state": job_state,
    }
    rows = Series.objects.annotate(**said).order_by("-submitted_at", "-id")
    return cast("SeriesInLists", rows.values_list(*ListedSeries._fields, named=True))


def _telling_job() -> QuerySet[Job]:
    """The job of a series that says how far it is: a measured one stays measured while it is measured again."""
    is_done = Case(When(state=JobState.DONE, then=1), default=0)
    return Job.objects.filter(series=OuterRef("pk")).order_by(is_done.desc(), "-id")


_PUBLISHED: Final = _listed(Value(None, output_field=CharField(null=True))).filter(standing=Standing.PUBLISHED)
_SUBMITTED: Final = _listed(Subquery(_telling_job().values("state")[:1])).filter(submitted_at__isnull=False)


def published_series(lens: LensModel) -> SeriesInLists:
    """Published series of a lens, newest first, for a list."""
    return _PUBLISHED.filter(lens_copy__lens_model=lens)


def newest_published(limit: int) -> SeriesInLists:
    """The newest published series of any lens, for a list."""
    return _PUBLISHED[:limit]


def own_series(user: User) -> SeriesInLists:
    """Somebody's submitted series for a list, each with the state of its telling job."""
    return _SUBMITTED.filter(owner=user)


def own_copies(user: User) -> QuerySet[LensCopy]:
    """Somebody's copies, each with the number of its submitted series as `n_series`."""
    return copies_of(user).annotate(n_series=Count("series", filter=Q(series__submitted_at__isnull=False)))
