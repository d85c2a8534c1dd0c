"""The dispatcher: hands queued series to a cluster and writes down what comes back.

The rows are the truth. What is in flight is known here too, but may be forgotten at any moment without loss: leases
lapse, and another dispatcher takes over. Any number of dispatchers, each with a cluster of its own, share one table.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from django.db import DataError, IntegrityError

from analysis.results import SeriesResult
from lensdb.lib import faults
from lensdb.processing import actions, queries
from lensdb.processing.actions import LEASE, Claim
from lensdb.processing.cluster import (
    Cluster,
    ClusterLostError,
    Handle,
    TaskLostError,
    TaskTroubleError,
    WorkerDiedError,
)
from lensdb.processing.failures import FAILURES, FailureKind
from lensdb.processing.tasks import Work, kept_pictures, renamed, reworded, work_of
from lensdb.processing.worker import Report

log = logging.getLogger("lensdb.dispatch")

PER_SLOT: Final = 2
"""Handed out per slot: one is measured, one waits beside it. The rest of the backlog stays in the table."""

RENEW_SECONDS: Final = LEASE.total_seconds() / 5
LOOK_SECONDS: Final = 3.0
"""Between looks at the cluster's health and at lapsed leases."""


@dataclass(frozen=True, slots=True)
class Flight:
    """One series that was handed out."""

    handle: Handle
    work: Work


class Dispatcher:
    """Call `turn` again and again, and `drain` at the end. `connect` makes a cluster, or raises `ClusterLostError`."""

    def __init__(self, *, name: str, connect: Callable[[], Cluster]) -> None:
        self.name = name
        self.flights: dict[Claim, Flight] = {}
        self._connect = connect
        self._cluster: Cluster | None = None
        self._slots = 0
        self._alone: Claim | None = None
        self._renewed_at = self._looked_at = float("-inf")

    def turn(self) -> None:
        """Look after the leases and the cluster, write down what is over, hand out what there is room for."""
        now = time.monotonic()
        if now - self._renewed_at >= RENEW_SECONDS:
            self._renewed_at = now
            self._renew()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._look()
        self._collect()
        if self._cluster is not None:
            self._hand_out(self._cluster)

    def drain(self, seconds: float) -> None:
        """Claim no more; wait so long for what is in flight; give the rest back uncharged; leave the cluster."""
        deadline = time.monotonic() + seconds
        while self.flights and self._cluster is not None and time.monotonic() < deadline:
            self._collect()
            time.sleep(0.05)
        self._give_back(list(self.flights))
        if self._cluster is not None:
            self._cluster.close()
        self._cluster = None

    def _renew(self) -> None:
        for claim in set(self.flights) - actions.renew(claims=self.flights):
            _say("lost the claim", claim)  # it lapsed, or the series was erased
            self._land(claim)

    def _look(self) -> None:
        """See that the cluster lives and how many slots it has; bring back what other dispatchers left behind."""
        try:
            if self._cluster is None:
                self._cluster = self._connect()
                log.info("event=%r", "found the cluster")
            self._slots = self._cluster.slots()
        except ClusterLostError as error:
            self._lose_cluster(error)
        if rescued := actions.rescue():
            log.warning("event=%r jobs=%d", "took over from a dispatcher that is gone", rescued)

    def _lose_cluster(self, error: ClusterLostError) -> None:
        log.warning("event=%r error=%r given_back=%d", "no cluster", str(error), len(self.flights))
        lost, self._cluster, self._slots = self._cluster, None, 0
        self._give_back(list(self.flights))
        if lost is not None:
            lost.close()

    def _collect(self) -> None:
        for claim, flight in list(self.flights.items()):
            if flight.handle.is_over():
                self._write_down(claim, flight)
                self._land(claim)

    def _hand_out(self, cluster: Cluster) -> None:
        room = PER_SLOT * self._slots - len(self.flights)
        if room <= 0 or self._alone is not None:
            return
        if queries.next_in_line(alone=True).exists():
            # A worker died beside it before. Nothing else is in flight while it is tried again, so nobody is blamed.
            claims = [] if self.flights else actions.claim(by=self.name, limit=1, alone=True)
            self._alone = claims[0] if claims else None
        else:
            claims = actions.claim(by=self.name, limit=room)
        try:
            self._submit(cluster, claims)
        except ClusterLostError as error:
            actions.give_back(claims=[claim for claim in claims if claim not in self.flights])
            self._lose_cluster(error)

    def _submit(self, cluster: Cluster, claims: Collection[Claim]) -> None:
        work = work_of([claim.series_id for claim in claims])
        for claim in claims:
            if claim.series_id in work:
                faults.here("hand-over.before")
                handle = cluster.submit(f"measure-{claim.job_id}-{claim.attempt}", work[claim.series_id].task)
                self.flights[claim] = Flight(handle, work[claim.series_id])
                faults.here("hand-over.after")
                _say("handed out", claim)

    def _write_down(self, claim: Claim, flight: Flight) -> None:
        """Turn the end of a task into the end, or another try, of its job."""
        try:
            report = Report(**flight.handle.report())
        except WorkerDiedError:
            held = actions.again(claim=claim, failure=FAILURES["worker_lost"], alone=True)
            _say("worker died, again alone", claim, held=held)
        except TaskLostError as error:
            actions.give_back(claims=[claim])
            self._slots, self._looked_at = 0, float("-inf")  # look before handing out more
            _say("lost by the cluster, given back", claim, error=str(error))
        except (TaskTroubleError, TypeError) as error:
            held = actions.again(claim=claim, failure=FAILURES["worker_trouble"])
            _say("worker trouble", claim, held=held, error=str(error))
        else:
            self._write_report(claim, flight.work, report)

    def _write_report(self, claim: Claim, work: Work, report: Report) -> None:
        if report.result is None:
            _write_failure(claim, work, report)
            return
        try:
            held = actions.finish(
                claim=claim,
                result=renamed(SeriesResult.from_json(report.result), work.file_names),
                pictures=kept_pictures(report.pictures),
                cpu_seconds=report.cpu_seconds,
            )
            _say("measured", claim, held=held, cpu_seconds=round(report.cpu_seconds, 2))
        except (ValueError, DataError, IntegrityError) as error:  # one bad result never stops the rest
            log.exception("event=%r job=%d series=%d", "result refused", claim.job_id, claim.series_id)
            _write_failure(claim, work, Report(failure="measuring_failed", detail=str(error)))

    def _give_back(self, claims: Collection[Claim]) -> None:
        if claims:
            actions.give_back(claims=claims)
        for claim in claims:
            self._land(claim)

    def _land(self, claim: Claim) -> None:
        self.flights.pop(claim).handle.forget()
        if self._alone == claim:
            self._alone = None


def _write_failure(claim: Claim, work: Work, report: Report) -> None:
    failure = FAILURES.get(report.failure, FAILURES["measuring_failed"])
    if failure.kind is FailureKind.PASSING:
        held = actions.again(claim=claim, failure=failure)
    else:
        held = actions.fail(claim=claim, failure=failure, sentence=reworded(report.sentence, work.file_names))
    _say("failed", claim, held=held, code=failure.code, detail=report.detail)


def _say(event: str, claim: Claim, **facts: object) -> None:
    """One line of the log: what happened to which series in which attempt."""
    told = {"event": event, "series": claim.series_id, "job": claim.job_id, "attempt": claim.attempt} | facts
    log.info(" ".join(f"{name}={value!r}" for name, value in told.items()))
