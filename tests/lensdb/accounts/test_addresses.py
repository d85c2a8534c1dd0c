"""E-mail addresses that are somebody else's, and where one is sent afterwards."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from lensdb.accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> User:
    user = UserFactory(email="ada@example.org")
    client.raise_request_exception = False
    client.force_login(user)
    return user


@pytest.mark.parametrize("address", ["bruno@example.org", "BRUNO@example.org"])
def test_the_address_of_another_account_does_not_become_ones_own(client: Client, ada: User, address: str) -> None:
    UserFactory(email="bruno@example.org")
    own = EmailAddress.objects.create(user=ada, email=ada.email, primary=True)
    client.post("/accounts/email/", {"action_add": "", "email": address})
    EmailAddress.objects.get_or_create(user=ada, email="bruno@example.org")
    answer = client.post("/accounts/email/", {"action_primary": "", "email": "bruno@example.org"}, follow=True)
    assert answer.status_code == 200
    assert "This address cannot be used for your account." in answer.content.decode()
    ada.refresh_from_db()
    own.refresh_from_db()
    assert (ada.email, own.primary) == ("ada@example.org", True)


def test_another_address_of_ones_own_becomes_the_first(client: Client, ada: User) -> None:
    client.post("/accounts/email/", {"action_add": "", "email": "ada@example.com"})
    client.post("/accounts/email/", {"action_primary": "", "email": "ada@example.com"})
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"


@pytest.mark.parametrize("path", ["login/", "logout/", "signup/", "confirm-email/"])
@pytest.mark.parametrize("leads", ["http://[", "//[", "https://elsewhere.example/"])
def test_one_is_not_sent_to_addresses_that_are_not_this_sites(client: Client, path: str, leads: str) -> None:
    client.raise_request_exception = False
    for answer in (client.get(f"/accounts/{path}", {"next": leads}), client.post(f"/accounts/{path}", {"next": leads})):
        assert answer.status_code < 500
        assert leads not in answer.headers.get("Location", "")
