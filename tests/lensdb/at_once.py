"""Two things at the same time, each on a connection of its own."""

import threading
import time
from collections.abc import Callable

from django.db import connection


def start(work: Callable[[], object]) -> threading.Thread:
    """Do it on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def in_thread(work: Callable[[], object]) -> None:
    """Do it on a connection of its own, to the end."""
    start(work).join(timeout=10)


def wait_until_somebody_waits() -> None:
    """Until some connection waits for a lock that another one holds."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits for the lock")
