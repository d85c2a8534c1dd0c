"""Answers that need not be sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.utils.decorators import method_decorator
from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lensdb.lib.caching import is_anonymous, share, shared, tag

_ApiView = TypeVar("_ApiView", bound=type[APIView])

BY: Final = ("Accept",)
"""What else an answer depends on: the format, and how far JSON is indented."""


def shared_reads(version: Callable[..., str | None]) -> Callable[[_ApiView], _ApiView]:
    """`shared` for what a class of the API answers."""
    return method_decorator(shared(version, by=BY), name="dispatch")


def with_etag(request: Request, body: Any) -> Response:
    """The body under its digest, or 304 when the caller has just this; also for those who are signed in."""
    etag = tag(json.dumps(body, sort_keys=True, default=str))
    known = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    if etag in known:
        answer = Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
    else:
        answer = Response(body, headers={"ETag": etag})
    if is_anonymous(request):
        share(answer, by=BY)
    return answer
