"""What browsers and proxies may keep: of every route, for strangers, for people who are signed in, and for tools."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lensdb.accounts.actions import create_token
from lensdb.aggregates.actions import refresh_next
from lensdb.lib import caching
from lensdb.lib.release import release
from lensdb.moderation import actions as moderation
from lensdb.processing.models import DispatcherBeat
from lensdb.submissions.models import Series
from tests.lensdb.test_permissions import API, PAGES, World, admin_entries, world

__all__ = ["world"]  # the fixture

SHARED: Final = {
    "GET /",
    "GET /lenses/",
    "GET /lenses/?q=canon",
    "GET /lenses/{lens}/",
    "GET /lenses/{lens}/figures.csv",
    "GET /lenses/{lens}/series.csv",
    "GET /compare/",
    "GET /compare/?lens={lens}&distance=1",
    "GET /series/{published}/",
    "GET /media/derived/{published}/reel.jpg",
    "GET /chart/",
    "GET /chart/A5.svg",
    "GET /method/",
    "GET /api/v1/lenses/",
    "GET /api/v1/lenses/?q=canon",
    "GET /api/v1/lenses/{lens}/",
    "GET /api/v1/lenses/{lens}/shifts/",
    "GET /api/v1/bodies/",
    "GET /api/v1/series/{published}/",
    "GET /api/v1/series/{published}/status/",
    "GET /api/v1/series/{published}/result/",
    "GET /api/schema/",
    "GET /api/docs/",
}
"""What strangers get one and the same copy of, under an ETag."""
LIVE: Final = {"GET /status/"}
"""What they may have from a proxy for some seconds, and what changes by itself."""


def asked(world: World, entry: str, client: Client, **headers: Any) -> Any:
    method, path = entry.format(**world.names).split()
    answer = client.generic(method, path, headers=headers or None)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("entry", sorted(SHARED))
def test_strangers_share_one_copy_without_a_cookie(world: World, entry: str) -> None:
    another = client()
    another.cookies["csrftoken"] = 32 * "a"  # left by a form of another page
    first, second = asked(world, entry, client()), asked(world, entry, another)
    assert first.status_code == 200
    assert first.body == second.body
    assert first["ETag"] == second["ETag"]
    assert first["Cache-Control"].startswith("public, max-age=")
    assert {"Cookie", "Authorization"} <= set(first["Vary"].split(", "))
    assert not first.cookies


@pytest.mark.parametrize("entry", sorted(SHARED))
def test_a_repeated_question_is_answered_before_anything_is_read_or_rendered(
    world: World, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = asked(world, entry, client())
    rendered: list[Any] = []
    template_rendered.connect(lambda **_: rendered.append(1), weak=False, dispatch_uid="seen")
    with CaptureQueriesContext(connection) as queries:
        again = asked(world, entry, client(), if_none_match=f'W/{fresh["ETag"]}, "another"')
    template_rendered.disconnect(dispatch_uid="seen")
    assert (again.status_code, again.body, rendered) == (304, b"", [])
    assert len(queries) <= 2
    assert again["ETag"] == fresh["ETag"]
    assert again["Cache-Control"] == fresh["Cache-Control"]
    assert set(again["Vary"].split(", ")) == set(fresh["Vary"].split(", "))


def test_everything_else_is_kept_by_nobody(world: World) -> None:
    entries = {*API, *PAGES, *admin_entries()} - SHARED - LIVE
    found = {entry: asked(world, entry, client()).headers for entry in sorted(entries)}
    assert {entry: told["Cache-Control"] for entry, told in found.items() if not is_nobodys(told)} == {}
    assert [entry for entry, told in found.items() if "ETag" in told] == []


def test_the_status_page_may_be_kept_for_seconds(world: World) -> None:
    assert asked(world, "GET /status/", client())["Cache-Control"] == caching.EVERYBODYS


@pytest.mark.parametrize("actor", ["owner", "other", "moderator"])
def test_whoever_is_signed_in_shares_nothing(world: World, actor: str) -> None:
    entries = {*API, *PAGES, *admin_entries(), *SHARED}
    found = {}
    for entry in sorted(entries):
        asking = client()
        asking.force_login(world.people[actor])
        answer = asked(world, entry, asking)
        pictured = "/media/derived/" in entry and answer["Cache-Control"] == "private, no-cache"
        if not (is_nobodys(answer.headers) or pictured):
            found[entry] = answer["Cache-Control"]
    assert found == {}


def test_an_answer_to_a_token_is_kept_by_nobody_even_where_it_is_public(world: World) -> None:
    secret = create_token(by=world.people["owner"], name="tool").secret
    entries = sorted({entry for entry in {*API, *SHARED} if entry.startswith("GET /api/")})
    answers = {entry: asked(world, entry, client(), authorization=f"Bearer {secret}") for entry in entries}
    assert [entry for entry, answer in answers.items() if not is_nobodys(answer.headers)] == []


def is_nobodys(headers: Any) -> bool:
    told = {part.strip() for part in headers.get("Cache-Control", "").split(",")}
    return {"private", "no-store"} <= told and "public" not in told


def test_a_message_for_somebody_is_not_shared(world: World) -> None:
    told = client()
    told.cookies["messages"] = "whatever"
    assert is_nobodys(asked(world, "GET /lenses/{lens}/", told).headers)


def test_the_owners_of_a_tab_that_was_public_get_their_own_page_after_signing_in(world: World) -> None:
    public = asked(world, "GET /lenses/{lens}/", client())
    owner = client()
    owner.force_login(world.people["owner"])
    answer = asked(world, "GET /lenses/{lens}/", owner, if_none_match=public["ETag"])
    assert answer.status_code == 200
    assert b"Log out" in answer.body


@pytest.mark.parametrize(
    "entry",
    ["GET /series/{published}/", "GET /media/derived/{published}/reel.jpg", "GET /api/v1/series/{published}/result/"],
)
def test_a_hidden_series_is_gone_whatever_the_caller_holds(world: World, entry: str) -> None:
    held = asked(world, entry, client())
    series = Series.objects.get(public_id=world.names["published"])
    moderation.withdraw(series=series, by=series.owner)
    gone = asked(world, entry, client(), if_none_match=held["ETag"])
    assert gone.status_code == 404
    assert is_nobodys(gone.headers)


def test_a_new_build_has_new_tags(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = asked(world, "GET /method/", client())
    monkeypatch.setattr(caching, "release", lambda: "another build")
    assert asked(world, "GET /method/", client(), if_none_match=before["ETag"]).status_code == 200


def test_a_build_is_known_by_what_it_is_made_of(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = settings.STATIC_ROOT = tmp_path
    page = tmp_path / "lensdb" / "page.html"
    page.parent.mkdir()
    page.write_text("one")
    before = release.__wrapped__()
    assert release.__wrapped__() == before
    page.write_text("another")
    assert release.__wrapped__() != before


def test_each_address_has_its_own_tag(world: World) -> None:
    paths = ("/lenses/", "/lenses/?mount=x", "/", "/compare/")
    assert len({client().get(path)["ETag"] for path in paths}) == len(paths)


def test_an_answer_with_a_cookie_or_an_error_is_never_public() -> None:
    def view(response: HttpResponse) -> HttpResponse:
        response["Cache-Control"] = caching.EVERYBODYS
        response["ETag"] = '"x"'
        return response

    cookie = HttpResponse()
    cookie.set_cookie("a", "b")
    for response in (cookie, HttpResponse(status=404), HttpResponse(status=302)):
        answer = caching.CacheRules(lambda _, told=response: view(told))(RequestFactory().get("/"))
        assert is_nobodys(answer.headers)
        assert "ETag" not in answer
    posted = caching.CacheRules(lambda _: view(HttpResponse()))(RequestFactory().post("/"))
    assert is_nobodys(posted.headers)


def test_no_page_may_use_the_device(world: World) -> None:
    assert "camera=()" in asked(world, "GET /", client())["Permissions-Policy"]


def test_an_answer_under_a_tag_does_not_change_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    while refresh_next():
        pass
    entries = sorted(SHARED)
    today = {entry: asked(world, entry, client()).body for entry in entries}
    tomorrow = timezone.now() + timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    monkeypatch.setattr("django.template.defaulttags.datetime", SimpleNamespace(now=lambda tz=None: tomorrow))
    assert [entry for entry in entries if asked(world, entry, client()).body != today[entry]] == []


PEOPLES: Final = {"GET /status/": "anonymous", "GET /me/": "owner", "GET /copies/{copy_id}/": "owner"}


@pytest.mark.parametrize("entry", sorted({*SHARED, *PEOPLES}))
def test_no_page_asks_the_database_more_than_a_dozen_times(world: World, entry: str) -> None:
    asking = client()
    if (actor := PEOPLES.get(entry, "anonymous")) != "anonymous":
        asking.force_login(world.people[actor])
    while refresh_next():
        pass
    DispatcherBeat.objects.create(name="one", seen_at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        asked(world, entry, asking)
    assert len(queries) <= (20 if "/copies/" in entry else 12)
