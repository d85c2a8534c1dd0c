"""Tokens: shown once, kept as a digest, and good only while they hold."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lensdb.accounts import actions
from lensdb.accounts.models import ApiToken, User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_a_token_is_its_owners_and_not_in_the_database() -> None:
    ada = UserFactory()
    new = actions.create_token(by=ada, name="laptop")
    used = actions.use_token(secret=new.secret)
    assert used is not None
    assert used.user == ada
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
        assert actions.use_token(secret=wrong) is None


def test_an_expired_a_revoked_and_a_closed_accounts_token_do_not_hold() -> None:
    ada = UserFactory()
    expired, revoked, closed = (actions.create_token(by=ada, name=name) for name in ("one", "two", "three"))
    ApiToken.objects.filter(pk=expired.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not actions.revoke_token(by=UserFactory(), prefix=revoked.token.prefix)
    assert actions.revoke_token(by=ada, prefix=revoked.token.prefix)
    assert [actions.use_token(secret=new.secret) is None for new in (expired, revoked, closed)] == [True, True, False]
    User.objects.update(is_active=False)
    assert actions.use_token(secret=closed.secret) is None


def test_use_is_recorded_but_not_every_time(django_assert_num_queries) -> None:
    new = actions.create_token(by=UserFactory(), name="laptop")
    with django_assert_num_queries(2):
        actions.use_token(secret=new.secret)
    assert ApiToken.objects.get().last_used_at is not None
    with django_assert_num_queries(1):
        actions.use_token(secret=new.secret)
