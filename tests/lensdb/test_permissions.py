"""Who may do what: every route, by everybody there is.

A route without an entry fails. An entry is a request and the status that is answered to anonymous, owner, another
photographer and moderator, and to an administrator where it is another than the moderator's; 302 on a page leads to the
sign-in page, 404 is also what somebody sees of what is not theirs. What all others are answered follows from these, see
`expected`. Names in braces are rows of `world`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from analysis.results import ANALYSIS_VERSION
from lensdb.accounts.actions import create_token
from lensdb.accounts.models import ApiToken, Scope, User
from lensdb.audit.models import Event
from lensdb.measurements.models import ShownVersion
from lensdb.moderation import actions as moderation
from lensdb.submissions.models import Series
from tests.factories.accounts import AdministratorFactory, ModeratorFactory, UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory, MountFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.processing import JobFactory
from tests.factories.submissions import SeriesFactory, SubmittedSeriesFactory

SESSIONS: Final = ("owner", "trusted owner", "other", "moderator", "moderator without second factor", "administrator")
TOKENS: Final = ("read token", "submit token", "expired token", "moderator's token")
ACTORS: Final = ("anonymous", *SESSIONS, *TOKENS)

API: Final = {
    "GET /api/v1/lenses/": "200 200 200 200",
    "GET /api/v1/lenses/{lens}/": "200 200 200 200",
    "GET /api/v1/lenses/{lens}/shifts/": "200 200 200 200",
    "GET /api/v1/bodies/": "200 200 200 200",
    "POST /api/v1/identify/": "401 400 400 400",
    "GET /api/v1/copies/": "401 200 200 200",
    "GET /api/v1/known/": "401 200 200 200",
    "GET /api/v1/series/": "401 200 200 200",
    "POST /api/v1/series/": "401 400 400 400",
    "GET /api/v1/series/{draft}/": "404 200 404 404",
    "GET /api/v1/series/{waiting}/": "404 200 404 200",
    "GET /api/v1/series/{published}/": "200 200 200 200",
    "GET /api/v1/series/{rejected}/": "404 200 404 200",
    "DELETE /api/v1/series/{draft}/": "401 204 404 404",
    "DELETE /api/v1/series/{published}/": "401 409 404 404",
    "POST /api/v1/series/{draft}/photos/": "401 400 404 404",
    "POST /api/v1/series/{published}/photos/": "401 400 404 404",
    "DELETE /api/v1/series/{draft}/photos/{draft_photo}/": "401 204 404 404",
    "DELETE /api/v1/series/{published}/photos/{published_photo}/": "401 409 404 404",
    "POST /api/v1/series/{draft}/submit/": "401 200 404 404",
    "POST /api/v1/series/{published}/submit/": "401 409 404 404",
    "POST /api/v1/series/{draft}/withdraw/": "401 409 404 404",
    "POST /api/v1/series/{published}/withdraw/": "401 200 404 404",
    "GET /api/v1/series/{draft}/status/": "404 200 404 404",
    "GET /api/v1/series/{waiting}/status/": "404 200 404 200",
    "GET /api/v1/series/{published}/status/": "200 200 200 200",
    "GET /api/v1/series/{waiting}/result/": "404 200 404 200",
    "GET /api/v1/series/{published}/result/": "200 200 200 200",
    "GET /api/v1/tombstones/": "200 200 200 200",
    "GET /api/v1/tokens/": "401 200 200 200",
    "POST /api/v1/tokens/": "400 400 400 400",
    "DELETE /api/v1/tokens/{token}/": "401 204 404 404",
    "GET /api/schema/": "200 200 200 200",
    "GET /api/docs/": "200 200 200 200",
}

PAGES: Final = {
    "GET /": "200 200 200 200",
    "GET /lenses/": "200 200 200 200",
    "GET /lenses/{lens}/": "200 200 200 200",
    "GET /lenses/{lens}/figures.csv": "200 200 200 200",
    "GET /lenses/{lens}/series.csv": "200 200 200 200",
    "GET /compare/": "200 200 200 200",
    "GET /compare/figures.csv": "404 404 404 404",  # of no lens
    "GET /copies/{copy_id}/": "302 200 404 404",
    "GET /copies/{copy_id}/figures.csv": "302 200 404 404",
    "POST /copies/{copy_id}/services/": "302 302 404 404",
    "POST /copies/{copy_id}/services/{service}/remove/": "302 302 404 404",
    "GET /series/{draft}/": "404 200 404 404",
    "GET /series/{waiting}/": "404 200 404 200",
    "GET /series/{published}/": "200 200 200 200",
    "GET /series/{rejected}/": "404 200 404 200",
    "POST /series/{published}/withdraw/": "302 302 404 404",
    "GET /media/derived/{waiting}/reel.jpg": "404 200 404 200",
    "GET /media/derived/{published}/reel.jpg": "200 200 200 200",
    "GET /submit/": "302 200 200 200",
    "GET /chart/": "200 200 200 200",
    "GET /chart/A5.svg": "200 200 200 200",
    "GET /method/": "200 200 200 200",
    "GET /me/": "302 200 200 200",
    "POST /me/export/": "302 200 200 200",
    "GET /me/erase/": "302 200 200 200",
    "POST /me/erase/": "302 200 200 200",
    "GET /me/tokens/": "302 200 200 200",
    "POST /me/tokens/": "302 200 200 200",
    "POST /me/tokens/end/": "302 302 302 302",
    "POST /me/tokens/{token}/end/": "302 302 404 404",
    "GET /accounts/2fa/": "302 200 200 200",
    "GET /accounts/2fa/authenticate/": "302 302 302 302",
    "GET /accounts/2fa/reauthenticate/": "302 302 302 302",
    "GET /accounts/2fa/totp/activate/": "302 302 302 302",
    "GET /accounts/2fa/totp/deactivate/": "302 404 404 404",
    "GET /accounts/2fa/recovery-codes/": "302 404 404 404",
    "GET /accounts/2fa/recovery-codes/generate/": "302 302 302 302",
    "GET /accounts/2fa/recovery-codes/download/": "302 404 404 404",
    "GET /status/": "200 200 200 200",
    "GET /favicon.ico": "302 302 302 302",
    "GET /livez": "200 200 200 200",
    "GET /readyz": "200 200 200 200",
    "GET /healthz": "503 503 503 503",  # no dispatcher runs beside the test
    "GET /metrics": "403 403 403 200",
    "GET /accounts/login/": "200 302 302 302",
    "GET /accounts/logout/": "302 200 200 200",
    "GET /accounts/inactive/": "200 200 200 200",
    "GET /accounts/signup/": "200 302 302 302",
    "GET /accounts/reauthenticate/": "302 200 200 200",
    "GET /accounts/email/": "302 200 200 200",
    "GET /accounts/confirm-email/": "200 200 200 200",
    "GET /accounts/confirm-email/no-such-key/": "200 200 200 200",
    "GET /accounts/password/change/": "302 200 200 200",
    "GET /accounts/password/set/": "302 302 302 302",
    "GET /accounts/password/reset/": "200 200 200 200",
    "GET /accounts/password/reset/done/": "200 200 200 200",
    "GET /accounts/password/reset/key/1-no-such-key/": "200 200 200 200",
    "GET /accounts/password/reset/key/done/": "200 200 200 200",
    "GET /accounts/login/code/confirm/": "302 302 302 302",
}

ADMIN: Final = {
    "GET /admin/": "302 302 302 200",
    "GET /admin/login/": "302 403 403 302",
    "POST /admin/logout/": "302 302 302 200",
    "GET /admin/password_change/": "302 302 302 200",
    "GET /admin/password_change/done/": "302 302 302 200",
    "GET /admin/autocomplete/": "302 302 302 403",
    "GET /admin/jsi18n/": "302 302 302 200",
    "GET /admin/r/1/1/": "302 302 302 404",
    "GET /admin/accounts/user/{owner}/password/": "302 302 302 403 200",
    "GET /admin/submissions/": "302 302 302 200",
    "POST /admin/submissions/lenscopy/": "302 302 302 200",
    "POST /admin/catalog/lensmodel/": "302 302 302 200",
    "GET /admin/processing/job/backlog/": "302 302 302 200",
    "GET /admin/nothing/here": "302 302 302 404",
}
SHOWN: Final = "302 302 302 200"
CLOSED: Final = "302 302 302 403"
ADMINISTRATORS: Final = "302 302 302 403 200"
MODELS: Final = {
    "submissions/series/{waiting_pk}": (SHOWN, CLOSED, SHOWN, CLOSED),
    "submissions/lenscopy/{copy}": (SHOWN, CLOSED, SHOWN, CLOSED),
    "submissions/serviceevent/{service}": (SHOWN, CLOSED, SHOWN, CLOSED),
    "measurements/seriesmeasurement/{measurement}": (SHOWN, CLOSED, SHOWN, CLOSED),
    "moderation/decision/{decision}": (SHOWN, CLOSED, SHOWN, CLOSED),
    "audit/event/{event}": (SHOWN, CLOSED, SHOWN, CLOSED),
    "catalog/lensmodel/{lens_pk}": (SHOWN, ADMINISTRATORS, SHOWN, ADMINISTRATORS),
    "processing/job/{job}": (SHOWN, CLOSED, SHOWN, CLOSED),
    "catalog/camerabody/{body}": (SHOWN, ADMINISTRATORS, SHOWN, ADMINISTRATORS),
    "accounts/user/{owner}": (SHOWN, ADMINISTRATORS, SHOWN, CLOSED),
    "accounts/apitoken/{token_pk}": (ADMINISTRATORS, CLOSED, ADMINISTRATORS, ADMINISTRATORS),
    "catalog/maker/{maker}": (ADMINISTRATORS,) * 4,
    "catalog/mount/{mount}": (ADMINISTRATORS,) * 4,
    "measurements/shownversion/{version}": (ADMINISTRATORS, ADMINISTRATORS, ADMINISTRATORS, CLOSED),
    "account/emailaddress/{address}": (ADMINISTRATORS,) * 4,
    "auth/group/{group}": (ADMINISTRATORS, ADMINISTRATORS, ADMINISTRATORS, CLOSED),
    "limits/quota/new": (ADMINISTRATORS, CLOSED, ADMINISTRATORS, CLOSED),
}
"""Of each model's pages in the admin: the list, adding, one row, deleting it."""


