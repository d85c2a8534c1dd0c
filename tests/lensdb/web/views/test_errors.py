"""What pages say when the database is away, a disk is full, or somebody may not look."""

import errno
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.lensdb.test_permissions import API, PAGES, admin_entries

pytestmark = pytest.mark.django_db
NEEDS_NO_DATABASE = {
    "/livez",
    "/api/docs/",
    "/api/schema/",
    "/favicon.ico",
    "/chart/A5.svg",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
}
"""Nor does an anonymous reader of a page that shows nothing stored."""


def addresses() -> list[str]:
    """The addresses of every page, with names that lead nowhere: the database is asked all the same."""
    entries = [entry for entry in (*PAGES, *API, *admin_entries()) if entry.startswith("GET ")]
    return sorted({_filled(entry.split()[1]) for entry in entries})


def _filled(path: str) -> str:
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + "1" + rest.partition("}")[2]
    return path


@pytest.fixture(params=[OperationalError("connection refused"), InterfaceError("the connection is closed")], ids=type)
def no_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    def take_away() -> None:
        def refuse(*_: object, **__: object) -> None:
            raise request.param

        monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", refuse)

    return take_away


def test_without_the_database_every_page_asks_to_come_back(no_database: Any) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(ModeratorFactory())
    no_database()
    for address in addresses():
        answer = client.get(address)
        if answer.status_code != 503:
            assert address in NEEDS_NO_DATABASE or answer.status_code == 302, (address, answer.status_code)
            continue
        assert answer["Retry-After"], address
        text = answer.content.decode()
        assert "database does not answer" in text, address
        if answer["Content-Type"].startswith("text/html"):
            assert "<h1>Back in a moment</h1>" in text, address
            assert "Log out" not in text, address
        elif address.startswith("/api/"):
            assert answer.json()["code"] == "database_away"


def test_signing_in_without_the_database_is_told_too(no_database: Any) -> None:
    client = Client(raise_request_exception=False)
    no_database()
    answer = client.post("/accounts/login/", {"login": "a@example.org", "password": "x"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("number", "status", "sentence"),
    [(errno.ENOSPC, 507, "no room for files"), (errno.EROFS, 503, "cannot store files")],
)
def test_a_disk_that_takes_nothing_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch, number: int, status: int, sentence: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "")

    monkeypatch.setattr("lensdb.web.views.pages.shown_version", refuse)
    client.raise_request_exception = False
    answer = client.get("/method/")
    assert answer.status_code == status
    assert sentence in answer.content.decode()


def test_a_fault_in_the_code_is_a_500_that_needs_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr("lensdb.web.views.pages.shown_version", refuse)
    client.raise_request_exception = False
    answer = client.get("/method/")
    assert answer.status_code == 500
    assert "a fault" not in answer.content.decode()


def test_a_missing_page_and_a_closed_one_still_know_the_reader(client: Client) -> None:
    client.force_login(UserFactory())
    for address, status in (("/nothing/", 404), ("/admin/login/", 403)):
        answer = client.get(address)
        assert answer.status_code == status
        assert "Log out" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "submitted_at__year=99999",
        "submitted_at__year=99999999999999999999",
        "submitted_at__date=99999-01-01",
        "submitted_at__gte=99999-01-01",
        "id__exact=99999999999999999999",
        "owner__id__exact=" + "9" * 5000,
        "distance_m__gt=nan",
        "distance_m__gt=1e999",
        "nothing=1",
        "p=99999999999999999999",
        "o=99999999999999999999.-9",
        "q=" + "a" * 5000,
        "e=1&submitted_at__year=99999",
    ],
)
def test_a_filter_of_the_admin_that_no_row_can_match_is_no_error_of_the_site(query: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(ModeratorFactory())
    assert client.get(f"/admin/submissions/series/?{query}").status_code in {200, 302, 400}


def test_lists_of_other_peoples_apps_are_careful_too() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    for path in ("account/emailaddress/?user__date_joined__year=99999", "accounts/user/?date_joined__year=99999"):
        assert client.get(f"/admin/{path}").status_code == 400
