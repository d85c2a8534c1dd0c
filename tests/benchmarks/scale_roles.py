"""The dispatcher and workers of the scale benchmark: real but for the work, which is sleep.

    python -m tests.benchmarks.scale_roles dispatcher ADDRESS SECONDS
    python -m tests.benchmarks.scale_roles worker ADDRESS SLOTS

A dispatcher is the site's own with another task to hand out. The workers are Dask's, with many slots each: 64 workers
of one slot would be 128 processes, which use two thirds of a core by saying that they live.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
from functools import partial
from typing import Any

import django
from distributed import Security, Worker

from lensdb.processing.network import tls_of
from lensdb.processing.worker import Report
from tests.benchmarks.scale_tasks import sleep
from tests.dispatching import dispatch


def canned_report(seconds: float) -> dict[str, Any]:
    """A result of seven f-numbers."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "lensdb.settings"
    django.setup()
    from tests.factories.measurements import series_result  # noqa: PLC0415 - knows models

    return dataclasses.asdict(Report(result=series_result().to_json(), cpu_seconds=seconds))


async def work(address: str, slots: int) -> None:
    """A worker with so many slots, until killed."""
    tls = tls_of("worker", os.environ)
    security = Security(tls_ca_file=tls.ca, tls_worker_cert=tls.cert, tls_worker_key=tls.key, require_encryption=True)
    async with Worker(address, nthreads=slots, name=str(os.getpid()), dashboard=False, security=security):
        await asyncio.Event().wait()


if __name__ == "__main__":
    role, scheduler, number = sys.argv[1:]
    if role == "dispatcher":
        dispatch(scheduler, partial(sleep, seconds=float(number), report=canned_report(float(number))))
    else:
        asyncio.run(work(scheduler, int(number)))