def admin_entries() -> dict[str, str]:
    """The pages of every model in the admin."""
    entries = dict(ADMIN)
    for row, (listed, adding, shown, deleting) in MODELS.items():
        model = row.rpartition("/")[0]
        entries |= {
            f"GET /admin/{model}/": listed,
            f"GET /admin/{model}/add/": adding,
            f"GET /admin/{row}/change/": shown,
            f"GET /admin/{row}/history/": shown,
            f"GET /admin/{row}/": "302 302 302 302",
            f"POST /admin/{row}/delete/": deleting,
        }
    return entries


@dataclass(frozen=True, slots=True)
class World:
    """Something of everything, most of it the owner's; `cookies` and `secrets` are what the actors show."""

    people: dict[str, User]
    names: dict[str, Any]
    cookies: dict[str, str]
    secrets: dict[str, str]


def expected(entry: str, given: str) -> dict[str, str]:
    """The status of an entry for every actor.

    Whether an owner is trusted makes no difference. A token opens the API as its owner's session would, as far as its
    scope goes, and no page; a moderator's is an ordinary photographer's. So is a moderator's session where the second
    factor is required and was not given.
    """
    anonymous, owner, other, moderator, *more = given.split()
    method, path = entry.split()
    if path.startswith("/api/v1/"):
        view: Any = resolve(re.sub(r"{\w+}", "1", path)).func
        may_read = view.cls.token_scopes[method] == Scope.READ
        tokens = (owner if may_read else "403", owner, "401", other)
    else:
        tokens = (anonymous,) * 4
    leads_to_set_up = path == "/admin/login/"
    sessions = (owner, owner, other, moderator, "302" if leads_to_set_up else other, more[0] if more else moderator)
    return dict(zip(ACTORS, (anonymous, *sessions, *tokens), strict=True))


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    owner, other = UserFactory(), UserFactory()
    moderator, administrator = ModeratorFactory(), AdministratorFactory()
    lens = LensModelFactory()
    lens.mounts.add(MountFactory())
    digest = "ab" * 32
    storages["derived"].save(f"ab/{digest}.jpg", ContentFile(b"\xff\xd8\xff\xd9"))

    def measured() -> Series:
        series = SubmittedSeriesFactory(owner=owner, lens_copy__lens_model=lens)
        SeriesMeasurementFactory(series=series, pictures={"reel.jpg": digest})
        return series

    draft = SeriesFactory(owner=owner, f_numbers=[1.2])
    waiting, published, rejected = measured(), measured(), measured()
    moderation.accept(series=published, by=moderator)
    decision = moderation.reject(series=rejected, by=moderator, reason="other")
    token = create_token(by=owner, name="laptop").token
    series = {"draft": draft, "waiting": waiting, "published": published, "rejected": rejected}
    return World(
        people={"owner": owner, "other": other, "moderator": moderator},
        names={
            **{name: row.public_id for name, row in series.items()},
            "waiting_pk": waiting.pk,
            "draft_photo": draft.photos.get().pk,
            "published_photo": published.photos.first().pk,
            "measurement": waiting.measurements.get().pk,
            "copy": waiting.lens_copy.pk,
            "copy_id": waiting.lens_copy.public_id,
            "service": waiting.lens_copy.service_events.create(serviced_on="2026-01-31").pk,
            "job": JobFactory(series=waiting).pk,
            "decision": decision.pk,
            "event": Event.objects.first().pk,
            "lens": lens.slug,
            "lens_pk": lens.pk,
            "maker": lens.maker.pk,
            "mount": lens.mounts.get().pk,
            "body": CameraBodyFactory().pk,
            "owner": owner.pk,
            "version": ShownVersion.objects.create(version=ANALYSIS_VERSION).pk,
            "address": EmailAddress.objects.create(user=owner, email=owner.email).pk,
            "group": moderator.groups.get().pk,
            "token": token.prefix,
            "token_pk": token.pk,
        },
        cookies={
            "owner": signed_in(owner),
            "trusted owner": signed_in(owner),
            "other": signed_in(other),
            "moderator": signed_in(moderator),
            "moderator without second factor": signed_in(moderator),
            "administrator": signed_in(administrator),
        },
        secrets={
            "read token": create_token(by=owner, name="read", scope=Scope.READ).secret,
            "submit token": create_token(by=owner, name="submit").secret,
            "expired token": expired(owner),
            "moderator's token": create_token(by=moderator, name="moderator").secret,
        },
    )


