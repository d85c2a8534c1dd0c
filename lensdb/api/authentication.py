"""Who is asking: a bearer token, for tools. Pages use the session."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from lensdb.accounts.actions import use_token
from lensdb.accounts.models import ApiToken, User


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer lensdb_…``; a header that is not a bearer token is somebody else's business."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != self.keyword.lower().encode():
            return None
        token = use_token(secret=secret.decode("ascii", "replace").strip())
        if token is None:
            raise AuthenticationFailed("This token is not valid, or no longer.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI schema describes the token; the class registers itself."""

    target_class = "lensdb.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the library's signature
        return {"type": "http", "scheme": "bearer", "description": "A token made by `lensdb login`."}
