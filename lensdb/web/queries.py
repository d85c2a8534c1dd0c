"""Reads that only pages need; everything else is read through the apps' own queries."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, When

from lensdb.accounts.models import User
from lensdb.aggregates.models import LensVerdict, ModelCell
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import SeriesMeasurement
from lensdb.processing.enums import JobState
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Series
from lensdb.submissions.queries import copies_of, owned_by, series_with_lens


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


def published_series(lens: LensModel) -> QuerySet[Series]:
    """Published series of a lens, newest first, for a list."""
    return _for_list(series_with_lens().filter(lens_copy__lens_model=lens, standing=Standing.PUBLISHED))


def newest_published(limit: int) -> QuerySet[Series]:
    """The newest published series of any lens, for a list."""
    return _for_list(series_with_lens().filter(standing=Standing.PUBLISHED))[:limit]


def own_series(user: User) -> QuerySet[Series]:
    """Somebody's submitted series for a list, each with the state of its newest job as `job_state`.

    A measured series stays measured while it is measured again.
    """
    is_done = Case(When(state=JobState.DONE, then=1), default=0)
    telling = Job.objects.filter(series=OuterRef("pk")).order_by(is_done.desc(), "-id")
    own = _for_list(owned_by(user).filter(submitted_at__isnull=False))
    return own.annotate(job_state=Subquery(telling.values("state")[:1]))


def own_copies(user: User) -> QuerySet[LensCopy]:
    """Somebody's copies, each with the number of its submitted series as `n_series`."""
    return copies_of(user).annotate(n_series=Count("series", filter=Q(series__submitted_at__isnull=False)))


def _for_list(series: QuerySet[Series]) -> QuerySet[Series]:
    """Newest first, with `n_photos` and, of the newest measurement, `measured_s_m` and `measured_focal_mm` alone."""
    newest = SeriesMeasurement.objects.filter(series=OuterRef("pk")).order_by("-id")
    return series.annotate(
        n_photos=Count("photos", distinct=True),
        measured_s_m=Subquery(newest.values("subject_distance_m")[:1]),
        measured_focal_mm=Subquery(newest.values("focal_length_mm")[:1]),
    ).order_by("-submitted_at", "-id")
