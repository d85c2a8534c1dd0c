"""The moderator's pages for records that are of one lens, and for entries of the catalogue that are of one design.

Two rows are ticked in the list, a page says what is known of both and what would change, and only then it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from lensdb.accounts.people import signed_in
from lensdb.catalog.admin import LensModelAdmin
from lensdb.catalog.models import LensModel
from lensdb.lib.admin import ReadOnlyAdmin
from lensdb.moderation.actions import ModerationError
from lensdb.moderation.merging import actions, queries, words
from lensdb.submissions.models import LensCopy


class Confirming(admin.ModelAdmin):
    """An admin whose acts are confirmed on a page of their own."""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("moderation.decide")

    def confirmed(
        self, request: HttpRequest, action: str, told: words.Told, act: Callable[[], object]
    ) -> HttpResponse | None:
        """Ask first, act when it was confirmed, and say what was refused."""
        if "confirmed" not in request.POST:
            context = self.admin_site.each_context(request) | {
                "title": told.question,
                "told": told,
                "action": action,
                "ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
                "ticked_name": ACTION_CHECKBOX_NAME,
                "opts": self.model._meta,  # noqa: SLF001 - what Django's own pages are given
            }
            return TemplateResponse(request, "admin/moderation/confirm.html", context)
        try:
            act()
        except ModerationError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{told.done} Lens pages follow within seconds.", messages.SUCCESS)
        return None

    def ticked(self, request: HttpRequest, chosen: QuerySet[Any], number: int) -> Sequence[Any]:
        """The rows that were ticked; none, and a sentence, where it is not that number of them."""
        rows = list(chosen.order_by("pk")[: number + 1])
        if len(rows) == number:
            return rows
        self.message_user(request, f"Tick {number} of them: no more, no fewer.", messages.ERROR)
        return []

    def refused(self, request: HttpRequest, check: Callable[..., None], *rows: Model) -> bool:
        """Whether these rows cannot be what is asked for; the reason is told."""
        try:
            check(*rows)
        except ModerationError as error:
            self.message_user(request, str(error), messages.ERROR)
            return True
        return False


class LensCopyAdmin(ReadOnlyAdmin, Confirming):
    """Whose copy is which, and which of them are one lens."""

    list_display = ("public_id", "lens_model", "owner", "n_sent", "together", "created_at")
    list_select_related = ("lens_model", "owner")
    search_fields = ("public_id", "lens_model__name", "owner__email")
    fields = readonly_fields = ("public_id", "lens_model", "owner", "created_at", "together")
    actions = ("merge_selected", "part_selected")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LensCopy]:
        sent = Count("series", filter=Q(series__submitted_at__isnull=False))
        return super().get_queryset(request).prefetch_related("specimen__copies").annotate(n_sent=sent)

    @admin.display(description="series sent")
    def n_sent(self, copy: Any) -> int:
        number: int = copy.n_sent
        return number

    @admin.display(description="counted as one lens with")
    def together(self, copy: LensCopy) -> str:
        return ", ".join(other.public_id for other in copy.specimen.copies.all() if other != copy) or "–"

    @admin.action(description="These two are one lens …", permissions=["decide"])
    def merge_selected(self, request: HttpRequest, chosen: QuerySet[LensCopy]) -> HttpResponse | None:
        pair = self.ticked(request, chosen, 2)
        by = signed_in(request.user)
        not_own = partial(actions.check_not_own, by=by)
        if not pair or self.refused(request, not_own, *pair) or self.refused(request, actions.check_copies, *pair):
            return None
        told = words.of_merging(*(queries.copy_facts(copy) for copy in pair))
        return self.confirmed(
            request, "merge_selected", told, lambda: actions.merge_copies(one=pair[0], other=pair[1], by=by)
        )

    @admin.action(description="This one is another lens after all …", permissions=["decide"])
    def part_selected(self, request: HttpRequest, chosen: QuerySet[LensCopy]) -> HttpResponse | None:
        row = self.ticked(request, chosen, 1)
        by = signed_in(request.user)
        checks = (partial(actions.check_not_own, by=by), actions.check_parting)
        if not row or any(self.refused(request, check, queries.as_counted_now(row[0])) for check in checks):
            return None
        told = words.of_parting(queries.copy_facts(row[0]), queries.leaving_with(row[0]))
        return self.confirmed(request, "part_selected", told, lambda: actions.part_copy(copy=row[0], by=by))


class MergingLensAdmin(Confirming, LensModelAdmin):
    """Lenses, and which entries stand for others."""

    actions = ("merge_selected", "part_selected")

    @admin.action(description="These two are one design …", permissions=["decide"])
    def merge_selected(self, request: HttpRequest, chosen: QuerySet[LensModel]) -> HttpResponse | None:
        pair = self.ticked(request, chosen, 2)
        if not pair or self.refused(request, actions.check_lenses, *pair):
            return None
        told = words.of_merging_lenses(*(queries.lens_facts(lens) for lens in pair))
        by = signed_in(request.user)
        merged, kept = pair if request.POST.get("choice") == str(pair[1].pk) else reversed(pair)
        return self.confirmed(
            request, "merge_selected", told, lambda: actions.merge_lenses(merged=merged, kept=kept, by=by)
        )

    @admin.action(description="This one is another design after all …", permissions=["decide"])
    def part_selected(self, request: HttpRequest, chosen: QuerySet[LensModel]) -> HttpResponse | None:
        row = self.ticked(request, chosen, 1)
        if not row:
            return None
        merged = row[0]
        if merged.merged_into is None:
            self.message_user(request, f"{merged} was not merged into another entry.", messages.ERROR)
            return None
        told = words.of_parting_lens(merged, queries.lens_facts(merged.merged_into))
        by = signed_in(request.user)
        return self.confirmed(request, "part_selected", told, lambda: actions.part_lens(merged=merged, by=by))
