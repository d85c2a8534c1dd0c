"""Looks at the site's processes and its disk while others use it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import defaultdict
from pathlib import Path
from typing import Final, Self

import psutil

from tests.benchmarks.abuse.host import Host
from tests.chaos import victims

EVERY_SECONDS: Final = 1.0
MB: Final = 1e6
BOUNDED: Final = frozenset({"log", "static", "cache"})
"""Folders of the site's data that have a bound of their own, whatever accounts do."""
TROUBLE: Final = ("WORKER TIMEOUT", "was sent SIGKILL", "was sent SIGABRT", "Perhaps out of memory")
"""What gunicorn writes when a web worker died."""


class Watch:
    """Watches for the time of its context.

    Attributes
    ----------
    peak_mb : the most memory that one process of each role held, by phase and role.
    died : what ended and should not have.
    peak_bytes : the most that the site's files took on the disk.
    """

    def __init__(self, host: Host) -> None:
        self.phase = "undisturbed"
        self.peak_mb: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.died: list[str] = []
        self.peak_bytes = 0
        self._host = host
        self._supervisor = psutil.Process(host.supervisor)
        self._roles = {role.pid: _name(role) for role in self._supervisor.children()}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_again_and_again)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for log in (self._host.data / "log").glob("web.log*"):
            text = log.read_text(errors="replace")
            self.died += [f"{text.count(words)} x {words} in {log.name}" for words in TROUBLE if words in text]

    def _look_again_and_again(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            try:
                self._look()
            except psutil.NoSuchProcess as error:
                self.died.append(f"the supervisor ({error})")
                return

    def _look(self) -> None:
        family = self._supervisor.children(recursive=True)
        peaks = self.peak_mb[self.phase]
        self.peak_bytes = max(self.peak_bytes, size_bytes(self._host.data))
        for role in victims.ROLES:
            for process in victims.playing(role, family):
                with contextlib.suppress(psutil.NoSuchProcess):
                    peaks[role] = max(peaks[role], process.memory_info().rss / MB)
        alive = {process.pid for process in family}
        for pid in [pid for pid in self._roles if pid not in alive]:
            self.died.append(self._roles.pop(pid))


def size_bytes(folder: Path) -> int:
    """What the files of a folder take on the disk, uploads on their way included."""
    total = 0
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in BOUNDED]
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += (Path(place) / name).lstat().st_blocks * 512
    return total


def _name(role: psutil.Process) -> str:
    return " ".join(role.cmdline())[-60:]
