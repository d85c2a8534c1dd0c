"""A helper whose children do what a hostile photograph would make them do. Run as the real one is.

The option ``do`` names the deed, ``with`` what to do it to. What came of it is answered as the result's lens: the name
of the error, or what the deed returned.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Final

from analysis.results import NAN, SeriesResult
from lensdb.processing.sandbox import helper
from lensdb.processing.sandbox.child import Request


def connect(port: str) -> Any:
    with socket.socket() as outside:
        return outside.connect(("127.0.0.1", int(port)))


def connect_local(path: str) -> Any:
    with socket.socket(socket.AF_UNIX) as local:
        return local.connect(path)


def execute(path: str) -> Any:
    os.execv(path, [path])  # noqa: S606 - the deed


def start(path: str) -> Any:
    return subprocess.run([path], check=False)


def fork(_: str) -> Any:
    if os.fork() == 0:
        os._exit(0)
    return "forked"


def fork_newly(_: str) -> Any:
    """clone3, as a C library calls it first."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(435, None, 0) < 0:
        return errno.errorcode[ctypes.get_errno()]
    return "forked"


def read(path: str) -> Any:
    return Path(path).read_text()


def read_environment(_: str) -> Any:
    return sorted(os.environ)


def write(path: str) -> Any:
    return Path(path).write_text("mine")


def remove(path: str) -> Any:
    return Path(path).unlink()


def signal_parent(_: str) -> Any:
    return os.kill(os.getppid(), signal.SIGTERM)


def raise_limits(_: str) -> Any:
    return resource.prlimit(0, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def count_descriptors(_: str) -> Any:
    return sum(_is_open(number) for number in range(3, 256))


def crash(_: str) -> Any:
    return ctypes.string_at(0)


def abort(_: str) -> Any:
    return os.abort()


def exit_early(_: str) -> Any:
    os._exit(3)


def eat_memory(_: str) -> Any:
    held = []
    while True:
        held.append(bytearray(64 * 1024 * 1024))


def fill_disk(_: str) -> Any:
    _answer, pictures = (number for number in range(3, 256) if _is_file(number))
    written = 0
    try:
        while True:
            written += os.write(pictures, bytes(1024 * 1024))
    except OSError as error:
        return errno.errorcode[error.errno or 0], written


def spin(_: str) -> Any:
    while True:
        pass


def sleep(seconds: str) -> Any:
    return time.sleep(float(seconds))


def fail(_: str) -> Any:
    raise ZeroDivisionError("a bug in the core")


def hide_and_stay(_: str) -> Any:
    """Close everything, so that it looks as if we had ended."""
    os.closerange(0, 256)
    time.sleep(600)


NO_RESULTS: Final[dict[str, dict[str, Any]]] = {"nonsense": {"series": "nonsense"}, "no_json": {"series": {1, 2}}}


def work(request: Request) -> dict[str, Any]:
    deed, argument = request.options["do"], request.options.get("with", "")
    if deed in NO_RESULTS:
        return NO_RESULTS[deed]
    if deed == "store":
        for name, data in argument.items():
            request.store_picture(name, data.encode("latin-1"))
        return _result(deed)
    if deed == "echo":
        return _result("".join(request.read_photo(number).decode() for number in range(len(request.photos))))
    if deed == "decode":
        for number in range(len(request.photos)):
            if request.read_photo(number) == b"crash":
                crash("")
        return _result("decoded")
    try:
        return _result(str(globals()[deed](argument)))
    except OSError as error:
        return _result(type(error).__name__)


def _result(lens: str) -> dict[str, Any]:
    return SeriesResult(
        chart="lensdb-a4",
        lens=lens,
        body="",
        focal_length_mm=50.0,
        pixel_pitch_um=6.0,
        pose=None,
        reference_f_number=NAN,
        static_offset_mm=NAN,
        static_offset_se_mm=NAN,
        photos=(),
        focus_shift=(),
    ).to_json()


def _is_file(number: int) -> bool:
    try:
        os.lseek(number, 0, os.SEEK_CUR)
    except OSError:
        return False
    return True


def _is_open(number: int) -> bool:
    try:
        os.lseek(number, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno != errno.EBADF
    return True


if __name__ == "__main__":
    helper.serve(work)
