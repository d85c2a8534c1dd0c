"""`lensdb login`: the token is kept for its owner's eyes, the password nowhere."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from lensdb.accounts.actions import create_token
from lensdb.accounts.models import ApiToken
from lensdb.tool import credentials
from lensdb.tool.exit_codes import ExitCode
from tests.factories.accounts import PASSWORD, UserFactory
from tests.lensdb.tool.conftest import SERVER, Run


def test_the_token_is_kept_and_readable_by_its_owner_only(site: Any, run: Run, tmp_path: Path) -> None:
    UserFactory(email="ada@example.org")
    done = run("login", "--server", f"{SERVER}/", "--email", "ada@example.org", "--password", PASSWORD)
    assert done.exit_code == ExitCode.DONE
    file = tmp_path / "config" / "lensdb" / "credentials.json"
    assert file.stat().st_mode & 0o777 == 0o600
    kept = json.loads(file.read_text())
    assert kept["server"] == SERVER
    assert kept["token"].startswith(f"lensdb_{ApiToken.objects.get().prefix}_")
    assert PASSWORD not in file.read_text() + done.output
    assert kept["token"] not in done.output


def test_signing_in_again_replaces_the_token(site: Any, run: Run) -> None:
    UserFactory(email="ada@example.org")
    kept = set()
    for _ in range(2):
        run("login", "--server", SERVER, "--email", "ada@example.org", "--password", PASSWORD)
        kept.add(credentials.load())
    assert None not in kept
    assert len(kept) == 2


def test_a_wrong_password_is_told_once_and_keeps_nothing(site: list[httpx.Request], run: Run) -> None:
    done = run("login", "--server", SERVER, "--email", "ada@example.org", "--password", "wrong")
    assert (done.exit_code, done.output) == (ExitCode.NOT_ALLOWED, "E-mail and password do not fit.\n")
    assert credentials.load() is None
    assert len(site) == 1


def test_a_token_made_on_the_site_is_kept_if_it_opens_it(site: Any, run: Run) -> None:
    secret = create_token(by=UserFactory(), name="laptop").secret
    done = run("login", "--server", SERVER, "--token", input=f"{secret}\n")
    assert done.exit_code == ExitCode.DONE
    assert credentials.load() == credentials.Credentials(SERVER, secret)
    assert secret not in done.output
    done = run("login", "--server", SERVER, "--token", input="lensdb_x_y\n")
    assert done.exit_code == ExitCode.NOT_ALLOWED
    assert credentials.load() == credentials.Credentials(SERVER, secret)


@pytest.mark.parametrize("server", ["http://lensdb.example", "lensdb.example", "ftp://localhost", "http://10.0.0.1"])
def test_a_password_does_not_travel_in_the_open(run: Run, server: str) -> None:
    done = run("login", "--server", server, "--email", "ada@example.org", "--password", "secret")
    assert done.exit_code == ExitCode.USAGE
    assert "https://" in done.output


def test_a_site_that_does_not_answer_is_a_matter_of_the_network(run: Run, monkeypatch: Any) -> None:
    def refuse(_: Any, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", refuse)
    done = run("login", "--server", SERVER, "--email", "ada@example.org", "--password", "secret")
    assert done.exit_code == ExitCode.NETWORK
    assert "does not answer" in done.output


def test_broken_credentials_are_none(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config" / "lensdb" / "credentials.json"
    file.parent.mkdir(parents=True)
    file.write_text("{")
    assert credentials.load() is None
