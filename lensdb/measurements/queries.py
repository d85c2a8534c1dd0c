"""Reading measurements.

Results of several analysis versions lie side by side. Whatever puts series together counts the shown version only:
a series that it has not measured is left out, and counted as left out. The page of one series may fall back to the
newest result there is, and names its version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce

from analysis.results import ANALYSIS_VERSION
from lensdb.accounts.models import User
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import SeriesMeasurement, ShownVersion
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series
from lensdb.submissions.queries import neutral_name, shows_files_to

_SHOWN: Final = Coalesce(Subquery(ShownVersion.objects.order_by("-id").values("version")[:1]), Value(ANALYSIS_VERSION))
"""`shown_version` inside a query."""


def shown_version() -> str:
    """The analysis version the pages show; this code's own before anything was measured."""
    return ShownVersion.objects.values_list("version", flat=True).first() or ANALYSIS_VERSION


def shown_measurement(series: Series) -> SeriesMeasurement | None:
    """What the pages say of a series: the shown version, else the newest there is; None before it was measured."""
    return _as_shown(series).first()


def shown_pictures(series: Series) -> dict[str, str]:
    """The pictures of `shown_measurement`, by name, each as its SHA-256; the result itself is not read."""
    return _as_shown(series).values_list("pictures", flat=True).first() or {}


def _as_shown(series: Series) -> QuerySet[SeriesMeasurement]:
    """The measurements of a series, that which is shown first."""
    is_shown = Case(When(analysis_version=_SHOWN, then=1), default=0)
    return series.measurements.order_by(is_shown.desc(), "-id")


def shown_result(measurement: SeriesMeasurement, *, to: User | AnonymousUser) -> dict[str, Any]:
    """The result of a series as somebody sees it: photos bear the names of their files to its owner and moderators."""
    series, result = measurement.series, measurement.result
    if shows_files_to(to, series):
        return dict(result)
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, photo in enumerate(series.photos.all(), 1):
        numbers[photo.file_name].append(number)
    return {**result, "photos": [_neutral(photo, numbers) for photo in result["photos"]]}


def _neutral(photo: Mapping[str, Any], numbers: Mapping[str, list[int]]) -> dict[str, Any]:
    """One photo of a result under a neutral name; of several files with one name, the next in order."""
    left = numbers.get(photo["file"])
    return {**photo, "file": neutral_name(left.pop(0)) if left else "photo"}


def known_versions() -> list[str]:
    """Every version that has measured something, the newest first."""
    versions = SeriesMeasurement.objects.order_by("-analysis_version").values_list("analysis_version", flat=True)
    return list(versions.distinct())


def measured_by_shown() -> Exists:
    """A condition on series: that the version the pages show has measured them."""
    return measured_by(_SHOWN)


def measured_by(version: str | BaseExpression) -> Exists:
    """A condition on series: that this analysis version has measured them."""
    return Exists(SeriesMeasurement.objects.filter(series=OuterRef("pk"), analysis_version=version))


def left_out(lens: LensModel) -> QuerySet[Series]:
    """Published series of a lens that its figures leave out, for the shown version has not measured them."""
    published = Series.objects.filter(lens_copy__specimen__lens_model=lens, standing=Standing.PUBLISHED)
    return published.exclude(measured_by_shown())