def signed_in(user: User) -> str:
    """The cookie of a new session."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def expired(user: User) -> str:
    """The secret of a token whose time is over."""
    new = create_token(by=user, name="expired")
    ApiToken.objects.filter(pk=new.token.pk).update(expires_at=timezone.now())
    return new.secret


def answers(world: World, entry: str) -> dict[str, str]:
    """What every actor is answered; whatever a request changes is taken back."""
    method, path = entry.format(**world.names).split()
    found = {}
    for actor in ACTORS:
        client = Client(raise_request_exception=False)
        headers = {"HTTP_AUTHORIZATION": f"Bearer {world.secrets[actor]}"} if actor in TOKENS else {}
        if actor in SESSIONS:
            client.cookies["sessionid"] = world.cookies[actor]
        with override_settings(MFA_REQUIRED=actor == "moderator without second factor"), transaction.atomic():
            if actor == "trusted owner":
                User.objects.filter(pk=world.names["owner"]).update(trusted=True)
            content_type = {"content_type": "application/json"} if path.startswith("/api") and method != "GET" else {}
            if path.endswith("/photos/"):
                content_type = {}
            answer = client.generic(method, path, **content_type, **headers)
            found[actor] = str(answer.status_code)
            if answer.streaming:
                b"".join(answer.streaming_content)  # read to its end, which closes the file
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("entries", [API, PAGES, admin_entries()], ids=["api", "pages", "admin"])
def test_everybody_may_do_what_the_matrix_says_and_no_more(world: World, entries: dict[str, str]) -> None:
    wrong = {}
    for entry, given in entries.items():
        wanted = expected(entry, given)
        found = answers(world, entry)
        wrong |= {(entry, actor): found[actor] for actor in ACTORS if found[actor] != wanted[actor]}
    assert wrong == {}


def test_every_route_and_every_method_of_the_api_has_an_entry(world: World) -> None:
    entries = [entry.format(**world.names).split() for entry in (*API, *PAGES, *admin_entries())]
    covered = {(method, resolve(path).route) for method, path in entries}
    routes = dict(every_route(get_resolver()))
    assert sorted(set(routes) - {route for _, route in covered}) == []
    handlers = {
        (method.upper(), route)
        for route, view in routes.items()
        if hasattr(view, "cls")
        for method in view.cls.http_method_names
        if method != "options" and hasattr(view.cls, method)
    }
    assert sorted(handlers - covered) == []


def every_route(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Route and view of every address the site answers."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^" if prefix else "")
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from every_route(pattern, route)
