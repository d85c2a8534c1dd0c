"""The shipped deployment for one server, on loopback: PostgreSQL, all roles under the one supervisor, nginx before web.

Everything is real: production settings, passwords, keys and certificates from deploy/make-secrets, database roles.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import psycopg

from deploy import make_secrets
from lensdb.lib.embedded_postgres import binary, without_root

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "localhost"
START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 90.0
_FEWER: Final = """[include]
files={folder}/single-host.conf {folder}/supervisord.conf
"""
_NOT_STARTED: Final = """
[program:{role}]
autostart=false
"""


class SingleHostError(RuntimeError):
    """It does not run; the message says where to look."""


def free_ports(count: int) -> list[int]:
    """Ports on loopback that the kernel had to give away just now, so that runs side by side get different ones."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


def nginx_is_missing() -> bool:
    """Whether there is no nginx on this machine."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin") is None


@dataclass(frozen=True)
class SingleHost:
    """Where it is: `web` is gunicorn's own port, `https` nginx's."""

    folder: Path
    http: int
    https: int
    web: int
    environment: Mapping[str, str]

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> str:
        return f"https://{HOST}:{self.https}"

    def trust(self) -> ssl.SSLContext:
        """What a browser would have that believes the site's authority."""
        return ssl.create_default_context(cafile=self.secrets / "site-ca.pem")

    def get(self, path: str) -> httpx.Response:
        """The answer to a GET through nginx."""
        return httpx.get(f"{self.address}{path}", verify=self.trust(), timeout=60)

    def as_role(self, role: str) -> dict[str, str]:
        """The environment of a command that speaks to the database as one of the site's roles."""
        return {
            **self.environment,
            "LENSDB_ROLE": "background",
            "DATABASE_URL_FILE": str(self.secrets / f"{role}_url"),
        }

    def run(self, *command: str, environment: Mapping[str, str]) -> str:
        """The output of a command of ours that must succeed."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SingleHostError(f"{' '.join(command)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def logs(self) -> dict[str, str]:
        """What each role has said, by the name of its log."""
        return {path.name: path.read_text(errors="replace") for path in (self.data / "log").iterdir()}


@contextlib.contextmanager
def single_host(
    folder: Path, *, without: tuple[str, ...] = (), users: Mapping[str, str] | None = None
) -> Iterator[SingleHost]:
    """Run the deployment in an empty folder for the time of the context.

    Parameters
    ----------
    without : roles that are not started.
    users : ``LENSDB_USER``, ``LENSDB_DASK_USER`` and ``LENSDB_PROXY_USER`` of its processes, which
        deploy/prepare-host makes; everything runs as the caller unless they are given.
    """
    web, plain, https, database, scheduler = free_ports(5)
    ports = {"web": web, "http": plain, "https": https}
    secrets, data = folder / "secrets", folder / "data"
    make_secrets.make(secrets, hosts=[HOST], database_host=f"127.0.0.1:{database}")
    (folder / "mail").mkdir(mode=0o777)
    (folder / "mail").chmod(0o777)
    own = getpass.getuser()
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "LANG": "C.UTF-8",
        "LENSDB_DATA": str(data),
        "LENSDB_RUN": str(folder / "run"),
        "LENSDB_SECRETS": str(secrets),
        "LENSDB_HOSTS": HOST,
        "LENSDB_EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "LENSDB_PORT": str(ports["web"]),
        "LENSDB_DASK_SCHEDULER": f"tls://127.0.0.1:{scheduler}",
        "LENSDB_DASK_CERTIFICATES": str(folder / "dask" if users else secrets),
        "LENSDB_PROXY_HTTP": f"127.0.0.1:{ports['http']}",
        "LENSDB_PROXY_HTTPS": f"127.0.0.1:{ports['https']}",
        **(users or dict.fromkeys(("LENSDB_USER", "LENSDB_DASK_USER", "LENSDB_PROXY_USER"), own)),
    }
    (folder / "run").mkdir(mode=0o700)
    if users:
        subprocess.run([ROOT / "deploy" / "prepare-host", secrets], env=environment, check=True)
    else:
        for made in ("log", "uploads"):
            (data / made).mkdir(mode=0o700, parents=True)
    host = SingleHost(folder, environment=environment, **ports)
    with _postgres(folder / "postgres", database, secrets):
        host.run("deploy/migrate.py", environment=host.as_role("owner"))
        host.run("manage.py", "collectstatic", "--noinput", environment=host.as_role("owner"))
        with _supervised(host, without):
            yield host


@contextlib.contextmanager
def _supervised(host: SingleHost, without: tuple[str, ...]) -> Iterator[None]:
    configuration = ROOT / "deploy" / "supervisor" / "single-host.conf"
    if without:
        fewer = host.folder / "fewer.conf"
        roles = "".join(_NOT_STARTED.format(role=role) for role in without)
        fewer.write_text(_FEWER.format(folder=configuration.parent) + roles)
        configuration = fewer
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
        cwd=ROOT,
        env=dict(host.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_it_answers(host, supervisor)
        yield
    finally:
        supervisor.send_signal(signal.SIGTERM)
        try:
            supervisor.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait()


def _wait_until_it_answers(host: SingleHost, supervisor: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and supervisor.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if host.get("/readyz").is_success:
                return
        time.sleep(0.2)
    logs = "\n".join(f"{name}: {text[-800:]}" for name, text in host.logs().items())
    raise SingleHostError(f"the site did not answer within {START_SECONDS:.0f} s:\n{logs}")


@contextlib.contextmanager
def _postgres(data: Path, port: int, secrets: Path) -> Iterator[None]:
    """A PostgreSQL server as deploy/postgres has it, with the site's roles and an empty database."""
    run_folder = data.with_name("socket")
    run_folder.mkdir(mode=0o700)
    passwords = {role: (secrets / f"{role}_password").read_text() for role in make_secrets.DATABASE_ROLES}
    superuser = data.with_name("superuser_password")  # PostgreSQL's own user may not look into the site's folder
    superuser.write_text((secrets / "postgres_password").read_text())
    run = [*without_root(), binary("initdb"), "--no-sync", "--auth=scram-sha-256", "--encoding=UTF8"]
    run += ["--locale=C.UTF-8", "--username=postgres", f"--pwfile={superuser}", f"--pgdata={data}"]
    subprocess.run(run, stdout=subprocess.DEVNULL, check=True)
    command = [*without_root(), binary("postgres"), "-D", str(data), "-k", str(run_folder), "-p", str(port)]
    command += ["-c", "listen_addresses=127.0.0.1", "-c", f"hba_file={ROOT / 'deploy' / 'postgres' / 'pg_hba.conf'}"]
    with data.with_name("postgres.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        at = {"host": str(run_folder), "port": port, "user": "postgres"}
        at["password"] = superuser.read_text()
        with _connected(at) as connection:
            connection.execute("CREATE DATABASE lensdb")
        words = [word for role, password in passwords.items() for word in ("--set", f"{role}_password={password}")]
        psql = [binary("psql"), "-X", "-q", "-h", str(run_folder), "-p", str(port), "-U", "postgres", "-d", "lensdb"]
        subprocess.run(
            [*psql, *words, "-f", str(ROOT / "deploy" / "postgres" / "roles.sql")],
            env=os.environ | {"PGPASSWORD": str(at["password"])},
            check=True,
        )
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def _connected(at: Mapping[str, object]) -> psycopg.Connection:
    deadline = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(dbname="postgres", autocommit=True, **at)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
