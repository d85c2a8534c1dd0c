"""Somebody who reads: asks for pages at a steady pace, however long the answers take."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import httpx
import numpy as np

from tests.benchmarks.abuse.cast import Cast
from tests.benchmarks.abuse.host import Host
from tests.benchmarks.abuse.priority import stand_apart

ADDRESS: Final = "127.0.0.200"
PER_SECOND: Final = 5.0
AT_ONCE: Final = 16
NICENESS: Final = -15
"""The reader computes elsewhere, so waiting for this machine's CPU is not waiting for the site."""


@dataclass(frozen=True, slots=True)
class Read:
    """One page: how long it took from the moment it was wanted, and the status; 0 when no answer came."""

    page: str
    ms: float
    status: int


def pages(cast: Cast) -> dict[str, str]:
    """What is read, by its name in the report."""
    return {
        "lens page": f"/lenses/{cast.public_lens}/",
        "index": "/lenses/",
        "home": "/",
        "series": f"/series/{cast.series}/",
        "API lens": f"/api/v1/lenses/{cast.public_lens}/",
    }


def read(host: Host, cast: Cast, seconds: float) -> list[Read]:
    """Read for so long, each page in turn; run it in a process of its own."""
    stand_apart(NICENESS)
    asked = list(pages(cast).items())
    began = time.monotonic()
    with host.client(ADDRESS) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        reading = []
        for number in range(round(seconds * PER_SECOND)):
            wanted_at = began + number / PER_SECOND
            time.sleep(max(0.0, wanted_at - time.monotonic()))
            reading.append(pool.submit(_read_one, client, *asked[number % len(asked)], wanted_at))
        return [one.result() for one in reading]


def percentile(reads: list[Read], q: float, page: str = "") -> float:
    """A percentile of the times in ms, of all pages or of one."""
    return float(np.percentile([one.ms for one in reads if page in {"", one.page}], q))


def _read_one(client: httpx.Client, page: str, path: str, wanted_at: float) -> Read:
    try:
        status = client.get(path).status_code
    except httpx.HTTPError:
        status = 0
    return Read(page, 1e3 * (time.monotonic() - wanted_at), status)
