"""A backlog is left running while every role is killed, and /healthz is asked every second what it says.

    python -m tests.chaos.vigil [--series 200] [ROLE ...]

Each role is killed once, and comes back by itself; then all of it is killed whenever it comes back, for a while. What
the page says is held against the processes that are there: it must name what is down within `PATIENCE_SECONDS`, and be
content again `WELL_SECONDS` after everything is back.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import httpx
import psutil
from django.db import OperationalError, connection

from tests import rendered
from tests.chaos import site, victims
from tests.chaos.community import settled
from tests.chaos.postgres import Postgres

DATABASE: Final = "vigil"
POSTGRES: Final = "postgres"
ANSWERS: Final = "gunicorn worker"
"""Whose answer the page is: where there is one, one of them was there."""
HEALTHY: Final = "healthy"
PATIENCE_SECONDS: Final[Mapping[str, float]] = {
    "scheduler": 10,
    "nanny": 15,
    "worker": 15,
    "dispatcher": 25,
    "cells process": 140,
    ANSWERS: 5,
    POSTGRES: 5,
}
"""How long all of a role may be away before the page must be anything but content. A measuring child is nobody."""

WELL_SECONDS: Final = 15.0
COUNTS: Final[Mapping[str, int]] = {"nanny": 2, "worker": 2}
"""How many of a role there are; one of the others."""

WAITING_LEAST: Final = 30
KILL_AGAIN_SECONDS: Final = 0.3
SETTLED_SECONDS: Final = 1.0
_LEFT: Final = "SELECT count(*) FROM processing_job WHERE finished_at IS NULL"
_ENDS: Final = "SELECT state || ' ' || failure_code, count(*) FROM processing_job GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Look:
    """One second: what the page said, and since when which roles were away or everything was there."""

    at: float
    page: str
    away: Mapping[str, float]
    well_since: float | None

    def lie(self) -> str:
        """What is wrong with what the page said; empty when nothing is."""
        silent = {role: since for role, since in self.away.items() if role != ANSWERS}
        late = [role for role, since in silent.items() if self.at - since > PATIENCE_SECONDS[role]]
        if self.page == HEALTHY and late:
            return f"content, while for {self.at - self.away[late[0]]:.0f} s no {late[0]} was there"
        if self.page != HEALTHY and self.well_since is not None and self.at - self.well_since > WELL_SECONDS:
            return f"all was there for {self.at - self.well_since:.0f} s, and it said: {self.page}"
        return ""


class Vigil:
    """Looks every second, in a thread of its own."""

    def __init__(self, running: site.Site, postgres: Postgres) -> None:
        self.looks: list[Look] = []
        self._site = running
        self._postgres = postgres
        self._away: dict[str, float] = {}
        self._well_since: float | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def until_content(self, since: float) -> None:
        """Wait until all has been there for a while and the page has said so."""
        deadline = time.monotonic() + site.APPEAR_SECONDS + max(PATIENCE_SECONDS.values())
        while time.monotonic() < deadline:
            last = self.looks[-1] if self.looks else None
            if last and last.at > since and last.page == HEALTHY and last.well_since and last.at > last.well_since + 5:
                return
            time.sleep(0.2)
        raise TimeoutError(f"the page is not content: {self.looks[-1]}")

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            family = self._site.family()
            there = {role: _settled(victims.playing(role, family)) for role in PATIENCE_SECONDS if role != POSTGRES}
            missing = {role for role, found in there.items() if not found}
            if not any(_listens(process) for process in there["scheduler"]):
                missing.add("scheduler")  # it takes a moment to begin
            few = {role for role, count in COUNTS.items() if len(there[role]) < count}
            if not self._postgres.answers(DATABASE):
                missing.add(POSTGRES)
            now = time.monotonic()
            self._away = {role: self._away.get(role, now) for role in missing}
            self._well_since = None if missing or few else self._well_since or now
            page = _page(self._site.address)
            self.looks.append(Look(now, page, dict(self._away), self._well_since))


def _page(address: str) -> str:
    try:
        return httpx.get(f"{address}/healthz", timeout=5).text.strip().replace("\n", " / ")
    except httpx.TransportError as error:
        return f"no answer ({type(error).__name__})"


def _settled(found: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that have been there for a moment: what is killed again and again is away, though each look finds one."""
    settled = []
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            if time.time() - process.create_time() > SETTLED_SECONDS:
                settled.append(process)
    return settled


