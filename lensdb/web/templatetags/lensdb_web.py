"""Numbers and marks in templates; all of them come from `presenters.numbers`."""

from __future__ import annotations

from django import template
from django.conf import settings

from lensdb.web.presenters import numbers

register = template.Library()

register.filter("f_number", numbers.f_number)
register.filter("plain", numbers.plain)
register.filter("signed", numbers.signed)
register.filter("depth_mm", numbers.depth_mm)
register.filter("metres", numbers.metres)


@register.simple_tag
def is_demo() -> bool:
    """Whether this site shows simulated photographs of an invented community."""
    return bool(settings.MODE == "demo")


@register.simple_tag(takes_context=True)
def current(context: template.Context, start: str) -> str:
    """The attribute of a link in the navigation when its page, or one below it, is shown."""
    request = context.get("request")
    path = request.path if request is not None else ""
    return "page" if path.startswith(start) else "false"
