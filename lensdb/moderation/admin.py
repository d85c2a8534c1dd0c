"""The moderator's pages. Every form here calls `moderation.actions`; nothing else is written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analysis.flags import MEANING, Quality
from lensdb.accounts.admin import PeopleAdmin
from lensdb.accounts.models import User
from lensdb.accounts.people import signed_in
from lensdb.catalog.models import LensModel
from lensdb.lib.admin import ReadOnlyAdmin, ReadOnlyInline
from lensdb.measurements.queries import shown_measurement
from lensdb.moderation import actions
from lensdb.moderation.enums import Verdict
from lensdb.moderation.forms import BulkDecisionForm, DecisionForm
from lensdb.moderation.merging.admin import LensCopyAdmin, MergingLensAdmin
from lensdb.moderation.models import Decision
from lensdb.moderation.services_admin import ServiceEventAdmin
from lensdb.submissions.admin import PhotoInline
from lensdb.submissions.models import LensCopy, Series, ServiceEvent
from lensdb.submissions.queries import sent_by_others, series_with_lens


class DecisionInline(ReadOnlyInline):
    """What was decided before, and by whom."""

    model = Decision
    fields = readonly_fields = ("at", "verdict", "reason", "note", "by", "by_former", "rule")
    ordering = ("-at", "-id")


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    """Series, and the decisions about them. Drafts are nobody's business but their owner's."""

    form = DecisionForm
    action_form = BulkDecisionForm
    actions = ("accept_selected", "hold_selected", "reject_selected")
    list_display = ("public_id", "lens", "owner", "distance_m", "standing", "flags", "is_simulated", "submitted_at")
    list_filter = ("standing", "is_simulated", "submitted_at", "decisions__reason")
    search_fields = ("public_id", "owner__email", "lens_copy__lens_model__name")
    ordering = ("-submitted_at",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = (
        "public_id", "lens", "owner", "body", "chart", "distance_m", "focusing_method", "af_micro_adjust",
        "note_of_owner", "is_simulated", "standing", "submitted_at", "shifts", "flags", "same_files",
    )  # fmt: skip
    fieldsets = (
        ("Decide", {"fields": ("standing", "verdict", "reason", "note")}),
        ("Measured", {"fields": ("shifts", "flags", "same_files")}),
        (
            "Submitted",
            {
                "fields": (
                    "public_id", "lens", "owner", "body", "chart", "distance_m", "focusing_method", "af_micro_adjust",
                    "note_of_owner", "is_simulated", "submitted_at",
                )
            },
        ),
    )  # fmt: skip
    inlines = (PhotoInline, DecisionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:  # noqa: ARG002 - Django's signature
        return series_with_lens().filter(submitted_at__isnull=False).prefetch_related("measurements")

    def view_on_site(self, obj: Series) -> str:
        return obj.get_absolute_url()

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Series | None = None) -> bool:
        if obj is not None and obj.owner_id == request.user.pk:
            return False
        return request.user.has_perm("moderation.decide")

    def get_fieldsets(self, request: HttpRequest, obj: Series | None = None) -> Any:
        """The form to decide only for whoever may; on one's own series a sentence stands in its place."""
        if self.has_change_permission(request, obj):
            return self.fieldsets
        is_own = obj is not None and obj.owner_id == request.user.pk
        words = "This series is yours, so another moderator decides about it." if is_own else ""
        return (("Decide", {"fields": ("standing",), "description": words}), *self.fieldsets[1:])

    def has_delete_permission(self, request: HttpRequest, obj: Series | None = None) -> bool:  # noqa: ARG002
        return False

    def save_model(self, request: HttpRequest, obj: Series, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        given = form.cleaned_data
        verdict = Verdict(given["verdict"])
        actions.decide(
            series=obj, by=signed_in(request.user), verdict=verdict, reason=given["reason"], note=given["note"]
        )

    @admin.action(description="Accept", permissions=["change"])
    def accept_selected(self, request: HttpRequest, chosen: QuerySet[Series]) -> None:
        self._decide_all(request, chosen, Verdict.ACCEPT)

    @admin.action(description="Hold, for the reason beside", permissions=["change"])
    def hold_selected(self, request: HttpRequest, chosen: QuerySet[Series]) -> None:
        self._decide_all(request, chosen, Verdict.HOLD)

    @admin.action(description="Reject, for the reason beside", permissions=["change"])
    def reject_selected(self, request: HttpRequest, chosen: QuerySet[Series]) -> None:
        self._decide_all(request, chosen, Verdict.REJECT)

    def _decide_all(self, request: HttpRequest, chosen: QuerySet[Series], verdict: Verdict) -> None:
        reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
        n_decided = 0
        for series in chosen:
            try:
                actions.decide(series=series, by=signed_in(request.user), verdict=verdict, reason=reason, note=note)
                n_decided += 1
            except actions.ModerationError as error:
                self.message_user(request, f"{series}: {error}", messages.ERROR)
        if n_decided:
            self.message_user(request, f"{n_decided} series: {verdict.label}.", messages.SUCCESS)

    @admin.display(ordering="lens_copy__lens_model__name")
    def lens(self, series: Series) -> str:
        return series.lens_copy.lens_model.name

    @admin.display(description="owner's note")
    def note_of_owner(self, series: Series) -> str:
        return series.note

    @admin.display(description="flags")
    def flags(self, series: Series) -> SafeString | str:
        measured = list(series.measurements.all())
        if not measured:
            return "not measured"
        bits = Quality(max(measured, key=lambda row: row.pk).flags)
        return format_html_join(" ", '<span title="{}">{}</span>', ((MEANING[bit], bit.name) for bit in bits)) or "none"

    @admin.display(description="focus shift")
    def shifts(self, series: Series) -> SafeString | str:
        measurement = shown_measurement(series)
        if measurement is None:
            return "not measured"
        rows = format_html_join(
            "", "<tr><td>f/{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (f"{row.f_number:g}", _signed(row.focus_shift_um), _signed(row.focus_shift_mm), row.basis)
                for row in measurement.shifts.all()
            ),
        )  # fmt: skip
        return format_html(
            "<table><tr><th>f-number</th><th>µm at the sensor</th><th>mm at the chart</th><th></th></tr>{}</table>",
            rows,
        )

    @admin.display(description="same files from others")
    def same_files(self, series: Series) -> str:
        found = sent_by_others(series).select_related("series")
        return ", ".join(f"{photo.file_name} in {photo.series.public_id}" for photo in found[:10]) or "none"


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Every decision, the newest first."""

    list_display = ("at", "series", "verdict", "reason", "by", "by_former", "rule")
    list_filter = ("verdict", "reason", "at")
    list_select_related = ("series", "by")
    search_fields = ("series__public_id", "by__email", "rule")


class TrustingPeopleAdmin(PeopleAdmin):
    """People, with the two acts that say who is trusted."""

    actions = ("trust_selected", "distrust_selected")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("moderation.decide")

    @admin.action(description="Trust: publish their new series without a moderator", permissions=["decide"])
    def trust_selected(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._trust_all(request, chosen, trusted=True)

    @admin.action(description="Trust no more: their new series wait", permissions=["decide"])
    def distrust_selected(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._trust_all(request, chosen, trusted=False)

    def _trust_all(self, request: HttpRequest, chosen: QuerySet[User], *, trusted: bool) -> None:
        for user in chosen:
            try:
                actions.trust(user=user, by=signed_in(request.user), trusted=trusted)
            except actions.ModerationError as error:
                self.message_user(request, str(error), messages.ERROR)


admin.site.unregister([User, LensModel])
admin.site.register(User, TrustingPeopleAdmin)
admin.site.register(LensModel, MergingLensAdmin)
admin.site.register(LensCopy, LensCopyAdmin)
admin.site.register(ServiceEvent, ServiceEventAdmin)


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}"
