"""Numbers and marks in templates; all of them come from `presenters.numbers`."""

from __future__ import annotations

import html
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token, VariableNode
from django.utils.safestring import SafeString, mark_safe

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


class RowsNode(Node):
    """The rows of a table: texts, and attributes of each row between them."""

    def __init__(self, rows: FilterExpression, texts: list[str], said: Callable[[Any], Any]) -> None:
        self.rows = rows
        self.texts = texts
        self.said = said

    def render(self, context: template.Context) -> SafeString:
        row = "%s".join(text.replace("%", "%%") for text in self.texts)
        told = (row % tuple(map(_escaped, self.said(each))) for each in self.rows.resolve(context) or ())
        return mark_safe("".join(told))  # noqa: S308 - texts are the template's own, what is put in is escaped


def _escaped(value: object) -> str:
    """As Django's `conditional_escape`, which asks of every value whether it is a promise."""
    return value if isinstance(value, SafeString) else html.escape(str(value))


@register.tag
def rows(parser: Parser, token: Token) -> RowsNode:
    """`{% rows row in table %}<tr><td>{{ row.name }}</td><td>{{ row.size }}</td></tr>{% endrows %}`

    As `for`, ten times faster, for tables of hundreds of cells: between the tags stand text and plain attributes of the
    row, at least two, and nothing else. Attributes are text; whoever prepares the rows decides what stands in them.
    """
    _, name, _in, table = token.split_contents()
    body: NodeList = parser.parse(("endrows",))
    parser.delete_first_token()
    texts, attributes = [""], []
    for node in body:
        if isinstance(node, TextNode):
            texts[-1] += node.s
        else:
            attributes.append(_attribute(node, name))
            texts.append("")
    return RowsNode(parser.compile_filter(table), texts, attrgetter(*attributes))


def _attribute(node: Node, name: str) -> str:
    if isinstance(node, VariableNode):
        owner, _, attribute = str(node.filter_expression).partition(".")
        if owner == name and attribute.isidentifier():
            return attribute
    raise template.TemplateSyntaxError(f"Between rows and endrows may stand text and {{{{ {name}.attribute }}}} only.")
