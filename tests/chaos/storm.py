"""One seed: start the site, send everything, kill by schedule, wait until all is quiet, judge."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from tests.chaos import judge, schedule, site
from tests.chaos.community import Community, planned
from tests.chaos.postgres import Postgres
from tests.chaos.schedule import POSTGRES, Strike
from tests.chaos.senders import Senders

STILL_SECONDS: Final = 300.0
"""Nothing sent and nothing measured for so long, and the site has not recovered: a matter of patience, not of speed."""

LOOK_SECONDS: Final = 0.1
RETRY_SECONDS: Final = 0.2
"""A worker has begun anew by then, and is not done yet."""
PROVOKE_AFTER: Final = 3
"""Series measured between two kills that lead somebody to an armed point: so what was killed is back at work."""

_UNDONE: Final = "SELECT count(*) FROM processing_job WHERE state IN ('queued', 'claimed')"
_FINISHED: Final = "SELECT count(*) FROM processing_job WHERE state IN ('done', 'failed')"
_STALE: Final = "SELECT count(*) FROM submissions_stalecopy"


@dataclass(frozen=True, slots=True)
class Setting:
    """What all seeds share: the server, a database to copy, who is in it, the photos to print, and what is to die."""

    postgres: Postgres
    template: str
    community: Community
    negatives: Sequence[Sequence[bytes]]
    points: Sequence[str]
    deaths: int
    folder: Path


@dataclass
class Outcome:
    """What a seed came to: how much was killed, how long it took, and every rule that was broken."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def told(self, n_series: int) -> str:
        """One line for the seed, and one for each rule that was broken."""
        harm = "no harm" if not self.wrong else f"{len(self.wrong)} rules broken"
        spent = f"{self.seconds:.0f} s, {self.cpu_seconds:.0f} CPU s"
        line = f"seed {self.seed}: {n_series} series, {self.kills.total()} kills, {spent}: {harm}"
        return "\n  ".join([line, *self.wrong])


def run(setting: Setting, seed: int, n_series: int) -> Outcome:
    """One storm."""
    outcome, started, cpu_before = Outcome(seed), time.monotonic(), _cpu_seconds()
    folder, database = setting.folder / f"seed-{seed}", f"seed_{seed}"
    setting.postgres.create(database, template=setting.template)
    strikes = schedule.drawn(seed, setting.points, setting.deaths)
    plans = planned(setting.community, n_series)
    with (
        site.running(folder, setting.postgres.url(database)) as running,
        Senders(running.address, setting.negatives, plans, folder) as senders,
    ):
        storm = _Storm(setting.postgres, database, running, senders, n_series, random.Random(seed))
        try:
            storm.rage(strikes, outcome)
        except TimeoutError as error:  # somebody did not come back from the dead
            outcome.wrong.append(str(error))
        outcome.wrong += senders.problems
        outcome.wrong += [f"nobody passed {point}" for point in sorted(running.armed())]
    outcome.wrong += running.outlived
    with setting.postgres.connected(database) as connection:
        outcome.wrong += judge.verdict(connection, senders.acknowledged, n_series)
    outcome.wrong += judge.cells(setting.postgres.url(database), folder)
    outcome.wrong += judge.files(setting.postgres, database, folder)
    outcome.seconds, outcome.cpu_seconds = time.monotonic() - started, _cpu_seconds() - cpu_before
    return outcome


def _cpu_seconds() -> float:
    """What this process and those it started have used, but for PostgreSQL, which belongs to nobody."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@dataclass
class _Storm:
    """The loop: look how far the work has come, strike what is due, until it is done and quiet."""

    postgres: Postgres
    database: str
    site: site.Site
    senders: Senders
    n_series: int
    rng: random.Random
    provoked_at: int = -PROVOKE_AFTER

    def rage(self, strikes: Sequence[Strike], outcome: Outcome) -> None:
        left, progress, moved_at = list(strikes), (0, 0), time.monotonic()
        while left or not self._is_quiet():
            sent, measured = len(self.senders.acknowledged), self._count(_FINISHED)
            if (sent, measured) > progress:
                progress, moved_at = (sent, measured), time.monotonic()
            if time.monotonic() > moved_at + STILL_SECONDS or self.senders.problems:
                outcome.wrong.append(f"came to a stand: {sent} sent, {measured} measured, {len(left)} strikes left")
                return
            self.site.family()
            for strike in [one for one in left if one.share * self.n_series <= one.clock(sent, measured)]:
                self._strike(strike)
                outcome.kills[strike.target] += 1
                left.remove(strike)
            outcome.kills.update(self._provoke(measured))
            time.sleep(LOOK_SECONDS)

    def _strike(self, strike: Strike) -> None:
        if strike.is_point:
            self.site.arm(strike.target)
        elif strike.target == POSTGRES:
            self.postgres.kill()
        else:
            self.site.kill(strike.target, self.rng)

    def _provoke(self, measured: int) -> list[str]:
        """Kill whose death leads to the points that are armed; which roles that were."""
        if measured < self.provoked_at + PROVOKE_AFTER:
            return []
        roles = sorted({role for point in self.site.armed() if (role := schedule.provoker(point))})
        for role in roles:
            if role == "measuring child":  # a worker measures once more by itself, so that one death leads nowhere
                self.site.kill_all(role, self.rng)
                time.sleep(RETRY_SECONDS)
                self.site.kill_all(role, self.rng)
            else:
                self.site.kill(role, self.rng)
            self.provoked_at = measured
        return roles

    def _is_quiet(self) -> bool:
        is_sent = len(self.senders.acknowledged) == self.n_series
        return is_sent and self._count(_UNDONE) == 0 and self._count(_STALE) == 0

    def _count(self, query: str) -> int:
        """What the database says; as long as it is away, that there is still something."""
        with contextlib.suppress(psycopg.OperationalError), self.postgres.connected(self.database) as connection:
            row = connection.execute(query).fetchone()
            return row[0] if row else 0
        return 0 if query == _FINISHED else 1
