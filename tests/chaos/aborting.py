"""A measuring helper whose JPEG decoder aborts the process on files that bear a mark, as a broken C library would.

`measure` is the worker's own task with this helper in place of the real one; nothing of it is known in production.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

import simplejpeg

from lensdb.processing import worker
from lensdb.processing.sandbox import helper, measuring
from lensdb.processing.sandbox.client import Helper

MARK: Final = b"aborts the decoder"
_HEAD_BYTES: Final = 100
_helper: Final = Helper(__name__)


def measure(task: worker.Task) -> dict[str, Any]:
    """What `worker.measure` does, with a decoder that can be made to abort."""
    if worker._helper is not _helper:
        worker._helper.close()
        worker._helper = _helper
    return worker.measure(task)


def _aborting(decode: Callable[..., Any]) -> Callable[..., Any]:
    def decode_or_abort(data: bytes, *arguments: Any, **options: Any) -> Any:
        if MARK in bytes(data[:_HEAD_BYTES]):
            os.abort()
        return decode(data, *arguments, **options)

    return decode_or_abort


if __name__ == "__main__":
    simplejpeg.decode_jpeg_header = _aborting(simplejpeg.decode_jpeg_header)
    measuring.warm_up()
    helper.serve(measuring.measure)
