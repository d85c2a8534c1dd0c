"""Measurements in the admin: to be looked at."""

from __future__ import annotations

from django.contrib import admin

from analysis.flags import Quality
from lensdb.lib.admin import ReadOnlyAdmin, ReadOnlyInline
from lensdb.measurements.models import SeriesMeasurement, ShiftMeasurement


class ShiftInline(ReadOnlyInline):
    """Focus shift by f-number."""

    model = ShiftMeasurement


@admin.register(SeriesMeasurement)
class SeriesMeasurementAdmin(ReadOnlyAdmin):
    """What an analysis version said of a series."""

    list_display = ("series", "analysis_version", "flag_names", "subject_distance_m", "attempt", "measured_at")
    list_filter = ("analysis_version",)
    list_select_related = ("series",)
    search_fields = ("series__public_id",)
    inlines = (ShiftInline,)

    @admin.display(description="flags")
    def flag_names(self, measurement: SeriesMeasurement) -> str:
        return " ".join(Quality(measurement.flags).names())
