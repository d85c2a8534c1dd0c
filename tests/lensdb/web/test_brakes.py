"""How often somebody may sign in, sign up and ask for mail: exactly so often, and nobody locks out anybody else."""

import threading
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from lensdb.accounts import brakes
from lensdb.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory
from tests.lensdb.at_once import start

LOGIN, TOKENS = "/accounts/login/", "/api/v1/tokens/"


def log_in(email: str, password: str = PASSWORD, *, address: str = "10.0.0.1", client: Client | None = None) -> Any:
    headers = {"X-Forwarded-For": f"6.6.6.6, {address}"}
    return (client or Client()).post(LOGIN, {"login": email, "password": password}, headers=headers)


@pytest.fixture
def _one_proxy(settings: Any) -> None:
    settings.PROXIES = 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_proxy")
class TestSigningIn:
    def test_after_ten_wrong_passwords_the_account_waits_and_is_told_how_long(self) -> None:
        ada = UserFactory()
        assert [log_in(ada.email, "wrong").status_code for _ in range(11)] == [200] * 10 + [429]
        answer = log_in(ada.email.upper(), address="10.0.0.2")
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 60
        page = answer.content.decode()
        assert "Too many tries" in page
        assert "Try again in " in page

    def test_one_address_locks_out_nobody_else(self) -> None:
        people = UserFactory.create_batch(5)
        tries = [log_in(people[number % 4].email, "wrong", address="6.6.6.6").status_code for number in range(31)]
        assert tries[:30] == [200] * 30
        assert tries[30] == 429
        assert log_in(people[4].email, address="1.1.1.1").status_code == 302
        assert log_in(people[4].email, address="6.6.6.6").status_code == 429
        assert log_in(people[0].email, address="2.2.2.2").status_code == 302

    def test_strangers_lock_nobody_out_of_a_network_they_have_signed_in_from(self) -> None:
        ada = UserFactory()
        assert log_in(ada.email, address="1.1.1.1").status_code == 302
        for number in range(12):
            log_in(ada.email, "wrong", address=f"6.6.6.{number}")
        assert log_in(ada.email, address="1.1.1.1").status_code == 302
        headers = {"X-Forwarded-For": "1.1.1.1"}
        body = {"email": ada.email, "password": PASSWORD}
        assert Client().post(TOKENS, body, content_type="application/json", headers=headers).status_code == 201
        assert log_in(ada.email, address="2.2.2.2").status_code == 429

    def test_the_door_for_tools_makes_a_network_familiar_too(self) -> None:
        ada, headers = UserFactory(), {"X-Forwarded-For": "1.1.1.1"}
        body = {"email": ada.email, "password": PASSWORD}
        assert Client().post(TOKENS, body, content_type="application/json", headers=headers).status_code == 201
        for _ in range(12):
            log_in(ada.email, "wrong", address="6.6.6.6")
        assert log_in(ada.email, address="1.1.1.1").status_code == 302

    def test_tries_from_a_familiar_network_are_braked_too(self) -> None:
        ada = UserFactory()
        assert log_in(ada.email, address="1.1.1.1").status_code == 302
        codes = [log_in(ada.email, "wrong", address="1.1.1.1").status_code for _ in range(11)]
        assert codes == [200] * 10 + [429]

    def test_somebody_signed_in_does_not_become_familiar_to_another_account_by_typing_its_address(self) -> None:
        ada, eve, client = UserFactory(), UserFactory(), Client()
        assert log_in(eve.email, address="6.6.6.6", client=client).status_code == 302
        log_in(ada.email, "wrong", address="6.6.6.6", client=client)
        for _ in range(10):
            log_in(ada.email, "wrong", address="7.7.7.7")
        assert log_in(ada.email, "wrong", address="6.6.6.6").status_code == 429

    def test_what_a_client_writes_into_the_header_itself_changes_nothing(self) -> None:
        ada = UserFactory.create_batch(4)
        for number in range(30):
            headers = {"X-Forwarded-For": f"8.8.{number}.8, 7.7.7.7"}
            Client().post(LOGIN, {"login": ada[number % 4].email, "password": "wrong"}, headers=headers)
        assert log_in(ada[0].email, address="7.7.7.7").status_code == 429

    def test_right_passwords_do_not_count(self) -> None:
        ada = UserFactory()
        assert {log_in(ada.email).status_code for _ in range(35)} == {302}

    def test_the_page_and_the_door_for_tools_count_together(self) -> None:
        ada = UserFactory()
        for _ in range(5):
            log_in(ada.email, "wrong")
            wrong = {"email": ada.email, "password": "wrong"}
            assert Client().post(TOKENS, wrong, content_type="application/json").status_code == 401
        assert log_in(ada.email).status_code == 429
        answer = Client().post(TOKENS, {"email": ada.email, "password": PASSWORD}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert log_in(UserFactory().email).status_code == 302

    def test_ones_own_password_is_braked_as_well(self) -> None:
        ada, client = UserFactory(), Client()
        client.force_login(ada)
        form = {"oldpassword": "wrong", "password1": "another pass phrase", "password2": "another pass phrase"}
        codes = [client.post("/accounts/password/change/", form).status_code for _ in range(11)]
        assert codes == [200] * 10 + [429]


@pytest.mark.django_db
class TestMail:
    def test_known_and_unknown_addresses_are_answered_alike_and_strangers_get_no_mail(self) -> None:
        UserFactory(email="known@example.org")
        pages = []
        for email in ("known@example.org", "unknown@example.org"):
            answer = Client().post("/accounts/password/reset/", {"email": email}, follow=True)
            pages.append((answer.status_code, answer.redirect_chain, answer.content))
        assert pages[0] == pages[1]
        assert [message.to for message in mail.outbox] == [["known@example.org"]]

    def test_an_address_gets_so_many_mails_and_no_more(self) -> None:
        UserFactory(email="known@example.org")
        ask = {"email": "known@example.org"}
        codes = [Client().post("/accounts/password/reset/", ask).status_code for _ in range(6)]
        assert codes == [302] * 5 + [429]
        assert len(mail.outbox) == 5
        assert Client().post("/accounts/password/reset/", {"email": "other@example.org"}).status_code == 302

    def test_sign_up_is_braked_by_address(self) -> None:
        def sign_up(number: int, address: str) -> int:
            form = {"email": f"new{number}@example.org", "password1": PASSWORD, "password2": PASSWORD}
            return Client().post("/accounts/signup/", form, REMOTE_ADDR=address).status_code

        assert [sign_up(number, "10.0.0.1") for number in range(21)] == [302] * 20 + [429]
        assert User.objects.count() == 20
        assert sign_up(99, "10.0.0.2") == 302

    def test_where_addresses_are_confirmed_a_known_one_is_not_told(self, settings: Any) -> None:
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
        user = UserFactory(email="known@example.org")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        pages = []
        for email in ("known@example.org", "unknown@example.org"):
            form = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
            answer = Client().post("/accounts/signup/", form)
            pages.append((answer.status_code, answer["Location"]))
        assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("no address", "no address"),
    ],
)
def test_an_ipv6_client_is_counted_by_its_network(rf: Any, address: str, counted: str) -> None:
    assert brakes.network(rf.get("/", REMOTE_ADDR=address)) == counted


@pytest.mark.django_db(transaction=True)
def test_of_64_parallel_tries_exactly_ten_reach_the_password_check(monkeypatch: Any) -> None:
    ada = UserFactory()
    checked = []
    check = User.check_password
    monkeypatch.setattr(User, "check_password", lambda user, password: checked.append(1) or check(user, password))
    gate, codes = threading.Barrier(16), []  # each holds a connection to the database

    def four() -> None:
        gate.wait()
        for _ in range(2):
            codes.append(log_in(ada.email, "wrong").status_code)
            wrong = {"email": ada.email, "password": "wrong"}
            codes.append(Client().post(TOKENS, wrong, content_type="application/json").status_code)

    threads = [start(four) for _ in range(16)]
    for thread in threads:
        thread.join(timeout=60)
    assert len(codes) == 64
    assert (len(checked), codes.count(429)) == (10, 54)
