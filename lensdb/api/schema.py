"""The OpenAPI schema: every operation says that its errors have one shape."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema

from lensdb.api.serializers import Error


class Schema(AutoSchema):
    """Adds the error to the answers each view declares."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        bodies.setdefault("default", self._get_response_for_code(Error, "default", direction=direction))
        return bodies