def _listens(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(at.status == psutil.CONN_LISTEN for at in process.net_connections())
    return False


def _strike(running: site.Site, postgres: Postgres, role: str, down_seconds: float) -> None:
    """kill -9 one of a role; for longer than a moment, all of it whenever it comes back."""
    if role == POSTGRES:
        deadline = time.monotonic() + down_seconds
        postgres.die()
        while time.monotonic() < deadline:
            time.sleep(KILL_AGAIN_SECONDS)
            postgres.die()
        postgres.wait_for_revival()
        return
    running.kill(role, random.Random())
    deadline = time.monotonic() + down_seconds
    while time.monotonic() < deadline:
        for process in victims.playing(role, running.family()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(KILL_AGAIN_SECONDS)


def _told(role: str, down_seconds: float, looks: Sequence[Look], started: float) -> str:
    """One line for a kill: what the page said first, when, and when it was content again."""
    how = f"kept down {down_seconds:.0f} s" if down_seconds else "killed once"
    said = next((look for look in looks if look.page != HEALTHY), None)
    if said is None:
        return f"  {role:<16}{how:<17} content throughout"
    last = max(look.at for look in looks if look.page != HEALTHY)
    return f"  {role:<16}{how:<17} after {said.at - started:.0f} s to {last - started:.0f} s: {said.page}"


@contextlib.contextmanager
def _backlog(n_series: int) -> Iterator[None]:
    """Series sent again and again, so many at least, and as long as the context lasts never fewer than a few wait."""
    # After django.setup(): these know models.
    from tests.chaos import backlog  # noqa: PLC0415
    from tests.factories.catalog import CameraBodyFactory  # noqa: PLC0415

    CameraBodyFactory(pixel_pitch_um=rendered.SCENE.pixel_pitch_um)
    photos, over = list(rendered.series().photos.values()), threading.Event()
    for _ in range(n_series):
        backlog.queue(photos, rendered.F_NUMBERS)

    def refill() -> None:
        while not over.wait(1.0):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(_LEFT)
                    (left,) = cursor.fetchone()
                for _ in range(WAITING_LEAST - left):
                    backlog.queue(photos, rendered.F_NUMBERS)
            except OperationalError:
                connection.close()
        connection.close()

    thread = threading.Thread(target=refill)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        connection.close()


def keep(folder: Path, n_series: int, roles: Sequence[str]) -> list[str]:
    """Everything that was wrong; prints a line for each kill."""
    postgres = Postgres(folder / "postgres")
    postgres.create(DATABASE)
    settled(postgres.url(DATABASE))
    with site.running(folder, postgres.url(DATABASE)) as running, Vigil(running, postgres) as vigil:
        with _backlog(n_series):
            vigil.until_content(0.0)
            for role in roles:
                for down_seconds in (0.0, PATIENCE_SECONDS.get(role, 0.0) * 1.5):
                    started, n_before = time.monotonic(), len(vigil.looks)
                    _strike(running, postgres, role, down_seconds)
                    vigil.until_content(time.monotonic())
                    print(_told(role, down_seconds, vigil.looks[n_before:], started), flush=True)
        deadline = time.monotonic() + 600
        with postgres.connected(DATABASE) as connection:
            while connection.execute(_LEFT).fetchone() != (0,) and time.monotonic() < deadline:
                time.sleep(1)
            ends = dict(connection.execute(_ENDS).fetchall())
    lies = [lie for look in vigil.looks if (lie := look.lie())]
    print(f"{len(vigil.looks)} looks; series ended: {ends}")
    return [*lies, *([] if set(ends) == {"done "} else [f"not all were measured: {ends}"]), *running.outlived]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.vigil", description=__doc__)
    parser.add_argument("roles", nargs="*", metavar="ROLE", help="all by default")
    parser.add_argument("--series", type=int, default=200, help="waiting at the beginning")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: what was started is ended
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="lensdb-vigil-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"LENSDB_MODE": "test", "LENSDB_DATA": folder}
        wrong = keep(Path(folder), arguments.series, arguments.roles or [*victims.ROLES, POSTGRES])
    print("\n".join(wrong) or "the page told the truth throughout")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
