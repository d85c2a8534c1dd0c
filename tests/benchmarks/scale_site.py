"""A database full of jobs, and the processes that empty it, for the scale benchmark."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

Queue = Callable[[int, int], None]
"""Queues prints from a number on, so many."""

FOLDER = tempfile.TemporaryDirectory(prefix="lensdb-scale-", ignore_cleanup_errors=True)
os.environ["LENSDB_MODE"] = "test"  # before anything reads the settings
os.environ["LENSDB_DATA"] = FOLDER.name
os.environ["DASK_CONFIG"] = "deploy/dask/distributed.yaml"  # as every deployment

import django  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from lensdb.demo.roles import free_port  # noqa: E402
from lensdb.lib.certificates import own_dask_certificates  # noqa: E402
from tests.chaos.negatives import printed  # noqa: E402
from tests.chaos.postgres import Postgres  # noqa: E402
from tests.processes import Running, python  # noqa: E402

os.environ["LENSDB_DASK_CERTIFICATES"] = str(own_dask_certificates(Path(FOLDER.name)))

TEMPLATE: Final = "scale"
OWNERS: Final = 20
PATIENCE_SECONDS: Final = 600.0
_ROLES: Final = "lensdb.processing.roles"
_OURS: Final = "tests.benchmarks.scale_roles"
_CLONE: Final = """
INSERT INTO {table} SELECT (jsonb_populate_record(row, jsonb_build_object('id', row.id + 10 * n, {changes}))).*
  FROM generate_series(1, %s) AS n, {table} AS row
"""
"""The template's rows have ids below ten."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """A database of its own with jobs in it."""

    postgres: Postgres
    database: str

    @property
    def url(self) -> str:
        return self.postgres.url(self.database)

    @contextlib.contextmanager
    def asked(self) -> Iterator[Callable[..., Any]]:
        """A function that gives the one value of a query, over one connection."""
        with self.postgres.connected(self.database) as connection:
            yield lambda query, *values: (connection.execute(query, values).fetchone() or [None])[0]

    def ask(self, query: str, *values: object) -> Any:
        """The one value of a query."""
        with self.asked() as ask:
            return ask(query, *values)

    def wait_until_ended(self, n_jobs: int) -> None:
        """Until so many jobs are done or failed."""
        with self.asked() as ask:
            wait(lambda: ask("SELECT count(*) FROM processing_job WHERE finished_at IS NOT NULL") >= n_jobs)


def wait(condition: Any) -> None:
    """Until it holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the machine does not get there")
        time.sleep(0.2)


def server() -> Postgres:
    """A server of our own, and in it a database with one series to copy."""
    postgres = Postgres(Path(FOLDER.name) / "postgres")
    postgres.create(TEMPLATE)
    os.environ["DATABASE_URL"] = postgres.url(TEMPLATE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "lensdb.settings"
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    # After django.setup(): these know models.
    from tests.factories.accounts import UserFactory  # noqa: PLC0415
    from tests.factories.processing import JobFactory  # noqa: PLC0415

    JobFactory(series__owner=UserFactory(trusted=True))
    UserFactory.create_batch(OWNERS - 1, trusted=True)
    connections.close_all()
    return postgres


def backlog(postgres: Postgres, name: str) -> Backlog:
    """An empty backlog of that name."""
    postgres.create(name, template=TEMPLATE)
    made = Backlog(postgres, name)
    with postgres.connected(name) as connection:
        connection.execute("UPDATE processing_job SET state = 'failed', failure_code = 'template', finished_at = now()")
    return made


def fill(backlog: Backlog, n_jobs: int, *, photos: bool = True) -> None:
    """Queue copies of the one series, and tell the dispatchers."""
    owner = f"'owner_id', 1 + n %% {OWNERS}"
    of_series = "'series_id', row.series_id + 10 * n"
    queued = f"'state', 'queued', 'failure_code', '', 'finished_at', null, 'turn', n / {OWNERS}"
    with backlog.postgres.connected(backlog.database) as connection, connection.transaction():
        _clone(connection, "submissions_series", f"'public_id', 's' || n, {owner}", n_jobs)
        if photos:
            _clone(connection, "submissions_photo", of_series, n_jobs)
        _clone(connection, "processing_job", f"{of_series}, {queued}, {owner}", n_jobs)
        connection.execute("NOTIFY lensdb_jobs")


def _clone(connection: psycopg.Connection[Any], table: str, changes: str, n_rows: int) -> None:
    connection.execute(_CLONE.format(table=table, changes=changes), [n_rows])  # type: ignore[arg-type]  # our own words


@contextlib.contextmanager
def scheduler() -> Iterator[tuple[str, Running]]:
    """A scheduler as the site runs it, and its address."""
    address = f"tls://127.0.0.1:{free_port(19000)}"
    with python("-m", _ROLES, "scheduler", LENSDB_DASK_SCHEDULER=address) as process:
        yield address, process


@contextlib.contextmanager
def sleepers(address: str, slots: int, *, workers: int = 1) -> Iterator[None]:
    """So many slots, shared between so many workers."""
    with contextlib.ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(python("-m", _OURS, "worker", address, str(slots // workers)))
        yield


@contextlib.contextmanager
def workers(address: str, count: int) -> Iterator[None]:
    """So many workers as the site runs them."""
    with contextlib.ExitStack() as stack:
        for number in range(count):
            folder = f"{FOLDER.name}/dask-{number}"
            at = {"LENSDB_DASK_SCHEDULER": address, "LENSDB_DASK_FOLDER": folder}
            process = stack.enter_context(python("-m", _ROLES, "worker", **at))
            stack.callback(process.end)
        yield


@contextlib.contextmanager
def dispatcher(backlog: Backlog, address: str) -> Iterator[None]:
    """The site's own."""
    at = {"LENSDB_DASK_SCHEDULER": address, "DATABASE_URL": backlog.url}
    with python("manage.py", "dispatch", **at) as process:
        yield
        process.end()


def sleeping_dispatcher(backlog: Backlog, address: str, seconds: float) -> Any:
    """A dispatcher whose tasks sleep so long."""
    return python("-m", _OURS, "dispatcher", address, str(seconds), DATABASE_URL=backlog.url)


def send(backlog: Backlog, photos: Sequence[bytes], f_numbers: Sequence[float], pixel_pitch_um: float) -> Queue:
    """A function that queues so many prints of a rendered series."""
    # After django.setup(): these know models.
    from tests.chaos.backlog import queue  # noqa: PLC0415
    from tests.factories.catalog import CameraBodyFactory  # noqa: PLC0415

    _use(backlog)
    CameraBodyFactory(pixel_pitch_um=pixel_pitch_um)

    def queue_prints(first: int, count: int) -> None:
        with transaction.atomic():  # dispatchers see all of them at once
            for number in range(first, first + count):
                queue([printed(photo, number) for photo in photos], f_numbers, photographer=number)

    return queue_prints


def claim_times_ms(backlog: Backlog, n_claims: int) -> list[float]:
    """How long it takes to claim four jobs, so many times one after the other."""
    from lensdb.processing import actions  # noqa: PLC0415 - after django.setup()

    _use(backlog)
    times = []
    for _ in range(n_claims):
        started = time.perf_counter()
        claims = actions.claim(by="benchmark", limit=4, most_each=n_claims)
        times.append(1e3 * (time.perf_counter() - started))
        if len(claims) != 4:
            raise RuntimeError("nothing left to claim")
    return times


def _use(backlog: Backlog) -> None:
    """Let this process's own Django speak to that database."""
    connections.close_all()
    connections["default"].settings_dict["NAME"] = backlog.database
