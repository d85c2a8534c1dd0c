"""The admin's site, and admin pages that only show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.db import ProgrammingError, models
from django.http import HttpRequest

SEARCHED_WORDS: Final = 8
SEARCHED_SIGNS: Final = 200
_FILTER_ENDINGS: Final = ("", "__exact", "__id__exact", "__isnull", "__isempty", "__gte", "__lt")
"""What Django's own filters ask of a field: choices, related rows, empty or not, and spans of dates."""

_SENSELESS: Final = (ValueError, OverflowError, TypeError, IndexError, ProgrammingError)
"""What Django and psycopg raise for such filters."""


class CarefulChangeList(ChangeList):
    """A list that answers 400 to a filter which makes no sense, such as the year 99999 or a range from one value.

    Django answers most of them itself, but notices some only when the query runs.
    """

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except _SENSELESS as error:
            if not request.GET:
                raise
            raise BadRequest("The list cannot be filtered like this.") from error


class CarefulLists:
    """Mixed into every admin by the site below.

    The address of a list filters by what `list_filter` names and by nothing else: Django would let every column of the
    row be guessed letter by letter with ``?column__startswith=``, secrets too.
    """

    list_filter: Sequence[Any]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # noqa: ARG002 - Django's signature
        declared = {filtered[0] if isinstance(filtered, (list, tuple)) else filtered for filtered in self.list_filter}
        return any(lookup == f"{name}{ending}" for name in declared for ending in _FILTER_ENDINGS)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002 - Django's
        return CarefulChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Each word is one more condition for each field searched, so only the first few are asked."""
        words = search_term[:SEARCHED_SIGNS].split()[:SEARCHED_WORDS]
        found: tuple[models.QuerySet[Any], bool] = super().get_search_results(  # type: ignore[misc]  # of the admin it is mixed into
            request, queryset, " ".join(words)
        )
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Take an empty ``?_to_field=`` for none; Django looks for a field without a name."""
        return super().get_object(request, object_id, from_field or None)  # type: ignore[misc]  # as above


class AdminSite(admin.AdminSite):
    """The admin, whose lists are careful whoever registers them, other people's apps included."""

    def register(
        self,
        model_or_iterable: type[models.Model] | Iterable[type[models.Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        own = admin_class or admin.ModelAdmin
        careful = type(own.__name__, (CarefulLists, own), {"__module__": own.__module__, "__doc__": own.__doc__})
        super().register(model_or_iterable, careful, **options)


class ReadOnly:
    """Mixed into an admin or inline: rows can be looked at by whoever may view them, and by nobody changed."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """A list and a page for each row, without counting the whole table."""

    show_full_result_count = False
    list_per_page = 50


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Rows inside their owner's page."""

    extra = 0
    can_delete = False
    show_change_link = False
