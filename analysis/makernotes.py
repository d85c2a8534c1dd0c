"""Lens name and serials that Canon and Olympus write only in their maker notes.

A bounded reader of TIFF directories, for two makers whose notes `exifread` loses once a file was resized or saved
again: their offsets then point to where the note used to be. Tag numbers are those of the ExifTool tag tables.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_SIZE_OF_TYPE: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MOST_ENTRIES: Final = 512
_LONGEST_TEXT: Final = 256
_EXIF_IFD, _MAKER_NOTE = 0x8769, 0x927C


@dataclass(frozen=True, slots=True)
class MakerNotes:
    """What the notes name; empty text where they are silent."""

    lens: str = ""
    body_serial: str = ""
    lens_serial: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One directory entry: where its value lies, counted from the directory's base, and how long it is."""

    offset: int
    length: int
    in_line: bool


class _Directory:
    """One TIFF directory (IFD) inside `data`; offsets count from `base`."""

    def __init__(self, data: bytes, base: int, start: int, order: str) -> None:
        self._data, self._base, self._order = data, base, order
        (n,) = struct.unpack_from(f"{order}H", data, base + start)
        if n > _MOST_ENTRIES:
            raise ValueError("no directory here")
        self.end = start + 2 + 12 * n + 4
        self.entries = dict(self._entry(start + 2 + 12 * i) for i in range(n))

    def _entry(self, at: int) -> tuple[int, _Entry]:
        tag, kind, count = struct.unpack_from(f"{self._order}HHL", self._data, self._base + at)
        length = _SIZE_OF_TYPE.get(kind, 0) * count
        in_line = length <= 4
        return tag, _Entry(at + 8 if in_line else self._long(at + 8), length, in_line)

    def _long(self, at: int) -> int:
        return int(struct.unpack_from(f"{self._order}L", self._data, self._base + at)[0])

    def offset(self, tag: int) -> int | None:
        """The directory that an entry points to."""
        entry = self.entries.get(tag)
        return None if entry is None else (self._long(entry.offset) if entry.in_line else entry.offset)

    def text(self, tag: int, shift: int = 0) -> str:
        """Text of an entry up to its first NUL; `shift` corrects offsets of a note that was moved."""
        entry = self.entries.get(tag)
        if entry is None or entry.length > _LONGEST_TEXT:
            return ""
        at = self._base + entry.offset + (0 if entry.in_line else shift)
        return self._data[at : at + entry.length].split(b"\0")[0].decode("ascii", "replace").strip()

    def shift_of_values(self) -> int:
        """How far the values were moved: the first one stands right behind the directory."""
        outside = [entry.offset for entry in self.entries.values() if not entry.in_line]
        return self.end - min(outside) if outside else 0


def read_maker_notes(data: bytes, maker: str) -> MakerNotes:
    """Lens and serials from the maker notes of a JPEG or TIFF file.

    Parameters
    ----------
    data : the file.
    maker : EXIF Make.

    Returns
    -------
    MakerNotes
        Empty for other makers, no notes, or notes that make no sense; never raises for what stands in the file.
    """
    try:
        if maker.upper().startswith("CANON"):
            return _canon(data)
        if maker.upper().startswith("OLYMPUS") or maker.upper().startswith("OM DIGITAL"):
            return _olympus(data)
    except (struct.error, ValueError):
        pass  # cut off or nonsense: what is not there cannot be read
    return MakerNotes()


def _note(data: bytes) -> tuple[int, int, str]:
    """(TIFF base, offset of the maker note from it, byte order)."""
    base = 0 if data[:2] in {b"II", b"MM"} else data.index(b"Exif\0\0", 0, 1 << 16) + 6
    order = {b"II": "<", b"MM": ">"}.get(data[base : base + 2])
    if order is None:
        raise ValueError("no TIFF header")
    (first,) = struct.unpack_from(f"{order}L", data, base + 4)
    exif = _Directory(data, base, first, order).offset(_EXIF_IFD)
    note = None if exif is None else _Directory(data, base, exif, order).offset(_MAKER_NOTE)
    if note is None:
        raise ValueError("no maker note")
    return base, note, order


def _canon(data: bytes) -> MakerNotes:
    base, note, _ = _note(data)
    # Canon writes little-endian notes whatever the editor made of the rest.
    notes = _Directory(data, base, note, "<")
    shift = notes.shift_of_values()
    return MakerNotes(lens=notes.text(0x0095, shift), lens_serial=_canon_lens_serial(notes, data, base, shift))


def _canon_lens_serial(notes: _Directory, data: bytes, base: int, shift: int) -> str:
    """The first five bytes of LensInfo, as the ten hexadecimal digits printed on the lens."""
    info = notes.entries.get(0x4019)
    if info is None or info.in_line:
        return ""
    at = base + info.offset + shift
    return data[at : at + 5].hex()


def _olympus(data: bytes) -> MakerNotes:
    base, note, _ = _note(data)
    start = base + note
    header = data[start : start + 12]
    if header[:10] not in {b"OLYMPUS\0II", b"OLYMPUS\0MM"}:
        return MakerNotes()
    order = "<" if header[8:10] == b"II" else ">"
    equipment = _Directory(data, start, 12, order).offset(0x2010)
    if equipment is None:
        return MakerNotes()
    notes = _Directory(data, start, equipment, order)
    return MakerNotes(lens=notes.text(0x0203), body_serial=notes.text(0x0101), lens_serial=notes.text(0x0202))
