"""The dispatcher and its cluster as real processes: a dead scheduler, a stopped worker, a cluster that does nothing.

The photos are rubbish, so that measuring takes no time: that they fail as unreadable shows that they were measured.
"""

import contextlib
import hashlib
import os
import secrets
import signal
import socket
import time
from collections import Counter

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from lensdb.processing.actions import submit_series
from lensdb.processing.cluster import ClusterLostError, DaskCluster, TaskLostError
from lensdb.processing.enums import JobState
from lensdb.processing.models import DispatcherBeat, Job
from tests.dask import client, tls
from tests.factories.submissions import SeriesFactory
from tests.processes import manage, python

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 240  # on a machine that does much else; alone it takes a tenth of that


@pytest.fixture
def address():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"tls://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def start(address, tmp_path):
    """Starts a role of the cluster; what runs at the end of the test is killed."""
    with contextlib.ExitStack() as running:
        environment = {"LENSDB_DASK_SCHEDULER": address, "LENSDB_DASK_FOLDER": str(tmp_path)}
        yield lambda role: running.enter_context(python("-m", "lensdb.processing.roles", role, **environment))


def send_rubbish():
    series = SeriesFactory()
    for position in range(2):
        data = secrets.token_bytes(1000)
        photo = series.photos.create(
            position=position, file_name="IMG.JPG", sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data)
        )
        storages["originals"].save(photo.storage_name, ContentFile(data))
    submit_series(series=series, by=series.owner)


def stop_the_worker(address):
    """SIGSTOP to the worker itself, under its nanny; gives its pid."""
    with client(address, timeout=30) as asking:
        asking.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        (pid,) = asking.run(os.getpid).values()
    os.kill(pid, signal.SIGSTOP)
    return pid


def wait(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        told = Counter(Job.objects.values_list("state", "failure_code")), list(DispatcherBeat.objects.values())
        assert time.monotonic() < deadline, f"still {told}"
        time.sleep(0.05)


def all_are_measured():
    return not Job.objects.exclude(failure_code="unreadable").exists()


def in_flight():
    return Job.objects.filter(state=JobState.CLAIMED).count()


def test_a_dead_scheduler_is_noticed_and_its_successor_gets_all_the_work(address, start):
    scheduler, worker = start("scheduler"), start("worker")
    stopped = stop_the_worker(address)
    with manage("dispatch", environment={"LENSDB_DASK_SCHEDULER": address}) as dispatch:
        for _ in range(4):
            send_rubbish()
        wait(lambda: in_flight() == 2)
        os.kill(scheduler.pid, signal.SIGKILL)
        wait(lambda: DispatcherBeat.objects.filter(trouble="no scheduler answers").exists())
        assert in_flight() == 0
        os.kill(stopped, signal.SIGCONT)
        assert worker.wait() == 0  # by itself, and with a clean exit: restart always
        start("scheduler"), start("worker")
        wait(all_are_measured)
        assert set(Job.objects.values_list("troubles", flat=True)) == {0}
        assert dispatch.end() == 0
    assert not DispatcherBeat.objects.exists()


def test_a_stopped_worker_is_started_anew_by_the_watchdog(address, start):
    roles = {role: start(role) for role in ("scheduler", "worker")}
    stop_the_worker(address)

    def all_are_measured_while_roles_are_restarted_always():
        for role, process in roles.items():
            if process.has_ended:
                roles[role] = start(role)
        return all_are_measured()

    with manage("dispatch", "--stall-seconds=2", environment={"LENSDB_DASK_SCHEDULER": address}) as dispatch:
        for _ in range(4):
            send_rubbish()
        wait(all_are_measured_while_roles_are_restarted_always)
        assert DispatcherBeat.objects.get().recycled >= 1
        assert dispatch.end() == 0


def test_starting_a_cluster_anew_frees_it_of_a_task_that_never_ends(address, start, monkeypatch):
    scheduler, worker = start("scheduler"), start("worker")
    wait(lambda: answers(address))
    cluster = DaskCluster(address, tls(), measure=time.sleep)
    wait(lambda: cluster.slots() == 1)
    (endless,) = cluster.submit({"measure-1-1": 3600}).values()
    wait(lambda: cluster.stuck() == {"measure-1-1"})
    monkeypatch.setattr("lensdb.processing.cluster.HEARD_SECONDS", -1)
    assert cluster.stuck() == set()  # a worker that was not heard of is not the series' doing
    cluster.recycle(hard=False)
    wait(endless.is_over)
    with pytest.raises(TaskLostError):
        endless.report()
    wait(lambda: cluster.slots() == 1)
    (done,) = cluster.submit({"measure-2-1": 0}).values()
    wait(done.is_over)
    assert done.report() is None
    with contextlib.suppress(ClusterLostError):  # it may end before it has answered
        cluster.recycle(hard=True)
    assert (scheduler.wait(), worker.wait()) == (0, 0)  # for their supervisor to start
    cluster.close()


def test_reports_that_do_not_come_together_are_lost_and_not_waited_for_one_by_one(address, start):
    start("scheduler"), start("worker")
    wait(lambda: answers(address))
    with contextlib.closing(DaskCluster(address, tls(), measure=len)) as cluster:
        wait(lambda: cluster.slots() == 1)
        handed = cluster.submit({"measure-1-1": "a", "measure-2-1": "bb", "measure-3-1": "ccc"})
        wait(lambda: all(handle.is_over() for handle in handed.values()))
        pid = stop_the_worker(address)
        cluster.fetch([handed["measure-1-1"], handed["measure-2-1"]])
        os.kill(pid, signal.SIGCONT)
        for key in ("measure-1-1", "measure-2-1"):
            with pytest.raises(TaskLostError):
                handed[key].report()
        assert handed["measure-3-1"].report() == 3


def answers(address):
    with contextlib.suppress(OSError), client(address, timeout=2):
        return True
    return False
