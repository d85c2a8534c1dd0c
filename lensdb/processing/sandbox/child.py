"""The child: seal yourself, do the work, write one answer, end.

The answer is the last line of a descriptor the worker opened: JSON, ``{"result": …, "pictures": {name: [offset,
length]}}`` or ``{"failure": code, "sentence": …, "detail": …}`` with a code of `lensdb.processing.failures`. Lines
``{"reading": number}`` before it say which photo was read last, so that a crash can be laid at its door. The pictures'
bytes lie end to end in a second descriptor. Nothing here may import, open or look at a file after `_seal`.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from analysis.flags import AnalysisError
from lensdb.processing.failures import code_of
from lensdb.processing.sandbox import kernel, landlock, seccomp
from lensdb.processing.sandbox.limits import Limits

DETAIL_MAX: Final = 4000
_RESERVE_BYTES: Final = 8 * 1024 * 1024
"""Let go when memory runs out, so that saying so is still possible."""

NO_SPACE: Final = 28
"""Exit code of a child that could not write its answer."""

_STORAGE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})
"""The machine's folders are to blame, and not a series that writes too much (EFBIG)."""

_OPENCV_NO_MEMORY: Final = -4
"""``cv::Error::StsNoMem``, as `cv2.error.code`."""


@dataclass(frozen=True, slots=True)
class PhotoHandedOver:
    """A photo in a descriptor."""

    name: str
    f_number: float | None
    descriptor: int
    size_bytes: int


@dataclass(slots=True)
class Request:
    """What the child is asked: these photos, these options, these limits; and where its answer goes."""

    photos: Sequence[PhotoHandedOver]
    options: dict[str, Any]
    limits: Limits
    must_seal: bool
    answer: int
    pictures: int
    stored: dict[str, tuple[int, int]] = field(default_factory=dict)

    def read_photo(self, number: int) -> bytes:
        """The bytes of a photo, as often as wanted."""
        self.say({"reading": number})
        photo = self.photos[number]
        chunks, offset = [], 0
        while chunk := os.pread(photo.descriptor, photo.size_bytes - offset, offset):
            chunks.append(chunk)
            offset += len(chunk)
        return b"".join(chunks)

    def store_picture(self, name: str, data: bytes) -> None:
        """Append a picture to the pictures' descriptor."""
        self.stored[name] = (os.lseek(self.pictures, 0, os.SEEK_CUR), len(data))
        _write(self.pictures, data)

    def say(self, line: dict[str, Any]) -> None:
        """Append a line to the answer."""
        _write(self.answer, json.dumps(line, allow_nan=False).encode() + b"\n")


class UnsealedError(Exception):
    """The kernel cannot seal the child, and it must be sealed."""


Work = Callable[[Request], dict[str, Any]]
"""The work itself: returns the result as JSON, hands pictures to `Request.store_picture`."""


def run(request: Request, work: Work, *, alive: int, helper: int) -> None:
    """Be the child of the process `helper`, holding `alive` open to the end. Ends the process, whatever happens."""
    try:
        try:
            _seal(request, alive, helper)
        except UnsealedError as error:
            answer = {"failure": "worker_unsealed", "detail": str(error)}
        except OSError:
            answer = {"failure": "worker_trouble", "detail": _trace()}
        else:
            answer = _answer(request, work)
        try:
            request.say(answer)
        except (TypeError, ValueError):  # no JSON: the core answered a number of numpy's, or NaN
            request.say({"failure": "measuring_failed", "detail": _trace()})
        os._exit(0)
    except OSError as error:
        os._exit(NO_SPACE if error.errno in _STORAGE else 1)
    finally:
        os._exit(1)


def _answer(request: Request, work: Work) -> dict[str, Any]:
    reserve = bytearray(_RESERVE_BYTES)
    try:
        return {"result": work(request), "pictures": request.stored}
    except AnalysisError as error:
        return {"failure": code_of(error), "sentence": str(error)}
    except MemoryError:
        del reserve
        return {"failure": "too_big"}
    except OSError as error:
        return {"failure": "worker_storage" if error.errno in _STORAGE else "measuring_failed", "detail": _trace()}
    except Exception as error:  # noqa: BLE001 - whatever went wrong in the core is an answer, and told to the log
        is_memory = getattr(error, "code", None) == _OPENCV_NO_MEMORY
        code = "too_big" if is_memory else "measuring_failed"
        return {"failure": code, "detail": _trace()}


def _trace() -> str:
    return traceback.format_exc()[-DETAIL_MAX:]


def _seal(request: Request, alive: int, helper: int) -> None:
    """Give everything up but the clock, memory within limits, and the descriptors handed over."""
    kept = [alive, request.answer, request.pictures, *(photo.descriptor for photo in request.photos)]
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    _close_all_but({0, 1, 2, *kept})
    os.environ.clear()
    request.limits.apply(open_files=max(kept) + 2)
    if kernel.is_linux():
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != helper:  # it ended before the line above, and nobody waits for an answer
            os._exit(1)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        is_sealed = landlock.restrict()
        is_sealed = seccomp.restrict() and is_sealed
    else:
        is_sealed = False
    if request.must_seal and not is_sealed:
        raise UnsealedError("this kernel lacks Landlock or seccomp")


def _close_all_but(kept: set[int]) -> None:
    edges = sorted(kept)
    for low, high in itertools.pairwise(edges):
        os.closerange(low + 1, high)
    os.closerange(edges[-1] + 1, os.sysconf("SC_OPEN_MAX"))


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
