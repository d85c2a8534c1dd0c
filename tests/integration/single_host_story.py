"""Runs the deployment for one server with users of its own and prints what each can get at: ``WHAT<tab>FOUND``.

``python -m tests.integration.single_host_story FOLDER``, as root, where /etc may be changed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psutil

from lensdb.lib.embedded_postgres import binary
from tests.single_host import ROOT, SingleHost, single_host

USERS: Final = {"LENSDB_USER": "lensdb", "LENSDB_DASK_USER": "lensdb-dask", "LENSDB_PROXY_USER": "www-data"}
PERSON: Final = "ada@lensdb.example"
PATIENCE_SECONDS: Final = 200.0
_ROLES: Final = {
    "scheduler": "dask scheduler",
    "worker": "dask worker",
    "dispatch": "manage.py dispatch",
    "cells": "manage.py refresh_cells",
    "web": "gunicorn",
}
_SECRETS: Final = ("DATABASE_URL", "LENSDB_SECRET", "LENSDB_SERIAL", "LENSDB_METRICS", "LENSDB_EMAIL_URL", "PGPASSWORD")


def say(what: str, found: object) -> None:
    """One line of the output."""
    shown = {True: "yes", False: "no"}.get(found, found) if isinstance(found, bool) else found
    print(what, shown, sep="\t", flush=True)


def can(user: str, *command: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a command succeeds as a user of the machine, with all groups that user is in."""
    account = pwd.getpwnam(user)
    given = {"PATH": os.environ["PATH"], **(environment or {})}
    return (
        subprocess.run(
            command,
            cwd=ROOT,
            env=given,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=os.getgrouplist(user, account.pw_gid),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        ).returncode
        == 0
    )


def roles(host: SingleHost) -> None:
    """Who runs what, and what Dask's processes know."""
    supervisor = psutil.Process(int((host.folder / "run" / "supervisord.pid").read_text()))
    found, known = set(), set()
    for process in supervisor.children(recursive=True):
        words = " ".join(process.cmdline())
        found |= {(role, process.username()) for role, telling in _ROLES.items() if telling in words}
        if process.username() == USERS["LENSDB_DASK_USER"]:
            known |= {name for name, value in process.environ().items() if name.startswith(_SECRETS) and value}
    say("users of the roles", ", ".join(f"{role} {user}" for role, user in sorted(found)))
    say("secrets in the environment of Dask's processes", ", ".join(sorted(known)) or "none")


def dask(host: SingleHost) -> None:
    """Who is greeted by the scheduler."""
    check = (sys.executable, "deploy/containers/healthcheck.py")
    at = {"LENSDB_DASK_SCHEDULER": host.environment["LENSDB_DASK_SCHEDULER"]}
    ours = at | {"LENSDB_DASK_CERTIFICATES": host.environment["LENSDB_DASK_CERTIFICATES"]}
    own = host.folder / "own"
    own.mkdir(mode=0o755)
    shutil.copy(host.secrets / "dask-ca.pem", own)
    for end in ("pem", "key"):
        shutil.copy(host.secrets / f"monitoring.{end}", own / f"worker.{end}")
    for path in own.iterdir():
        path.chmod(0o444)
    plain = (
        "import socket, ssl, sys; c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = 0;"
        "s = c.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)); sys.exit(not s.recv(1))"
    )
    port = at["LENSDB_DASK_SCHEDULER"].rsplit(":", 1)[1]
    say("nobody: handshake without a certificate", can("nobody", sys.executable, "-c", plain, port))
    stranger = at | {"LENSDB_DASK_CERTIFICATES": str(own)}
    say("nobody: handshake with a certificate of its own", can("nobody", *check, "worker", environment=stranger))
    say("nobody: reads a key of Dask's", can("nobody", "cat", f"{ours['LENSDB_DASK_CERTIFICATES']}/worker.key"))
    say("lensdb-dask: handshake with its certificate", can("lensdb-dask", *check, "worker", environment=ours))


def files(host: SingleHost) -> None:
    """Who reads and writes what."""
    original = str(next(path for path in (host.data / "originals").rglob("*") if path.is_file()))
    picture = str(next(path for path in (host.data / "derived").rglob("*.jpg")))
    say("lensdb-dask: reads an original", can("lensdb-dask", "cat", original))
    say("lensdb-dask: changes an original", can("lensdb-dask", "touch", original))
    say("lensdb-dask: writes a derived picture", can("lensdb-dask", "touch", str(Path(picture).with_name("new"))))
    say("lensdb-dask: reads uploads on their way", can("lensdb-dask", "ls", str(host.data / "uploads")))
    for name in ("serial_keys", "secret_key", "web_url", "owner_url", "dispatch.key", "site.key"):
        say(f"lensdb-dask: reads {name}", can("lensdb-dask", "cat", str(host.secrets / name)))
    for user in ("nobody", "www-data"):
        say(f"{user}: reads an original", can(user, "cat", original))
    say("www-data: reads a derived picture", can("www-data", "cat", picture))
    port = (host.secrets / "web_url").read_text().rsplit(":", 1)[1].split("/")[0]
    psql = [binary("psql"), "-X", "-w", "-h", "127.0.0.1", "-p", port, "-d", "lensdb", "-c", "SELECT"]
    say("lensdb-dask: is let into PostgreSQL", can("lensdb-dask", *psql, "-U", "lensdb_web"))


def series(host: SingleHost) -> None:
    """Send one through the front door, and see what becomes of it."""
    from deploy.topology import backlog  # noqa: PLC0415 - the renderer, which the parent need not load

    (folder,) = backlog.render(host.folder / "photos", 1)
    password = host.folder / "password"
    password.write_text("a long password that nobody else knows")
    host.run("-m", "deploy.topology.people", str(password), PERSON, environment=host.as_role("owner"))
    environment = {
        **host.environment,
        "SSL_CERT_FILE": str(host.secrets / "site-ca.pem"),
        "XDG_CONFIG_HOME": str(host.folder / "config"),
    }
    words = ("-m", "deploy.topology.photographer", host.address, str(password), PERSON, str(folder))
    host.run(*words, environment=environment)
    standing = (
        "from lensdb.submissions.models import Series; from lensdb.measurements.models import SeriesMeasurement as M;"
        "s = Series.objects.get(); m = M.objects.filter(series=s).first();"
        "print(s.standing, s.public_id, next(iter(m.pictures)) if m else '')"
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        asked = ("manage.py", "shell", "--no-imports", "-c", standing)
        answer = host.run(*asked, environment=host.as_role("owner")).split()
        if answer[0] not in {"waiting", "draft"} or time.monotonic() > deadline:
            break
        time.sleep(1)
    say("the series", answer[0])
    picture = host.get(f"/media/derived/{answer[1]}/{answer[2]}") if len(answer) > 2 else None
    say("its picture", f"{picture.status_code} {picture.headers['Content-Type']}" if picture else "none")


def main(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    with single_host(folder, users=USERS) as host:
        series(host)
        roles(host)
        dask(host)
        files(host)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
