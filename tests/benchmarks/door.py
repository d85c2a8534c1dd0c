"""What the site's front pages cost: a gunicorn as deployed, asked over loopback by eight connections at once.

    python -m tests.benchmarks.door [--data var] [--seconds 10]

The data folder is that of a demo. Each page is asked whole, and by its ETag, which answers 304 without rendering. The
goals are for two cores that do nothing else, so they are held against the processor time that gunicorn and PostgreSQL
spend on a request; the rate that this machine gave is told beside it, and each as a ratio to /livez, which does
nothing. A `!` stands where a figure misses its goal.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import psutil

from lensdb.demo.roles import free_port
from tests.processes import ROOT, python

CONNECTIONS: Final = 8
CORES: Final = 2
WARM_UP_S: Final = 2.0
START_S: Final = 60.0
WHOLE: Final = 120
"""Pages a second that two free cores shall render, and answer with 304."""
UNCHANGED: Final = 800
LINE: Final = "{:<8}{:<8}" + 7 * "{:>8}"


@dataclass(frozen=True, slots=True)
class Load:
    """What one address took: milliseconds of each answer, and of the processors for each."""

    seconds: float
    waits_ms: list[float]
    cpu_ms: float

    @property
    def rate(self) -> float:
        return len(self.waits_ms) / self.seconds

    @property
    def free_rate(self) -> float:
        """What so many free cores would give."""
        return CORES * 1e3 / self.cpu_ms

    def wait_ms(self, share: float) -> float:
        return sorted(self.waits_ms)[int(share * (len(self.waits_ms) - 1))]


@contextlib.contextmanager
def served(data: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The site on this data, and the process that answers."""
    port = free_port(8400)
    environment = {"LENSDB_MODE": "demo", "LENSDB_DATA": str(data), "LENSDB_PORT": str(port)}
    command = ("-m", "gunicorn", "lensdb.wsgi", "--config", "deploy/gunicorn_conf.py")
    with python(*command, log=data / "log" / "door.log", **environment) as process:
        site = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_S
        while not _answers(site):
            if process.has_ended or time.monotonic() > deadline:
                sys.exit(f"The site does not start; see {data / 'log' / 'door.log'}.")
            time.sleep(0.2)
        yield site, psutil.Process(process.pid)
        process.end()


def _answers(site: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{site}/readyz").is_success
    return False


def heaviest_lens(site: str) -> str:
    """The lens page with most to say."""
    index = httpx.get(f"{site}/lenses/").text
    paths = sorted(set(re.findall(r'href="(/lenses/[\w-]+/)"', index)))
    if not paths:
        sys.exit("No lens is measured in this data folder: make one with `make demo SERVE=0`.")
    return max(paths, key=lambda path: len(httpx.get(site + path).content))


def loaded(site: str, path: str, servers: list[psutil.Process], *, etag: str = "", seconds: float) -> Load:
    """Ask one address for a while, over all connections at once."""
    port = int(site.rpartition(":")[2])
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *([f"If-None-Match: {etag}"] if etag else []), "", ""]
    question, wanted = "\r\n".join(lines).encode(), b"304" if etag else b"200"
    asyncio.run(_asked(port, question, wanted, WARM_UP_S))
    before, started = _cpu_s(servers), time.monotonic()
    waits_ms = asyncio.run(_asked(port, question, wanted, seconds))
    spent_s = _cpu_s(servers) - before
    return Load(time.monotonic() - started, waits_ms, 1e3 * spent_s / len(waits_ms))


async def _asked(port: int, question: bytes, wanted: bytes, seconds: float) -> list[float]:
    until = time.monotonic() + seconds
    parts = await asyncio.gather(*(_one(port, question, wanted, until) for _ in range(CONNECTIONS)))
    return [wait_ms for part in parts for wait_ms in part]


async def _one(port: int, question: bytes, wanted: bytes, until: float) -> list[float]:
    """One connection, which is opened anew when gunicorn closes it."""
    waits_ms: list[float] = []
    while time.monotonic() < until:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while time.monotonic() < until:
                started = time.perf_counter()
                writer.write(question)
                head = await reader.readuntil(b"\r\n\r\n")
                if head.split(b" ", 2)[1] != wanted:
                    raise SystemExit(f"{question!r} was answered {head!r}")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                if length:
                    await reader.readexactly(int(length[1]))
                waits_ms.append(1e3 * (time.perf_counter() - started))
        writer.close()
    return waits_ms


def _cpu_s(servers: list[psutil.Process]) -> float:
    """Processor time of these and whoever they have started."""
    total = 0.0
    for one in [each for server in servers for each in (server, *server.children(recursive=True))]:
        with contextlib.suppress(psutil.NoSuchProcess):
            spent = one.cpu_times()
            total += spent.user + spent.system
    return total


def postgres_of(data: Path) -> list[psutil.Process]:
    """The embedded server of a data folder; none where the site has its own."""
    pid_file = data / "postgres" / "postmaster.pid"
    if "DATABASE_URL" in os.environ or not pid_file.exists():
        return []
    return [psutil.Process(int(pid_file.read_text().split()[0]))]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "var")
    parser.add_argument("--seconds", type=float, default=10.0)
    asked = parser.parse_args()
    if not asked.data.is_dir():
        sys.exit(f"There is no {asked.data}: make a demo first with `make demo SERVE=0`.")
    with served(asked.data.resolve()) as (site, web):
        servers = [web, *postgres_of(asked.data)]
        pages = {"lens": heaviest_lens(site), "home": "/", "index": "/lenses/"}
        nothing = loaded(site, "/livez", servers, seconds=asked.seconds)
        print(LINE.format("page", "", "cpu ms", "free/s", "goal", "/livez", "here/s", "p50 ms", "p95 ms"))
        tell("/livez", "", nothing, nothing, goal=0)
        for name, path in pages.items():
            tell(name, "whole", loaded(site, path, servers, seconds=asked.seconds), nothing, goal=WHOLE)
            etag = httpx.get(site + path).headers["ETag"]
            again = loaded(site, path, servers, etag=etag, seconds=asked.seconds)
            tell(name, "304", again, nothing, goal=UNCHANGED)


def tell(page: str, how: str, load: Load, nothing: Load, *, goal: int) -> None:
    """One line of the table."""
    miss = " !" if goal and load.free_rate < goal else ""
    wanted = f">= {goal}" if goal else ""
    ratio = load.free_rate / nothing.free_rate
    times = (f"{load.rate:.0f}", f"{load.wait_ms(0.5):.1f}", f"{load.wait_ms(0.95):.1f}")
    print(LINE.format(page, how, f"{load.cpu_ms:.2f}", f"{load.free_rate:.0f}", wanted, f"{ratio:.2f}", *times) + miss)


if __name__ == "__main__":
    main()
