"""What must hold on the running site, apart from the backlog: who reaches whom, who is let in, who may do what."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from deploy.topology.report import Report
from deploy.topology.site import OUTSIDE, Site

_PROBE: Final = str(Path(__file__).with_name("probe.py"))
_SECRETS: Final = ("DATABASE_URL", "LENSDB_SECRET", "LENSDB_SERIAL", "POSTGRES", "PGPASSWORD")

REACH: Final = {
    # host: (service, port) pairs it must reach; every other pair of `PORTS` it must not
    OUTSIDE: {"proxy"},
    "proxy": {"web"},
    "web": {"postgres"},
    "scheduler": set(),
    "worker-1": {"scheduler"},
    "worker-2": {"scheduler"},
    "dispatch": {"scheduler", "postgres"},
    "cells": {"postgres"},
    "backup": {"postgres"},
}
PORTS: Final = {"proxy": 8443, "web": 8000, "scheduler": 8786, "postgres": 5432}


def reach(site: Site, report: Report) -> None:
    """Web cannot reach Dask, workers cannot reach PostgreSQL, and so on for every pair."""
    workers = _worker_ports(site)
    for host, wanted in REACH.items():
        own = site.services[host.split("-")[0]].name if host != OUTSIDE else host
        targets = {name: f"{address}:{PORTS[name]}" for name in PORTS for address in _seen(site, name) if name != own}
        if own not in {"scheduler", "worker", "dispatch"}:
            targets |= {f"worker port {number}": target for number, target in enumerate(workers, 1)}
        done = site.on(host, sys.executable, _PROBE, *targets.values())
        told = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
        found = sorted(name for name, target in targets.items() if told[target] == "open")
        report.check(
            f"{host} reaches", wanted=", ".join(sorted(wanted)) or "nobody", found=", ".join(found) or "nobody"
        )


def _seen(site: Site, service: str) -> list[str]:
    """The address a service's own name means; the others belong to networks of their own."""
    which = site.services[service]
    return [site.network.addresses[which.hosts()[0]][which.networks[0]]]


def _worker_ports(site: Site) -> list[str]:
    """Where Dask's workers and nannies listen, whatever the port."""
    found = set()
    for process in _worker_processes(site):
        with contextlib.suppress(psutil.NoSuchProcess):  # a measuring child lives for a second
            listening = (at.laddr for at in process.net_connections("tcp") if at.status == psutil.CONN_LISTEN)
            found |= {f"{at.ip}:{at.port}" for at in listening if not at.ip.startswith("127.")}
    return sorted(found)


def _worker_processes(site: Site) -> Iterator[psutil.Process]:
    for host in site.services["worker"].hosts():
        parent = psutil.Process(site.supervision.pid(host))
        yield from (parent, *parent.children(recursive=True))


def dask_is_closed(site: Site, report: Report) -> None:
    """The scheduler talks to certificates of its own authority only."""
    report.check(
        "the scheduler takes the dispatcher's certificate", wanted=True, found=site.is_well("dispatch", "dispatch")
    )
    stranger = site.places.work / "stranger"
    stranger.mkdir(mode=0o755)
    shutil.copy(site.places.secrets / "dask-ca.pem", stranger)
    for end in ("pem", "key"):
        shutil.copy(site.places.secrets / f"monitoring.{end}", stranger / f"dispatch.{end}")
    taken = site.is_well("dispatch", "dispatch", {"LENSDB_DASK_CERTIFICATES": str(stranger)})
    report.check("the scheduler takes a certificate of another authority", wanted=False, found=taken)
    plain = "import socket; s = socket.create_connection(('scheduler', 8786), 5); s.settimeout(5); print(s.recv(1))"
    done = site.on("dispatch", sys.executable, "-c", plain)
    report.check(
        "the scheduler greets without TLS", wanted=False, found=done.returncode == 0 and "b''" not in done.stdout
    )


def database_is_closed(site: Site, report: Report) -> None:
    """Passwords are asked for, and each role may do its own work only."""
    may = site.database.may
    wrong = may("web", "SELECT 1", password="wrong")  # noqa: S106 - meant to be wrong
    report.check("a wrong password is let in", wanted=False, found=wrong)
    report.check("web may read series", wanted=True, found=may("web", "SELECT FROM submissions_series"))
    report.check("web may make tables", wanted=False, found=may("web", "CREATE TABLE public.mine (id int)"))
    report.check("web may rewrite history", wanted=False, found=may("web", "DELETE FROM audit_event"))
    for role in ("dispatch", "cells"):
        report.check(f"{role} may read people", wanted=False, found=may(role, "SELECT email FROM accounts_user"))
        serials = "SELECT serial_cipher FROM submissions_lenscopy"
        report.check(f"{role} may read serial numbers", wanted=False, found=may(role, serials))
        report.check(f"{role} may read tokens", wanted=False, found=may(role, "SELECT digest FROM accounts_apitoken"))
    report.check("backup may write", wanted=False, found=may("backup", "DELETE FROM processing_job"))


def workers_hold_nothing(site: Site, report: Report) -> None:
    """A worker's processes know no secret of the site's, and its originals cannot be written."""
    known = set()
    for process in _worker_processes(site):
        with contextlib.suppress(psutil.NoSuchProcess):
            known |= {name for name in process.environ() if name.startswith(_SECRETS)}
    report.check(
        "secrets of the site in the workers' environment", wanted="none", found=", ".join(sorted(known)) or "none"
    )
    for folder, wanted in (("originals", False), ("derived", True)):
        touch = f"touch /srv/lensdb/{folder}/.probe && rm /srv/lensdb/{folder}/.probe"
        done = site.once("worker", "sh", "-c", touch, host="worker-1")
        report.check(f"a worker may write {folder}", wanted=wanted, found=done.returncode == 0)


def proxy_keeps_the_door(site: Site, report: Report) -> None:
    """TLS, limits, and monitoring by certificate. Asked from outside, by a process of its own."""
    done = site.on(
        OUTSIDE, sys.executable, "-m", "deploy.topology.door", str(site.places.secrets), str(_picture_path(site))
    )
    if done.returncode:
        report.check("the proxy answers", wanted="yes", found=done.stderr[-300:])
    for line in done.stdout.splitlines():
        what, wanted, found = line.split("\t")
        report.check(what, wanted=wanted, found=found)


def _picture_path(site: Site) -> str:
    """A published series' picture."""
    rows = site.database.rows(
        "SELECT s.public_id, jsonb_object_keys(m.pictures) AS name FROM measurements_seriesmeasurement AS m"
        " JOIN submissions_series AS s ON s.id = m.series_id WHERE s.standing = 'published' LIMIT 1"
    )
    return f"/media/derived/{rows[0]['public_id']}/{rows[0]['name']}" if rows else ""
