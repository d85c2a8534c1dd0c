"""Signing in from a tool, and what a token opens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from lensdb.accounts.actions import create_token
from lensdb.accounts.models import ApiToken, User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]
TOKENS = "/api/v1/tokens/"


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
    for secret in (new.secret, "lensdb_x_y", "", "ü"):
        answer = with_token(secret).get("/api/v1/copies/")
        assert answer.status_code == 401, secret
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "authentication_failed"


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
