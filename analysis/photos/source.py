"""A file read in small pieces, within a limit."""

from __future__ import annotations

import io
from typing import Any, Final, Protocol

MOST_BYTES: Final = 512 * 1024
"""Bytes that are read of one file in all; what a camera writes about a photo takes a tenth of it."""


class Readable(Protocol):
    """A file that is open for reading and can be searched by place."""

    def seek(self, offset: int, whence: int = 0, /) -> Any: ...

    def read(self, size: int = -1, /) -> bytes: ...


class Source:
    """The bytes of a file by their place. However a file points to itself, no more than `MOST_BYTES` are read.

    Attributes
    ----------
    n_bytes : how many have been read.
    """

    def __init__(self, file: bytes | Readable) -> None:
        self._file: Readable = io.BytesIO(file) if isinstance(file, bytes) else file
        self.n_bytes = 0

    def read(self, at: int, length: int) -> bytes:
        """Bytes from `at` on; fewer at the end of the file, none before its start or when the limit is reached."""
        if at < 0 or length <= 0 or self.n_bytes + length > MOST_BYTES:
            return b""
        self._file.seek(at)
        found = self._file.read(length)
        self.n_bytes += len(found)
        return found

    def number(self, at: int, length: int, order: str = ">") -> int | None:
        """An unsigned number of `length` bytes, little-endian when `order` is "<"; None where the file ends sooner."""
        found = self.read(at, length)
        return int.from_bytes(found, "little" if order == "<" else "big") if len(found) == length else None


def source_of(file: bytes | Readable | Source) -> Source:
    """The file as a source, with a fresh limit unless it is one already."""
    return file if isinstance(file, Source) else Source(file)
