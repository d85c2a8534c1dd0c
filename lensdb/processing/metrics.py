"""The backlog for Prometheus. Read from the database at every scrape, so any web process answers the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from lensdb.processing import health, operations, queries
from lensdb.submissions.models import StaleCopy


def text() -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Backlog())
    return generate_latest(registry)


class _Backlog(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _jobs()
        yield from _dispatchers()
        yield _gauge("lensdb_task_cpu_seconds_p99", "CPU time of the slowest recent tasks.", queries.task_seconds_p99())
        yield _gauge("lensdb_stale_marks", "Marks that wait for the cells process.", StaleCopy.objects.count())
        troubles = GaugeMetricFamily("lensdb_trouble", "What /healthz complains about.", labels=["code"])
        for trouble in health.troubles():
            troubles.add_metric([trouble.code], 1)
        yield troubles


def _jobs() -> Iterator[GaugeMetricFamily]:
    jobs = GaugeMetricFamily("lensdb_jobs", "Unfinished jobs.", labels=["state", "priority"])
    oldest = GaugeMetricFamily("lensdb_oldest_queued_seconds", "Age of the oldest queued job.", labels=["priority"])
    for waiting in operations.waiting():
        priority = waiting.priority.name.lower()
        jobs.add_metric(["queued", priority], waiting.queued)
        jobs.add_metric(["claimed", priority], waiting.claimed)
        if waiting.oldest_queued_at:
            oldest.add_metric([priority], _seconds_since(waiting.oldest_queued_at))
    finished = GaugeMetricFamily("lensdb_finished", "Finished jobs.", labels=["outcome", "window"])
    for done in operations.throughput():
        finished.add_metric(["measured", done.window], done.measured)
        finished.add_metric(["failed", done.window], done.failed)
    failures = GaugeMetricFamily("lensdb_failures", "Failures of the last day.", labels=["code"])
    for code, count in operations.failures():
        failures.add_metric([code], count)
    lease = operations.oldest_lease_until()
    left = None if lease is None else -_seconds_since(lease)
    yield from (jobs, oldest, finished, failures)
    yield _gauge("lensdb_oldest_lease_seconds", "Until the first lease lapses; negative when nobody noticed.", left)


def _dispatchers() -> Iterator[GaugeMetricFamily]:
    live = list(queries.live_dispatchers())
    yield _gauge("lensdb_dispatchers", "Dispatchers that were heard of just now.", len(live))
    yield _gauge("lensdb_slots", "Series measured side by side.", sum(beat.slots for beat in live))
    yield _gauge("lensdb_in_flight", "Series handed out.", sum(beat.in_flight for beat in live))
    yield _gauge("lensdb_recycled", "Clusters restarted by their watchdogs.", sum(beat.recycled for beat in live))


def _gauge(name: str, meaning: str, value: float | None) -> GaugeMetricFamily:
    """One number; no sample while it is unknown."""
    family = GaugeMetricFamily(name, meaning)
    if value is not None:
        family.add_metric([], value)
    return family


def _seconds_since(moment: datetime) -> float:
    return (timezone.now() - moment).total_seconds()
