"""The tool against the real site: its requests go straight into the WSGI application, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from django.core import signals
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections

from lensdb.accounts.models import User
from lensdb.tool.cli import main
from tests.factories.accounts import PASSWORD, UserFactory

SERVER = "http://localhost"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: Any) -> Run:
    """Runs `lensdb` with a configuration folder of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return lambda *arguments, **options: CliRunner().invoke(main, [str(argument) for argument in arguments], **options)


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """The site keeps to the test's database connection, as Django's own test client does."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def site(one_connection: None, run: Run, monkeypatch: Any) -> list[httpx.Request]:
    """The site; the requests that reach it are noted."""
    application, requests = httpx.WSGITransport(WSGIHandler()), []

    def handle(_: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return application.handle_request(request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    cache.clear()
    return requests


@pytest.fixture
def ada(site: list[httpx.Request], run: Run) -> User:
    """A photographer whose tool is signed in."""
    user = UserFactory(email="ada@example.org")
    assert run("login", "--server", SERVER, "--email", user.email, "--password", PASSWORD).exit_code == 0
    site.clear()
    return user
