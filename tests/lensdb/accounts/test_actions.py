"""Tokens: shown once, kept as a digest, and good only while they hold."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lensdb.accounts import actions
from lensdb.accounts.models import ApiToken, Scope, User
from lensdb.audit.models import Event
from tests.factories.accounts import PASSWORD, AdministratorFactory, ModeratorFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_token_is_its_owners_and_not_in_the_database() -> None:
    ada = UserFactory()
    new = actions.create_token(by=ada, name="laptop")
    assert actions.use_token(secret=new.secret).user == ada
    row = str(ApiToken.objects.values().get())
    assert new.secret not in row
    assert new.secret.split("_", 2)[2] not in row
    assert new.secret.startswith(f"lensdb_{new.token.prefix}_")


def test_a_wrong_secret_is_no_token() -> None:
    new = actions.create_token(by=UserFactory(), name="laptop")
    for wrong in (
        new.secret[:-1],
        new.secret + "x",
        f"lensdb_{new.token.prefix}_",
        "lensdb",
        "",
        "lensdb__",
        "x" * 500,
    ):
        with pytest.raises(actions.TokenError):
            actions.use_token(secret=wrong)


def test_an_expired_an_ended_and_a_closed_accounts_token_do_not_hold() -> None:
    ada = UserFactory()
    expired, ended, closed = (actions.create_token(by=ada, name=name) for name in ("one", "two", "three"))
    ApiToken.objects.filter(pk=expired.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not actions.end_token(by=UserFactory(), prefix=ended.token.prefix)
    assert actions.end_token(by=ada, prefix=ended.token.prefix)
    with pytest.raises(actions.TokenExpiredError):
        actions.use_token(secret=expired.secret)
    with pytest.raises(actions.TokenError):
        actions.use_token(secret=ended.secret)
    assert actions.use_token(secret=closed.secret).user == ada
    User.objects.update(is_active=False)
    with pytest.raises(actions.TokenError):
        actions.use_token(secret=closed.secret)


def new_password_by_command(user: User) -> None:
    with patch("getpass.getpass", return_value="another long enough pass phrase"):
        call_command("changepassword", user.email, stdout=StringIO())


def new_password_in_the_admin(user: User) -> None:
    administrator = Client()
    administrator.force_login(AdministratorFactory())
    both = dict.fromkeys(("password1", "password2"), "another long enough pass phrase")
    administrator.post(f"/admin/accounts/user/{user.pk}/password/", both | {"usable_password": "true"})


def new_password_on_the_page(user: User) -> None:
    browser = Client()
    browser.force_login(user)
    both = dict.fromkeys(("password1", "password2"), "another long enough pass phrase")
    browser.post("/accounts/password/change/", both | {"oldpassword": PASSWORD})


def new_password_by_letter(user: User) -> None:
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": user.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)
    assert link
    page = browser.get(link[0], follow=True)
    both = dict.fromkeys(("password1", "password2"), "another long enough pass phrase")
    browser.post(page.redirect_chain[-1][0], both)


@pytest.mark.parametrize(
    "change",
    [new_password_by_command, new_password_in_the_admin, new_password_on_the_page, new_password_by_letter],
)
def test_tokens_end_with_the_password_whatever_way_it_is_changed(change: Callable[[User], None]) -> None:
    ada = UserFactory()
    new = actions.create_token(by=ada, name="laptop")
    change(ada)
    ada.refresh_from_db()
    assert ada.check_password("another long enough pass phrase")
    with pytest.raises(actions.TokenEndedError):
        actions.use_token(secret=new.secret)
    actions.use_token(secret=actions.create_token(by=ada, name="laptop").secret)


def test_a_token_outlives_a_hash_that_django_renews(settings) -> None:
    ada = UserFactory()
    new = actions.create_token(by=ada, name="laptop")
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = ada.password
    assert ada.check_password(PASSWORD)
    assert User.objects.get().password != before
    assert actions.use_token(secret=new.secret).user == ada


def test_making_and_ending_a_token_are_recorded() -> None:
    ada = UserFactory()
    token = actions.create_token(by=ada, name="laptop", scope=Scope.READ).token
    target = str(token.pk)
    actions.end_token(by=ada, prefix=token.prefix)
    events = [(event.kind, event.actor, event.target_id) for event in Event.objects.order_by("id")]
    assert events == [(kind, f"user:{ada.pk}", target) for kind in ("token.create", "token.end")]


def test_a_token_has_no_powers() -> None:
    for person in (ModeratorFactory(), AdministratorFactory()):
        user = actions.use_token(secret=actions.create_token(by=person, name="laptop").secret).user
        assert person.is_moderator
        assert not user.is_moderator
        assert not user.may_enter_admin
        assert not user.has_module_perms("submissions")
        assert user.get_all_permissions() == set()


def test_use_is_recorded_but_not_every_time(django_assert_num_queries) -> None:
    new = actions.create_token(by=UserFactory(), name="laptop")
    with django_assert_num_queries(2):
        actions.use_token(secret=new.secret)
    assert ApiToken.objects.get().last_used_at is not None
    with django_assert_num_queries(1):
        actions.use_token(secret=new.secret)
