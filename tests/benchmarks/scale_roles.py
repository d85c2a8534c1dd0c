"""The dispatcher and workers of the scale benchmark: real but for the work, which is sleep.

    python -m tests.benchmarks.scale_roles dispatcher ADDRESS SECONDS
    python -m tests.benchmarks.scale_roles workers ADDRESS COUNT

A dispatcher is the site's own with another task to hand out. Many workers live in one process, for 64 of their own
would need 128 processes; to the scheduler each is a worker with one slot.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
import time
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import django
from distributed import Worker

from lensdb.processing.worker import Report, Task


def sleep(_task: Task, *, seconds: float, report: dict[str, Any]) -> dict[str, Any]:
    """In place of measuring: take so long, and report this."""
    time.sleep(seconds)
    return report


def dispatch(address: str, seconds: float) -> None:
    """`manage.py dispatch`, with `sleep` for the task."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "lensdb.settings"
    django.setup()
    # After django.setup(): these know models.
    from lensdb.lib.stopping import Stop  # noqa: PLC0415
    from lensdb.processing.cluster import DaskCluster  # noqa: PLC0415
    from lensdb.processing.dispatcher import Dispatcher  # noqa: PLC0415
    from lensdb.processing.management.commands.dispatch import run  # noqa: PLC0415
    from tests.factories.measurements import series_result  # noqa: PLC0415

    report = dataclasses.asdict(Report(result=series_result().to_json(), cpu_seconds=seconds))
    measure = partial(sleep, seconds=seconds, report=report)
    dispatcher = Dispatcher(name=address, connect=lambda: DaskCluster(address, None, measure=measure))
    run(dispatcher, Stop())
    dispatcher.drain(0)


async def work(address: str, count: int) -> None:
    """So many workers, until killed."""
    async with AsyncExitStack() as stack:
        for number in range(count):
            name = f"{os.getpid()}-{number}"
            await stack.enter_async_context(Worker(address, nthreads=1, name=name, dashboard=False))
        await asyncio.Event().wait()


if __name__ == "__main__":
    role, scheduler, number = sys.argv[1:]
    if role == "dispatcher":
        dispatch(scheduler, float(number))
    else:
        asyncio.run(work(scheduler, int(number)))
