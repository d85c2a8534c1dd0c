"""The dispatcher: hands queued series to a cluster and writes down what comes back.

The rows are the truth. What is in flight is known here too, but may be forgotten at any moment without loss: leases
lapse, and another dispatcher takes over. Any number of dispatchers, each with a cluster of its own, share one table.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from django.utils import timezone

from lensdb.lib import faults
from lensdb.processing import actions, health, queries, supervision
from lensdb.processing.actions import LEASE, Claim
from lensdb.processing.cluster import Cluster, ClusterLostError
from lensdb.processing.failures import FAILURES
from lensdb.processing.outcomes import Flight, say, write_down
from lensdb.processing.tasks import work_of
from lensdb.processing.watchdog import Watchdog

log = logging.getLogger("lensdb.dispatch")

PER_SLOT: Final = 2
"""Handed out per slot: one is measured, one waits beside it. The rest of the backlog stays in the table."""

TOGETHER: Final = 16
"""Results recorded in one transaction: one costs half as much as alone, and nobody waits long for it."""

RENEW_SECONDS: Final = LEASE.total_seconds() / 5
MACHINE_TROUBLE_SECONDS: Final = 2 * actions.MACHINE_WAIT.total_seconds()

LOOK_SECONDS: Final = 3.0
"""Between looks at the cluster's health and at lapsed leases."""


