"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


def page_of(rows: QuerySet[Any, Any] | Sequence[Any], per_page: int, number: str | None) -> Page[Any]:
    """One page of a list. Where all of it fits on the first one it is not counted: that query costs as much again."""
    if number in {None, "", "1"}:
        first = list(rows[: per_page + 1])
        if len(first) <= per_page:
            return Paginator(first, per_page).page(1)
    return Paginator(rows, per_page).get_page(number)
