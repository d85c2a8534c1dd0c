"""No address, query string or form is an error of the site, whoever sends it."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from lensdb.aggregates.actions import refresh_next
from tests.factories.accounts import UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import PublishedSeriesFactory
from tests.lensdb.nasty import SOME, VALUES, Form, Forms, admin_filters, names_read
from tests.lensdb.test_permissions import (
    API,
    PAGES,
    World,
    admin_entries,
    every_route,
    world,  # noqa: F401 - a fixture
)

ACTORS: Final = ("anonymous", "owner", "moderator")
_CONVERTER: Final = re.compile(r"<(?:\w+:)?\w+>|\(\?P<\w+>.*?\)(?=/|\$|-)")


@pytest.fixture(params=ACTORS)
def client(request: pytest.FixtureRequest, world: World) -> Client:  # noqa: F811 - the fixture
    """A person at a site where a lens has figures."""
    owner = world.people["owner"]
    SeriesMeasurementFactory(series=PublishedSeriesFactory(owner=owner, lens_copy_id=world.names["copy"]))
    while refresh_next():
        pass
    client = Client(raise_request_exception=False)
    if request.param in world.people:
        client.force_login(world.people[request.param])
    return client


def status_of(client: Client, method: str, address: str, body: str = "") -> int:
    """The status of an answer; what the request changes is taken back."""
    session = client.cookies.output()
    with transaction.atomic():
        answer = client.generic(method, address, body, content_type="application/x-www-form-urlencoded")
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    if client.cookies.output() != session:
        client.cookies.load(session)
    return answer.status_code


def pages(world: World) -> list[str]:  # noqa: F811 - the fixture
    """Every address that is read with GET; /healthz answers 503 while no dispatcher runs."""
    entries = [
        entry for entry in (*PAGES, *API, *admin_entries()) if entry.startswith("GET ") and "healthz" not in entry
    ]
    return sorted({entry.format(**world.names).split()[1] for entry in entries})


def test_no_query_string_is_an_error_of_the_site(client: Client, world: World) -> None:  # noqa: F811 - the fixture
    wrong, asked = [], set[str]()
    for address in pages(world):
        for name in sorted(_names(client, address)):
            values = SOME[:3] if name in asked else VALUES
            asked.add(name)
            statuses = {value[:40]: status_of(client, "GET", f"{address}?{name}={value}") for value in values}
            wrong += [(address, name, value) for value, status in statuses.items() if status >= 500]
    assert wrong == []


def _names(client: Client, address: str) -> set[str]:
    """The names that a page reads for this person, without those it reads for strangers too if they are somebody."""
    with names_read() as names:
        status_of(client, "GET", address + "?nothing=1")
    if settings.SESSION_COOKIE_NAME in client.cookies:
        with names_read() as strangers:
            status_of(Client(raise_request_exception=False), "GET", address + "?nothing=1")
        names -= strangers
    return names


def test_no_filter_of_the_admin_is_an_error_of_the_site(world: World) -> None:  # noqa: F811 - the fixture
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    answers = {address: status_of(client, "GET", address) for address in admin_filters()}
    assert {address: status for address, status in answers.items() if status >= 500} == {}


def test_no_name_in_an_address_is_an_error_of_the_site(client: Client) -> None:
    wrong = []
    for route, _ in every_route(get_resolver()):
        for place in _CONVERTER.finditer(route):
            for value in SOME:
                before, after = (_CONVERTER.sub("1", part) for part in (route[: place.start()], route[place.end() :]))
                address = "/" + (before + value + after).replace("^", "").replace("$", "").replace("\\", "")
                if (status := status_of(client, "GET", address)) >= 500:
                    wrong.append((status, route, value[:40]))
    assert wrong == []


def test_no_form_is_an_error_of_the_site(client: Client, world: World) -> None:  # noqa: F811 - the fixture
    wrong = [
        (form.action, name, value[:40])
        for form in _forms(client, pages(world))
        for name in form.fields
        if name != "csrfmiddlewaretoken"
        for value in SOME
        if status_of(client, "POST", form.action, form.with_value(name, value)) >= 500
    ]
    assert wrong == []


def _forms(client: Client, addresses: list[str]) -> list[Form]:
    """The forms that this person sees, each once."""
    found: dict[tuple[str, ...], Form] = {}
    for address in addresses:
        answer: Any = client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for form in Forms(answer.content.decode(), address).found:
                found.setdefault((form.action, *sorted(form.fields)), form)
    return list(found.values())
