"""The OpenAPI schema: every operation names the errors it may answer with, all of one shape."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, Literal

from drf_spectacular.openapi import AutoSchema

from lensdb.api.serializers import Error

_ERRORS: Final = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read, or some of its fields are not right.",
    HTTPStatus.UNAUTHORIZED: "Nobody is signed in, or the token is not valid.",
    HTTPStatus.NOT_FOUND: "There is nothing here, or nothing the caller may see.",
    HTTPStatus.NOT_ACCEPTABLE: "The caller does not accept JSON.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is larger than the site accepts.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body has a type or charset that is not read here.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too often; `Retry-After` says when to come back.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database or the store of files is away; `Retry-After` says when to come back.",
}
_ERRORS_OF_WRITES: Final = {
    HTTPStatus.FORBIDDEN: "The caller may not do this, or the request of a browser lacks its CSRF token.",
    HTTPStatus.CONFLICT: "It does not fit the state of things.",
    HTTPStatus.INSUFFICIENT_STORAGE: "The site has no room for files.",
}


class Schema(AutoSchema):
    """Adds the errors to the answers each view declares."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        errors = _ERRORS | ({} if self.method == "GET" else _ERRORS_OF_WRITES)
        for status, description in errors.items():
            answer = self._get_response_for_code(Error, str(status.value), direction=direction)
            bodies.setdefault(str(status.value), answer | {"description": description})
        return dict(sorted(bodies.items()))
