"""Signing in from a tool, and what a token opens."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from lensdb.accounts.actions import create_token
from lensdb.accounts.models import ApiToken, Scope, User
from lensdb.api.urls import v1
from tests.factories.accounts import PASSWORD, AdministratorFactory, ModeratorFactory, UserFactory
from tests.factories.submissions import SubmittedSeriesFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]
TOKENS = "/api/v1/tokens/"
_BAD = ("lensdb_x_y", "", "ü")


def sign_in(client: APIClient, **fields: str) -> dict:
    answer = client.post(
        TOKENS, {"email": "ada@example.org", "password": PASSWORD, "name": "laptop"} | fields, format="json"
    )
    return {"status": answer.status_code, **answer.json()}


def with_token(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def test_e_mail_and_password_give_a_token_that_opens_the_api(anonymous: APIClient) -> None:
    UserFactory(email="ada@example.org")
    told = sign_in(anonymous)
    assert told["status"] == 201
    assert with_token(told["token"]).get("/api/v1/copies/").status_code == 200


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"email": "nobody@example.org"}])
def test_a_wrong_password_and_an_unknown_address_are_told_alike(anonymous: APIClient, wrong: dict[str, str]) -> None:
    UserFactory(email="ada@example.org")
    told = sign_in(anonymous, **wrong)
    assert told == {"status": 401, "code": "authentication_failed", "detail": "E-mail and password do not fit."}
    assert not ApiToken.objects.exists()


def test_where_addresses_are_verified_only_a_verified_one_signs_in(anonymous: APIClient, settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    user = UserFactory(email="ada@example.org")
    assert sign_in(anonymous)["status"] == 401
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    assert sign_in(anonymous)["status"] == 201


def test_passwords_cannot_be_tried_without_end(anonymous: APIClient) -> None:
    UserFactory(email="ada@example.org")
    told = [sign_in(anonymous, password="wrong")["status"] for _ in range(11)]
    assert told == [401] * 10 + [429]
    answer = anonymous.post(TOKENS, {"email": "ada@example.org", "password": PASSWORD}, format="json")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_bad_tokens_are_refused_with_the_way_to_sign_in(anonymous: APIClient) -> None:
    new = create_token(by=UserFactory(), name="old")
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(days=1))
    for secret, code in ((new.secret, "token_expired"), *((bad, "authentication_failed") for bad in _BAD)):
        answer = with_token(secret).get("/api/v1/copies/")
        assert answer.status_code == 401, secret
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == code


def test_a_token_of_a_changed_password_is_told_to_have_ended() -> None:
    ada = UserFactory()
    new = create_token(by=ada, name="old")
    ada.set_password("another long enough pass phrase")
    ada.save()
    answer = with_token(new.secret).get("/api/v1/copies/")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_ended")


def test_a_read_token_reads_and_sends_nothing() -> None:
    tool = with_token(create_token(by=UserFactory(), name="notebook", scope=Scope.READ).secret)
    assert tool.get("/api/v1/series/").status_code == 200
    assert tool.post("/api/v1/identify/", {"photos": []}, format="json").status_code == 200
    answer = tool.post("/api/v1/series/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("factory", [ModeratorFactory, AdministratorFactory])
def test_a_moderators_token_sees_what_any_photographer_sees(factory: type[UserFactory]) -> None:
    waiting = SubmittedSeriesFactory()
    person = factory()
    tool = with_token(create_token(by=person, name="laptop").secret)
    assert tool.get(f"/api/v1/series/{waiting.public_id}/").status_code == 404
    assert tool.get(f"/series/{waiting.public_id}/").status_code == 404
    assert tool.get("/admin/").status_code == 302
    own = SubmittedSeriesFactory(owner=person)
    assert tool.get(f"/api/v1/series/{own.public_id}/").status_code == 200


def test_every_method_of_the_api_says_which_scope_it_needs() -> None:
    views = [pattern.callback.cls for pattern in v1]
    undeclared = [
        f"{view.__name__}.{method}"
        for view in views
        for method in view.http_method_names
        if method != "options" and hasattr(view, method) and not view.token_scopes.get(method.upper())
    ]
    assert undeclared == []
    assert {scope for view in views for scope in view.token_scopes.values()} <= set(Scope)


def test_a_view_that_says_nothing_is_closed_to_tokens() -> None:
    class Silent(APIView):
        permission_classes = [AllowAny]

        def get(self, request):
            return Response("open")

    new = create_token(by=UserFactory(), name="laptop")
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {new.secret}")
    answer = Silent.as_view()(request)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (403, "not_for_tokens")


def test_a_password_alone_gives_no_token_to_an_account_with_a_second_factor(anonymous: APIClient) -> None:
    TOTP.activate(UserFactory(email="ada@example.org"), "JBSWY3DPEHPK3PXP")
    assert (sign_in(anonymous)["code"], sign_in(anonymous, password="x")["code"]) == (
        "second_factor_needed",
        "authentication_failed",
    )
    assert not ApiToken.objects.exists()


def test_one_sees_and_ends_ones_own_tokens_only(as_user: Callable[[User], APIClient]) -> None:
    ada, bruno = UserFactory(), UserFactory()
    token = create_token(by=ada, name="laptop").token
    assert [entry["prefix"] for entry in as_user(ada).get(TOKENS).json()] == [token.prefix]
    assert as_user(bruno).get(TOKENS).json() == []
    assert as_user(bruno).delete(f"{TOKENS}{token.prefix}/").status_code == 404
    assert as_user(ada).delete(f"{TOKENS}{token.prefix}/").status_code == 204
    assert not ApiToken.objects.exists()


def test_a_session_needs_its_csrf_token_and_a_bearer_does_not() -> None:
    user = UserFactory()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.post("/api/v1/identify/", {"photos": []}, content_type="application/json").status_code == 403
    tool = with_token(create_token(by=user, name="laptop").secret)
    assert tool.post("/api/v1/identify/", {"photos": []}, format="json").status_code == 200


@pytest.mark.parametrize("method", ["TRACE", "PATCH"])
def test_a_method_that_a_view_lacks_is_not_allowed_with_a_token_either(method: str) -> None:
    new = create_token(by=UserFactory(), name="laptop")
    answer = Client().generic(method, "/api/v1/tokens/", HTTP_AUTHORIZATION=f"Bearer {new.secret}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
