"""Whether the backlog keeps many workers busy, and what it costs, on sleeping tasks and on real ones.

    python -m tests.benchmarks.scale [overhead busy clusters claim memory real]

Sleeping tasks take a second each and report a canned result, which is recorded like a real one. Shares and ratios are
of the same run; the last part measures rendered series and needs a machine that does nothing else. A `!` stands where
a figure misses its goal.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Final

import psutil

from tests import rendered
from tests.benchmarks import scale_site as site
from tests.benchmarks.scale_site import Backlog
from tests.chaos.postgres import Postgres

SPAN: Final = "SELECT extract(epoch FROM max(finished_at))::float FROM processing_job WHERE state = 'done'"
CLAIMED: Final = "SELECT count(*) FROM processing_job WHERE state = 'claimed'"


def overhead(postgres: Postgres) -> None:
    """What two workers lose to dispatching, and how much is handed out at once."""
    backlog, n_jobs = site.backlog(postgres, "overhead"), 60
    with (
        site.scheduler() as (address, _),
        site.sleepers(address, 2, workers=2),
        site.sleeping_dispatcher(backlog, address, 1.0),
    ):
        _warm_up(backlog, address, 2)
        with _most_handed_out(backlog) as most:
            seconds = _emptied(backlog, n_jobs)
    lost = seconds / (n_jobs / 2) - 1
    tell("2 workers, 1 s tasks: lost to dispatching", f"{100 * lost:.1f} %", "<= 5 %", lost <= 0.05)
    tell("handed out at once, per slot", f"{most[0] / 2:.1f}", "<= 4", most[0] <= 8)


def busy(postgres: Postgres) -> None:
    """How busy one dispatcher keeps 64 slots, from the first second to the last."""
    backlog, n_jobs = site.backlog(postgres, "busy"), 64 * 40
    with (
        site.scheduler() as (address, _),
        site.sleepers(address, 64, workers=2),
        site.sleeping_dispatcher(backlog, address, 1.0),
    ):
        _warm_up(backlog, address, 64)
        with _most_handed_out(backlog) as most:
            seconds = _emptied(backlog, n_jobs)
    share = n_jobs / 64 / seconds
    tell("64 slots, 1 s tasks: busy", f"{100 * share:.1f} %", ">= 95 %", share >= 0.95)
    tell("handed out at once, per slot", f"{most[0] / 64:.1f}", "<= 4", most[0] <= 256)


def clusters(postgres: Postgres) -> None:
    """What a second dispatcher with a scheduler of its own adds, on one table."""
    rates = []
    for count in (1, 2):
        backlog, n_jobs = site.backlog(postgres, f"clusters_{count}"), 8 * 20 * count
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                address, _process = stack.enter_context(site.scheduler())
                stack.enter_context(site.sleepers(address, 8))
                stack.enter_context(site.sleeping_dispatcher(backlog, address, 1.0))
                _warm_up(backlog, address, 8)
            rates.append(n_jobs / _emptied(backlog, n_jobs))
    ratio = rates[1] / rates[0]
    tell("2 dispatchers, 2 schedulers: tasks/s against one", f"{ratio:.2f} x", ">= 1.9 x", ratio >= 1.9)


def claim(postgres: Postgres) -> None:
    """How long a claim takes when a million jobs are queued, and when most of a million are done."""
    backlog = site.backlog(postgres, "claim")
    site.fill(backlog, 1_000_000, photos=False)
    with backlog.postgres.connected(backlog.database) as connection:
        connection.execute("ANALYZE")
    _tell_claims(backlog, "1 M queued: claim p95")
    with backlog.postgres.connected(backlog.database) as connection:
        connection.execute(
            "UPDATE processing_job SET state = 'done', lease_until = NULL, finished_at = now(), attempt = 1"
            " WHERE failure_code = '' AND id % 1000 <> 1"
        )
    _tell_claims(backlog, "1 M, 99 % done, not yet swept: claim p95")


def memory(postgres: Postgres) -> None:
    """How the scheduler grows over 20,000 tasks."""
    backlog, n_jobs = site.backlog(postgres, "memory"), 20_000
    at: list[float] = []
    with (
        site.scheduler() as (address, process),
        site.sleepers(address, 16),
        site.sleeping_dispatcher(backlog, address, 0.0),
    ):
        _warm_up(backlog, address, 16)
        site.fill(backlog, n_jobs)
        for share in range(1, 11):
            backlog.wait_until_ended(n_jobs * share // 10)
            at.append(psutil.Process(process.pid).memory_info().rss / 1e6)
    growth = at[-1] / at[3] - 1  # its histories are bounded, and full by then
    print("  scheduler MB after each 2,000 tasks: " + " ".join(f"{mb:.0f}" for mb in at))
    tell("scheduler's memory from 8,000 to 20,000 tasks", f"{100 * growth:+.1f} %", "<= 5 %", growth <= 0.05)


def real(postgres: Postgres) -> None:
    """What a second worker adds on rendered series of seven photos of 2000 × 1400 pixels."""
    shots, n_jobs, rates = rendered.series(), 40, []
    for count in (1, 2):
        backlog = site.backlog(postgres, f"real_{count}")
        queue = site.send(backlog, list(shots.photos.values()), rendered.F_NUMBERS, rendered.SCENE.pixel_pitch_um)
        with site.scheduler() as (address, _), site.workers(address, count), site.dispatcher(backlog, address):
            queue(0, 2 * count)  # workers start their helpers with the first
            backlog.wait_until_ended(2 * count + 1)
            queue(100, n_jobs)
            started = time.time()
            backlog.wait_until_ended(2 * count + n_jobs + 1)
            rates.append(n_jobs / (backlog.ask(SPAN) - started))
    ratio = rates[1] / rates[0]
    tell("2 workers, rendered series: series/s against one", f"{ratio:.2f} x", ">= 1.8 x", ratio >= 1.8)


def tell(what: str, figure: str, goal: str, holds: bool) -> None:  # noqa: FBT001 - a row of the table
    """A row of the table."""
    print(f"  {what:<56}{figure:>10}{' ' if holds else '!'}  goal {goal}", flush=True)


def _warm_up(backlog: Backlog, address: str, slots: int) -> None:
    """Wait until the dispatcher has found its cluster with all its slots."""
    beat = "SELECT count(*) FROM processing_dispatcherbeat WHERE name = %s AND slots = %s"
    site.wait(lambda: backlog.ask(beat, address, slots))


def _emptied(backlog: Backlog, n_jobs: int) -> float:
    """Seconds from queueing so many jobs to the last one's end."""
    site.fill(backlog, n_jobs)
    started = time.time()
    backlog.wait_until_ended(n_jobs + 1)
    return backlog.ask(SPAN) - started


@contextlib.contextmanager
def _most_handed_out(backlog: Backlog) -> Iterator[list[int]]:
    """The most that was seen to be handed out at once during the context."""
    largest, over = [0], threading.Event()

    def watch() -> None:
        with backlog.asked() as ask:
            while not over.wait(0.05):
                largest[0] = max(largest[0], ask(CLAIMED))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield largest
    finally:
        over.set()
        watcher.join()


def _tell_claims(backlog: Backlog, what: str) -> None:
    times_ms = sorted(site.claim_times_ms(backlog, 200))
    p95 = times_ms[int(0.95 * len(times_ms))]
    tell(what, f"{p95:.1f} ms", "<= 20 ms", p95 <= 20)


PARTS: Final = {part.__name__: part for part in (overhead, busy, clusters, claim, memory, real)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them by default")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: what was started is ended
    postgres = site.server()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for name in arguments.parts or PARTS:
        PARTS[name](postgres)
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
