import threading
import time

import pytest
from django.db import OperationalError, connection

from lensdb.processing.actions import queue
from lensdb.processing.wakeup import Wakeup
from tests.factories.submissions import SubmittedSeriesFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_returns_when_there_is_work_and_not_before():
    wakeup = Wakeup()
    started = time.monotonic()
    wakeup.wait(0.3)
    assert time.monotonic() - started >= 0.3
    series = SubmittedSeriesFactory()
    queueing = threading.Timer(0.2, lambda: (queue(series=series), connection.close()))
    queueing.start()
    started = time.monotonic()
    wakeup.wait(60)
    assert time.monotonic() - started < 30
    queueing.join()


def test_it_listens_again_on_a_new_connection():
    wakeup = Wakeup()
    wakeup.wait(0.01)
    connection.close()
    wakeup.wait(0.01)
    queue(series=SubmittedSeriesFactory())
    started = time.monotonic()
    wakeup.wait(60)
    assert time.monotonic() - started < 30


def test_a_connection_that_is_cut_while_it_waits_is_told_as_djangos_own_error():
    wakeup = Wakeup()
    wakeup.wait(0.01)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()
    with pytest.raises(OperationalError):
        wakeup.wait(60)
    connection.close()
    wakeup.wait(0.01)
