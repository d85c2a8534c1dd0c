"""TIFF directories: the form in which cameras write EXIF and maker notes, and TIFF files their size.

A directory is a table of entries that point to anywhere in the file, at other directories too. A file can be made that
points in circles or names the same bytes a thousand times; so everything here has a limit, and a value is read only
when it is asked for.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.photos.containers import TIFF_STARTS
from analysis.photos.source import Source

MOST_ENTRIES: Final = 512
"""In all directories of a file together."""
MOST_VALUES: Final = 16
"""Of one entry. A camera's numbers come one, two or three at a time."""
LONGEST_TEXT: Final = 256
"""Bytes of a text; the rest is not read."""

_ENTRY_BYTES: Final = 12
_SIZE_OF_KIND: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_CODE_OF_KIND: Final = {1: "B", 3: "H", 4: "L", 5: "LL", 6: "b", 7: "B", 8: "h", 9: "l", 10: "ll", 11: "f", 12: "d"}
_BYTE, _ASCII, _UNDEFINED = 1, 2, 7


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: how many values of which kind it has, and where in the file they lie."""

    kind: int
    count: int
    at: int
    is_inline: bool

    @property
    def length(self) -> int:
        """Bytes of all values together."""
        return _SIZE_OF_KIND[self.kind] * self.count


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries of one directory, by tag. When a tag comes twice, the last one counts.

    Attributes
    ----------
    base : place in the file from which its offsets count.
    end : place right behind the table.
    """

    source: Source
    order: str
    base: int
    end: int
    entries: Mapping[int, Entry]

    def text(self, tag: int, *, shift: int = 0) -> str:
        """A text up to its first NUL, at most `LONGEST_TEXT` bytes of it; empty when there is none.

        `shift` corrects the place of values that were moved.
        """
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in {_BYTE, _ASCII, _UNDEFINED}:
            return ""
        return self.bytes(tag, LONGEST_TEXT, shift=shift).split(b"\0")[0].decode("utf-8", "replace").strip()

    def bytes(self, tag: int, most: int, *, shift: int = 0) -> bytes:
        """The first bytes of an entry's values, at most `most`."""
        entry = self.entries.get(tag)
        if entry is None:
            return b""
        return self.source.read(entry.at + (0 if entry.is_inline else shift), min(entry.length, most))

    def number(self, tag: int) -> float:
        """The last value of an entry, since some cameras write (0, ISO); NaN when there is none or it is no number."""
        values = self.numbers(tag)
        return values[-1] if values else math.nan

    def numbers(self, tag: int) -> tuple[float, ...]:
        """The values of an entry; none when there are more than `MOST_VALUES` or they are no numbers."""
        entry = self.entries.get(tag)
        code = None if entry is None else _CODE_OF_KIND.get(entry.kind)
        if entry is None or code is None or not 1 <= entry.count <= MOST_VALUES:
            return ()
        stored = self.bytes(tag, entry.length)
        if len(stored) < entry.length:
            return ()
        values = struct.unpack(f"{self.order}{code * entry.count}", stored)
        if len(code) == 1:
            return tuple(map(float, values))
        return tuple(top / below if below else math.nan for top, below in zip(values[::2], values[1::2], strict=True))

    def offset(self, tag: int) -> int | None:
        """The place in the file that an entry points to: that of a directory, or of its own values."""
        entry = self.entries.get(tag)
        if entry is None or not entry.is_inline:
            return None if entry is None else entry.at
        stored = self.source.number(entry.at, 4, self.order)
        return None if stored is None else self.base + stored


class TiffReader:
    """Reads directories of one file, each at most once, and no more than `MOST_ENTRIES` entries in all.

    Attributes
    ----------
    n_entries : how many have been read.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.n_entries = 0
        self._seen: set[int] = set()

    def first(self, base: int) -> Directory | None:
        """The first directory of the TIFF structure that starts at `base`; None when there is none."""
        start = self.source.read(base, 8)
        order = TIFF_STARTS.get(start[:4])
        if order is None or len(start) < 8:
            return None
        return self.directory(base + struct.unpack(f"{order}L", start[4:])[0], base=base, order=order)

    def directory(self, at: int, *, base: int, order: str) -> Directory | None:
        """The directory at a place in the file; None when it was read before, is too long, or the file ends sooner."""
        n = self.source.number(at, 2, order)
        if at in self._seen or n is None or self.n_entries + n > MOST_ENTRIES:
            return None
        self._seen.add(at)
        self.n_entries += n
        table = self.source.read(at + 2, n * _ENTRY_BYTES)
        entries = {}
        for i in range(len(table) // _ENTRY_BYTES):
            tag, kind, count, offset = struct.unpack_from(f"{order}HHLL", table, i * _ENTRY_BYTES)
            if kind in _SIZE_OF_KIND:
                is_inline = _SIZE_OF_KIND[kind] * count <= 4
                place = at + 2 + i * _ENTRY_BYTES + 8 if is_inline else base + offset
                entries[tag] = Entry(kind, count, place, is_inline)
        return Directory(self.source, order, base, at + 2 + n * _ENTRY_BYTES + 4, entries)
