"""The real roles under the supervisor's real configuration, each process within reach of a kill -9."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from lensdb.demo.roles import free_port, running_site
from tests.chaos import victims

LEASE_SECONDS: Final = 6.0
ORPHAN_SECONDS: Final = 60.0
APPEAR_SECONDS: Final = 120.0
"""How long a role may take to be there again; a machine that does much else needs it."""


@dataclass
class Site:
    """A running site. `seen` is every process that was ever part of it, `outlived` what was left when it had ended."""

    address: str
    faults: Path
    _supervisor: psutil.Process
    seen: set[psutil.Process] = field(default_factory=set)
    outlived: list[str] = field(default_factory=list)

    def family(self) -> list[psutil.Process]:
        """All processes of the site as they are now."""
        found = self._supervisor.children(recursive=True)
        self.seen.update(found)
        return found

    def kill(self, role: str, rng: random.Random) -> None:
        """kill -9 one process of a role; waits until there is one."""
        deadline = time.monotonic() + APPEAR_SECONDS
        while time.monotonic() < deadline:
            if found := victims.playing(role, self.family()):
                with contextlib.suppress(psutil.NoSuchProcess):
                    rng.choice(found).kill()
                    return
            time.sleep(0.01)
        raise TimeoutError(f"no {role} within {APPEAR_SECONDS:.0f} s")

    def kill_all(self, role: str, rng: random.Random) -> None:
        """kill -9 every process of a role; waits until there is one."""
        self.kill(role, rng)
        for process in victims.playing(role, self.family()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def arm(self, point: str) -> None:
        """Whoever passes this commit point next is killed there."""
        (self.faults / point).touch()

    def armed(self) -> set[str]:
        """The points that nobody has passed since they were armed."""
        return {path.name for path in self.faults.iterdir()}


def environment(folder: Path, database: str) -> dict[str, str]:
    """What the site's own commands are told besides the environment of this process."""
    return {
        "LENSDB_MODE": "test",
        "LENSDB_DATA": str(folder),
        "DATABASE_URL": database,
        "LENSDB_LEASE_SECONDS": f"{LEASE_SECONDS:g}",
    }


@contextlib.contextmanager
def running(folder: Path, database: str) -> Iterator[Site]:
    """The site over a folder and a database, for the time of the context; afterwards nothing of it is left."""
    faults, run = folder / "faults", folder / "run"
    for made in (faults, run):
        made.mkdir(parents=True)
    extra = environment(folder, database) | {"LENSDB_RUN": str(run), "LENSDB_FAULTS": str(faults)}
    with running_site(folder, port=free_port(18000), extra=extra) as address:
        site = Site(address, faults, psutil.Process(int((run / "supervisord.pid").read_text())))
        try:
            yield site
        finally:
            site.family()
    site.outlived = _ended(site.seen)


def _ended(processes: set[psutil.Process]) -> list[str]:
    """End what has not ended by itself a while after the site, and tell of it. Orphans of the killed take a moment."""
    _, alive = psutil.wait_procs(processes, timeout=ORPHAN_SECONDS)
    told = []
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            told.append(f"outlived its site: {' '.join(process.cmdline())[:200]}")
            process.kill()
    return told
