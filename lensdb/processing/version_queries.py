"""Reading the archive by analysis version: what has been measured by it, what has not, and what that would cost."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Count, Exists, OuterRef, QuerySet, Subquery, Sum

from analysis.results import ANALYSIS_VERSION
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import SeriesMeasurement, ShownVersion
from lensdb.measurements.queries import measured_by, shown_version
from lensdb.processing.enums import JobState, Priority
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series

UNFINISHED = (JobState.QUEUED, JobState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What measuring some series again would take. `core_hours` is None while nothing has ever been measured."""

    series: int
    core_hours: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what is published an analysis version has measured; `failed` of the rest it could not."""

    version: str
    published: int
    measured: int
    failed: int

    @property
    def missing(self) -> int:
        """Series it has not tried yet."""
        return self.published - self.measured - self.failed


@dataclass(frozen=True, slots=True)
class Progress:
    """How far measuring again by one version has come."""

    finished: int
    total: int


def to_measure_again(*, lens: LensModel | None = None, version: str | None = None) -> QuerySet[Series]:
    """Submitted series that this code's version has not tried: all, of one lens, or those that `version` measured.

    Not those that wait to be measured anyhow, and not those their owners withdrew.
    """
    jobs = Job.objects.filter(series=OuterRef("pk"))
    series = (
        Series.objects.filter(submitted_at__isnull=False)
        .exclude(standing=Standing.WITHDRAWN)
        .exclude(measured_by(ANALYSIS_VERSION))
        .exclude(Exists(jobs.filter(analysis_version=ANALYSIS_VERSION)))
        .exclude(Exists(jobs.filter(state__in=UNFINISHED)))
    )
    if lens is not None:
        series = series.filter(lens_copy__lens_model=lens)
    if version is not None:
        series = series.filter(measured_by(version))
    return series


def estimate(series: QuerySet[Series]) -> Estimate:
    """Count and core-hours: each takes what its newest measurement took, the others what those did on average."""
    newest = SeriesMeasurement.objects.filter(series=OuterRef("pk")).order_by("-id")
    timed = series.annotate(took_s=Subquery(newest.values("cpu_seconds")[:1]))
    found = timed.aggregate(count=Count("pk"), known=Count("took_s"), sum_s=Sum("took_s"))
    mean_s = found["sum_s"] / found["known"] if found["known"] else _mean_of_all_s()
    if mean_s is None:
        return Estimate(found["count"], None)
    seconds = (found["sum_s"] or 0.0) + (found["count"] - found["known"]) * mean_s
    return Estimate(found["count"], seconds / 3600)


def coverage(version: str) -> Coverage:
    """What the pages would show and leave out if they showed this version."""
    published = Series.objects.filter(standing=Standing.PUBLISHED)
    failed = Job.objects.filter(series=OuterRef("pk"), analysis_version=version, state=JobState.FAILED)
    measured = published.filter(measured_by(version))
    return Coverage(
        version=version,
        published=published.count(),
        measured=measured.count(),
        failed=published.exclude(measured_by(version)).filter(Exists(failed)).count(),
    )


def remeasuring() -> Progress:
    """How far the archive has been measured again by this code's version."""
    jobs = Job.objects.filter(priority=Priority.REMEASURE, analysis_version=ANALYSIS_VERSION)
    total = jobs.count()
    return Progress(total - jobs.filter(state__in=UNFINISHED).count(), total)


def shown_before() -> str | None:
    """The version that was shown before the one that is; None when it is the first."""
    return ShownVersion.objects.exclude(version=shown_version()).values_list("version", flat=True).first()


def _mean_of_all_s() -> float | None:
    mean: float | None = SeriesMeasurement.objects.aggregate(mean=Avg("cpu_seconds"))["mean"]
    return mean
