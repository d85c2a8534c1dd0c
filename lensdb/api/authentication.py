"""Who is asking: a bearer token, for tools. Pages use the session.

What a token may do is decided here and nowhere else: every view says in `token_scopes` which scope each of its methods
needs, and a method that says nothing is closed to tokens.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from lensdb.accounts.actions import TokenError, use_token
from lensdb.accounts.models import ApiToken, User


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer lensdb_…``; a header that is not a bearer token is somebody else's business."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != self.keyword.lower().encode():
            return None
        try:
            token = use_token(secret=secret.decode("ascii", "replace").strip())
        except TokenError as error:
            raise AuthenticationFailed(str(error), code=error.code) from error
        _check_scope(token, request)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return self.keyword


def _check_scope(token: ApiToken, request: Request) -> None:
    """Refuse a token whose scope does not allow the method that is asked for.

    A method that the view lacks is let through: it is answered with 405, as without a token.
    """
    view = request.parser_context["view"]
    method = "GET" if request.method in {"HEAD", "OPTIONS"} else str(request.method)
    if not hasattr(view, method.lower()):
        return
    needed = getattr(view, "token_scopes", {}).get(method)
    if needed is None:
        raise PermissionDenied("No token opens this; sign in on the site.", code="not_for_tokens")
    if not token.allows(needed):
        raise PermissionDenied(f"This token may not do this: its scope is {token.scope!r}.", code="scope_missing")


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI schema describes the token; the class registers itself."""

    target_class = "lensdb.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the library's signature
        return {"type": "http", "scheme": "bearer", "description": "A token made by `lensdb login` or on /me/tokens/."}
