"""Bad files among good series: every good one is measured, every bad one fails for its own reason, no worker dies.

    python -m tests.chaos.poison [--bad 1000] [--good 100] [--seed 1]
    python -m tests.chaos.poison dispatcher ADDRESS

Each bad file is a series of its own. They are put straight into the backlog, for the door of the site refuses most.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import psycopg
from django.db import connections

from lensdb.demo.roles import free_port
from lensdb.lib.certificates import own_dask_certificates
from tests.chaos import aborting, bad_files, victims
from tests.chaos.community import settled
from tests.chaos.negatives import NEGATIVES, printed, rendered
from tests.chaos.postgres import Postgres
from tests.dispatching import dispatch
from tests.processes import python

DATABASE: Final = "poison"
PATIENCE_SECONDS: Final = 3600.0
GOOD: Final = "good"
_ROLES: Final = "lensdb.processing.roles"
_LEFT: Final = "SELECT count(*) FROM processing_job WHERE finished_at IS NULL"
_ENDS: Final = "SELECT series_id, state, failure_code, failure_sentence, attempt, troubles FROM processing_job"


@dataclass
class Tally:
    """What became of the series of one kind: how many, with which codes, in how many attempts at most."""

    codes: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    blamed: int = 0
    silent: int = 0


def tallies(connection: psycopg.Connection, kinds: Mapping[int, str]) -> dict[str, Tally]:
    """What became of each kind of series, by series id."""
    found: dict[str, Tally] = defaultdict(Tally)
    for series, state, code, sentence, attempt, troubles in connection.execute(_ENDS):
        tally = found[kinds[series]]
        tally.codes[code or state] += 1
        tally.attempts = max(tally.attempts, attempt)
        tally.blamed += bool(troubles)
        tally.silent += state == "failed" and not sentence
    return dict(found)


def wrong(found: Mapping[str, Tally], n_good: int) -> list[str]:
    """Everything that should not be."""
    told = []
    if found[GOOD].codes != {"done": n_good} or found[GOOD].blamed:
        told.append(f"good series: {dict(found[GOOD].codes)}, blamed {found[GOOD].blamed}")
    for kind, honest in bad_files.KINDS.items():
        tally = found[kind.__name__]
        if odd := set(tally.codes) - honest:
            told.append(f"{kind.__name__}: ended with {', '.join(sorted(odd))}")
        if tally.attempts > 2 or tally.silent:
            told.append(f"{kind.__name__}: {tally.attempts} attempts, {tally.silent} without a sentence")
    return told


@contextmanager
def cluster(folder: Path, database: str) -> Iterator[list[psutil.Process]]:
    """A scheduler, two workers and a dispatcher; gives the two workers' processes."""
    address = f"tls://127.0.0.1:{free_port(19500)}"
    at = {"LENSDB_DASK_SCHEDULER": address, "DATABASE_URL": database}
    with (
        python("-m", _ROLES, "scheduler", **at) as scheduler,
        python("-m", _ROLES, "worker", **at, LENSDB_DASK_FOLDER=str(folder / "dask-1")) as one,
        python("-m", _ROLES, "worker", **at, LENSDB_DASK_FOLDER=str(folder / "dask-2")) as other,
        python("-m", "tests.chaos.poison", "dispatcher", address, **at) as dispatcher,
    ):
        nannies = [psutil.Process(one.pid), psutil.Process(other.pid)]
        while len(workers := victims.playing("worker", [c for nanny in nannies for c in nanny.children()])) < 2:
            time.sleep(0.2)
        yield workers
        for process in (dispatcher, one, other, scheduler):
            process.end()


def run(folder: Path, *, n_bad: int, n_good: int, seed: int) -> list[str]:
    """Everything that went wrong; prints what became of each kind."""
    negatives = rendered()
    postgres = Postgres(folder / "postgres")
    postgres.create(DATABASE)
    kinds = _filled(postgres.url(DATABASE), negatives, random.Random(seed), n_bad, n_good)
    started = time.monotonic()
    with cluster(folder, postgres.url(DATABASE)) as workers, postgres.connected(DATABASE) as connection:
        while connection.execute(_LEFT).fetchone() != (0,):
            if time.monotonic() - started > PATIENCE_SECONDS:
                return ["the backlog does not empty"]
            time.sleep(0.5)
        dead = [worker.pid for worker in workers if not worker.is_running()]
        found = tallies(connection, kinds)
    for kind, tally in found.items():
        codes = ", ".join(f"{code} {n}" for code, n in sorted(tally.codes.items()))
        print(f"  {kind:<12} {codes:<40} at most {tally.attempts} attempts")
    print(f"{n_bad} bad files, {n_good} good series, {time.monotonic() - started:.0f} s, {len(dead)} workers died")
    return wrong(found, n_good) + ([f"{len(dead)} workers died"] if dead else [])


def _filled(
    database: str, negatives: Sequence[Sequence[bytes]], rng: random.Random, n_bad: int, n_good: int
) -> dict[int, str]:
    """Queue good and bad series in a drawn order; the kind of each, by id."""
    settled(database)
    from tests.chaos import backlog  # noqa: PLC0415 - knows models

    kinds = list(bad_files.KINDS)
    order = [kinds[number % len(kinds)] for number in range(n_bad)] + [None] * n_good
    rng.shuffle(order)
    queued = {}
    for number, kind in enumerate(order):
        photos, f_numbers = negatives[number % len(negatives)], NEGATIVES[number % len(negatives)].f_numbers
        if kind is None:
            queued[backlog.queue([printed(photo, number) for photo in photos], f_numbers, photographer=number)] = GOOD
        else:
            bad = kind(rng, photos[0]) + f" {number}".encode()  # a file of its own: nobody may send the same twice
            queued[backlog.queue([bad], f_numbers, photographer=number)] = kind.__name__
    connections.close_all()
    return queued


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.poison", description=__doc__)
    parser.add_argument("--bad", type=int, default=1000, help="files")
    parser.add_argument("--good", type=int, default=100, help="series")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: what was started is ended
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="lensdb-poison-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"LENSDB_MODE": "test", "LENSDB_DATA": folder}
        os.environ["LENSDB_DASK_CERTIFICATES"] = str(own_dask_certificates(Path(folder)))
        told = run(Path(folder), n_bad=arguments.bad, n_good=arguments.good, seed=arguments.seed)
    print("\n".join(told) or "all good ones measured, every bad one failed for its own reason")
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["dispatcher"]:
        dispatch(sys.argv[2], aborting.measure)
    else:
        main()
