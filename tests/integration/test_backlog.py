"""The backlog with its real roles: a Dask scheduler, a worker with its sandbox, and `manage.py dispatch`.

Rendered photos, small. One worker is killed while it measures; nothing is lost and nothing is done twice.
"""

import hashlib
import os
import signal
import socket
import time
from collections import Counter

import psutil
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from lensdb.measurements.models import SeriesMeasurement
from lensdb.moderation.models import Decision
from lensdb.processing.actions import submit_series
from lensdb.processing.enums import JobState
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from tests.chaos.negatives import printed
from tests.dask import client
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory
from tests.factories.submissions import LensCopyFactory, SeriesFactory
from tests.integration.conftest import F_NUMBERS, PIXEL_PITCH_UM
from tests.processes import manage, python

PATIENCE_SECONDS = 240  # on a machine that does much else; alone it takes a tenth of that


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """A scheduler and one worker, started as in production; gives the scheduler's address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"tls://127.0.0.1:{probe.getsockname()[1]}"
    environment = {"LENSDB_DASK_SCHEDULER": address, "LENSDB_DASK_FOLDER": str(tmp_path_factory.mktemp("dask"))}
    roles = "lensdb.processing.roles"
    with python("-m", roles, "scheduler", **environment) as hub, python("-m", roles, "worker", **environment) as worker:
        yield address
        _all_listen_on_loopback(hub, worker)
        assert [worker.end(), hub.end()] == [0, 0]


@pytest.fixture
def send(photos):
    """Submits a series of a trusted photographer; `spoil` may change the bytes of each photo."""
    owner = UserFactory(trusted=True)
    copy = LensCopyFactory(owner=owner, lens_model=LensModelFactory())
    body = CameraBodyFactory(pixel_pitch_um=PIXEL_PITCH_UM)

    def submit(spoil=lambda number, data: data):
        series = SeriesFactory(owner=owner, lens_copy=copy, body=body, distance_m=0.5)
        for number, data in enumerate(photos):
            _add(series, number, spoil(number, printed(data, series.pk)))
        submit_series(series=series, by=owner)
        return series

    return submit


@pytest.mark.django_db(transaction=True)
def test_a_backlog_survives_a_killed_worker_and_a_bad_photo_harms_its_own_series_only(scheduler, send):
    with manage("dispatch", environment={"LENSDB_DASK_SCHEDULER": scheduler}) as dispatch:
        good = [send() for _ in range(6)]
        torn = send(lambda number, data: data[: len(data) // 2] if number == 1 else data)
        rubbish = send(lambda number, _: bytes([number]) * 1000)
        _wait(lambda: SeriesMeasurement.objects.exists() and Job.objects.filter(state=JobState.CLAIMED).exists())
        _kill_worker(scheduler)
        _wait(lambda: not Job.objects.filter(state__in=[JobState.QUEUED, JobState.CLAIMED]).exists())
        assert dispatch.end() == 0

    assert Counter(Job.objects.values_list("state", flat=True)) == {JobState.DONE: 7, JobState.FAILED: 1}
    assert set(Job.objects.values_list("troubles", flat=True)) == {0}
    assert Counter(SeriesMeasurement.objects.values_list("series_id", flat=True)) == dict.fromkeys(
        [series.pk for series in (*good, torn)], 1
    )
    assert _standings(good) == {Standing.PUBLISHED}
    assert _standings([torn]) == {Standing.HELD}
    assert Decision.objects.get(series=torn).reason == "unreadable"
    assert rubbish.jobs.get().failure_code == "unreadable"
    for measurement in SeriesMeasurement.objects.filter(series__in=good):
        assert measurement.shifts.get(f_number="2.80").focus_shift_um == pytest.approx(18.5, abs=3)
        assert len(measurement.pictures) == 2 * len(F_NUMBERS)


@pytest.mark.django_db(transaction=True)
def test_a_dispatcher_that_is_asked_to_end_charges_nobody(scheduler, send):
    with manage("dispatch", "--drain-seconds=0", environment={"LENSDB_DASK_SCHEDULER": scheduler}) as dispatch:
        for _ in range(4):
            send()
        _wait(lambda: Job.objects.filter(state=JobState.CLAIMED).exists())
        assert dispatch.end() == 0
    assert not Job.objects.filter(state=JobState.CLAIMED).exists()
    assert set(Job.objects.values_list("troubles", flat=True)) == {0}
    assert Job.objects.filter(state=JobState.DONE).count() == SeriesMeasurement.objects.count()


def _add(series, number, data):
    sha256 = hashlib.sha256(data).hexdigest()
    photo = series.photos.create(
        position=number,
        file_name=f"IMG_{number:04}.JPG",
        sha256=sha256,
        size_bytes=len(data),
        f_number=F_NUMBERS[number],
    )
    if not storages["originals"].exists(photo.storage_name):
        storages["originals"].save(photo.storage_name, ContentFile(data))


def _all_listen_on_loopback(*roles):
    processes = [psutil.Process(role.pid) for role in roles]
    family = [process for parent in processes for process in (parent, *parent.children(recursive=True))]
    listening = [at.laddr.ip for process in family for at in process.net_connections() if at.status == "LISTEN"]
    assert len(listening) >= 4
    assert set(listening) == {"127.0.0.1"}


def _standings(series):
    return {type(one).objects.get(pk=one.pk).standing for one in series}


def _kill_worker(address):
    """kill -9 the worker itself, under its nanny."""
    with client(address, timeout=10) as asking:
        (pid,) = asking.run(os.getpid).values()
    os.kill(pid, signal.SIGKILL)


def _wait(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(state || ' ' || failure_code, ', ') FROM processing_job")
            assert time.monotonic() < deadline, f"still {cursor.fetchone()}"
        time.sleep(0.05)
