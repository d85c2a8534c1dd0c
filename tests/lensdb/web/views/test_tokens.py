"""The page of one's tokens."""

import re

import pytest
from django.test import Client

from lensdb.accounts.actions import create_token, use_token
from lensdb.accounts.models import ApiToken, User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/me/tokens/"


@pytest.fixture
def ada(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


def test_a_token_is_made_and_its_secret_shown_once(client: Client, ada: User) -> None:
    answer = client.post(PAGE, {"name": "notebook", "scope": "read"})
    assert "no-store" in answer["Cache-Control"]
    secret = re.search(r"lensdb_\w+_[\w-]+", answer.content.decode())
    assert secret
    token = use_token(secret=secret[0])
    assert (token.user, token.name, token.scope) == (ada, "notebook", "read")
    page = client.get(PAGE).content.decode()
    assert "notebook" in page
    assert secret[0] not in page


def test_a_form_without_a_name_makes_none(client: Client, ada: User) -> None:
    assert "This field is required" in client.post(PAGE, {"name": "", "scope": "read"}).content.decode()
    assert not ApiToken.objects.exists()


def test_one_sees_and_ends_ones_own_tokens_only(client: Client, ada: User) -> None:
    own, second, others = (
        create_token(by=by, name=name).token for by, name in ((ada, "mine"), (ada, "too"), (UserFactory(), "theirs"))
    )
    page = client.get(PAGE).content.decode()
    assert ("mine" in page, "theirs" in page) == (True, False)
    assert client.post(f"{PAGE}{others.prefix}/end/").status_code == 404
    assert client.post(f"{PAGE}{own.prefix}/end/").status_code == 302
    assert set(ApiToken.objects.all()) == {second, others}
    assert "The token is ended." in client.post(f"{PAGE}end/", follow=True).content.decode()
    assert ApiToken.objects.get() == others


def test_a_token_that_ended_with_the_password_is_told_so(client: Client, ada: User) -> None:
    create_token(by=ada, name="old")
    ada.set_password("another long enough pass phrase")
    ada.save()
    client.force_login(ada)
    assert "ended by a new password" in client.get(PAGE).content.decode()
