"""An account that attacks: how it reaches the site, what it holds, and what it was answered."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from tests.benchmarks.abuse.cast import DISTANCE_M, Cast
from tests.benchmarks.abuse.files import Arsenal
from tests.benchmarks.abuse.host import Host


@dataclass
class Account:
    """An attacker: how it reaches the site, what it holds, and what it was answered."""

    host: Host
    cast: Cast
    number: int
    arsenal: Arsenal
    rng: random.Random
    until: float
    tally: Counter[tuple[str, int]] = field(default_factory=Counter)
    drafts: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.source = f"127.0.1.{11 + self.number}"
        self.api, self.web, self.stranger = (self.host.client(self.source) for _ in range(3))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in (self.api, self.web, self.stranger):
            client.close()

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until

    def count(self, weapon: str, status: int) -> None:
        """One more answer; 0 is none at all."""
        with self._lock:
            self.tally[weapon, status] += 1

    def ask(
        self, weapon: str, method: str, path: str, *, client: httpx.Client | None = None, **content: Any
    ) -> httpx.Response | None:
        """An answer, counted; by the tool's door unless another client is named."""
        if self.is_over:
            return None
        try:
            answer = (client or self.api).request(method, path, **content)
        except httpx.HTTPError:
            self.count(weapon, 0)
            return None
        self.count(weapon, answer.status_code)
        return answer

    def post_form(self, weapon: str, path: str, *, client: httpx.Client | None = None, **fields: str) -> None:
        """Send a page's form, with the token a browser would send."""
        client = client or self.web
        fields["csrfmiddlewaretoken"] = client.cookies.get("csrftoken") or ""
        referrer = {"Referer": f"{self.host.origin}{path}"}
        self.ask(weapon, "POST", path, client=client, data=fields, headers=referrer)

    def begin(self, weapon: str, *, lens: str = "", label: str = "x", serial: str = "") -> str | None:
        """A new draft, or one that is there already when there may be no more."""
        fields = {
            "lens": lens or self.rng.choice((self.cast.public_lens, self.cast.own_lens)),
            "body": self.cast.body,
            "new_copy": {"label": label, "serial": serial},
            "distance_m": DISTANCE_M,
        }
        answer = self.ask(weapon, "POST", "/api/v1/series/", json=fields)
        if answer is not None and answer.status_code == httpx.codes.CREATED:
            self.drafts.append(answer.json()["public_id"])
            return self.drafts[-1]
        return self.rng.choice(self.drafts) if self.drafts else None

    def send(self, weapon: str, series: str, data: bytes, f_number: float = 2.8) -> httpx.Response | None:
        """Send a file into a draft."""
        return self.ask(
            weapon,
            "POST",
            f"/api/v1/series/{series}/photos/",
            data={"f_number": str(f_number)},
            files={"file": ("IMG_0001.JPG", data)},
        )

    def drop(self, weapon: str, series: str) -> None:
        """Throw a draft away."""
        with suppress(ValueError):
            self.drafts.remove(series)
        self.ask(weapon, "DELETE", f"/api/v1/series/{series}/")
