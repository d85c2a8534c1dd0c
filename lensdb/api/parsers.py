"""How bodies are read: JSON and files, without text or numbers that cannot be stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import IO, Any, Final

from django.conf import settings
from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError

from lensdb.lib.errors import TOO_LARGE, RefusedError
from lensdb.lib.text import is_storable

DEPTH_MAX: Final = 32
"""Levels of lists and objects in a body; the API's own have four."""

_UNSTORABLE: Final = "Remove the characters that no text can have, such as the NUL character."
_NOT_FINITE: Final = "A finite number is required."


class JSONParser(parsers.JSONParser):
    """Reads a JSON body of `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes at most."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = parser_context or {}
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if limit is not None and int(context["request"].META.get("CONTENT_LENGTH") or 0) > limit:
            raise RefusedError(TOO_LARGE)
        try:
            data = super().parse(stream, media_type, context)
        except RecursionError:
            raise ParseError(f"The body has more than {DEPTH_MAX} levels.") from None
        _check(data)
        return data


class MultiPartParser(parsers.MultiPartParser):
    """Reads the fields and files of a form."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> parsers.DataAndFiles[Any, Any]:
        parsed = super().parse(stream, media_type, parser_context)
        _check(dict(parsed.data.lists()))
        return parsed


def _check(data: Any) -> None:
    """Refuse text that cannot be stored and numbers that are not finite, such as 1e999; names of fields too."""
    wrong: dict[str, list[str]] = {}
    waiting: list[tuple[tuple[str, ...], Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > DEPTH_MAX:
            raise ParseError(f"The body has more than {DEPTH_MAX} levels.")
        if isinstance(value, str) and not is_storable(value):
            wrong[".".join(path)] = [_UNSTORABLE]
        elif isinstance(value, float) and not math.isfinite(value):
            wrong[".".join(path)] = [_NOT_FINITE]
        elif isinstance(value, dict):
            if not all(is_storable(name) for name in value):
                raise ParseError(_UNSTORABLE)
            waiting += [((*path, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, str(index)), inner) for index, inner in enumerate(value)]
    if wrong:
        raise ValidationError(wrong)
