"""`manage.py dispatch`: hand the backlog to Dask, until SIGTERM."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import time
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection

from lensdb.lib.stopping import Stop
from lensdb.processing.cluster import DaskCluster
from lensdb.processing.dispatcher import Dispatcher
from lensdb.processing.health import STALL_SECONDS
from lensdb.processing.network import UnsafeAddressError, checked_address, tls_of
from lensdb.processing.wakeup import Wakeup

log = logging.getLogger("lensdb.dispatch")

BUSY_SECONDS: Final = 0.1
IDLE_SECONDS: Final = 1.0
"""Between turns while something is in flight, and while nothing is and nobody calls."""

HANG_SECONDS: Final = 120
"""A turn that takes so long hangs, in Dask's client or elsewhere: the kernel ends us, the supervisor starts us anew."""


class Command(BaseCommand):
    help = "Claims queued series, has them measured on the Dask cluster and records the results. Ends on SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drain-seconds",
            type=float,
            default=20.0,
            help="How long to wait for what is being measured when asked to end; the rest is given back. Default: 20.",
        )
        parser.add_argument(
            "--scheduler",
            metavar="ADDRESS",
            help="Of this dispatcher's own Dask cluster. Any number of dispatchers share the backlog, each with a "
            "cluster of its own. Default: LENSDB_DASK_SCHEDULER.",
        )
        parser.add_argument(
            "--stall-seconds",
            type=float,
            default=STALL_SECONDS,
            help="With work at hand and nothing finished for so long, or for twice the time of the slowest tasks, the "
            "cluster is started anew. Default: %(default)g.",
        )

    def handle(
        self, *_args: Any, drain_seconds: float, scheduler: str | None, stall_seconds: float, **_options: Any
    ) -> None:
        stop = Stop()
        address = scheduler or settings.DASK_SCHEDULER
        try:
            checked_address(address)
            tls = tls_of("dispatch", os.environ)
        except UnsafeAddressError as error:
            raise CommandError(str(error)) from error
        name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        dispatcher = Dispatcher(
            name=name, connect=lambda: DaskCluster(address, tls), scheduler=address, stall_seconds=stall_seconds
        )
        log.info("event=%r name=%r scheduler=%r", "started", name, address)
        run(dispatcher, stop)
        signal.alarm(HANG_SECONDS + int(drain_seconds))
        dispatcher.drain(drain_seconds)
        signal.alarm(0)
        log.info("event=%r name=%r", "ended", name)


def run(dispatcher: Dispatcher, stop: Stop) -> None:
    """Turn after turn until asked to stop; a database that is away for a while is waited for."""
    wakeup = Wakeup()
    while not stop.asked:
        signal.alarm(HANG_SECONDS)
        try:
            if not dispatcher.turn():
                wakeup.wait(BUSY_SECONDS if dispatcher.flights else IDLE_SECONDS)
        except (OperationalError, InterfaceError) as error:
            log.warning("event=%r error=%r", "no database", str(error))
            connection.close()
            time.sleep(IDLE_SECONDS)
