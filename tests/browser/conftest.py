"""Browser tests drive the real site, with every role of it running, in a real Chromium; without one they fail."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from lensdb.demo.roles import free_port, running_site
from tests.browser.chromium import FLAGS, find_chromium

ROOT = Path(__file__).resolve().parents[2]
MODERATOR = "moderator@lensdb.example"


@dataclass(frozen=True)
class RunningSite:
    """A site of its own: empty but for the catalogue and a moderator."""

    address: str
    password: str


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium was found: run 'make chromium'")
    return browser_type_launch_args | {"executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """The whole site as an operator runs it, on a database of its own."""
    data = tmp_path_factory.mktemp("site")
    password = secrets.token_urlsafe(12)
    environment = {"DATABASE_URL": _new_database("lensdb_browser"), "LENSDB_DATA": str(data)}

    def manage(*arguments: str, **more: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=os.environ | environment | more, check=True, stdout=subprocess.DEVNULL)

    manage("migrate", "--verbosity", "0")
    manage("createcachetable")
    manage("load_catalog", "--verbosity", "0")
    manage("createsuperuser", "--noinput", "--email", MODERATOR, DJANGO_SUPERUSER_PASSWORD=password)
    with running_site(data, port=free_port(8400), extra=environment) as address:
        yield RunningSite(address, password)


@pytest.fixture
def visit(browser: Browser, site: RunningSite) -> Iterator[Callable[..., Page]]:
    """Opens a page of the whole site for somebody new; see `visits`."""
    with visits(browser, site.address) as new_page:
        yield new_page


@contextmanager
def visits(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens pages for somebody new, with no cookies; every script error of theirs fails the test.

    What is named is passed on to Playwright's ``new_context``.
    """
    contexts = []
    errors: list[str] = []

    def new_page(**wishes: Any) -> Page:
        context = browser.new_context(base_url=address, **wishes)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert errors == []


def _new_database(name: str) -> str:
    """Make an empty database beside the tests' own; its address for ``DATABASE_URL``."""
    at = settings.DATABASES["default"]
    port = f":{at['PORT']}" if at.get("PORT") else ""
    secret = f":{quote(at['PASSWORD'], safe='')}" if at.get("PASSWORD") else ""
    server = f"postgres://{quote(at['USER'], safe='')}{secret}@{quote(str(at['HOST']), safe='')}{port}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"
