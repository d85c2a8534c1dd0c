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


def measured_lenses() -> QuerySet[LensModel]:
    """Lenses that have at least one cell, by name."""
    return LensModel.objects.filter(Exists(ModelCell.objects.filter(lens_model=OuterRef("pk")))).prefetch_related(
        "mounts"
    )


def best_known_lenses(limit: int) -> QuerySet[LensModel]:
    """The measured lenses that most copies speak for."""
    most_copies = Max("model_cells__n_copies")
    return measured_lenses().annotate(most_copies=most_copies).order_by("-most_copies", "name")[:limit]


def mounts_of(lenses: QuerySet[LensModel]) -> list[str]:
    """Names of the mounts that these lenses come in, for the filter of the index."""
    names = lenses.values_list("mounts__name", flat=True).order_by("mounts__name").distinct()
    return [name for name in names if name]


def kinds_of(lenses: Iterable[LensModel]) -> dict[int, str]:
    """Whose doing the shift of each of these lenses is, by lens id: the verdicts' words without all that is told."""
    rows = LensVerdict.objects.filter(lens_model__in=list(lenses), told__isnull=False)
    return dict(rows.values_list("lens_model_id", "kind"))


_NEWEST: Final = SeriesMeasurement.objects.filter(series=OuterRef("pk")).order_by("-id")
_PHOTOS: Final = Photo.objects.filter(series=OuterRef("pk")).order_by().values("series").annotate(n=Count("pk"))
_SAID: Final[dict[str, Any]] = {
    "lens": F("lens_copy__lens_model__name"),
    "body_name": F("body__name"),
    "measured_s_m": Subquery(_NEWEST.values("subject_distance_m")[:1]),
    "measured_focal_mm": Subquery(_NEWEST.values("focal_length_mm")[:1]),
    "n_photos": Coalesce(Subquery(_PHOTOS.values("n")), 0),
    "is_counted": measured_by_shown(),
}
_NO_STATE: Final = Value(None, output_field=CharField(null=True))


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


def published_series(lens: LensModel) -> SeriesInLists:
    """Published series of a lens, newest first, for a list."""
    return _listed(Series.objects.filter(lens_copy__lens_model=lens, standing=Standing.PUBLISHED))


def newest_published(limit: int) -> SeriesInLists:
    """The newest published series of any lens, for a list."""
    return _listed(Series.objects.filter(standing=Standing.PUBLISHED))[:limit]


def own_series(user: User) -> SeriesInLists:
    """Somebody's submitted series for a list, each with the state of its newest job.

    A measured series stays measured while it is measured again.
    """
    is_done = Case(When(state=JobState.DONE, then=1), default=0)
    telling = Job.objects.filter(series=OuterRef("pk")).order_by(is_done.desc(), "-id")
    own = Series.objects.filter(owner=user, submitted_at__isnull=False)
    return _listed(own, job_state=Subquery(telling.values("state")[:1]))


def own_copies(user: User) -> QuerySet[LensCopy]:
    """Somebody's copies, each with the number of its submitted series as `n_series`."""
    return copies_of(user).annotate(n_series=Count("series", filter=Q(series__submitted_at__isnull=False)))


def _listed(series: QuerySet[Series], job_state: BaseExpression | None = None) -> SeriesInLists:
    """Newest first, and of each row no more than a list says: PostgreSQL looks up the photos of those shown alone."""
    rows = series.annotate(**_SAID, job_state=job_state or _NO_STATE).order_by("-submitted_at", "-id")
    return cast("SeriesInLists", rows.values_list(*ListedSeries._fields, named=True))
