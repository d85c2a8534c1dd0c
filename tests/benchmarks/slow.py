"""Slow clients beside ordinary ones: what they cost the others, through the shipped deployment and without its proxy.

    python -m tests.benchmarks.slow [--slow 20] [--seconds 5] [--rounds 4] [--ratio 2]

Twenty connections send headers or bodies a few bytes at a time, or read their answers as slowly. Meanwhile ordinary
clients ask for pages one after the other. The deployment for one server runs as shipped: production settings,
PostgreSQL, gunicorn and nginx before it. The goal is about nginx; gunicorn alone shows why it is there.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import socket
import ssl
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from tests.single_host import HOST, SingleHost, nginx_is_missing, single_host

PATHS: Final = ("/", "/lenses/", "/api/v1/lenses/", "/compare/")
CLIENTS: Final = 2
DRIP_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 5.0
"""An answer that takes longer is none."""
PAUSE_SECONDS: Final = 0.12
"""Between two requests of a client, so that the proxy's limit for one address is not what is measured."""

_HEADERS: Final = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
_BODY: Final = (
    b"POST /api/v1/tokens/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
)
_READ: Final = b"GET /static/%s HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: a name for the table, its address, and TLS if it has any."""

    name: str
    address: str
    port: int
    context: ssl.SSLContext | None

    def connect(self, *, narrow: bool = False) -> socket.socket:
        """A connection; `narrow` takes in a few kilobytes at a time."""
        plain = socket.socket()
        if narrow:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.settimeout(PATIENCE_SECONDS)
        plain.connect(("127.0.0.1", self.port))
        return plain if self.context is None else self.context.wrap_socket(plain, server_hostname=HOST)


@dataclass(frozen=True, slots=True)
class Seen:
    """What ordinary clients got: times of the answers in milliseconds, and how many did not come."""

    times_ms: list[float]
    missing: int

    def __add__(self, other: Seen) -> Seen:
        return Seen(self.times_ms + other.times_ms, self.missing + other.missing)

    @property
    def p95_ms(self) -> float:
        """Answers that did not come count as long as they were waited for."""
        return statistics.quantiles([*self.times_ms, *[1000 * PATIENCE_SECONDS] * self.missing], n=20)[-1]


def drip_headers(door: Door, _big_file: bytes, until: threading.Event) -> None:
    """Send a header that does not end."""
    with door.connect() as line:
        line.sendall(_HEADERS)
        while not until.wait(DRIP_SECONDS):
            line.sendall(b"x")


def drip_body(door: Door, _big_file: bytes, until: threading.Event) -> None:
    """Send a body that does not end."""
    with door.connect() as line:
        line.sendall(_BODY)
        while not until.wait(DRIP_SECONDS):
            line.sendall(b"x")


def read_slowly(door: Door, big_file: bytes, until: threading.Event) -> None:
    """Take the largest file in sips."""
    with door.connect(narrow=True) as line:
        line.sendall(_READ % big_file)
        while not until.wait(DRIP_SECONDS) and line.recv(64):
            pass


KINDS: Final = (*(drip_headers, drip_body) * 4, drip_headers, read_slowly)


@contextlib.contextmanager
def slow_clients(door: Door, count: int, big_file: bytes) -> Iterator[None]:
    """So many slow connections of all kinds; one that is ended comes again, as an attacker's would."""
    until = threading.Event()

    def again(kind: Callable[[Door, bytes, threading.Event], None]) -> None:
        while not until.is_set():
            with contextlib.suppress(OSError):
                kind(door, big_file, until)
            until.wait(0.1)

    with ThreadPoolExecutor(count) as pool:
        for kind in itertools.islice(itertools.cycle(KINDS), count):
            pool.submit(again, kind)
        try:
            time.sleep(2)
            yield
        finally:
            until.set()


def ordinary(door: Door, seconds: float) -> Seen:
    """What ordinary clients get in so many seconds."""

    def client(first: int) -> Seen:
        seen, missing, deadline = [], 0, time.monotonic() + seconds
        headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
        verify = door.context if door.context is not None else True
        with httpx.Client(base_url=door.address, headers=headers, verify=verify, timeout=PATIENCE_SECONDS) as asking:
            for path in itertools.islice(itertools.cycle(PATHS), first, None):
                if time.monotonic() > deadline:
                    return Seen(seen, missing)
                started = time.perf_counter()
                try:
                    asking.get(path).raise_for_status()
                except httpx.HTTPError:
                    missing += 1
                else:
                    seen.append(1000 * (time.perf_counter() - started))
                time.sleep(PAUSE_SECONDS)
        raise AssertionError("the paths are endless")

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = list(pool.map(client, range(CLIENTS)))
    return sum(told, start=Seen([], 0))


def largest_static_file(host: SingleHost) -> bytes:
    """Its path below /static/."""
    root = host.data / "static"
    found = max((path for path in root.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    return str(found.relative_to(root)).encode()


def main() -> int:
    """The command; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slow", type=int, default=20, help="connections; one in ten reads, the others send")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=4, help="measurements without and with them, in turn")
    parser.add_argument("--ratio", type=float, default=2.0, help="the goal: p95 with them over p95 without")
    asked = parser.parse_args()
    if nginx_is_missing():
        sys.exit("nginx is not installed. On Debian: apt-get install nginx-light")
    table = Table("through", "p95 ms alone", f"beside {asked.slow} slow", "ratio", "answers", "none in 5 s")
    with (
        tempfile.TemporaryDirectory(prefix="lensdb-slow-") as folder,
        single_host(Path(folder), without=("scheduler", "worker", "dispatch", "cells")) as host,
    ):
        big_file = largest_static_file(host)
        doors = (
            Door("nginx, as shipped", host.address, host.https, host.trust()),
            Door("gunicorn alone", f"http://127.0.0.1:{host.web}", host.web, None),
        )
        held = False
        for door in doors:
            ordinary(door, 2)  # warms up
            alone, beside = Seen([], 0), Seen([], 0)
            for _ in range(asked.rounds):  # in turn, so that whatever else the machine does falls on both alike
                alone += ordinary(door, asked.seconds)
                with slow_clients(door, asked.slow, big_file):
                    beside += ordinary(door, asked.seconds)
            ratio = beside.p95_ms / alone.p95_ms
            row = (f"{alone.p95_ms:.0f}", f"{beside.p95_ms:.0f}", f"{ratio:.2f}", len(beside.times_ms), beside.missing)
            table.add_row(door.name, *map(str, row))
            if door is doors[0]:
                held = ratio <= asked.ratio and not beside.missing and not alone.missing
    Console().print(table)
    print(f"goal: p95 through nginx at most {asked.ratio:g} times as long: {'holds' if held else 'DOES NOT HOLD'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
