"""Maker notes of Canon and Olympus, laid out here byte by byte as their makers do."""

import struct

import pytest

from analysis.photos.makernotes import MakerNotes, read_maker_notes
from analysis.photos.source import Source
from analysis.photos.tiff import TiffReader

NOTE_AT = 200


def notes_of(data, maker):
    """The notes behind the EXIF directory of a TIFF."""
    reader = TiffReader(Source(data))
    image = reader.first(0)
    at = image and image.offset(0x8769)
    exif = at and reader.directory(at, base=0, order=image.order)
    return read_maker_notes(reader, exif, maker) if exif else MakerNotes()


def ifd(order, entries, start, values_at=None):
    """A directory at `start`; entries are (tag, type, count, bytes), long ones stored from `values_at`."""
    head = struct.pack(f"{order}H", len(entries))
    values_at = start + 2 + 12 * len(entries) + 4 if values_at is None else values_at
    tail = b""
    for tag, kind, count, value in entries:
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(f"{order}L", values_at + len(tail))
        tail += value if len(value) > 4 else b""
        head += struct.pack(f"{order}HHL", tag, kind, count) + place
    return head + b"\0\0\0\0" + tail


def tiff(order, note):
    """A TIFF whose EXIF directory holds `note` at NOTE_AT."""
    long = f"{order}L"
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}H", 42) + struct.pack(long, 8)
    data = start + ifd(order, [(0x8769, 4, 1, struct.pack(long, 60))], 8)
    exif = ifd(order, [(0x927C, 7, len(note), b"x" * 5)], 60, values_at=NOTE_AT)[:-5]
    data = data.ljust(60, b"\0") + exif
    return data.ljust(NOTE_AT, b"\0") + note


def canon_note(at):
    lens, serial = b"EF-S18-55mm f/3.5-5.6 IS II\0", bytes.fromhex("00a1b2c3d4") + b"\0" * 5
    return ifd("<", [(0x0095, 2, len(lens), lens), (0x4019, 7, len(serial), serial)], at)


@pytest.mark.parametrize("moved_by", [0, 164])
@pytest.mark.parametrize("order", ["<", ">"])
def test_canon_names_lens_and_its_serial_even_when_the_note_was_moved(order, moved_by):
    notes = notes_of(tiff(order, canon_note(NOTE_AT + moved_by)), "Canon")
    assert notes == MakerNotes(lens="EF-S18-55mm f/3.5-5.6 IS II", lens_serial="00a1b2c3d4")


def test_olympus_keeps_them_in_its_equipment_directory():
    texts = [(0x0101, b"BODY12345\0"), (0x0202, b"LENS67890\0"), (0x0203, b"OLYMPUS M.17mm F1.8\0")]
    start = 12 + 2 + 12 + 4
    equipment = ifd("<", [(tag, 2, len(text), text) for tag, text in texts], start)
    note = b"OLYMPUS\0II\x03\0" + ifd("<", [(0x2010, 13, 1, struct.pack("<L", start))], 12) + equipment
    notes = notes_of(tiff("<", note), "OLYMPUS IMAGING CORP.")
    assert notes == MakerNotes(lens="OLYMPUS M.17mm F1.8", body_serial="BODY12345", lens_serial="LENS67890")


@pytest.mark.parametrize("maker", ["Canon", "OLYMPUS", "SONY", ""])
def test_broken_notes_are_silent(maker):
    whole = tiff("<", canon_note(NOTE_AT))
    for end in range(0, len(whole), 5):
        notes_of(whole[:end], maker)
    assert notes_of(whole[:210], maker) == MakerNotes()
