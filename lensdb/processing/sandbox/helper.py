"""The warm helper: imports once, forks a child for each request, says how the child ended.

It runs beside a worker, started by `client.Helper` with one end of a socket pair as its standard input, and ends when
the other end closes. A request is one line of JSON with descriptors attached (answer, pictures, then the photos); the
reply is one line of JSON, `Ending`. What the child made it never reads.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import os
import select
import signal
import socket
from dataclasses import dataclass
from typing import Any, Final

from lensdb.processing.sandbox import child
from lensdb.processing.sandbox.child import PhotoHandedOver, Request, Work
from lensdb.processing.sandbox.limits import Limits

DESCRIPTORS_MAX: Final = 250
"""The kernel passes at most 253 at once."""

NICENESS: Final = 5
"""Lowers the priority of measuring: where pages are served beside it, a child gets a third of what a page gets."""

READY: Final = b"ready\n"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: by itself with `exit_code`, or by signal `signal_number`."""

    exit_code: int | None
    signal_number: int | None
    timed_out: bool
    cpu_seconds: float
    peak_rss_bytes: int


def serve(work: Work) -> None:
    """Do `work` in a child for each request, until the worker closes its end."""
    os.nice(NICENESS)
    worker = socket.socket(fileno=os.dup(0))
    gc.collect()
    gc.freeze()  # what is imported stays shared with the children
    worker.sendall(READY)
    while (received := _receive(worker)) is not None:
        request, descriptors = received
        ending = _run(request, work, worker)
        for descriptor in descriptors:
            os.close(descriptor)
        if ending is None:
            return
        worker.sendall(json.dumps(dataclasses.asdict(ending)).encode() + b"\n")


def _receive(worker: socket.socket) -> tuple[Request, list[int]] | None:
    """The next request and its descriptors; None when the worker has gone."""
    line, descriptors, _, _ = socket.recv_fds(worker, 65536, DESCRIPTORS_MAX)
    while line and not line.endswith(b"\n"):
        more = worker.recv(65536)
        if not more:
            return None
        line += more
    if not line:
        return None
    asked = json.loads(line)
    photos = [
        PhotoHandedOver(photo["name"], photo["f_number"], descriptor, os.fstat(descriptor).st_size)
        for photo, descriptor in zip(asked["photos"], descriptors[2:], strict=True)
    ]
    limits, must_seal = Limits(**asked["limits"]), asked["must_seal"]
    request = Request(photos, asked["options"], limits, must_seal, descriptors[0], descriptors[1])
    return request, descriptors


def _run(request: Request, work: Work, worker: socket.socket) -> Ending | None:
    """Fork a child and wait for it; None when the worker went first, and then the child was ended too."""
    ended, alive = os.pipe()  # only the child keeps `alive`, so `ended` is readable when the child has ended
    helper, pid = os.getpid(), os.fork()
    if pid == 0:
        child.run(request, work, alive=alive, helper=helper)
    os.close(alive)
    readable, _, _ = select.select([ended, worker.fileno()], [], [], request.limits.wall_seconds)
    os.kill(pid, signal.SIGKILL)  # one that is ending by itself is past caring
    _, status, usage = os.wait4(pid, 0)
    os.close(ended)
    return None if worker.fileno() in readable else _ending(status, usage, timed_out=not readable)


def _ending(status: int, usage: Any, *, timed_out: bool) -> Ending:
    return Ending(
        exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        signal_number=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        timed_out=timed_out,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_rss_bytes=usage.ru_maxrss * 1024,
    )
