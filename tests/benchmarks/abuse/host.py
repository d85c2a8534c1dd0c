"""The deployment that is attacked: every role under the supervisor, over a PostgreSQL and a folder of its own."""

from __future__ import annotations

import contextlib
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from lensdb.demo.roles import free_port, running_site
from tests.benchmarks.abuse.cast import Cast
from tests.chaos.postgres import Postgres
from tests.processes import ROOT
from tests.single_host import HOST, single_host

DATABASE: Final = "abuse"
PATIENCE: Final = httpx.Timeout(60.0, connect=30.0)


@dataclass(frozen=True, slots=True)
class Host:
    """A running site.

    Attributes
    ----------
    origin : what pages say they come from; behind the proxy the address at the usual port, which is elsewhere here.
    authority : the certificate of who signed the site's; None without TLS.
    buffers : whether a proxy that buffers stands before the site, so that slow connections may be tried.
    supervisor : its process id.
    """

    address: str
    origin: str
    authority: Path | None
    data: Path
    supervisor: int
    buffers: bool

    def trust(self) -> ssl.SSLContext | bool:
        """What a browser would have that believes the site's authority."""
        return True if self.authority is None else ssl.create_default_context(cafile=str(self.authority))

    def transport(self, source: str) -> httpx.HTTPTransport:
        """A client's way to the site from an address of its own, such as 127.0.0.11."""
        return httpx.HTTPTransport(local_address=source, verify=self.trust())

    def client(self, source: str) -> httpx.Client:
        """A client at an address of its own."""
        return httpx.Client(base_url=self.address, transport=self.transport(source), timeout=PATIENCE)


@contextlib.contextmanager
def behind_proxy(folder: Path) -> Iterator[tuple[Host, Cast]]:
    """The shipped deployment for one server: production settings, nginx and TLS; with the people and lenses in it."""
    with single_host(folder / "host") as site:
        keys = {f"LENSDB_{name.upper()}_FILE": str(site.secrets / name) for name in ("secret_key", "serial_keys")}
        cast = filled(folder, {**site.as_role("owner"), **keys, "LENSDB_ROLE": "web"})
        supervisor = int((site.folder / "run" / "supervisord.pid").read_text())
        authority = site.secrets / "site-ca.pem"
        yield Host(site.address, f"https://{HOST}", authority, site.data, supervisor, buffers=True), cast


@contextlib.contextmanager
def without_proxy(folder: Path) -> Iterator[tuple[Host, Cast]]:
    """The demo's roles, gunicorn's own port; with the people and lenses in it."""
    postgres = Postgres(folder / "postgres")
    postgres.create(DATABASE)
    data, run = folder / "data", folder / "run"
    for made in (data, data / "uploads", run):
        made.mkdir(mode=0o700)
    environment = {
        "LENSDB_MODE": "demo",
        "LENSDB_DATA": str(data),
        "DATABASE_URL": postgres.url(DATABASE),
        "LENSDB_UPLOAD_TEMP": str(data / "uploads"),
        "LENSDB_RUN": str(run),
    }
    for command in (["migrate"], ["createcachetable"], ["load_catalog"], ["collectstatic", "--noinput"]):
        _run("manage.py", *command, "--verbosity=0", environment=environment)
    cast = filled(folder, environment)
    with running_site(data, port=free_port(18000), extra=environment) as address:
        yield Host(address, address, None, data, int((run / "supervisord.pid").read_text()), buffers=False), cast


def filled(folder: Path, environment: Mapping[str, str]) -> Cast:
    """Put people and lenses into the database that the environment names."""
    _run("-m", "tests.benchmarks.abuse.cast", str(folder), environment=environment)
    return Cast.read(folder)


def _run(*arguments: str, environment: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ | environment, check=True)
