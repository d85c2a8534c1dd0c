"""Values nobody means, and what a page can be asked with them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from unittest import mock
from urllib.parse import urlencode

from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse

SOME: Final = ("%00", "%FF", "9" * 400, "99999-12-31", "1e999", "http://[", "a" * 5000, "-1")
VALUES: Final = (
    *SOME,
    "",
    "a%00b",
    "%ED%A0%80",  # half a surrogate pair in UTF-8
    "%",
    "%F0%9F%93%B7",
    "0",
    "9223372036854775808",
    "9" * 5000,
    "nan",
    "-inf",
    "0000-00-00",
    "'\";--",
    "../../etc/passwd",
    "%0d%0aX:%201",
    "[[[[",
    "1,2,,",
    "%D9%A1",  # a digit that is not ASCII
)
"""Percent-encoded, as they stand in addresses and forms; `SOME` where there are many places to put them."""

LOOKUPS: Final = ("exact", "in", "isnull", "gt", "year", "date", "icontains", "range", "nothing")
LOOKED_UP: Final = ("99999", "9" * 20)


@contextlib.contextmanager
def names_read() -> Iterator[set[str]]:
    """The names under which code reads query strings or forms while the context lasts."""
    read: set[str] = set()

    def noting(method: str) -> Any:
        original = getattr(QueryDict, method)

        def noted(self: QueryDict, name: Any, *arguments: Any, **options: Any) -> Any:
            read.add(str(name))
            return original(self, name, *arguments, **options)

        return mock.patch.object(QueryDict, method, noted)

    with contextlib.ExitStack() as patches:
        for method in ("get", "getlist", "__getitem__", "__contains__"):
            patches.enter_context(noting(method))
        yield read


def admin_filters() -> Iterator[str]:
    """Addresses of lists of the admin, each filtered by a lookup on a field: each lookup on each kind of field once."""
    seen = set()
    for model in admin.site._registry:
        for one in model._meta.get_fields():
            if (kind := type(one)) not in seen:
                seen.add(kind)
                path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
                yield from (f"{path}?{one.name}__{lookup}={value}" for lookup in LOOKUPS for value in LOOKED_UP)


@dataclass
class Form:
    """A form of a page, as a browser would send it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)

    def with_value(self, name: str, value: str) -> str:
        """The body of the form with one field changed; `value` is percent-encoded."""
        others = urlencode({key: given for key, given in self.fields.items() if key != name})
        return f"{name}={value}&{others}"


class Forms(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._address = address
        self._form: Form | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("method", "").lower() == "post":
            self._form = Form(values.get("action") or self._address)
            self.found.append(self._form)
        elif tag in {"input", "select", "textarea", "button"} and self._form is not None and values.get("name"):
            self._form.fields.setdefault(values["name"], values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
