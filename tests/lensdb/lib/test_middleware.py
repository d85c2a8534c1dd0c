"""What is refused before a view, a session or the database sees it, and that nothing honest is."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from lensdb.wsgi import application
from tests.factories.accounts import UserFactory


@pytest.fixture
def wsgi(db: None) -> Callable[..., str]:
    """The status that the application, as gunicorn has it, gives to a request with these variables."""

    def status_of(path: str, **environ: str) -> str:
        told: list[str] = []
        request = RequestFactory().generic("POST", path, b"{}").environ | environ
        b"".join(application(request, lambda status, *_: told.append(status)))
        return told[0]

    return status_of


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def refused(answer: Any, status: int = 400) -> bool:
    """Whether the answer is the page for requests that cannot be read, made without person or session."""
    page = answer.content.decode()
    return answer.status_code == status and "This request cannot be read" in page and "<title>" in page


@pytest.mark.parametrize(
    "address",
    [
        "/%00",
        "/lenses/%00/",
        "/media/derived/abc/%00",
        "/lenses/?mount=%00",
        "/lenses/?%00=1",
        "/compare/?lens=%00",
        "/compare/?add=%00",
        "/compare/figures.csv?lens=%00",
        "/accounts/login/?next=%00",
        "/admin/submissions/series/?standing__exact=%00",
        "/admin/submissions/series/?decisions__reason=%00",
        "/healthz?%00",
    ],
)
def test_a_nul_in_an_address_is_answered_with_the_400_page_without_the_database(client: Client, address: str) -> None:
    # No database mark: pytest-django fails the test at the first query.
    assert refused(client.get(address))


def test_a_nul_in_a_quoted_cookie_does_not_reach_the_session(client: Client) -> None:
    assert refused(client.get("/", headers={"Cookie": f'{settings.SESSION_COOKIE_NAME}="\\000abcdefghijkl"'}))


@pytest.mark.parametrize("header", ["application/json; a*=nonsense''b"])
@pytest.mark.parametrize("address", ["/", "/api/v1/lenses/"])
def test_an_accept_header_that_cannot_be_read_is_answered(client: Client, header: str, address: str) -> None:
    assert client.get(address, headers={"Accept": header}).status_code == 400


@pytest.mark.parametrize("address", ["/accounts/login/", "/api/v1/tokens/"])
@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "hex", "zip", "idna", "rot13", "nonsense", "\xe9", "a" * 5000])
def test_only_utf_8_is_read(wsgi: Callable[..., str], charset: str, address: str) -> None:
    told = wsgi(address, QUERY_STRING="next=/", CONTENT_TYPE=f"application/json; charset={charset}")
    assert told == "415 Unsupported Media Type"


def test_a_content_type_that_cannot_be_read_is_answered(wsgi: Callable[..., str]) -> None:
    assert wsgi("/accounts/login/", CONTENT_TYPE="text/plain; a*=nonsense''b") == "400 Bad Request"


def test_a_query_of_too_many_fields_is_answered_whatever_the_charset(wsgi: Callable[..., str]) -> None:
    told = wsgi("/lenses/", QUERY_STRING="q=&" * 2000, CONTENT_TYPE="text/plain; charset=utf-8")
    assert told == "413 Request Entity Too Large"


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", None])
@pytest.mark.parametrize("name", ["email", "a\0b"])
def test_a_nul_in_a_form_is_answered_with_the_400_page(client: Client, name: str, content_type: str | None) -> None:
    if content_type:
        answer = client.post("/accounts/signup/", f"{name.replace(chr(0), '%00')}=%00", content_type=content_type)
    else:
        answer = client.post("/accounts/signup/", {name: "a\0b"})
    assert refused(answer)


@pytest.mark.django_db
def test_forms_of_strangers_without_the_csrf_token_are_not_read() -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post("/accounts/login/", {"login": "a\0b"}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.django_db
def test_honest_text_of_any_language_passes(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/lenses/", {"q": "Ångström 東京 \N{CAMERA} \t"}).status_code == HTTPStatus.OK
    for content_type in ("application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded"):
        answer = client.post("/accounts/logout/", "x=%F0%9F%93%B7", content_type=content_type)
        assert answer.status_code == HTTPStatus.FOUND