class Dispatcher:
    """Call `turn` again and again, and `drain` at the end.

    Parameters
    ----------
    connect : makes a cluster, or raises `ClusterLostError`.
    scheduler : where that cluster is, for people to read.
    stall_seconds : with work at hand and nothing finished for so long (longer where tasks are), the cluster is
        started anew.
    """

    def __init__(
        self,
        *,
        name: str,
        connect: Callable[[], Cluster],
        scheduler: str = "",
        stall_seconds: float = health.STALL_SECONDS,
    ) -> None:
        self.name = name
        self.flights: dict[Claim, Flight] = {}
        self._connect = connect
        self._scheduler = scheduler
        self._stall_seconds = stall_seconds
        self._cluster: Cluster | None = None
        self._slots = 0
        self._alone: Claim | None = None
        self._renewed_at = self._looked_at = float("-inf")
        self._watchdog = Watchdog(time.monotonic())
        self._finished_at: datetime | None = None
        self._recycled = 0
        self._trouble = ""
        self._machine_trouble, self._machine_trouble_at = "", float("-inf")

    def turn(self) -> bool:
        """Look after the leases and the cluster, write down what is over, hand out what there is room for.

        Whether more is over already: then do not wait for the next turn.
        """
        now = time.monotonic()
        if now - self._renewed_at >= RENEW_SECONDS:
            self._renewed_at = now
            if self.flights:
                self._renew()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._look()
        is_more = self._collect()
        if self._cluster is not None:
            self._hand_out(self._cluster)
        return is_more

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
        supervision.leave(name=self.name)

    def _renew(self) -> None:
        for claim in set(self.flights) - actions.renew(claims=self.flights):
            say("lost the claim", claim)  # it lapsed, or the series was erased
            self._land(claim)

    def _look(self) -> None:
        """See that the cluster lives and works; bring back what other dispatchers left behind; say how it goes."""
        try:
            if self._cluster is None:
                self._cluster = self._connect()
                self._watchdog.idle(time.monotonic())
                self._trouble = ""
                log.info("event=%r", "found the cluster")
            self._slots = self._cluster.slots()
            self._watch(self._cluster)
        except ClusterLostError as error:
            self._lose_cluster(error)
        if rescued := actions.rescue():
            log.warning("event=%r jobs=%d", "took over from a dispatcher that is gone", rescued)
        self._beat()

    def _beat(self) -> None:
        supervision.beat(
            name=self.name,
            scheduler=self._scheduler,
            slots=self._slots,
            in_flight=len(self.flights),
            finished_at=self._finished_at,
            recycled=self._recycled,
            trouble=self._trouble or self._trouble_of_machines(),
        )

    def _trouble_of_machines(self) -> str:
        """What a machine of the cluster lacked lately; series that wait for it are tried again within that time."""
        is_lately = time.monotonic() - self._machine_trouble_at < MACHINE_TROUBLE_SECONDS
        return self._machine_trouble if is_lately else ""

    def _most_each(self) -> int:
        """New submissions that one owner may hold: half of all slots, so that nobody's slow series take them all."""
        return max(1, max(self._slots, queries.slots()) // 2)

    def _watch(self, cluster: Cluster) -> None:
        """Start the cluster anew when it has work and gets none of it done."""
        now = time.monotonic()
        if not self.flights and not queries.is_work_for(self._most_each()):
            self._watchdog.idle(now)
            self._trouble = ""
        elif self._watchdog.is_stalled(now, self._stall_seconds) and self._watchdog.is_stalled(
            now, health.patience_s(self._stall_seconds)
        ):
            self._recycle(cluster)
        elif not self._watchdog.recycled_in_a_row:
            self._trouble = "" if self._slots else "no workers"

    def _recycle(self, cluster: Cluster) -> None:
        """First the workers, the next time scheduler and workers.

        Series that a healthy worker holds are charged, for one of them may never end; the others only go back.
        """
        hard = self._watchdog.recycled_in_a_row > 0
        self._recycled += 1
        self._trouble = f"nothing got done, so {'scheduler and workers' if hard else 'all workers'} were started anew"
        log.error("event=%r hard=%r in_flight=%d slots=%d", "stalled", hard, len(self.flights), self._slots)
        self._beat()
        stuck = cluster.stuck()
        for claim in [claim for claim, flight in self.flights.items() if flight.key in stuck]:
            held = actions.again(claim=claim, failure=FAILURES["worker_stalled"])
            say("stalled, again", claim, held=held)
            self._land(claim)
        self._give_back(list(self.flights))
        self._watchdog.recycled(time.monotonic())
        cluster.recycle(hard=hard)

    def _lose_cluster(self, error: ClusterLostError) -> None:
        log.warning("event=%r error=%r given_back=%d", "no cluster", str(error), len(self.flights))
        self._trouble = "no scheduler answers"
        lost, self._cluster, self._slots = self._cluster, None, 0
        self._give_back(list(self.flights))
        if lost is not None:
            lost.close()

    def _collect(self) -> bool:
        """Write down some of what is over, so that its room is soon used again; whether there is more."""
        all_over = [(claim, flight) for claim, flight in self.flights.items() if flight.handle.is_over()]
        over = dict(all_over[:TOGETHER])
        if not over or self._cluster is None:
            return False
        self._cluster.fetch([flight.handle for flight in over.values()])
        written = write_down(over)
        lost = written.lost
        if written.machine_trouble:
            self._machine_trouble, self._machine_trouble_at = written.machine_trouble, time.monotonic()
        if len(lost) < len(over):
            self._watchdog.progress(time.monotonic())
            self._finished_at = timezone.now()
        if lost:
            actions.give_back(claims=list(lost))
            self._slots, self._looked_at = 0, float("-inf")  # look before handing out more
        for claim, error in lost.items():
            say("lost by the cluster, given back", claim, error=str(error))
        for claim in over:
            self._land(claim)
        return len(all_over) > len(over)

    def _hand_out(self, cluster: Cluster) -> None:
        room = PER_SLOT * self._slots - len(self.flights)
        if room <= 0 or self._alone is not None:
            return
        if queries.next_in_line(alone=True).exists():
            # A worker died beside it before. Nothing else is in flight while it is tried again, so nobody is blamed.
            claims = [] if self.flights else actions.claim(by=self.name, limit=1, alone=True)
            self._alone = claims[0] if claims else None
        else:
            claims = actions.claim(by=self.name, limit=room, most_each=self._most_each())
        try:
            self._submit(cluster, claims)
        except ClusterLostError as error:
            actions.give_back(claims=[claim for claim in claims if claim not in self.flights])
            self._alone = None
            self._lose_cluster(error)

    def _submit(self, cluster: Cluster, claims: Collection[Claim]) -> None:
        work = work_of([claim.series_id for claim in claims])
        keys, tasks = {}, {}
        for claim in claims:
            if claim.series_id not in work:
                actions.fail(claim=claim, failure=FAILURES["withdrawn"])  # changes nothing where it was erased
                if self._alone == claim:
                    self._alone = None
                continue
            keys[claim] = key = f"measure-{claim.job_id}-{claim.attempt}"
            tasks[key] = task = work[claim.series_id].task.copy()
            task["label"] += f" job={claim.job_id} attempt={claim.attempt}"
        if not tasks:
            return
        faults.here("hand-over.before")
        handles = cluster.submit(tasks)
        self.flights |= {claim: Flight(key, handles[key], work[claim.series_id]) for claim, key in keys.items()}
        faults.here("hand-over.after")
        for claim in keys:
            say("handed out", claim)

    def _give_back(self, claims: Collection[Claim]) -> None:
        if claims:
            actions.give_back(claims=claims)
        for claim in claims:
            self._land(claim)

    def _land(self, claim: Claim) -> None:
        self.flights.pop(claim).handle.forget()
        if self._alone == claim:
            self._alone = None
