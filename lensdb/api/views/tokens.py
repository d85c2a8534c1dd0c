"""Tokens for tools."""

from __future__ import annotations

from typing import ClassVar

from allauth.account import app_settings as allauth_settings
from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from lensdb.accounts import actions, brakes
from lensdb.accounts.models import Scope, User
from lensdb.accounts.people import signed_in
from lensdb.api import serializers
from lensdb.api.throttles import PerAccount, PerAddress


class MayAsk(IsAuthenticated):
    """Signing in is open to everybody; the list of tokens is not."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method == "POST" or request.method not in view.allowed_methods:  # which is then answered 405
            return True
        return super().has_permission(request, view)


class Tokens(APIView):
    """Tokens for tools."""

    token_scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.READ}
    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return [PerAddress(), PerAccount()] if self.request.method == "POST" else []

    @extend_schema(responses=serializers.TokenOut(many=True))
    def get(self, request: Request) -> Response:
        """One's own tokens, without their secrets."""
        own = signed_in(request.user).tokens.order_by("id")
        return Response(serializers.TokenOut(own, many=True).data)

    @extend_schema(request=serializers.SignIn, responses={201: serializers.NewTokenOut}, auth=[])
    def post(self, request: Request) -> Response:
        """E-mail and password for a token. Its secret is in the answer and nowhere else."""
        asked = serializers.SignIn(data=request.data)
        asked.is_valid(raise_exception=True)
        user = _user_of(request, asked.validated_data["email"], asked.validated_data["password"])
        http = request._request  # noqa: SLF001 - Django's own request
        brakes.release(brakes.of_password(http, user.email))
        brakes.remember(http, user.email)
        new = actions.create_token(by=user, name=asked.validated_data["name"], scope=asked.validated_data["scope"])
        body = serializers.TokenOut(new.token).data | {"token": new.secret}
        return Response(body, status=status.HTTP_201_CREATED)


class Token(APIView):
    """One token."""

    token_scopes: ClassVar = {"DELETE": Scope.SUBMIT}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, prefix: str) -> Response:
        """End a token."""
        if not actions.end_token(by=signed_in(request.user), prefix=prefix):
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)


def _user_of(request: Request, email: str, password: str) -> User:
    """Whose e-mail and password these are. The answer to a wrong one does not say which of the two was wrong."""
    user = authenticate(request._request, email=email, password=password)  # noqa: SLF001 - Django wants its own request
    if not isinstance(user, User):
        raise AuthenticationFailed("E-mail and password do not fit.")
    must_verify = allauth_settings.EMAIL_VERIFICATION == allauth_settings.EmailVerificationMethod.MANDATORY
    if must_verify and not EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists():
        raise AuthenticationFailed("Confirm your e-mail address first: the link is in the letter we sent.")
    if is_mfa_enabled(user):
        raise AuthenticationFailed(
            "This account has a second factor: make a token on the site, on /me/tokens/.", code="second_factor_needed"
        )
    return user
