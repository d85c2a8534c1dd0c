"""The honest photographer: signs in, sends nine photos, and waits until they are measured."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from lensdb.tool.client import PhotoFile, Site, SiteError
from tests.benchmarks.abuse.cast import DISTANCE_M, Cast, Person
from tests.benchmarks.abuse.host import Host
from tests.chaos.negatives import printed

ADDRESS: Final = "127.0.0.12"
PATIENCE_SECONDS: Final = 600.0
_CSRF: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Sent:
    """One series: seconds until it was sent, seconds from the first request until it was measured, or what failed."""

    sending_s: float
    measured_s: float
    problem: str = ""


def send(host: Host, cast: Cast, photos: Sequence[bytes], number: int, folder: Path) -> Sent:
    """Sign in on the page and at the tool's door, and send the photos as the series of that number."""
    began = time.monotonic()
    folder.mkdir()
    try:
        with host.client(ADDRESS) as client:
            log_in(client, host.origin, cast.honest)
        with Site(host.address, transport=host.transport(ADDRESS)) as door:
            token = door.sign_in(email=cast.honest.email, password=cast.honest.password, name=f"series {number}")
        with Site(host.address, token, transport=host.transport(ADDRESS)) as site:
            series = site.begin(
                {
                    "lens": cast.own_lens,
                    "body": cast.body,
                    "new_copy": {"label": "mine", "serial": "8860001"},
                    "distance_m": DISTANCE_M,
                    "focusing_method": "live_view",
                }
            )
            for position, photo in enumerate(photos):
                site.send(series, _print(photo, number, folder / f"IMG_{position:04}.JPG"), progress=lambda _: None)
            site.submit(series)
            sent_at = time.monotonic()
            state = _wait_until_measured(site, series)
    except (SiteError, httpx.HTTPError, PermissionError, TimeoutError) as error:
        return Sent(0.0, time.monotonic() - began, f"{type(error).__name__}: {error}")
    return Sent(sent_at - began, time.monotonic() - began, "" if state == "measured published" else state)


def log_in(client: httpx.Client, origin: str, person: Person) -> None:
    """Log in on the page; raises PermissionError where the site does not let them in."""
    form = client.get("/accounts/login/")
    token = _CSRF.search(form.text)
    fields = {"csrfmiddlewaretoken": token[1] if token else "", "login": person.email, "password": person.password}
    answer = client.post("/accounts/login/", data=fields, headers={"Referer": f"{origin}/accounts/login/"})
    if answer.status_code != httpx.codes.FOUND:
        raise PermissionError(f"{person.email} cannot log in: {answer.status_code}")


def _print(photo: bytes, number: int, path: Path) -> PhotoFile:
    """The photo as a file of its own, so that every series has its own bytes."""
    data = printed(photo, number)
    path.write_bytes(data)
    return PhotoFile(path, hashlib.sha256(data).hexdigest())


def _wait_until_measured(site: Site, series: str) -> str:
    """How it ends, asking more often than the site would have it, so that the time is exact."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        status = site.status(series)
        if status["state"] in {"measured", "failed"}:  # decided in the same moment, perhaps since this answer was begun
            return f"{status['state']} {site.status(series)['standing']}"
        time.sleep(0.5)
    raise TimeoutError(f"not measured after {PATIENCE_SECONDS:.0f} s")
