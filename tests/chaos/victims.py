"""What can be killed, and how to find it among the processes our own supervisor started. Nothing else is touched."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import psutil

_SPAWNED: Final = "multiprocessing.spawn"
_MEASURING: Final = "lensdb.processing.sandbox.measuring"


def commands(family: list[psutil.Process]) -> Iterator[tuple[psutil.Process, str, str]]:
    """Each process with its own command line and its parent's; those that end meanwhile are left out."""
    for process in family:
        with contextlib.suppress(psutil.Error):
            parent = process.parent()
            yield process, " ".join(process.cmdline()), " ".join(parent.cmdline()) if parent else ""


ROLES: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "scheduler": lambda own, _: "dask scheduler" in own,
    "nanny": lambda own, _: "dask worker" in own,
    "worker": lambda own, parent: _SPAWNED in own and "dask worker" in parent,
    "measuring child": lambda own, parent: _MEASURING in own and _MEASURING in parent,
    "dispatcher": lambda own, _: "manage.py dispatch" in own,
    "cells process": lambda own, _: "manage.py refresh_cells" in own,
    "gunicorn worker": lambda own, parent: "gunicorn" in own and "gunicorn" in parent,
}
"""Whether a process plays a role, by its command line and its parent's."""


def playing(role: str, family: list[psutil.Process]) -> list[psutil.Process]:
    """The processes of a role."""
    return [process for process, own, parent in commands(family) if ROLES[role](own, parent)]
