"""The second factor: where it is required nobody moderates without it, and nobody tries codes without end."""

import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from lensdb.accounts.models import User
from lensdb.accounts.second_factor import TRIES
from lensdb.audit.models import Event
from lensdb.limits.models import Counter
from lensdb.moderation.models import Decision
from lensdb.submissions.models import Series
from tests.factories.accounts import PASSWORD, AdministratorFactory, ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory

pytestmark = pytest.mark.django_db
ACTIVATE = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.MFA_REQUIRED = True
    cache.clear()


@pytest.fixture
def waiting() -> Series:
    return SeriesMeasurementFactory().series


def code_now(secret: str) -> str:
    cache.clear()  # a code counts once in 30 s; the tests have no time to wait for the next
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def signed_in(user: User) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return browser


def set_up(browser: Client) -> str:
    """Set up an authenticator app, and return its secret."""
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = browser.get(ACTIVATE).context["form"].secret
    answer = browser.post(ACTIVATE, {"code": code_now(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


@pytest.mark.parametrize("factory", [ModeratorFactory, AdministratorFactory])
def test_without_it_nobody_moderates_and_everybody_is_led_to_set_it_up(factory: Any, waiting: Series) -> None:
    browser = signed_in(factory())
    assert browser.get(f"/series/{waiting.public_id}/").status_code == 404
    assert browser.get(f"/api/v1/series/{waiting.public_id}/").status_code == 404
    assert browser.get("/metrics").status_code == 403
    page = f"/admin/submissions/series/{waiting.pk}/change/"
    browser.post(page, {"verdict": "accept"})
    assert not Decision.objects.exists()
    answer = browser.get(page, follow=True)
    assert [address for address, _ in answer.redirect_chain][-2:] == [
        ACTIVATE,
        f"/accounts/reauthenticate/?next={ACTIVATE.replace('/', '%2F')}",
    ]
    assert "need a second factor here" in answer.content.decode()
    assert browser.get("/me/").status_code == 200


def test_with_it_a_moderator_moderates(waiting: Series) -> None:
    moderator = ModeratorFactory()
    secret = set_up(signed_in(moderator))
    browser = signed_in(moderator)
    assert browser.get("/me/").status_code == 302
    answer = browser.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert answer["Location"] == "/me/"
    assert browser.get(f"/series/{waiting.public_id}/").status_code == 200
    assert browser.get("/admin/submissions/series/").status_code == 200


def test_a_session_from_before_gives_the_code_once_more(waiting: Series) -> None:
    browser = signed_in(ModeratorFactory())
    secret = set_up(browser)
    answer = browser.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    answer = browser.post("/accounts/2fa/reauthenticate/", {"code": code_now(secret), "next": "/admin/"})
    assert answer["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_a_recovery_code_opens_once() -> None:
    moderator = ModeratorFactory()
    set_up(signed_in(moderator))
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for is_open in (True, False):
        browser = signed_in(moderator)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert (browser.get("/admin/").status_code == 200) is is_open


def test_where_it_is_not_required_moderators_work_without(settings: Any, waiting: Series) -> None:
    settings.MFA_REQUIRED = False
    browser = signed_in(ModeratorFactory())
    assert browser.get(f"/admin/submissions/series/{waiting.pk}/change/").status_code == 200


def test_it_is_not_asked_of_photographers() -> None:
    browser = signed_in(UserFactory())
    assert browser.get("/me/").status_code == 200
    assert browser.get("/admin/login/").status_code == 403


def test_codes_cannot_be_tried_without_end() -> None:
    moderator = ModeratorFactory()
    secret = set_up(signed_in(moderator))
    for _ in range(TRIES):
        page = signed_in(moderator).post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
        assert "Incorrect code" in page
    browser = signed_in(moderator)
    page = browser.post("/accounts/2fa/authenticate/", {"code": code_now(secret)}).content.decode()
    assert "Too many tries. Wait" in page
    assert browser.get("/me/").status_code == 302
    Counter.objects.all().delete()
    browser.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert browser.get("/me/").status_code == 200


def test_who_needs_it_cannot_remove_it() -> None:
    browser = signed_in(ModeratorFactory())
    set_up(browser)
    assert "need a second factor here, so it stays" in browser.get("/accounts/2fa/totp/deactivate/").content.decode()
    browser.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").exists()
    photographer = signed_in(UserFactory())
    set_up(photographer)
    photographer.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_the_database_holds_no_secret_that_an_app_would_take() -> None:
    secret = set_up(signed_in(ModeratorFactory()))
    assert secret not in str(list(Authenticator.objects.values()))


def test_a_locked_out_administrator_is_let_in_by_command() -> None:
    administrator = AdministratorFactory(email="root@example.org")
    browser = signed_in(administrator)
    set_up(browser)
    call_command("reset_mfa", "ROOT@example.org", stdout=StringIO())
    assert not Authenticator.objects.exists()
    assert not Session.objects.exists()
    event = Event.objects.get()
    assert (event.kind, event.actor, event.target_id) == (
        "user.second_factor_reset",
        "command:reset_mfa",
        str(administrator.pk),
    )
    set_up(signed_in(administrator))
    with pytest.raises(CommandError):
        call_command("reset_mfa", "nobody@example.org")


def test_second_factors_have_no_page_in_the_admin(settings: Any) -> None:
    settings.MFA_REQUIRED = False
    browser = Client()
    browser.force_login(AdministratorFactory())
    assert browser.get("/admin/mfa/authenticator/").status_code == 404
