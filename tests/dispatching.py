"""The site's own dispatcher, in a process of its own, with another task to hand out than measuring."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import django

from lensdb.processing.worker import Task


def dispatch(address: str, measure: Callable[[Task], dict[str, Any]], *, renews: bool = True) -> None:
    """What `manage.py dispatch` does, until SIGTERM; its name is the scheduler's address.

    One that does not renew its leases never learns that it lost a claim, and writes whatever it has.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "lensdb.settings"
    django.setup()
    # After django.setup(): these know models.
    from lensdb.lib.stopping import Stop  # noqa: PLC0415
    from lensdb.processing import dispatcher as dispatcher_module  # noqa: PLC0415
    from lensdb.processing.cluster import DaskCluster  # noqa: PLC0415
    from lensdb.processing.dispatcher import Dispatcher  # noqa: PLC0415
    from lensdb.processing.management.commands.dispatch import run  # noqa: PLC0415
    from lensdb.processing.network import tls_of  # noqa: PLC0415

    if not renews:
        dispatcher_module.RENEW_SECONDS = math.inf
    dispatcher = Dispatcher(
        name=address, connect=lambda: DaskCluster(address, tls_of("dispatch", os.environ), measure=measure)
    )
    run(dispatcher, Stop())
    dispatcher.drain(0)
