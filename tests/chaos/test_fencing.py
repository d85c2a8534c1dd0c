"""Whoever was away longer than its lease comes back too late: its result changes no row."""

import contextlib
import os
import signal
import time

import psutil
import pytest
from django.db import connection
from psycopg import sql

from lensdb.demo.roles import free_port
from lensdb.measurements.models import SeriesMeasurement
from lensdb.processing.enums import JobState
from lensdb.processing.models import Job
from lensdb.processing.roles import clean_environment, worker_command
from tests.chaos import backlog, gated
from tests.chaos.community import people_and_things
from tests.chaos.negatives import NEGATIVES
from tests.processes import database_url, manage, python

PATIENCE_SECONDS = 240
ROLES = "lensdb.processing.roles"
LIVE_TABLES = {"processing_dispatcherbeat"}  # dispatchers say in it that they live
SHORT = {"LENSDB_LEASE_SECONDS": "3", "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5 s"}


@pytest.fixture
def gate(tmp_path):
    folder = tmp_path / "gate"
    folder.mkdir()
    return folder


@pytest.mark.django_db(transaction=True)
def test_a_dispatcher_that_slept_past_its_lease_changes_nothing(photos, gate, tmp_path):
    """The worst of its kind: it does not even ask whether it still holds its claim before it writes."""
    people_and_things()
    with (
        cluster(tmp_path / "late") as late_cluster,
        cluster(tmp_path / "other") as other_cluster,
        gated_dispatcher(late_cluster, gate, "forgetful") as (late, log),
    ):
        backlog.queue(photos, NEGATIVES[0].f_numbers)
        wait_for(lambda: gated.waiting(gate))
        os.kill(late.pid, signal.SIGSTOP)
        with manage("dispatch", environment=SHORT | {"LENSDB_DASK_SCHEDULER": other_cluster}) as other:
            wait_for(lambda: Job.objects.filter(state=JobState.DONE).exists())
            assert other.end() == 0
        before = all_rows()
        (gate / gated.OPEN).touch()
        os.kill(late.pid, signal.SIGCONT)
        wait_for(lambda: "held=False" in log.read_text())
        assert late.end() == 0
    assert all_rows() == before
    assert Job.objects.get().attempt == SeriesMeasurement.objects.get().attempt == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_slept_past_its_lease_changes_nothing(photos, gate, tmp_path):
    """It has no nanny: one that is awake would put an end to it, and one that sleeps too costs half a minute."""
    people_and_things()
    with cluster(tmp_path, "--no-nanny", workers=2) as address, gated_dispatcher(address, gate) as (dispatcher, _):
        backlog.queue(photos, NEGATIVES[0].f_numbers)
        wait_for(lambda: gated.waiting(gate))
        late = psutil.Process(gated.waiting(gate)[0])
        late.suspend()
        (gate / gated.OPEN).touch()
        wait_for(lambda: Job.objects.filter(state=JobState.DONE).exists())
        before = all_rows()
        late.resume()
        wait_for(lambda: has_ended(late))  # nobody waits for it any more, so it ends when it has measured
        assert dispatcher.end() == 0
    assert len(gated.waiting(gate)) == 2
    assert all_rows() == before
    assert SeriesMeasurement.objects.count() == 1


def has_ended(process):
    """Dead, if not yet reaped."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@contextlib.contextmanager
def cluster(folder, *options, workers=1):
    """A scheduler with workers, started as in production but for these options; gives its address."""
    address = f"tls://127.0.0.1:{free_port(19700)}"
    environment = SHORT | {"LENSDB_DASK_SCHEDULER": address}
    with contextlib.ExitStack() as stack:
        stack.enter_context(python("-m", ROLES, "scheduler", **environment))
        for number in range(workers):
            at = environment | {"LENSDB_DASK_FOLDER": str(folder / f"worker-{number}")}
            command = ("-m", "dask", *worker_command(os.environ | at), *options)
            worker = stack.enter_context(python(*command, **clean_environment(os.environ | at)))
            stack.callback(worker.end)
        yield address


@contextlib.contextmanager
def gated_dispatcher(address, gate, *kind):
    """A dispatcher whose workers wait at the gate; its log is kept."""
    log = gate.with_name("dispatcher.log")
    module = "tests.chaos.gated_dispatcher"
    with python("-m", module, address, str(gate), *kind, log=log, DATABASE_URL=database_url(), **SHORT) as process:
        yield process, log


def all_rows():
    """Every row of every table with the transaction that wrote it, but for the tables that only say who lives."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - LIVE_TABLES
        rows = {}
        for table in tables:
            rows_of = sql.SQL("SELECT ctid::text, xmin::text, t::text FROM {} AS t ORDER BY 1")
            rows[table] = cursor.execute(rows_of.format(sql.Identifier(table))).fetchall()
        return rows


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, list(Job.objects.values())
        time.sleep(0.05)
