"""Requests that can be built whatever their headers say."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters


class TolerantRequest(WSGIRequest):
    """A request that is read as UTF-8.

    Django decodes the query string by the charset that Content-Type names, while it builds the request and so before
    any middleware could answer: "rot13", which is no charset, raises LookupError there. Here the charset is left to
    `lensdb.lib.middleware`, which refuses all but UTF-8, and a Content-Type that cannot be read is none.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            self.content_type, self.content_params = "", {}
