"""The worker's side of the sandbox: hands a series over, and checks at the door what comes back."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import lensdb
from analysis.results import SeriesResult
from lensdb.processing.failures import FAILURES
from lensdb.processing.sandbox.child import NO_SPACE
from lensdb.processing.sandbox.helper import DESCRIPTORS_MAX, READY, Ending
from lensdb.processing.sandbox.limits import MIB, Limits

MEASURING: Final = "lensdb.processing.sandbox.measuring"
START_SECONDS: Final = 120
ANSWER_MAX_BYTES: Final = 32 * MIB
PICTURE_MAX_BYTES: Final = 16 * MIB
SENTENCE_MAX: Final = 400
PHOTOS_MAX: Final = DESCRIPTORS_MAX - 2
_PICTURE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_READING: Final = re.compile(rb'\{"reading": (\d{1,3})\}')
_JPEG_START: Final = b"\xff\xd8\xff"
_CRASHES: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT})


class HelperLostError(Exception):
    """The helper process is gone or does not start: trouble of the machine, not of the series."""


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """A photo whose bytes can be read from `descriptor`."""

    name: str
    f_number: float | None
    descriptor: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a series: a result with its pictures, or the code of a failure.

    `sentence` is what the core said to the photographer, `detail` what an engineer needs; both may be empty.
    `last_read` is the photo that was read last, for the blame when its decoder crashed. `peak_bytes` is the most memory
    that the child took, with what it shares with its helper.
    """

    result: SeriesResult | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    failure: str = ""
    sentence: str = ""
    detail: str = ""
    last_read: int | None = None
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


class Helper:
    """A warm helper process, started when first needed and again when it was lost. Serves one series at a time.

    Parameters
    ----------
    module : what the process runs.
    must_seal : its children measure nothing where the kernel cannot seal them.
    """

    def __init__(self, module: str = MEASURING, *, must_seal: bool = True) -> None:
        self._command = [sys.executable, "-P", "-m", module]
        self._must_seal = must_seal
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def measure(self, photos: Sequence[OpenPhoto], options: Mapping[str, Any], limits: Limits) -> Outcome:
        """Measure a series in a child.

        Raises
        ------
        HelperLostError
        """
        with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as pictures:
            asked = {
                "photos": [{"name": photo.name, "f_number": photo.f_number} for photo in photos],
                "options": dict(options),
                "limits": dataclasses.asdict(limits),
                "must_seal": self._must_seal,
            }
            descriptors = [answer.fileno(), pictures.fileno(), *(photo.descriptor for photo in photos)]
            ending = self._ask(asked, descriptors, wait_seconds=limits.wall_seconds + 60)
            lines = _lines(answer)
            outcome = _crash(ending, limits) or _answer(lines, pictures)
        return dataclasses.replace(
            outcome,
            cpu_seconds=ending.cpu_seconds,
            peak_bytes=ending.peak_rss_bytes,
            last_read=_last_read(lines, len(photos)),
        )

    def close(self) -> None:
        """End the helper; it and its child are gone when this returns."""
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.wait()
        self._socket = self._process = None

    def _ask(self, asked: dict[str, Any], descriptors: list[int], *, wait_seconds: float) -> Ending:
        try:
            connection = self._live() or self._start()
            connection.settimeout(wait_seconds)
            socket.send_fds(connection, [json.dumps(asked).encode() + b"\n"], descriptors)
            return Ending(**json.loads(_line(connection)))
        except (OSError, ValueError) as error:
            self._kill()
            raise HelperLostError(f"the measuring helper was lost: {error}") from error

    def _live(self) -> socket.socket | None:
        """The connection to a helper that runs; one that ended while it had nothing to do is cleared away."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        return self._socket

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                self._command,
                stdin=theirs.fileno(),
                env=_environment(),
                # A group, for a Ctrl-C in a terminal is for those who can drain; no session, for Linux shares the CPU
                # among sessions first, and the helper's priority would count for nothing.
                process_group=0,
            )
        ours.settimeout(START_SECONDS)
        self._socket = ours
        if _line(ours) != READY:
            raise ConnectionError("it did not start")
        return ours

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        self.close()


def _environment() -> dict[str, str]:
    """All the helper knows of ours: no secret may be in it, for its children could read it from memory."""
    own = Path(lensdb.__file__).parent.parent
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    libraries = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PYTHONPATH": str(own), "LANG": "C.UTF-8"} | one_thread | libraries


def _line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        more = connection.recv(4096)
        if not more:
            raise ConnectionError("it closed the connection")
        received += more
    return received


def _crash(ending: Ending, limits: Limits) -> Outcome | None:
    """The outcome of a child that did not end by itself."""
    if ending.exit_code == 0:
        return None
    number = ending.signal_number
    if ending.exit_code == NO_SPACE:
        code = "worker_storage"
    elif ending.timed_out or number == signal.SIGXCPU:
        code = "too_slow"
    elif number in _CRASHES:
        # C libraries take a refused allocation for a reason to abort.
        code = "too_big" if ending.peak_rss_bytes > limits.memory_bytes / 2 else "photo_crashes"
    elif number == signal.SIGKILL:
        code = "worker_trouble"  # not by us: an operator, or a machine out of memory
    else:
        code = "measuring_failed"
    return Outcome(failure=code, detail=f"exit code {ending.exit_code}, signal {number}")


def _lines(answer: IO[bytes]) -> list[bytes]:
    answer.seek(0)
    return answer.read(ANSWER_MAX_BYTES).splitlines()


def _answer(lines: Sequence[bytes], pictures: IO[bytes]) -> Outcome:
    """What a child wrote, trusting none of it."""
    try:
        data = json.loads(lines[-1])
        if "failure" in data:
            return _told_failure(data)
        return Outcome(SeriesResult.from_json(data["result"]), _pictures(data["pictures"], pictures))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return Outcome(failure="measuring_failed", detail=f"answer refused at the door: {error}")


def _last_read(lines: Sequence[bytes], n_photos: int) -> int | None:
    """The number of the photo in the last line that says one."""
    for line in reversed(lines):
        if found := _READING.fullmatch(line):
            number = int(found[1])
            return number if number < n_photos else None
    return None


def _told_failure(data: dict[str, Any]) -> Outcome:
    code, sentence, detail = (data.get(key, "") for key in ("failure", "sentence", "detail"))
    if code not in FAILURES or not isinstance(sentence, str) or not isinstance(detail, str):
        raise ValueError("unknown failure")
    printable = "".join(character for character in sentence if character.isprintable())
    return Outcome(failure=code, sentence=printable[:SENTENCE_MAX], detail=detail)


def _pictures(index: dict[str, Any], pictures: IO[bytes]) -> dict[str, bytes]:
    found = {}
    for name, (offset, length) in index.items():
        if not _PICTURE_NAME.fullmatch(name) or not 0 < length <= PICTURE_MAX_BYTES or offset < 0:
            raise ValueError(f"picture {name[:100]!r} has no proper name, place or size")
        pictures.seek(offset)
        data = pictures.read(length)
        if len(data) != length or not data.startswith(_JPEG_START):
            raise ValueError(f"picture {name!r} is no JPEG")
        found[name] = data
    return found
