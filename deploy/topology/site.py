"""The site of ``deploy/compose.yaml`` on namespaces: made, started role by role, and asked things."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from deploy import make_secrets
from deploy.topology import compose
from deploy.topology.backlog import Database
from deploy.topology.compose import Mount, Service
from deploy.topology.machine import ROOT, Places, script_of
from deploy.topology.network import Network, inside, replace_file
from deploy.topology.supervision import Supervision
from lensdb.lib.embedded_postgres import binary

HOST_NAME: Final = "lensdb.example"
ADDRESS: Final = f"https://{HOST_NAME}:8443"
PATIENCE_SECONDS: Final = 900.0
"""On a machine that does much else; alone everything comes within a tenth of it."""

_CALLER: Final = {
    "LENSDB_HOSTS": HOST_NAME,
    "LENSDB_EMAIL_URL": "smtp://localhost:25",  # there is nobody
    "LENSDB_BACKUP": "backup",
}
"""What compose takes from the environment of its caller."""

OUTSIDE: Final = "photographer"
"""A host on the public side only."""

_USERS: Final = """root:x:0:0::/root:/bin/sh
postgres:x:999:999::/nonexistent:/bin/sh
lensdb:x:10001:10001::/nonexistent:/bin/sh
"""
"""Who there is in the images."""

STATIC: Final = Mount("static", "/srv/lensdb/static", read_only=True)
"""The static files, which the server's image has in itself."""


class TopologyError(RuntimeError):
    """The site did not come up, or what was waited for did not come; the message says where to look."""


class Site:
    """The services, their network, and the supervisor that runs them."""

    def __init__(self, work: Path) -> None:
        programs = [Path(sys.executable).parent, Path(binary("postgres")).parent]
        path = os.pathsep.join([*map(str, programs), os.environ["PATH"]])
        if shutil.which("nginx", path=path) is None:
            raise TopologyError("nginx is not installed. On Debian: apt-get install nginx-light")
        self.places = Places(work, path)
        self.services = {
            name: dataclasses.replace(service, mounts=(*service.mounts, STATIC)) if name == "web" else service
            for name, service in compose.read(_CALLER).items()
        }
        self.network = Network()
        self.database = Database(self.places)
        self.supervision = Supervision(self.services.values(), self.places)

    def prepare(self) -> None:
        """Secrets, static files, hosts and links."""
        make_secrets.make(self.places.secrets, hosts=[HOST_NAME], database_host="postgres")
        self._collect_static()
        self.network.add_networks(compose.networks())
        for service in self.services.values():
            for host in service.hosts():
                self.network.add_host(host, service.networks)
        self.network.add_host(OUTSIDE, ["front"])
        names = {name: self._address(service) for name, service in self.services.items()}
        etc = self.places.work / "etc"
        etc.mkdir()
        replace_file(Path("/etc/passwd"), _USERS, etc)
        self.network.name_hosts(names | {HOST_NAME: names["proxy"]}, etc)

    def addresses(self, service: str) -> list[str]:
        """Every address of a service's hosts."""
        hosts = self.services[service].hosts()
        return [address for host in hosts for address in self.network.addresses[host].values()]

    def once(
        self, service: str, *command: str, host: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command beside a service's own, on its host, with its files and environment."""
        which = self.services[service]
        changed = dataclasses.replace(which, environment=dict(which.environment) | dict(environment or {}))
        script = script_of(changed, self.places, command)
        return self.on(host or which.hosts()[0], "unshare", "--mount", "sh", "-c", script)

    def on(
        self, host: str, *command: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a host; its output and exit code."""
        given = os.environ | {"PATH": self.places.programs} | dict(environment or {})
        return subprocess.run(
            [*inside(host), *command], cwd=ROOT, env=given, capture_output=True, text=True, check=False
        )

    def wait(self, what: str, arrived: Callable[[], bool], *, host: str = "") -> float:
        """Wait until something has come; how many seconds it took."""
        started = time.monotonic()
        while not arrived():
            if time.monotonic() - started > PATIENCE_SECONDS:
                raise TopologyError(
                    f"{what} did not come in {PATIENCE_SECONDS:.0f} s.\n{self.supervision.tail(host) if host else ''}"
                )
            time.sleep(0.5)
        return time.monotonic() - started

    def is_well(self, service: str, role: str, environment: Mapping[str, str] | None = None) -> bool:
        """What the container's health check says."""
        check = ("python", "deploy/containers/healthcheck.py", role)
        return self.once(service, *check, environment=environment).returncode == 0

    def health(self) -> str:
        """What the site says of itself to somebody outside."""
        done = self.on(OUTSIDE, sys.executable, "-m", "deploy.topology.door", str(self.places.secrets), "health")
        return done.stdout.strip()

    def _collect_static(self) -> None:
        """As the image's build does."""
        environment = {
            "PATH": self.places.programs,
            "LENSDB_ROLE": "background",
            "DATABASE_URL": "postgres://nobody@nowhere/none",
            "LENSDB_DATA": str(self.places.work / "volumes"),
        }
        command = ["python", "manage.py", "collectstatic", "--noinput"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise TopologyError(f"The static files are not there; was the frontend built?\n{done.stderr}")

    def _address(self, service: Service) -> str:
        """What a service's name means: its first host, on the network it names first."""
        return self.network.addresses[service.hosts()[0]][service.networks[0]]
