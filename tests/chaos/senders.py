"""Photographers who send series through the API with the tool's own client, and do not give up."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self, TypeVar

from lensdb.tool.client import PhotoFile, Site, UnreachableError
from tests.chaos.community import Planned
from tests.chaos.negatives import printed

SENDERS: Final = 3
PAUSE_SECONDS: Final = 0.5
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A series that the site says it has."""

    public_id: str
    is_torn: bool


class Senders:
    """Sends the planned series, each until the site has said that it is submitted; those are `acknowledged`."""

    def __init__(
        self, address: str, negatives: Sequence[Sequence[bytes]], plans: Sequence[Planned], folder: Path
    ) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.problems: list[str] = []
        self._address = address
        self._negatives = negatives
        self._folder = folder
        self._left = iter(plans)
        self._next = threading.Lock()
        self._pool = ThreadPoolExecutor(SENDERS)

    def __enter__(self) -> Self:
        for number in range(SENDERS):
            self._pool.submit(self._send_all, self._folder / f"sender-{number}")
        return self

    def __exit__(self, *_: object) -> None:
        self._left = iter(())
        self._pool.shutdown()

    def _send_all(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        try:
            with ExitStack() as stack:
                sites: dict[str, Site] = {}
                while plan := self._take():
                    if plan.token not in sites:
                        sites[plan.token] = stack.enter_context(Site(self._address, plan.token))
                    public_id = _insistent(sites[plan.token], plan, self._prints(plan, folder))
                    self.acknowledged.append(Acknowledged(public_id, plan.is_torn))
        except Exception as error:  # noqa: BLE001 - told by the run, which would wait for ever otherwise
            self.problems.append(f"{type(error).__name__}: {error}")

    def _take(self) -> Planned | None:
        with self._next:
            return next(self._left, None)

    def _prints(self, plan: Planned, folder: Path) -> list[PhotoFile]:
        prints = []
        for position, photo in enumerate(self._negatives[plan.negative]):
            data = printed(photo[: len(photo) // 2] if plan.is_torn else photo, plan.number)
            path = folder / f"IMG_{position:04}.JPG"
            path.write_bytes(data)
            prints.append(PhotoFile(path, hashlib.sha256(data).hexdigest()))
        return prints


def _insistent(site: Site, plan: Planned, prints: Sequence[PhotoFile]) -> str:
    """Send one series as somebody does who runs the command again when it fails, going on with the same draft."""
    series = _until_answered(partial(site.begin, plan.fields()))
    for photo in prints:
        _until_answered(partial(site.send, series, photo, progress=lambda _: None))
    _until_answered(partial(site.submit, series))
    return series


def _until_answered(ask: Callable[[], _Answer]) -> _Answer:
    while True:
        try:
            return ask()
        except UnreachableError:
            time.sleep(PAUSE_SECONDS)
