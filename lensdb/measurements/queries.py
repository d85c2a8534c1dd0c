"""Reading measurements."""

from __future__ import annotations

from analysis.results import ANALYSIS_VERSION
from lensdb.measurements.models import SeriesMeasurement, ShownVersion
from lensdb.submissions.models import Series


def shown_version() -> str:
    """The analysis version the pages show: the newest one chosen, or this code's own while none was."""
    return ShownVersion.objects.values_list("version", flat=True).first() or ANALYSIS_VERSION


def shown_measurement(series: Series) -> SeriesMeasurement | None:
    """What the pages say of a series: the shown version, else the newest there is; None before it was measured."""
    newest_first = series.measurements.order_by("-id")
    return newest_first.filter(analysis_version=shown_version()).first() or newest_first.first()
