"""The Dask cluster as the dispatcher sees it."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Protocol

from distributed import Client, Future, KilledWorker, Security

from lensdb.processing import worker
from lensdb.processing.network import Tls, checked_address

ANSWER_SECONDS: Final = 4
"""A scheduler that does not answer for so long counts as dead."""

RECYCLE_SECONDS: Final = 15
HEARD_SECONDS: Final = 20
"""A worker speaks several times a minute; one that has not for so long is stopped, swapped out or cut off."""


class ClusterLostError(Exception):
    """The scheduler does not answer: what was handed to it is lost."""


class WorkerDiedError(Exception):
    """The task was on workers that died; it may be innocent."""


class TaskLostError(Exception):
    """The cluster forgot the task."""


class TaskTroubleError(Exception):
    """The task raised where it should have reported: trouble of the worker's installation."""


class Handle(Protocol):
    """A task that was handed over."""

    def is_over(self) -> bool:
        """Whether there is a report, or never will be."""

    def report(self) -> dict[str, Any]:
        """The worker's report; raises `WorkerDiedError`, `TaskLostError` or `TaskTroubleError` where there is none."""

    def forget(self) -> None:
        """Let the cluster forget it, started or not."""


class Cluster(Protocol):
    """Somewhere to hand series to."""

    def slots(self) -> int:
        """How many series are measured side by side; `ClusterLostError` when nobody answers."""

    def submit(self, tasks: Mapping[str, worker.Task]) -> Mapping[str, Handle]:
        """Hand series over, each under its key; `ClusterLostError` when nobody is there to take them."""

    def fetch(self, handles: Collection[Handle]) -> None:
        """Have the reports of tasks that are over come all in one go; if they do not come in time they are lost."""

    def stuck(self) -> set[str]:
        """Keys that healthy workers hold: when nothing moves, these may be why; series on dead workers are not."""

    def recycle(self, *, hard: bool) -> None:
        """Start all workers anew; if `hard` end scheduler and workers, for their supervisor to start."""

    def close(self) -> None:
        """Leave."""


class DaskHandle:
    """A Dask future. `fetched` is its report where that came with others, `is_lost` that these could not be had."""

    def __init__(self, future: Future) -> None:
        self.fetched: dict[str, Any] | None = None
        self.is_lost = False
        self._future = future

    def unfetched(self) -> dict[str, Future]:
        """The future by its key, if it has a report that has not been fetched."""
        is_there = self.fetched is None and self._future.status == "finished"
        return {self._future.key: self._future} if is_there else {}

    def is_over(self) -> bool:
        return bool(self._future.done())

    def report(self) -> dict[str, Any]:
        if self.fetched is not None:
            return self.fetched
        status = "lost" if self.is_lost else self._future.status
        if status in {"cancelled", "lost"}:
            raise TaskLostError(status)
        try:
            report: dict[str, Any] = self._future.result(timeout=ANSWER_SECONDS)
        except KilledWorker as error:
            raise WorkerDiedError(str(error)) from error
        except TimeoutError as error:  # the worker that held it is gone; Dask would measure again by and by
            raise TaskLostError("the report could not be fetched") from error
        except Exception as error:
            if self._future.status == "error":
                raise TaskTroubleError(f"{type(error).__name__}: {error}") from error
            raise TaskLostError(str(error)) from error
        return report

    def forget(self) -> None:
        if not self._future.done():
            self._future.cancel()
        self._future.release()


def security(tls: Tls) -> Security:
    """What a client of the cluster shows, and whom it believes."""
    return Security(tls_ca_file=tls.ca, tls_client_cert=tls.cert, tls_client_key=tls.key, require_encryption=True)


class DaskCluster:
    """A scheduler somewhere else, and the workers it has. `measure` is what they do with a task.

    Raises
    ------
    UnsafeAddressError, ClusterLostError
    """

    def __init__(
        self,
        address: str,
        tls: Tls,
        measure: Callable[[worker.Task], dict[str, Any]] = worker.measure,
    ) -> None:
        self._measure = measure
        try:
            self._client = Client(
                str(checked_address(address)),
                timeout=ANSWER_SECONDS,
                security=security(tls),
                set_as_default=False,
                name="lensdb-dispatch",
            )
        except OSError as error:
            raise ClusterLostError(f"no scheduler answers at {address}") from error

    def slots(self) -> int:
        return sum(self._ask(self._client.scheduler.ncores).values())

    def submit(self, tasks: Mapping[str, worker.Task]) -> dict[str, DaskHandle]:
        self._check_open()
        # One prefix for all keys: the scheduler keeps statistics of each prefix for ever.
        futures = self._client.map(self._measure, list(tasks.values()), key=list(tasks), pure=False, retries=0)
        return {key: DaskHandle(future) for key, future in zip(tasks, futures, strict=True)}

    def fetch(self, handles: Collection[Handle]) -> None:
        there = {handle: handle.unfetched() for handle in handles if isinstance(handle, DaskHandle)}
        futures = dict(itertools.chain.from_iterable(one.items() for one in there.values()))
        if len(futures) < 2:
            return
        try:
            reports = self._client.sync(self._client.gather, futures, errors="skip", callback_timeout=ANSWER_SECONDS)
        except (OSError, TimeoutError):  # to ask for each alone would take as long for each, and leases lapse
            reports = {}
        for handle, future in there.items():
            for key in future:
                handle.fetched = reports.get(key)
                handle.is_lost = key not in reports

    def stuck(self) -> set[str]:
        workers = self._ask(self._client.scheduler.identity)["workers"]
        held = self._ask(self._client.scheduler.processing, workers=None)
        healthy = {
            address
            for address, seen in workers.items()
            if seen["status"] == "running" and time.time() - seen["last_seen"] < HEARD_SECONDS
        }
        return {key for address, keys in held.items() if address in healthy for key in keys}

    def recycle(self, *, hard: bool) -> None:
        scheduler = self._client.scheduler
        if hard:
            self._ask(scheduler.terminate)
        else:
            options = {"timeout": RECYCLE_SECONDS, "wait_for_workers": False, "stimulus_id": "lensdb-stalled"}
            try:
                self._ask(scheduler.restart, seconds=RECYCLE_SECONDS + ANSWER_SECONDS, **options)
            except Exception as error:  # whatever a nanny could not do: the cluster is not well
                raise ClusterLostError(str(error)) from error

    def close(self) -> None:
        with contextlib.suppress(TimeoutError):  # a busy host, or a scheduler that hangs: it is left either way
            self._client.close(timeout=1)

    def _ask(self, question: Callable[..., Any], *, seconds: float = ANSWER_SECONDS, **arguments: Any) -> Any:
        """What the scheduler answers; `ClusterLostError` when it does not in time."""
        self._check_open()
        try:
            return self._client.sync(question, callback_timeout=seconds, **arguments)
        except (OSError, TimeoutError) as error:
            raise ClusterLostError(str(error) or type(error).__name__) from error

    def _check_open(self) -> None:
        if self._client.status != "running":  # it closes itself some seconds after its scheduler died
            raise ClusterLostError(f"the connection is {self._client.status}")
